"""Ruled and squared paper: its lines go, what is written across and along them stays."""

import cv2
import numpy as np
import pytest
from drawings import (
    FIVE_BAR,
    FIVE_BODY,
    FOUR,
    ONE,
    SEVEN,
    ZERO,
    alike,
    draw,
    drawn,
    image_of,
    page,
    page_of,
    ruled,
    save,
    write,
)

from pipeline.data.synthesis.rendering.scene import Scene, render
from pipeline.recognition.ink import find_ink
from pipeline.recognition.ruled_lines import remove_ruled_lines

KINDS = pytest.mark.parametrize("kind", [{}, {"upright": True}, {"squared": True}], ids=["ruled", "upright", "squared"])


@KINDS
def test_lines_go_and_the_digit_stays(test_digit, kind):
    for label in (1, 3, 6, 8):
        plain = image_of(save(write(page(400, 400), test_digit(label), 80, 80, 240)))
        for tilt in (-5, 0, 3):
            seen = image_of(save(write(ruled(tilt=tilt, **kind), test_digit(label), 80, 80, 240)))
            assert alike(seen, plain) > 0.85, (label, tilt)


@pytest.mark.parametrize("squared", [False, True], ids=["ruled", "squared"])
@pytest.mark.parametrize("strength", [0.2, 0.4, 0.6])
def test_lines_of_any_strength_in_a_tilted_photograph(test_digit, squared, strength):
    def seen(label: int, lines: float) -> np.ndarray | None:
        scene = Scene(size=(320, 400), height=0.5, rotation=5, ruled=lines, squared=squared)
        return image_of(save(render(test_digit(label), scene, np.random.default_rng(2))))

    for label in (0, 2, 4, 7, 8):
        assert alike(seen(label, strength), seen(label, 0)) > 0.85, label


@KINDS
def test_nothing_is_left_of_empty_paper(kind):
    for tilt in (-5, 0, 2, 5):
        assert not page_of(save(ruled(tilt=tilt, **kind))).foreground.components, tilt


@pytest.mark.parametrize("pen", [4, 8, 16])
def test_the_bar_of_a_7_on_a_line_stays(pen):
    paper = page()
    for y in (6, 66, 126, 186, 246):  # the bar lies at 66
        cv2.line(paper, (0, y), (300, y), (110, 140, 190), 1)
    seen = image_of(save(draw(paper, SEVEN, 30, 30, 240, pen)))
    assert alike(seen, image_of(save(drawn(SEVEN, pen)))) > 0.95


@pytest.mark.parametrize("pen", [6, 12])
def test_a_1_along_an_upright_line_stays(pen):
    paper = page()
    for x in (30, 90, 150, 210, 270):  # the 1 stands at 150
        cv2.line(paper, (x, 0), (x, 300), (110, 140, 190), 1)
    drawings = draw(paper, ONE, 30, 30, 240, pen), drawn(ONE, pen)
    seen, plain = (page_of(save(drawing)).foreground.components[0].box for drawing in drawings)
    assert seen == pytest.approx(plain, abs=2)


@pytest.mark.parametrize("pen", [1, 3, 8, 20, 40])
def test_a_1_from_edge_to_edge_is_no_line(pen):
    for start, end in (((150, 0), (150, 299)), ((150, 0), (130, 299)), ((190, 0), (120, 299))):
        drawing = cv2.line(page(), start, end, (0, 0, 0), pen, cv2.LINE_AA)
        for either in (drawing, 255 - drawing):
            [component] = page_of(save(either)).foreground.components
            assert component.height == 300


@pytest.mark.parametrize("strokes", [ONE, FOUR, [FIVE_BODY, FIVE_BAR], SEVEN, ZERO])
def test_without_lines_no_pixel_is_touched(strokes):
    ink = find_ink(drawn(strokes))
    assert remove_ruled_lines(ink).intensity is ink.intensity
