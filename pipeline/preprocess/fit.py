"""The recipe by which MNIST itself was made: ink box, 20×20, centre of mass at 14, 14."""

import numpy as np
from PIL import Image

SIDE = 28  # pixels of the model's picture
INK_SIDE = 20  # pixels of the ink's longer side inside it
CENTRE = 14.0  # where the centre of mass goes, in index coordinates (measured on the MNIST test set, design.md §4)


def fit(ink: np.ndarray) -> np.ndarray:
    """(h, w) float32 0-1 with some ink -> (28, 28) uint8, brightest ink 255."""
    digit = _scale(_crop(ink))
    digit *= 255 / digit.max()
    rows, columns = (_offset(digit, axis) for axis in (0, 1))
    canvas = np.zeros((SIDE, SIDE), np.uint8)
    canvas[rows : rows + digit.shape[0], columns : columns + digit.shape[1]] = (digit + 0.5).astype(np.uint8)
    return canvas


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
    resized = Image.fromarray(ink).resize(size, Image.Resampling.HAMMING)
    return np.clip(np.asarray(resized), 0, None)


def _offset(digit: np.ndarray, axis: int) -> int:
    """The first row or column of the digit on the canvas, so that its centre of mass comes nearest to CENTRE."""
    profile = digit.sum(axis=1 - axis)
    centre = (profile * np.arange(len(profile))).sum() / profile.sum()
    return int(np.clip(round(CENTRE - centre), 0, SIDE - len(profile)))
