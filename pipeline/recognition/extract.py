"""The ink of one digit, taken out of the page: what fit needs."""

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.recognition.find import Box, Found
from pipeline.recognition.ink import Ink

SOFT = 0.05  # of the strokes' strength: fainter than this is no longer a stroke's soft edge
STRONG = 0.8  # quantile of the intensity in the strokes that counts as theirs
LOST = 0.5  # of the contrast in grey: where the ink map has less, it took the ground around the digit for ink or light

Intensity = NDArray[np.float32]


def extract(found: Found, ink: Ink, grey: NDArray[np.uint8], soft_edge: int) -> Intensity | None:
    """(h, w) float32 0-1 in the box of `found`: its own ink, relative to that of its strokes; None where there is none.

    `soft_edge` are the pixels beyond its mask that its strokes may fade over.
    """
    x0, y0, x1, y1 = found.box
    part = np.s_[y0:y1, x0:x1]
    own = found.mask > 0.5
    near = cv2.dilate(own.view(np.uint8), np.ones((2 * soft_edge + 1,) * 2, np.uint8)).astype(bool)
    bare = ~near & (found.others < 0.5)
    amount, noise = _relative(ink.intensity[part], own, bare, ink.noise)
    plain, _ = _relative(grey[part].astype(np.float32) / 255, own, bare, 0.0)
    if abs(amount[1]) < LOST * abs(plain[1]):
        amount = plain
        noise = 0.0
    paper, contrast, values = amount
    if abs(contrast) < 1e-3:
        return None
    fraction = np.clip((values - paper) / contrast, 0, 1)
    least = max(SOFT, min(2 * noise / abs(contrast), 0.3))
    fraction[(fraction < least) | ~near | ((found.others > 0.5) & ~own)] = 0
    return fraction if fraction.any() else None


def _relative(values: Intensity, own: NDArray[np.bool_], bare: NDArray[np.bool_], noise: float):
    paper = float(np.median(values[bare])) if bare.any() else 0.0
    inside = values[own]
    above = float(np.quantile(inside, STRONG)) - paper
    below = paper - float(np.quantile(inside, 1 - STRONG))
    return (paper, above if above >= below else -below, values), noise


def ink_box(fraction: Intensity, box: Box) -> Box:
    """Where the ink is, in the working copy."""
    x, y, w, h = cv2.boundingRect((fraction > 0.3).view(np.uint8))
    return box[0] + x, box[1] + y, box[0] + x + w, box[1] + y + h
