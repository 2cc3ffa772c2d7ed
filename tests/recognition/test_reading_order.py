"""In which order boxes are read, as drawings of boxes alone."""

import numpy as np
import pytest

from pipeline.recognition.reading_order import reading_order

RNG = np.random.default_rng(3)


def box(x: float, y: float, width: float = 40, height: float = 60) -> tuple[int, int, int, int]:
    return round(x), round(y), round(x + width), round(y + height)


def line(n: int, y: float = 0, slope: float = 0, gap: float = 20, left: float = 0, wander: float = 0) -> list:
    """n boxes side by side; wander is how far up or down a hand strays, in pixels."""
    at = [left + k * (40 + gap) for k in range(n)]
    return [box(x, y + slope * x + wander * RNG.uniform(-1, 1)) for x in at]


def order(*lines: list) -> list[list[int]]:
    """What comes out of the boxes of all these lines, shuffled, by the numbers that they had before."""
    boxes = [each for row in lines for each in row]
    shuffled = np.random.default_rng(len(boxes)).permutation(len(boxes))
    return [[int(shuffled[k]) for k in row] for row in reading_order([boxes[k] for k in shuffled])]


def expected(*lines: list) -> list[list[int]]:
    ends = np.cumsum([len(row) for row in lines]).tolist()
    return [list(range(end - len(row), end)) for row, end in zip(lines, ends, strict=True)]


def test_nothing_has_no_lines():
    assert reading_order([]) == []


def test_one_box_is_a_line():
    assert reading_order([box(5, 5)]) == [[0]]


@pytest.mark.parametrize("n", [2, 5, 16])
def test_a_level_line(n):
    assert order(line(n)) == expected(line(n))


@pytest.mark.parametrize("slope", [-0.35, -0.2, -0.05, 0.05, 0.2, 0.35])
def test_a_line_that_slants(slope):
    rows = [line(12, 400, slope)]
    assert order(*rows) == expected(*rows)


@pytest.mark.parametrize("slope", [-0.3, -0.1, 0.0, 0.1, 0.3])
def test_several_lines_that_slant_alike(slope):
    rows = [line(8, 400 + 90 * k, slope) for k in range(4)]
    assert order(*rows) == expected(*rows)


def test_lines_of_unlike_length_and_indentation():
    rows = [line(3, 0, left=100), line(7, 100), line(1, 200, left=300), line(5, 300, left=60)]
    assert order(*rows) == expected(*rows)


def test_a_hand_that_strays():
    rows = [line(9, 100 * k, wander=12) for k in range(3)]
    assert order(*rows) == expected(*rows)


@pytest.mark.parametrize("gap", [-8, 0, 60, 400])
def test_any_gap_within_a_line(gap):
    rows = [line(4, 0, gap=gap), line(4, 110, gap=gap)]
    assert order(*rows) == expected(*rows)


def test_a_column_is_read_downwards():
    rows = [[box(10 + 3 * (k % 2), 80 * k)] for k in range(5)]
    assert order(*rows) == expected(*rows)


def test_columns_side_by_side_are_lines_across():
    rows = [[box(0, 80 * k), box(60, 80 * k), box(400, 80 * k + 4), box(460, 80 * k + 4)] for k in range(4)]
    assert order(*rows) == expected(*rows)


def test_small_and_large_digits_in_one_line():
    row = [box(0, 0, 40, 60), box(60, 30, 20, 28), box(100, 5, 30, 50), box(150, 0, 60, 62)]
    assert order(row) == expected(row)


def test_one_below_the_other_are_two_lines_even_where_they_are_close():
    rows = [line(5, 0), line(5, 62)]
    assert order(*rows) == expected(*rows)


def test_order_does_not_depend_on_place_or_scale():
    rows = [line(5, 0, 0.1), line(4, 100, 0.1)]
    for scale, x, y in ((3, 0, 0), (1, 5000, 700), (0.25, 10, 10)):
        moved = [[tuple(round(scale * v) + (x, y)[k % 2] for k, v in enumerate(each)) for each in row] for row in rows]
        assert order(*moved) == expected(*moved)


def test_every_box_is_read_once_wherever_boxes_lie():
    for seed in range(50):
        rng = np.random.default_rng(seed)
        boxes = [box(*rng.uniform(0, 500, 2), *rng.uniform(1, 120, 2)) for _ in range(rng.integers(1, 40))]
        rows = reading_order(boxes)
        assert sorted(k for row in rows for k in row) == list(range(len(boxes)))
        for row in rows:
            middles = [boxes[k][0] + boxes[k][2] for k in row]
            assert middles == sorted(middles)
