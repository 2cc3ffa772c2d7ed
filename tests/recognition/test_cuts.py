"""Where touching digits may be cut."""

import cv2
import numpy as np
import pytest

from pipeline.recognition.cuts import CUT_FROM, paths

PEN = 8  # pixels


def ink(*strokes: list[tuple[int, int]], width: int = 240, height: int = 120) -> np.ndarray:
    canvas = np.zeros((height, width), np.uint8)
    for points in strokes:
        cv2.polylines(canvas, [np.array(points)], False, 1, PEN)
    return canvas > 0


def crossed(inside: np.ndarray, path: np.ndarray) -> int:
    """Rows in which the path passes through ink."""
    columns = np.clip(path, 0, inside.shape[1] - 1)
    return int(inside[np.arange(len(path)), columns].sum())


@pytest.mark.parametrize("lean", [-40, -20, 0, 20, 40])
def test_a_cut_leans_as_the_strokes_do(lean):
    """Two slanted strokes that a thin one joins: the cut crosses that alone, which no upright one does."""
    left = [(60 + lean, 5), (60 - lean, 115)]
    right = [(110 + lean, 5), (110 - lean, 115)]
    inside = ink(left, right, [(60, 60), (110, 60)], [(110, 60), (200, 60)])
    assert min(crossed(inside, path) for path in paths(inside) if 60 < path[60] < 110) <= 2 * PEN
    upright = min(int(inside[:, x].sum()) for x in range(70, 100))
    assert upright >= PEN


def test_of_two_rings_one_falls_to_each_side():
    canvas = np.zeros((120, 220), np.uint8)
    cv2.circle(canvas, (58, 60), 50, 1, PEN)
    cv2.circle(canvas, (158, 60), 50, 1, PEN)
    found = paths(canvas > 0)
    assert min(abs(int(path[60]) - 108) for path in found) <= 6
    assert all(path.shape == (120,) and path.min() > 0 and path.max() < 220 for path in found)


def test_paths_come_from_left_to_right(test_digit):
    canvas = np.concatenate([cv2.resize(test_digit(label), (100, 100)) for label in (3, 5, 8)], axis=1)
    middles = [int(path[50]) for path in paths(canvas > 100)]
    assert middles == sorted(middles)
    assert len(middles) >= 2


def test_what_is_no_wider_than_a_digit_is_not_cut():
    assert paths(np.ones((100, int(100 * CUT_FROM) - 1), bool)) == []


def test_what_has_no_thin_place_is_not_cut():
    assert paths(np.ones((100, 300), bool)) == []


@pytest.mark.parametrize("shape", [(1, 1), (1, 500), (2, 3), (500, 1), (3, 2000)])
def test_every_shape_gets_an_answer(shape):
    assert all(path.shape == shape[:1] for path in paths(np.ones(shape, bool)))
