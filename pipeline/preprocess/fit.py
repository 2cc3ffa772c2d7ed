"""The recipe by which MNIST itself was made: ink box, 20×20, centre of mass at 14, 14; before it, the pen's width."""

import cv2
import numpy as np

SIDE = 28  # pixels of the model's picture
INK_SIDE = 20  # pixels of the ink's longer side inside it
CENTRE = 14.0  # where the centre of mass goes, in index coordinates (measured on the MNIST test set, design.md §4)
WORK_SIDE = 120  # pixels of the longer side on which the pen's width is changed
PEN = 1.7, 6.5  # pixels of INK_SIDE: thinner pens are thickened to the first, thicker ones thinned to the second


def fit(ink: np.ndarray) -> np.ndarray:
    """(h, w) float32 0-1 with some ink -> (28, 28) uint8, brightest ink 255."""
    digit = _scale(with_usual_pen(_crop(ink)))
    digit *= 255 / digit.max()
    rows, columns = (_offset(digit, axis) for axis in (0, 1))
    canvas = np.zeros((SIDE, SIDE), np.uint8)
    canvas[rows : rows + digit.shape[0], columns : columns + digit.shape[1]] = (digit + 0.5).astype(np.uint8)
    return canvas


def with_usual_pen(ink: np.ndarray) -> np.ndarray:
    """The ink as a pen of MNIST's widths would have left it; unchanged where it already is."""
    factor = WORK_SIDE / max(ink.shape)
    interpolation = cv2.INTER_AREA if factor < 1 else cv2.INTER_LINEAR
    work = cv2.resize(ink, None, fx=factor, fy=factor, interpolation=interpolation)
    pixel = max(work.shape) / INK_SIDE
    width = _pen_width(work) / pixel
    wanted = float(np.clip(width, *PEN))
    radius = round(abs(wanted - width) * pixel / 2)
    if radius == 0:
        return ink
    shape = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * radius + 1, 2 * radius + 1))
    if wanted < width:
        return _crop(cv2.erode(work, shape))
    room = cv2.copyMakeBorder(work, radius, radius, radius, radius, cv2.BORDER_CONSTANT, value=0)
    return _crop(cv2.dilate(room, shape))


def _pen_width(ink: np.ndarray) -> float:
    """Mean width of the strokes in pixels: the distance to the edge averages a quarter of a stroke's width."""
    inked = cv2.copyMakeBorder((ink > 0.5 * ink.max()).astype(np.uint8), 1, 1, 1, 1, cv2.BORDER_CONSTANT, value=0)
    distance = cv2.distanceTransform(inked, cv2.DIST_L2, 3)
    return 4 * float(distance[inked > 0].mean() - 0.5) + 1


def _crop(ink: np.ndarray) -> np.ndarray:
    rows, columns = np.flatnonzero(ink.any(axis=1)), np.flatnonzero(ink.any(axis=0))
    return ink[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]


def _scale(ink: np.ndarray) -> np.ndarray:
    """The longer side becomes INK_SIDE, the shape is kept."""
    height, width = ink.shape
    scale = INK_SIDE / max(height, width)
    size = max(1, round(width * scale)), max(1, round(height * scale))
    if size == (width, height):
        return ink
    return cv2.resize(ink, size, interpolation=cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR)


def _offset(digit: np.ndarray, axis: int) -> int:
    """The first row or column of the digit on the canvas, so that its centre of mass comes nearest to CENTRE."""
    profile = digit.sum(axis=1 - axis)
    centre = (profile * np.arange(len(profile))).sum() / profile.sum()
    return int(np.clip(round(CENTRE - centre), 0, SIDE - len(profile)))
