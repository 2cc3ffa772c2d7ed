"""The recipe by which MNIST itself was made: ink box, 20×20, centre of mass at 14, 14; first, the stroke width."""

import cv2
import numpy as np
from numpy.typing import NDArray

Intensity = NDArray[np.float32]  # (h, w) 0-1

SIDE = 28  # pixels of the model's picture
INK_SIDE = 20  # pixels of the ink's longer side inside it
CENTRE = 14.0  # where the centre of mass goes, in index coordinates (mean over MNIST's test set: 13.99, 14.01)
WORK_SIDE = 120  # pixels of the longer side on which the strokes' width is changed
# Where the longer side is INK_SIDE: thinner strokes are thickened to the first, thicker ones thinned to the second.
STROKE_WIDTHS = 1.7, 6.5


def fit(ink: Intensity) -> NDArray[np.uint8]:
    """(h, w) 0-1 with some ink -> (28, 28), white ink on black, brightest 255."""
    ink = _crop(ink)
    work = _scale(ink, WORK_SIDE, ink.shape) if max(ink.shape) > WORK_SIDE else ink
    usual = with_usual_stroke_width(work)
    digit = _scale(usual, INK_SIDE, ink.shape if usual is work else usual.shape)
    digit = digit * np.float32(255 / digit.max())
    rows, columns = (_offset(digit, axis) for axis in (0, 1))
    canvas = np.zeros((SIDE, SIDE), np.uint8)
    canvas[rows : rows + digit.shape[0], columns : columns + digit.shape[1]] = (digit + 0.5).astype(np.uint8)
    return canvas


def with_usual_stroke_width(ink: Intensity) -> Intensity:
    """(h, w) 0-1: the ink with strokes of MNIST's widths; itself if it has them, else WORK_SIDE pixels or so."""
    work = _scale(ink, WORK_SIDE, ink.shape)
    pixel = max(work.shape) / INK_SIDE
    width = _stroke_width(work) / pixel
    wanted = float(np.clip(width, *STROKE_WIDTHS))
    radius = round(abs(wanted - width) * pixel / 2)
    if radius == 0:
        return ink
    shape = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * radius + 1, 2 * radius + 1))
    if wanted < width:
        return _crop(cv2.erode(work, shape))
    room = cv2.copyMakeBorder(work, radius, radius, radius, radius, cv2.BORDER_CONSTANT, value=0)
    return _crop(cv2.dilate(room, shape))


def _stroke_width(ink: Intensity) -> float:
    """Mean width of the strokes in pixels: the distance to the edge averages a quarter of a stroke's width."""
    inked = cv2.copyMakeBorder((ink > 0.5 * ink.max()).astype(np.uint8), 1, 1, 1, 1, cv2.BORDER_CONSTANT, value=0)
    distance = cv2.distanceTransform(inked, cv2.DIST_L2, 3)
    return 4 * float(distance[inked > 0].mean() - 0.5) + 1


def _crop(ink: Intensity) -> Intensity:
    x, y, width, height = cv2.boundingRect((ink > 0).view(np.uint8))
    return ink[y : y + height, x : x + width]


def _scale(ink: Intensity, side: int, shape: tuple[int, ...]) -> Intensity:
    """The longer side becomes `side`, the other is to it as in `shape`, (h, w) before any rounding."""
    height, width = (max(1, round(length * side / max(shape))) for length in shape)
    if (height, width) == ink.shape:
        return ink
    return cv2.resize(ink, (width, height), interpolation=cv2.INTER_AREA if side < max(shape) else cv2.INTER_LINEAR)


def _offset(digit: Intensity, axis: int) -> int:
    """The first row or column of the digit on the canvas, so that its centre of mass comes nearest to CENTRE."""
    profile = digit.sum(axis=1 - axis)
    centre = (profile * np.arange(len(profile))).sum() / profile.sum()
    return int(np.clip(round(CENTRE - centre), 0, SIDE - len(profile)))
