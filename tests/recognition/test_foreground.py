"""Marks: connected ink of the pen, without specks, paper edges and the ink of neighbours."""

import cv2
import numpy as np
import pytest
from drawings import BLACK, FIVE_BAR, FIVE_BODY, FOUR, SEVEN, alike, draw, drawn, page, save, write

from pipeline.data.synthesis.rendering.scene import Scene, render
from pipeline.recognition.foreground import find_marks, prominence
from pipeline.recognition.ink import Ink
from pipeline.recognition.segment import look, preprocess

PAPER = (245, 243, 238)
TABLES = [(96, 66, 44), (60, 60, 64), (150, 120, 90)]


def test_no_ink_no_marks():
    assert find_marks(Ink(np.zeros((100, 100), np.float32), 0.002)) is None


def test_a_mark_has_the_box_of_its_ink():
    amount = np.zeros((100, 120), np.float32)
    amount[20:60, 30:40] = 0.8
    found = find_marks(Ink(amount, 0.002))
    assert found is not None
    [mark] = found.marks
    assert (mark.box, mark.width, mark.height, mark.size, mark.edge) == ((30, 20, 40, 60), 10, 40, 40, 0)
    assert found.ink[30, 35] == 1  # at the pen's strength, however faint the pen
    np.testing.assert_array_equal(found.holds(mark), True)


def test_what_the_noise_of_the_page_explains_is_no_mark():
    amount = np.zeros((100, 100), np.float32)
    amount[40:60, 45:50] = 0.2
    assert find_marks(Ink(amount, 0.01)) is not None
    assert find_marks(Ink(amount, 0.1)) is None


def test_faint_ink_beside_the_pens_is_no_mark():
    amount = np.zeros((100, 100), np.float32)
    amount[20:60, 30:40] = 1
    amount[20:60, 70:80] = 0.3
    found = find_marks(Ink(amount, 0.002))
    assert found is not None
    assert [mark.box for mark in found.marks] == [(30, 20, 40, 60)]


def test_specks_are_dropped():
    dirty, rng = drawn(FOUR), np.random.default_rng(0)
    for _ in range(30):
        x, y, radius = rng.integers(5, 295), rng.integers(5, 295), rng.integers(1, 4)
        cv2.circle(dirty, (int(x), int(y)), int(radius), BLACK, -1)
    found = look(save(dirty)).marks
    assert found is not None
    assert len(found.marks) == 1
    assert alike(preprocess(save(dirty)), preprocess(save(drawn(FOUR)))) > 0.98


def test_the_most_prominent_mark_comes_first():
    drawing = draw(page(300, 500), SEVEN, 40, 150, 60, 6)
    found = look(save(draw(drawing, SEVEN, 250, 40, 200, 12))).marks
    assert found is not None
    assert [mark.box[0] > 250 for mark in found.marks] == [True, False]
    assert prominence(found.marks[0]) > prominence(found.marks[1])


def test_what_lies_along_the_edge_is_less_prominent():
    drawing = draw(page(300, 300), SEVEN, 90, 90, 120, 8)
    cv2.rectangle(drawing, (0, 0), (40, 300), BLACK, -1)
    found = look(save(drawing)).marks
    assert found is not None
    assert not found.marks[0].edge
    assert alike(preprocess(save(drawing)), preprocess(save(drawn(SEVEN, 16)))) > 0.9


@pytest.mark.parametrize("table", TABLES)
@pytest.mark.parametrize("corner", [(40, 60), (0, 50), (50, 0)])
def test_the_table_beside_a_sheet_is_dropped(table, corner):
    top, left = corner
    photograph = page(400, 400, table)
    photograph[top:, left:] = PAPER
    draw(photograph, FOUR, 130, 120, 200, 10)
    assert alike(preprocess(save(photograph)), preprocess(save(drawn(FOUR, 12)))) > 0.95


@pytest.mark.parametrize("table", TABLES)
def test_the_table_around_a_sheet_is_dropped(table):
    photograph = page(400, 400, table)
    photograph[40:360, 60:340] = PAPER
    draw(photograph, FOUR, 130, 120, 160, 10)
    assert alike(preprocess(save(photograph)), preprocess(save(drawn(FOUR, 12)))) > 0.9


@pytest.mark.parametrize("noise", [0, 4])
def test_the_table_in_photographs_is_dropped(test_digit, noise):
    scene = Scene(size=(320, 400), height=0.4, edge=0.12, noise=noise)
    for seed in range(6):
        photograph = render(test_digit(seed), scene, np.random.default_rng(seed))
        assert alike(preprocess(save(photograph)), test_digit(seed)) > 0.8, seed


def test_a_crop_holds_the_ink_of_its_mark_alone():
    drawing = draw(page(300, 300), [FIVE_BODY, FIVE_BAR], 30, 30, 240, 8)
    cv2.line(drawing, (170, 20), (280, 200), BLACK, 4)  # a neighbour inside the box
    found = look(save(drawing)).marks
    assert found is not None
    for mark in found.marks:
        inside, crop = found.holds(mark), found.crop(mark)
        assert crop.max() == 1
        y, x = (crop.shape[0] - inside.shape[0]) // 2, (crop.shape[1] - inside.shape[1]) // 2
        own = crop[y : y + inside.shape[0], x : x + inside.shape[1]]
        assert own[inside].min() > 0
        strong_and_not_own = (own > 0.4) & ~inside
        assert not strong_and_not_own.any()


@pytest.mark.parametrize("strength", [0.25, 0.5, 0.7])
def test_the_shadow_of_a_finger_is_no_ink(test_digit, recogniser, strength):
    finger = np.zeros((400, 400), np.uint8)
    cv2.line(finger, (-60, 460), (110, 300), 255, 70)
    light = 1 - strength * cv2.GaussianBlur(finger, (0, 0), 15)[..., None] / 255
    assert look(save(np.round(page(400, 400) * light).astype(np.uint8))).marks is None
    beside = write(page(400, 400), test_digit(3), 190, 40, 180)
    answer = recogniser.recognise(save(np.round(beside * light).astype(np.uint8)))
    assert (answer.status, answer.digit) == ("digit", 3)


@pytest.mark.parametrize("side", ["left", "right", "top", "bottom"])
def test_a_table_along_one_side_is_no_ink(test_digit, side):
    photograph = page(300, 400, TABLES[0])
    rows, columns = {
        "left": (np.s_[:], np.s_[50:]),
        "right": (np.s_[:], np.s_[:350]),
        "top": (np.s_[50:], np.s_[:]),
        "bottom": (np.s_[:250], np.s_[:]),
    }[side]
    photograph[rows, columns] = PAPER
    assert look(save(photograph)).marks is None
    expected = preprocess(save(write(page(300, 400, PAPER), test_digit(7), 130, 80, 140)))
    assert alike(preprocess(save(write(photograph, test_digit(7), 130, 80, 140))), expected) > 0.99
