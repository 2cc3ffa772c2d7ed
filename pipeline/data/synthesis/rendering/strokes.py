"""A 28×28 digit as a smooth stroke at any size, with any pen: a distance field, drawn where the view puts it."""

import math
from functools import cache

import cv2
import numpy as np

FINE = 4  # field samples a digit pixel
INK_SIDE = 20  # digit pixels of the ink's longer side in MNIST
REACH = 4.0  # digit pixels; the field is cut off that far from the ink's edge
SMOOTH = 0.35  # digit pixels; what enlarging leaves of the pixel grid in the edges is smoothed that far
INK_LEVEL = 100  # of 255; cut in the middle, at 127, faint strokes go, and 0.2 points of accuracy with them
BLOT = 1.2


def field(digit: np.ndarray, pen: float | None = None) -> np.ndarray:
    """(28, 28) uint8 -> (112, 112) float32: digit pixels from the ink's edge, positive inside.

    With `pen`, the digit's centre line is drawn with a pen of that width in digit pixels. What is BLOT times as thick
    as the usual stroke is more than a line, a filled loop perhaps, and stays as a blot: an 8 must not become a 9.
    """
    ink = _enlarged(digit)
    inside = _distance(ink)
    as_written = _smoothed(inside - _distance(1 - ink))
    if pen is None:
        return as_written
    line = _skeleton(ink)
    line_drawn = np.float32(_smoothed_distance(pen / 2)) - _smoothed(_distance(1 - line))
    usual = np.float32(np.median(inside[line > 0]) if line.any() else 0)  # half the stroke's width
    return np.maximum(line_drawn, as_written - BLOT * usual + np.float32(pen / 2))


def draw(distances: np.ndarray, view: np.ndarray, size: tuple[int, int], height: float, growth: float) -> np.ndarray:
    """The field drawn into a picture of `size` (h, w): (h, w) float32, the share of each pixel that is ink.

    `view` (3, 3) takes page coordinates, pixels from the digit's centre, to the picture; the ink's longer side becomes
    `height` pixels; `growth` is added to the ink on each side, in digit pixels.
    """
    scale = height / INK_SIDE
    step = scale / FINE
    middle = (len(distances) - 1) / 2
    onto_page = np.array([[step, 0, -step * middle], [0, step, -step * middle], [0, 0, 1]])
    placed = cv2.warpPerspective(
        distances, view @ onto_page, size[::-1], flags=cv2.INTER_LINEAR, borderValue=(-REACH,) * 4
    )
    return np.clip((placed + growth) * scale + 0.5, 0, 1)


def _smoothed(distances: np.ndarray) -> np.ndarray:
    return cv2.GaussianBlur(np.clip(distances, -REACH, REACH), (0, 0), SMOOTH * FINE)


def _smoothed_distance(distance: float) -> float:
    """What `_smoothed` makes of the distance to a straight line: the mean of |x| for x normal around it."""
    widths = distance / SMOOTH
    bell = math.sqrt(2 / math.pi) * math.exp(-(widths**2) / 2)
    return SMOOTH * (bell + widths * math.erf(widths / math.sqrt(2)))


def _enlarged(digit: np.ndarray) -> np.ndarray:
    """(112, 112) uint8, 1 where there is ink: cubic enlargement cut at INK_LEVEL."""
    side = FINE * len(digit)
    smooth = cv2.resize(digit, (side, side), interpolation=cv2.INTER_CUBIC)
    return (cv2.GaussianBlur(smooth, (0, 0), SMOOTH * FINE) > INK_LEVEL).astype(np.uint8)


def _distance(mask: np.ndarray) -> np.ndarray:
    """Digit pixels to the nearest 0, (h, w) float32."""
    return cv2.distanceTransform(mask, cv2.DIST_L2, 5) / FINE


def _skeleton(ink: np.ndarray) -> np.ndarray:
    """The centre line, one pixel wide (Zhang and Suen 1984); (h, w) uint8 of 0 and 1."""
    while True:
        before = ink
        for keep in _thinning_tables():
            neighbours = cv2.filter2D(ink, cv2.CV_8U, _NEIGHBOUR_BITS, borderType=cv2.BORDER_CONSTANT)
            ink = ink & cv2.LUT(neighbours, keep)
        if np.array_equal(ink, before):
            return ink


# Each neighbour's bit, clockwise from the one above, as the paper numbers them P2 … P9.
_NEIGHBOUR_BITS = np.array([[128, 1, 2], [64, 0, 4], [32, 16, 8]], np.float32)


@cache
def _thinning_tables() -> tuple[np.ndarray, np.ndarray]:
    """For each of the two passes: 256 neighbourhoods -> 1 where an ink pixel stays, 0 where it goes."""
    p = (np.arange(256)[:, None] >> np.arange(8)) & 1  # columns: P2 … P9
    count = p.sum(axis=1)
    rises = ((p == 0) & (np.roll(p, -1, axis=1) == 1)).sum(axis=1)
    edge = (count >= 2) & (count <= 6) & (rises == 1)
    north, east, south, west = p[:, 0], p[:, 2], p[:, 4], p[:, 6]
    first = edge & (north * east * south == 0) & (east * south * west == 0)
    second = edge & (north * east * west == 0) & (north * south * west == 0)
    return (~first).astype(np.uint8), (~second).astype(np.uint8)
