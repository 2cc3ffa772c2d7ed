"""A 28×28 digit as smooth strokes at any size and of any width: a distance field, drawn where the view puts it."""

import math

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.data.synthesis.shapes import distance_to_zero, skeleton

Digit = NDArray[np.uint8]
Field = NDArray[np.float32]

FINE = 4  # field samples a digit pixel
INK_SIDE = 20  # digit pixels of the ink's longer side in MNIST
REACH = 4.0  # digit pixels; the field is cut off that far from the ink's edge
SMOOTH = 0.35  # digit pixels; what enlarging leaves of the pixel grid in the edges is smoothed that far
INK_LEVEL = 100  # of 255; cut in the middle, at 127, faint strokes go, and 0.2 points of accuracy with them
BLOT = 1.2  # times as thick as the usual stroke: from here on ink is no line


def field(digit: Digit, stroke_width: float | None = None) -> Field:
    """(28, 28) uint8 -> (112, 112) float32: digit pixels from the ink's edge, positive inside.

    With `stroke_width`, in digit pixels, the digit's centre line is drawn so wide. What is BLOT times as thick as the
    usual stroke is more than a line, a filled loop perhaps, and stays as a blot: an 8 must not become a 9.
    """
    ink = _enlarged(digit)
    inside = distance_to_zero(ink) / FINE
    as_written = _smoothed(inside - distance_to_zero(1 - ink) / FINE)
    if stroke_width is None:
        return as_written
    line = skeleton(ink)
    line_drawn = np.float32(_smoothed_distance(stroke_width / 2)) - _smoothed(distance_to_zero(1 - line) / FINE)
    usual = np.float32(np.median(inside[line > 0]) if line.any() else 0)  # half the stroke's width
    return np.maximum(line_drawn, as_written - BLOT * usual + np.float32(stroke_width / 2))


def draw(
    distances: Field, view: NDArray[np.float64], size: tuple[int, int], height: float, growth: float
) -> NDArray[np.float32]:
    """The field drawn into a picture of `size` (h, w): (h, w) float32, the fraction 0-1 of each pixel that is ink.

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


def _smoothed(distances: np.ndarray) -> Field:
    return np.asarray(cv2.GaussianBlur(np.clip(distances, -REACH, REACH), (0, 0), SMOOTH * FINE), np.float32)


def _smoothed_distance(distance: float) -> float:
    """What `_smoothed` makes of the distance to a straight line: the mean of |x| for x normal around it."""
    widths = distance / SMOOTH
    bell = math.sqrt(2 / math.pi) * math.exp(-(widths**2) / 2)
    return SMOOTH * (bell + widths * math.erf(widths / math.sqrt(2)))


def _enlarged(digit: Digit) -> NDArray[np.uint8]:
    """(112, 112) uint8, 1 where there is ink: cubic enlargement cut at INK_LEVEL."""
    side = FINE * len(digit)
    smooth = cv2.resize(digit, (side, side), interpolation=cv2.INTER_CUBIC)
    return (cv2.GaussianBlur(smooth, (0, 0), SMOOTH * FINE) > INK_LEVEL).astype(np.uint8)
