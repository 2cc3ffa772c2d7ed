"""A line of writing in every way it may be cut and joined."""

import numpy as np
import pytest
from drawings import ONE, drawn, number, page_of, save

from pipeline.recognition import layout
from pipeline.recognition.components import Component
from pipeline.recognition.over_segmentation import MOST_JOINED, Cut, cut, spans


def upright(x: int, width: int, label: int = 1, height: int = 100) -> Component:
    return Component((x, 0, x + width, height), (label,), 1.0, 0)


@pytest.mark.parametrize("overlap", [3, 6, 10])
def test_touching_digits_may_be_cut_where_they_meet(test_digit, overlap):
    page = page_of(save(number([test_digit(3), test_digit(0)], gap=-overlap)))
    [component] = layout.characters(page.foreground.components)
    found = cut(page.foreground, [component])
    [pieces] = found.pieces
    alone = page_of(save(number([test_digit(3), test_digit(0)])))
    three = min(layout.characters(alone.foreground.components), key=lambda each: each.box)
    assert min(abs(piece.box[2] - component.box[0] - three.width) for piece in pieces) <= 12
    assert (pieces[0].box[0], pieces[-1].box[2]) == (component.box[0], component.box[2])


def test_every_pixel_of_ink_is_in_one_piece_and_the_page_stays_as_it_was(test_digit):
    page = page_of(save(number([test_digit(8), test_digit(6), test_digit(5)], gap=-8)))
    [component] = layout.characters(page.foreground.components)
    before = page.foreground.labels.copy()
    found = cut(page.foreground, [component])
    [pieces], [whole] = found.pieces, found.line
    held = np.zeros(page.foreground.labels.shape, int)
    for piece in pieces:
        x0, y0, x1, y1 = piece.box
        held[y0:y1, x0:x1] += found.foreground.holds(piece)
    x0, y0, x1, y1 = component.box
    np.testing.assert_array_equal(held[y0:y1, x0:x1], page.foreground.holds(component))
    np.testing.assert_array_equal(found.foreground.holds(whole), page.foreground.holds(component))
    np.testing.assert_array_equal(page.foreground.labels, before)


def test_a_narrow_digit_is_never_cut():
    foreground = page_of(save(drawn(ONE))).foreground
    found = cut(foreground, foreground.components[:1])
    assert found == Cut(foreground, [foreground.components[0]], [[foreground.components[0]]])


def test_neighbours_are_joined_whichever_are_cut():
    first, second = upright(0, 20), upright(30, 60, label=2)
    left, right = upright(30, 25, label=2), upright(60, 30, label=2)
    found = spans([first, second], [[first], [left, right]])
    assert sorted((each.box[0], each.box[2], set(each.labels)) for each in found) == [
        (0, 20, {1}), (0, 55, {1, 2}), (0, 90, {1, 2}), (0, 90, {1, 2}), (30, 55, {2}), (30, 90, {2}), (30, 90, {2}),
        (60, 90, {2}),
    ]  # fmt: skip


def test_what_is_wider_than_any_digit_is_not_joined():
    far = [upright(0, 40), upright(120, 40)]  # 160 wide together, and 100 high
    assert spans(far, [[each] for each in far]) == far


def test_a_digit_has_no_more_than_so_many_pieces():
    narrow = [upright(3 * i, 2, i) for i in range(MOST_JOINED + 2)]
    found = spans(narrow, [[each] for each in narrow])
    assert found is not None
    assert max(len(each.labels) for each in found) == MOST_JOINED
