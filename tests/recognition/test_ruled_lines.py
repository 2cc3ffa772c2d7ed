"""Ruled and squared paper: its lines go, what is written across and along them stays."""

import cv2
import numpy as np
import pytest
from drawings import FIVE_BAR, FIVE_BODY, FOUR, ONE, SEVEN, ZERO, alike, draw, drawn, page, ruled, save, write

from pipeline.data.synthesis.rendering.scene import Scene, render
from pipeline.recognition.ink import find_ink
from pipeline.recognition.ruled_lines import remove_ruling
from pipeline.recognition.segment import look, preprocess


@pytest.mark.parametrize("tilt", [-5, -2, 0, 3, 5])
@pytest.mark.parametrize("kind", [{}, {"upright": True}, {"squared": True}], ids=["ruled", "upright", "squared"])
def test_lines_go_and_the_digit_stays(test_digit, tilt, kind):
    for label in (1, 3, 6, 8):
        plain = preprocess(save(write(page(400, 400), test_digit(label), 80, 80, 240)))
        seen = preprocess(save(write(ruled(tilt=tilt, **kind), test_digit(label), 80, 80, 240)))
        assert alike(seen, plain) > 0.85, label


@pytest.mark.parametrize("squared", [False, True], ids=["ruled", "squared"])
@pytest.mark.parametrize("strength", [0.2, 0.4, 0.6])
def test_lines_of_any_strength_in_a_tilted_photograph(test_digit, squared, strength):
    def seen(label: int, lines: float) -> np.ndarray | None:
        scene = Scene(size=(320, 400), height=0.5, rotation=5, ruled=lines, squared=squared)
        return preprocess(save(render(test_digit(label), scene, np.random.default_rng(2))))

    for label in (0, 2, 4, 7, 8):
        assert alike(seen(label, strength), seen(label, 0)) > 0.85, label


@pytest.mark.parametrize("tilt", [-5, 0, 2, 5])
@pytest.mark.parametrize("kind", [{}, {"upright": True}, {"squared": True}], ids=["ruled", "upright", "squared"])
def test_nothing_is_left_of_empty_paper(tilt, kind):
    assert look(save(ruled(tilt=tilt, **kind))).marks is None


@pytest.mark.parametrize("pen", [4, 8, 16])
def test_the_bar_of_a_7_on_a_line_stays(pen):
    paper = page()
    for y in (6, 66, 126, 186, 246):  # the bar lies at 66
        cv2.line(paper, (0, y), (300, y), (110, 140, 190), 1)
    seen = preprocess(save(draw(paper, SEVEN, 30, 30, 240, pen)))
    assert alike(seen, preprocess(save(drawn(SEVEN, pen)))) > 0.95


@pytest.mark.parametrize("pen", [6, 12])
def test_a_1_along_an_upright_line_stays(pen):
    paper = page()
    for x in (30, 90, 150, 210, 270):  # the 1 stands at 150
        cv2.line(paper, (x, 0), (x, 300), (110, 140, 190), 1)
    seen, plain = (look(save(drawing)).marks for drawing in (draw(paper, ONE, 30, 30, 240, pen), drawn(ONE, pen)))
    assert seen is not None
    assert plain is not None
    assert seen.marks[0].box == pytest.approx(plain.marks[0].box, abs=2)


@pytest.mark.parametrize("light", [False, True], ids=["dark", "light"])
@pytest.mark.parametrize("pen", [1, 3, 8, 20, 40])
def test_a_1_from_edge_to_edge_is_no_line(pen, light):
    for start, end in (((150, 0), (150, 299)), ((150, 0), (130, 299)), ((190, 0), (120, 299))):
        drawing = cv2.line(page(), start, end, (0, 0, 0), pen, cv2.LINE_AA)
        found = look(save(255 - drawing if light else drawing))
        assert found.marks is not None
        [mark] = found.marks.marks
        assert mark.height == 300


@pytest.mark.parametrize("strokes", [ONE, FOUR, [FIVE_BODY, FIVE_BAR], SEVEN, ZERO])
def test_without_lines_no_pixel_is_touched(strokes):
    ink = find_ink(drawn(strokes))
    assert remove_ruling(ink.amount, ink.noise) is ink.amount
