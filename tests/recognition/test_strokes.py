"""How the pen left a digit: in pieces, with loops, slashed; and how digits stand together in a line."""

import cv2
import numpy as np
import pytest
from drawings import BLACK, EIGHT, FIVE_BODY, FOUR, ONE, SEVEN, ZERO, draw, drawn, number, page, save, write

FOUR_IN_TWO = [[(0.35, 0.1), (0.25, 0.55), (0.62, 0.55)], [(0.7, 0.35), (0.7, 0.9)]]
BAR_APART = [(0.42, 0.03), (0.74, 0.01)]
TURN = np.linspace(0, 2 * np.pi, 30)
CIRCLES = [
    np.stack([0.5 + 0.2 * np.cos(TURN), y + reach * np.sin(TURN)], 1) for y, reach in ((0.26, 0.15), (0.72, 0.18))
]
IN_PIECES = {
    "a 5 with its bar apart": ([FIVE_BODY, BAR_APART], 5),
    "a 4 in two strokes": (FOUR_IN_TWO, 4),
    "an 8 of two circles": (CIRCLES, 8),
    "a 0 with a point in it": ([*ZERO, [(0.53, 0.44), (0.47, 0.56)]], 0),
    "a slashed 0": ([*ZERO, [(0.75, 0.08), (0.25, 0.92)]], 0),
}


@pytest.mark.parametrize("name", IN_PIECES)
@pytest.mark.parametrize("pen", [8, 14])
def test_a_digit_in_pieces_is_one_digit(recogniser, name, pen):
    strokes, digit = IN_PIECES[name]
    picture = save(drawn(strokes, pen))
    assert recogniser.recognise(picture).digit == digit
    assert recogniser.read(picture).text == str(digit)


@pytest.mark.parametrize(
    ("strokes", "text"),
    [(ONE, "1"), (FOUR, "4"), ([FIVE_BODY], "5"), (SEVEN, "7"), (ZERO, "0"), (EIGHT, "8")],
    ids=["1", "4", "5", "7", "0", "8"],
)
def test_a_digit_is_one_digit_of_a_number(recogniser, strokes, text):
    assert recogniser.read(save(drawn(strokes))).text == text


def test_the_two_circles_of_an_8_are_one_digit_of_a_line(recogniser):
    picture = page(200, 400)
    for x, strokes in ((20, ONE), (130, CIRCLES), (250, SEVEN)):
        draw(picture, strokes, x, 30, 130, 8)
    assert recogniser.read(save(picture)).text == "187"


@pytest.mark.parametrize("labels", [(1, 1), (4, 0, 7), (3, 2, 9, 8)], ids=str)
def test_several_digits_are_several(test_digit, recogniser, labels):
    assert recogniser.read(save(number([test_digit(label) for label in labels]))).text == "".join(map(str, labels))


@pytest.mark.parametrize("slant", [-12, 0, 15, 25])
def test_a_line_is_read_from_left_to_right_even_where_it_slants(test_digit, recogniser, slant):
    picture = number([test_digit(label) for label in (4, 0, 7, 1, 3, 6)], slant=slant, top=90, height=400)
    assert recogniser.read(save(picture)).lines == ("407136",)


def test_two_lines_of_unlike_length(test_digit, recogniser):
    upper, lower = (number([test_digit(label) for label in part], height=160) for part in ((4, 0, 7), (1, 2, 9, 6)))
    width = max(upper.shape[1], lower.shape[1])
    both = [np.pad(part, ((0, 0), (0, width - part.shape[1]), (0, 0)), constant_values=255) for part in (upper, lower)]
    assert recogniser.read(save(np.vstack(both))).lines == ("407", "1296")


def test_a_wide_gap_does_not_end_a_line(test_digit, recogniser):
    assert recogniser.read(save(number([test_digit(4), test_digit(2)], gap=400))).lines == ("42",)


@pytest.mark.parametrize("overlap", [3, 6, 10])
def test_digits_that_touch(test_digit, recogniser, overlap):
    assert recogniser.read(save(number([test_digit(3), test_digit(0)], gap=-overlap))).text == "30"


def test_points_and_commas_are_no_digits(test_digit, recogniser):
    picture = number([test_digit(4), test_digit(2)], gap=60)
    x = picture.shape[1] // 2
    picture[115:131, x - 8 : x + 8] = 0
    assert recogniser.read(save(picture)).text == "42"


def test_an_underline_swallows_no_digit(test_digit, recogniser):
    picture = number([test_digit(4), test_digit(2)])
    cv2.line(picture, (20, 180), (picture.shape[1] - 20, 175), BLACK, 5)
    assert recogniser.read(save(picture)).text == "42"


def test_a_small_digit_far_from_a_large_one_is_no_rival_and_no_piece_of_it(recogniser):
    alone = save(draw(page(300, 600), EIGHT, 20, 30, 240, 12))
    beside = save(draw(draw(page(300, 600), EIGHT, 20, 30, 240, 12), SEVEN, 400, 200, 80, 8))
    for picture in (alone, beside):
        assert recogniser.recognise(picture).digit == 8
    assert recogniser.read(beside).text == "87"


def test_a_neighbours_ink_inside_the_box_is_no_ink_of_the_digit(test_digit, recogniser):
    """A stroke passes above and beside the 6, through its box."""
    drawing = write(page(300, 300), test_digit(6), 20, 30, 220)
    cv2.line(drawing, (200, 20), (290, 200), BLACK, 5, cv2.LINE_AA)
    assert recogniser.recognise(save(drawing)).digit == 6
