"""Digits on all kinds of paper: ruled and squared, on a table, in shadow, with dirt; read to the end by what ships."""

import cv2
import numpy as np
import pytest
from drawings import BLACK, FOUR, ONE, SEVEN, draw, drawn, number, page, ruled, save, write
from PIL import Image

from pipeline.data.synthesis.rendering.scene import Scene, render

KINDS = pytest.mark.parametrize("kind", [{}, {"upright": True}, {"squared": True}], ids=["ruled", "upright", "squared"])
LINE = (110, 140, 190)
PAPER = (238, 236, 230)
BROWN, DARK_GREY, LIGHT_BROWN = (96, 66, 44), (60, 60, 64), (150, 120, 90)
PAPERS = {
    "right and below": np.s_[40:, 60:],
    "right": np.s_[:, 50:],
    "below": np.s_[50:, :],
    "in the middle": np.s_[40:360, 60:340],
}
TABLES = pytest.mark.parametrize("table", [BROWN, DARK_GREY, LIGHT_BROWN], ids=["brown", "grey", "light brown"])


@KINDS
@pytest.mark.parametrize("label", [1, 3, 6, 8])
def test_a_digit_on_lined_paper(test_digit, recogniser, kind, label):
    for tilt in (-5, 0, 3):
        picture = write(ruled(tilt=tilt, **kind), test_digit(label), 80, 80, 240)
        assert recogniser.recognise(save(picture)).digit == label, tilt


@pytest.mark.parametrize("squared", [False, True], ids=["ruled", "squared"])
@pytest.mark.parametrize("strength", [0.2, 0.4, 0.6])
def test_lines_of_any_strength_in_a_tilted_photograph(test_digit, recogniser, squared, strength):
    for label in (0, 2, 4, 7, 8):
        scene = Scene(size=(320, 400), height=0.5, rotation=5, ruled=strength, squared=squared)
        picture = render(test_digit(label), scene, np.random.default_rng(2))
        assert recogniser.recognise(save(picture)).digit == label


@KINDS
def test_empty_lined_paper_is_blank(recogniser, kind):
    for tilt in (-5, 0, 2, 5):
        assert recogniser.recognise(save(ruled(tilt=tilt, **kind))).status == "blank", tilt


@KINDS
def test_a_number_on_lined_paper(test_digit, recogniser, kind):
    written = number([test_digit(label) for label in (4, 0, 7, 1, 3)], top=80)
    paper = np.minimum(ruled(*written.shape[:2], **kind), written)
    assert recogniser.read(save(paper)).text == "40713"


@pytest.mark.parametrize("pen", [4, 8, 16])
def test_the_bar_of_a_7_on_a_line(recogniser, pen):
    paper = page()
    for y in (6, 66, 126, 186, 246):  # the bar lies at 66
        cv2.line(paper, (0, y), (300, y), LINE, 1)
    assert recogniser.recognise(save(draw(paper, SEVEN, 30, 30, 240, pen))).digit == 7


@pytest.mark.parametrize("pen", [6, 12])
def test_a_1_along_an_upright_line(recogniser, pen):
    paper = page()
    for x in (30, 90, 150, 210, 270):  # the 1 stands at 150
        cv2.line(paper, (x, 0), (x, 300), LINE, 1)
    assert recogniser.recognise(save(draw(paper, ONE, 30, 30, 240, pen))).digit == 1


@pytest.mark.parametrize("pen", [3, 8, 20, 40])
def test_a_1_from_edge_to_edge_is_no_line(recogniser, pen):
    for start, end in (((150, 0), (150, 299)), ((150, 0), (130, 299)), ((190, 0), (120, 299))):
        drawing = cv2.line(page(), start, end, BLACK, pen, cv2.LINE_AA)
        for either in (drawing, 255 - drawing):
            assert recogniser.recognise(save(either)).digit == 1


def on_a_table(colour, shadow: float = 0.0, digit: np.ndarray | None = None) -> np.ndarray:
    """A page that lies on a table at the left and below it; its right half loses that fraction of its light, softly."""
    picture = page(400, 400, colour)
    picture[:330, 60:] = PAPER
    if digit is not None:
        write(picture, digit, 220, 90, 170)
    lost = shadow * np.clip((np.arange(400) - 200) / 40, 0, 1)
    return np.round(picture * (1 - lost[None, :, None])).astype(np.uint8)


@pytest.mark.parametrize("label", [2, 3, 7])
@pytest.mark.parametrize("shadow", [0, 0.4])
def test_what_is_written_in_the_shadow_on_a_page_on_a_table(test_digit, recogniser, shadow, label):
    assert recogniser.recognise(save(on_a_table(BROWN, shadow, test_digit(label)))).digit == label


@TABLES
@pytest.mark.parametrize("paper", PAPERS)
def test_a_page_on_a_table(recogniser, table, paper):
    photograph = page(400, 400, table)
    photograph[PAPERS[paper]] = PAPER
    answer = recogniser.recognise(save(draw(photograph, FOUR, 130, 120, 160, 10)))
    assert (answer.status, answer.digit) == ("digit", 4)


@pytest.mark.parametrize("noise", [0, 4])
def test_a_table_in_photographs(test_digit, recogniser, noise):
    scene = Scene(size=(320, 400), height=0.4, edge=0.12, noise=noise)
    for label in range(6):
        photograph = render(test_digit(label), scene, np.random.default_rng(label))
        assert recogniser.recognise(save(photograph)).digit == label


@pytest.mark.parametrize("side", ["left", "right", "top", "bottom"])
def test_a_table_along_one_side(test_digit, recogniser, side):
    photograph = page(300, 400, BROWN)
    paper = {
        "left": np.s_[:, 50:],
        "right": np.s_[:, :350],
        "top": np.s_[50:, :],
        "bottom": np.s_[:250, :],
    }[side]
    photograph[paper] = PAPER
    assert recogniser.recognise(save(photograph)).status == "blank"
    assert recogniser.recognise(save(write(photograph, test_digit(7), 130, 80, 140))).digit == 7


@pytest.mark.parametrize("seed", range(4))
def test_an_empty_page_with_grain_on_a_table_is_blank(recogniser, seed):
    grain = np.random.default_rng(seed).normal(0, 3, (400, 400, 1))
    picture = np.clip(np.round(on_a_table(BROWN) + grain), 0, 255).astype(np.uint8)
    assert recogniser.recognise(save(picture)).status == "blank"


@pytest.mark.parametrize("shadow", [0.25, 0.45, 0.6])
def test_a_page_half_in_shadow(test_digit, recogniser, shadow):
    for label in (2, 5, 8):
        picture = write(page(400, 400, PAPER), test_digit(label), 90, 90, 220)
        rows, columns = np.mgrid[:400, :400]
        dark = columns + rows // 2 > 330
        picture[dark] = np.round(picture[dark] * (1 - shadow))
        assert recogniser.recognise(save(picture)).digit == label


@pytest.mark.parametrize("strength", [0.25, 0.5, 0.7])
def test_the_shadow_of_a_finger_is_no_ink(test_digit, recogniser, strength):
    finger = np.zeros((400, 400), np.uint8)
    cv2.line(finger, (-60, 460), (110, 300), 255, 70)
    light = 1 - strength * cv2.GaussianBlur(finger, (0, 0), 15)[..., None] / 255
    assert recogniser.recognise(save(np.round(page(400, 400) * light).astype(np.uint8))).status == "blank"
    beside = write(page(400, 400), test_digit(3), 190, 40, 180)
    answer = recogniser.recognise(save(np.round(beside * light).astype(np.uint8)))
    assert (answer.status, answer.digit) == ("digit", 3)


@pytest.mark.parametrize("side", [200, 560])
def test_a_light_digit_that_fills_its_picture_is_no_page(recogniser, splits, side):
    """The outline of a 0 on black is convex and light, as a page on a table is."""
    rows = [row for label in (0, 8) for row in np.flatnonzero(splits.validation.labels == label)[: 4000 // side]]
    for row in rows:
        picture = Image.fromarray(splits.validation.images[row]).resize((side, side), Image.Resampling.BICUBIC)
        assert recogniser.recognise(save(picture)).digit == splits.validation.labels[row], row


def test_specks_around_a_digit_are_dirt(recogniser):
    dirty, rng = drawn(FOUR), np.random.default_rng(0)
    for _ in range(30):
        x, y, radius = rng.integers(5, 295), rng.integers(5, 295), rng.integers(1, 4)
        cv2.circle(dirty, (int(x), int(y)), int(radius), BLACK, -1)
    answer = recogniser.recognise(save(dirty))
    assert (answer.status, answer.digit) == ("digit", 4)


def test_what_lies_along_the_edge_is_not_the_digit(recogniser):
    drawing = draw(page(300, 300), SEVEN, 90, 90, 120, 8)
    cv2.rectangle(drawing, (0, 0), (40, 300), BLACK, -1)
    assert recogniser.recognise(save(drawing)).digit == 7
