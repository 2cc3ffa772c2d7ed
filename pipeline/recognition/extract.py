"""The ink of one digit, taken out of the page: what fit needs."""

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.recognition.ink import Ink, Intensity
from pipeline.recognition.pieces import Box, Found

LEAST_CONTRAST = 0.004  # of the full range: one grey level
VISIBLE = 0.3  # of the strokes' strength: where a box of the ink ends
SOFT = 0.05  # of the strokes' strength: fainter than this is no longer a stroke's soft edge
STRONG = 0.8  # quantile of the intensity in the strokes that counts as theirs
LOST = 0.5  # of the contrast in grey: where the ink map has less, it took the ground around the digit for ink or light


def extract(found: Found, ink: Ink, grey: NDArray[np.uint8], soft_edge: int) -> Intensity | None:
    """(h, w) float32 0-1 in the box of `found`: its own ink, relative to that of its strokes; None where there is none.

    `grey` is the working copy's, for light ink on dark ground; `soft_edge` are the pixels beyond its mask that its
    strokes may fade over.
    """
    x0, y0, x1, y1 = found.box
    part = np.s_[y0:y1, x0:x1]
    own = found.mask > 0.5
    near = cv2.dilate(own.view(np.uint8), np.ones((2 * soft_edge + 1,) * 2, np.uint8)) > 0
    bare = ~near & (found.others < 0.5)
    divided = _Levels(ink.intensity[part], own, bare)
    plain = _Levels(np.float32(1 / 255) * grey[part], own, bare)
    levels, noise = (divided, ink.noise) if divided.contrast >= LOST * plain.contrast else (plain, 0.0)
    if levels.contrast < LEAST_CONTRAST:
        return None
    fraction = levels.fraction()
    least = max(SOFT, min(2 * noise / levels.contrast, 0.3))
    fraction[(fraction < least) | ~near | ((found.others > 0.5) & ~own)] = 0
    return fraction if fraction.any() else None


class _Levels:
    """Values of the paper and of the strokes around one digit, whichever of them is higher."""

    def __init__(self, values: Intensity, own: NDArray[np.bool_], bare: NDArray[np.bool_]):
        self.values = values
        self.paper = float(np.median(values[bare])) if bare.any() else 0.0
        low, high = np.quantile(values[own], (1 - STRONG, STRONG)).tolist() if own.any() else (self.paper, self.paper)
        self.strokes = high if high - self.paper >= self.paper - low else low

    @property
    def contrast(self) -> float:
        return abs(self.strokes - self.paper)

    def fraction(self) -> Intensity:
        """How far each value is on the way from the paper's to the strokes', 0-1."""
        slope = np.float32(1 / (self.strokes - self.paper))
        return np.clip((self.values - np.float32(self.paper)) * slope, 0, 1)


def ink_box(fraction: Intensity, box: Box) -> Box:
    """Where the ink is, in the working copy."""
    x, y, w, h = cv2.boundingRect((fraction > VISIBLE).view(np.uint8))
    return box[0] + x, box[1] + y, box[0] + x + w, box[1] + y + h
