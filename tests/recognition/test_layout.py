"""How components belong together: strokes to characters, characters to lines, touching digits to pieces."""

from itertools import pairwise

import cv2
import numpy as np
import pytest
from drawings import (
    BLACK,
    EIGHT,
    FIVE_BODY,
    FOUR,
    ONE,
    SEVEN,
    ZERO,
    alike,
    draw,
    drawn,
    image_of,
    number,
    page,
    page_of,
    save,
)

from pipeline.recognition import layout
from pipeline.recognition.components import Component, join
from pipeline.recognition.segment import main_character

FOUR_IN_TWO = [[(0.35, 0.1), (0.25, 0.55), (0.62, 0.55)], [(0.7, 0.35), (0.7, 0.9)]]
BAR_APART = [(0.42, 0.03), (0.74, 0.01)]


def characters(picture: np.ndarray) -> list[Component]:
    return layout.characters(page_of(save(picture)).foreground.components)


def rows(picture: np.ndarray) -> list[list[Component]]:
    return layout.lines(characters(picture))


def assert_seen_whole(picture: np.ndarray) -> None:
    """The picture holds several components, all of which belong to the one digit."""
    components = page_of(save(picture)).foreground.components
    assert len(components) > 1
    whole = main_character(page_of(save(picture)))
    assert whole is not None
    assert set(whole[0].component.labels) == {label for component in components for label in component.labels}


@pytest.mark.parametrize("strokes", [ONE, FOUR, [FIVE_BODY], SEVEN, ZERO, EIGHT], ids=["1", "4", "5", "7", "0", "8"])
def test_a_digit_is_one_character(strokes):
    assert len(characters(drawn(strokes))) == 1


def test_a_5_with_its_bar_apart_is_one_character():
    picture = drawn([FIVE_BODY, BAR_APART], 8)
    assert_seen_whole(picture)
    assert len(characters(picture)) == 1


def test_a_4_in_two_strokes_is_one_digit():
    picture = drawn(FOUR_IN_TWO, 8)
    assert_seen_whole(picture)
    joined = drawn([*FOUR_IN_TWO, [(0.62, 0.55), (0.7, 0.55)]], 8)
    assert alike(image_of(save(picture)), image_of(save(joined))) > 0.95


def test_a_slashed_0_is_one_character():
    assert len(characters(drawn([*ZERO, [(0.75, 0.08), (0.25, 0.92)]]))) == 1
    assert len(characters(drawn([*ZERO, [(0.57, 0.4), (0.43, 0.6)]]))) == 1  # within, touching nothing


def test_several_digits_are_several_characters(test_digit):
    for labels in ([1, 1], [4, 0, 7], [3, 2, 9, 8]):
        assert len(characters(number([test_digit(label) for label in labels]))) == len(labels)


@pytest.mark.parametrize("slant", [-12, 0, 15, 25])
def test_a_line_is_read_from_left_to_right_even_where_it_slants(test_digit, slant):
    digits = [test_digit(label) for label in (4, 0, 7, 1, 3, 6)]
    [row] = rows(number(digits, slant=slant, top=90, height=400))
    assert len(row) == 6
    assert all(one.box[0] < other.box[0] for one, other in pairwise(row))


def test_two_lines_are_read_from_top_to_bottom(test_digit):
    upper, lower = (number([test_digit(label) for label in part], height=160) for part in ((4, 0, 7), (1, 2, 9, 6)))
    width = max(upper.shape[1], lower.shape[1])
    both = [np.pad(part, ((0, 0), (0, width - part.shape[1]), (0, 0)), constant_values=255) for part in (upper, lower)]
    first, second = rows(np.vstack(both))
    assert (len(first), len(second)) == (3, 4)
    assert max(component.box[3] for component in first) <= min(component.box[1] for component in second)
    for row in (first, second):
        assert all(one.box[0] < other.box[0] for one, other in pairwise(row))


def test_a_wide_gap_does_not_end_a_line(test_digit):
    [row] = rows(number([test_digit(4), test_digit(2)], gap=400))
    assert len(row) == 2


def test_points_and_commas_are_no_digits(test_digit):
    picture = number([test_digit(4), test_digit(2)], gap=60)
    found = characters(picture)
    x = (min(m.box[2] for m in found) + max(m.box[0] for m in found)) // 2
    picture[115:131, x - 8 : x + 8] = 0
    assert len(characters(picture)) == 3
    [row] = rows(picture)
    assert len(row) == 2


def test_an_underline_swallows_no_digit(test_digit):
    picture = number([test_digit(4), test_digit(2)])
    cv2.line(picture, (20, 180), (picture.shape[1] - 20, 175), BLACK, 5)
    assert len(characters(picture)) == 3
    [row] = rows(picture)
    assert len(row) == 2
    assert all(component.height > 50 for component in row)


def test_joined_components_are_one_that_holds_both():
    one, other = Component((10, 20, 30, 60), (1,), 5.0, 0), Component((25, 5, 50, 40), (4, 2), 2.0, 3)
    assert join(one, other) == Component((10, 5, 50, 60), (1, 4, 2), 7.0, 3)


def test_a_digit_far_from_the_main_one_is_no_piece_of_it():
    drawing = draw(draw(page(300, 600), EIGHT, 20, 30, 240, 12), SEVEN, 400, 200, 80, 8)
    alone = draw(page(300, 600), EIGHT, 20, 30, 240, 12)
    np.testing.assert_array_equal(image_of(save(drawing)), image_of(save(alone)))


def test_the_two_circles_of_an_8_are_one_character_of_a_line(recogniser):
    turn = np.linspace(0, 2 * np.pi, 30)
    circles = [
        np.stack([0.5 + 0.2 * np.cos(turn), y + reach * np.sin(turn)], 1) for y, reach in ((0.26, 0.15), (0.72, 0.18))
    ]
    picture = page(200, 400)
    for x, strokes in ((20, ONE), (130, circles), (250, SEVEN)):
        draw(picture, strokes, x, 30, 130, 8)
    [row] = rows(picture)
    assert [len(component.labels) for component in row] == [1, 2, 1]
    assert recogniser.read(save(picture)).text == "187"
