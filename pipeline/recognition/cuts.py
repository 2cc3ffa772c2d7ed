"""Where touching digits may be cut: paths from top to foot of their ink, of any slant, that cross little of it."""

import cv2
import numpy as np
from numpy.typing import NDArray

CUT_FROM = 0.75  # of the height: narrower ink is one digit
MOST_CUT = 0.7  # of the height; no path that crosses more ink is a cut
ROWS = 40  # of the shrunk ink that paths are looked for in
APART = 0.06  # of the height: nearer paths are one
ASIDE = np.float32(0.3)  # rows of ink: as much as a column to the side costs a path
LEAST_PIECE = 0.02  # of all the ink; a path that cuts off less is none

STEPS = np.array([0, -1, 1], np.int8)

Path = NDArray[np.intp]  # (h,) the column, one of each row, from which on the ink lies to the right


def paths(inside: NDArray[np.bool_]) -> list[Path]:
    """The ways (h, w) ink may be cut, from left to right; none where it is no wider than a digit."""
    height, width = inside.shape
    if width < CUT_FROM * height:
        return []
    rows = min(height, ROWS)
    ink = cv2.resize(inside.astype(np.float32), (round(width * rows / height), rows), interpolation=cv2.INTER_AREA)
    found, holes = _paths(ink), _holes(ink)
    if holes.any():
        found += _paths(np.maximum(ink, holes))
    found.sort(key=lambda path: int(path[rows // 2]))
    return [_enlarged(path, ink.shape, inside.shape) for path in found]


def _holes(ink: NDArray[np.float32]) -> NDArray[np.float32]:
    """1 in what ink encloses: where two rings touch, a way through one of them is cheaper than between them."""
    paper = cv2.copyMakeBorder((ink < 0.5).view(np.uint8), 1, 1, 1, 1, cv2.BORDER_CONSTANT, value=1)
    _, labels = cv2.connectedComponents(paper, connectivity=4)
    return ((labels != labels[0, 0]) & (paper > 0))[1:-1, 1:-1].astype(np.float32)


def _paths(ink: NDArray[np.float32]) -> list[Path]:
    """The cheapest ways from the first to the last row that no way near is cheaper than."""
    rows = len(ink)
    middle = rows // 2
    above, from_above = _cheapest(ink[: middle + 1])
    below, from_below = _cheapest(ink[middle:][::-1])
    cost = above + below - ink[middle]
    found = []
    for column in _minima(cost, max(1, round(APART * rows)), MOST_CUT * rows):
        upper, lower = _back(column, from_above), _back(column, from_below)[::-1]
        found.append(np.concatenate([upper, lower[1:]]))
    return found


def _cheapest(ink: NDArray[np.float32]) -> tuple[NDArray[np.float32], NDArray[np.int8]]:
    """(columns,) what the cheapest path from the first row to each place of the last crosses, and its steps aside."""
    steps = np.zeros(ink.shape, np.int8)
    cost = ink[0]
    ways = np.full((3, ink.shape[1]), np.inf, np.float32)
    for row in range(1, len(ink)):
        ways[0] = cost
        ways[1, 1:] = cost[:-1] + ASIDE
        ways[2, :-1] = cost[1:] + ASIDE
        steps[row] = STEPS[ways.argmin(0)]
        cost = ways.min(0) + ink[row]
    return cost, steps


def _back(column: int, steps: NDArray[np.int8]) -> NDArray[np.intp]:
    """(rows,) the columns of the cheapest path that ends in one."""
    found = [column]
    for row in range(len(steps) - 1, 0, -1):
        found.append(found[-1] + int(steps[row, found[-1]]))
    return np.array(found[::-1], np.intp)


def _minima(cost: NDArray[np.float32], reach: int, most: float) -> list[int]:
    """Where as little is crossed as anywhere near; of equals in a row the middle one."""
    least = cv2.erode(cost[None], np.ones((1, 2 * reach + 1), np.uint8))[0]
    low = np.flatnonzero((cost <= least + 1e-6) & (cost <= most))
    low = low[(low >= reach) & (low < len(cost) - reach)]
    runs = np.split(low, np.flatnonzero(np.diff(low) > reach) + 1)
    return [int(run[len(run) // 2]) for run in runs if len(run)]


def _enlarged(path: NDArray[np.intp], small: tuple[int, ...], large: tuple[int, ...]) -> Path:
    rows = (np.arange(large[0]) + 0.5) * small[0] / large[0] - 0.5
    columns = (np.interp(rows, np.arange(small[0]), path) + 0.5) * large[1] / small[1]
    return np.round(columns).astype(np.intp)
