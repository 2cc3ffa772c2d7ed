"""What a pen leaves: enlarged digits and strokes, as the fraction of the paper that ink covers, (h, w) float32 0-1."""

from collections.abc import Sequence
from typing import TypeAlias

import cv2
import numpy as np
from numpy.typing import NDArray

Digit: TypeAlias = NDArray[np.uint8]  # (28, 28), white on black
Ink: TypeAlias = NDArray[np.float32]  # (h, w)
Points: TypeAlias = NDArray[np.floating]  # (n, 2): x, y in pixels, y downwards

DIGIT_SIDE = 20  # pixels of the longer side of MNIST's ink
FINE = 8  # samples a pixel of MNIST
SMOOTH = 0.45  # pixels of MNIST: what enlarging leaves of their grid is smoothed that far
INK_LEVEL = 0.4
SUBPIXEL_BITS = 4  # OpenCV draws at 1/16 pixel
LEAST_WIDTH = 1.0  # pixels of a stroke; thinner ones would be grey


def nothing(height: float, width: float) -> Ink:
    return np.zeros((max(1, round(height)), max(1, round(width))), np.float32)


def enlarged(digit: Digit, height: float, thinner: float = 0.0) -> Ink:
    """The digit cropped to its ink; an ink of MNIST's full height comes out `height` pixels high.

    `thinner`, below 0.5, is the fraction of half a stroke's width that goes on each side; negative adds some.
    """
    side = FINE * len(digit)
    smooth = cv2.GaussianBlur(cv2.resize(digit, (side, side), interpolation=cv2.INTER_CUBIC), (0, 0), SMOOTH * FINE)
    mask = (smooth > 255 * INK_LEVEL).astype(np.uint8)
    inside, outside = (cv2.distanceTransform(each, cv2.DIST_L2, 5) for each in (mask, 1 - mask))
    edge = inside - outside - thinner * 2 * float(inside[mask > 0].mean())
    scale = height / (DIGIT_SIDE * FINE)
    softness = max(1.0, 1 / scale)  # one pixel of the picture
    cover = np.clip(edge / softness + 0.5, 0, 1)
    how = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
    ink = np.clip(cv2.resize(cover, (0, 0), fx=scale, fy=scale, interpolation=how), 0, 1).astype(np.float32)
    return cropped(ink)


def cropped(ink: Ink, level: float = 0.1) -> Ink:
    """The part with ink."""
    rows, columns = (np.flatnonzero((ink > level).any(axis=axis)) for axis in (1, 0))
    return ink[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]


def stroke_width(ink: Ink) -> float:
    """The mean width of the strokes in pixels, from the mean distance to their edge.

    Across a stroke w pixels wide the distances are 1, 2, … w/2, … 2, 1: on average (w + 2) / 4.
    """
    mask = np.pad((ink > 0.5).astype(np.uint8), 1)
    if not mask.any():
        return LEAST_WIDTH
    return max(LEAST_WIDTH, 4 * float(cv2.distanceTransform(mask, cv2.DIST_L2, 5)[mask > 0].mean()) - 2)


def put(onto: Ink, piece: Ink, x: float, y: float) -> None:
    """Write `piece` with its upper left corner at x, y; what lies outside is cut off."""
    left, top = round(x), round(y)
    height, width = onto.shape
    x0, y0, x1, y1 = max(left, 0), max(top, 0), min(left + piece.shape[1], width), min(top + piece.shape[0], height)
    if x0 < x1 and y0 < y1:
        there = onto[y0:y1, x0:x1]
        np.maximum(there, piece[y0 - top : y1 - top, x0 - left : x1 - left], out=there)


def stroke(onto: Ink, points: Points, width: float, closed: bool = False) -> None:
    """Draw a line through the points, or a dot at one, `width` pixels wide, with round ends and a grey edge."""
    fine = 4 if width < 20 else 2  # OpenCV's widths are whole pixels, and come out about one wider
    reach = width + 2
    x0, y0 = np.maximum(np.floor(np.min(points, axis=0) - reach), 0).astype(int)
    x1, y1 = np.minimum(np.ceil(np.max(points, axis=0) + reach), onto.shape[::-1]).astype(int)
    if x0 >= x1 or y0 >= y1:
        return
    mask = np.zeros((fine * (y1 - y0), fine * (x1 - x0)), np.uint8)
    at = np.round(((np.asarray(points) - (x0, y0) + 0.5) * fine - 0.5) * 2**SUBPIXEL_BITS).astype(np.int32)
    if len(at) == 1:
        at = np.concatenate([at, at + 1])  # OpenCV draws nothing at a single point
    cv2.polylines(mask, [at], closed, 255, round(max(width, LEAST_WIDTH) * fine), cv2.LINE_AA, SUBPIXEL_BITS)
    small = np.asarray(cv2.resize(mask, (int(x1 - x0), int(y1 - y0)), interpolation=cv2.INTER_AREA), np.uint8)
    put(onto, small.astype(np.float32) / np.float32(255), x0, y0)


def filled(onto: Ink, corners: Points) -> None:
    """Fill a convex polygon."""
    mask = np.zeros(onto.shape, np.uint8)
    at = np.round(np.asarray(corners) * 2**SUBPIXEL_BITS).astype(np.int32)
    cv2.fillConvexPoly(mask, at, 255, cv2.LINE_AA, SUBPIXEL_BITS)
    np.maximum(onto, mask.astype(np.float32) / 255, out=onto)


def by_hand(points: Points, wobble: float, rng: np.random.Generator, spacing: float = 6.0) -> Points:
    """The line through the points as a hand draws it: up to about `wobble` pixels off, bending slowly."""
    points = np.asarray(points, np.float64)
    lengths = np.concatenate([[0], np.cumsum(np.linalg.norm(np.diff(points, axis=0), axis=1))])
    at = np.linspace(0, lengths[-1], max(8, int(lengths[-1] / spacing)))
    line = np.stack([np.interp(at, lengths, points[:, axis]) for axis in (0, 1)], 1)
    knots = rng.normal(0, wobble, (2, max(3, len(at) // 12)))
    where = np.linspace(0, 1, len(at))
    bend = [np.interp(where, np.linspace(0, 1, len(each)), each) for each in knots]
    smooth = cv2.GaussianBlur(np.stack(bend, 1).astype(np.float32), (1, 13), 3)
    return line + smooth


def turned(points: Points, angle: float, centre: Sequence[float] | Points) -> Points:
    """The points turned by `angle` degrees, clockwise, around a centre (x, y)."""
    radians = np.radians(angle)
    turn = np.array([[np.cos(radians), -np.sin(radians)], [np.sin(radians), np.cos(radians)]])
    return (np.asarray(points) - centre) @ turn.T + centre


def rotated(ink: Ink, angle: float) -> Ink:
    """All of the ink turned by `angle` degrees, clockwise."""
    height, width = ink.shape
    matrix = cv2.getRotationMatrix2D(((width - 1) / 2, (height - 1) / 2), -angle, 1)
    new_width, new_height = np.ceil(np.abs(matrix[:, :2]) @ (width, height)).astype(int) + 2
    matrix[:, 2] += (new_width - width) / 2, (new_height - height) / 2
    return cropped(np.asarray(cv2.warpAffine(ink, matrix, (int(new_width), int(new_height))), np.float32))
