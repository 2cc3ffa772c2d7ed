"""Boxes in reading order: lines of writing from top to bottom, each from left to right, even where it slants."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from pipeline.answer import Box

SAME_LINE = 0.4  # of the lower height, shared by two neighbours of one line once the slant is taken away
STEEPEST = 0.4  # pixels down for one to the right; what lies steeper below a digit is not beside it
NEAR = 2.5  # heights; farther neighbours say little about how a line slants


def reading_order(boxes: Sequence[Box]) -> list[list[int]]:
    """The indices of the boxes (x0, y0, x1, y1), by lines."""
    if not boxes:
        return []
    corners = np.array(boxes, np.float64)
    level = _level(corners, _slope(corners))
    rows: list[list[int]] = []
    for index in np.argsort(corners[:, 0] + corners[:, 2], kind="stable").tolist():
        fitting = [row for row in rows if _shared(level[row[-1]], level[index]) >= SAME_LINE]
        if fitting:
            max(fitting, key=lambda row: _shared(level[row[-1]], level[index])).append(index)
        else:
            rows.append([index])
    return sorted(rows, key=lambda row: float(np.median(level[row].sum(axis=1))))


def _slope(corners: NDArray[np.float64]) -> float:
    """Of the lines: the median of the way from each box to its nearest neighbour on the right."""
    middles = (corners[:, :2] + corners[:, 2:]) / 2
    heights = corners[:, 3] - corners[:, 1]
    found = []
    for middle, height in zip(middles, heights, strict=True):
        across, down = (middles - middle).T
        beside = (across > 0) & (np.abs(down) <= STEEPEST * across) & (across < NEAR * height)
        if beside.any():
            nearest = np.flatnonzero(beside)[across[beside].argmin()]
            found.append(down[nearest] / across[nearest])
    return float(np.median(found)) if found else 0.0


def _level(corners: NDArray[np.float64], slope: float) -> NDArray[np.float64]:
    """(n, 2): top and bottom of each box as if its line were level."""
    middle = (corners[:, 0] + corners[:, 2]) / 2
    return corners[:, 1::2] - slope * middle[:, None]


def _shared(one: NDArray[np.float64], other: NDArray[np.float64]) -> float:
    """Of the lower of two heights, the fraction that both have in common."""
    shared = min(one[1], other[1]) - max(one[0], other[0])
    return float(shared / max(1e-6, min(one[1] - one[0], other[1] - other[0])))
