"""What the eye is given: ink and grey of a picture or of a part of it, shrunk so that thin strokes stay.

A view is (h, w, 3) uint8: the most ink and the least ink under each pixel, then the mean grey.
"""

import math

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.recognition.decode import Pixels
from pipeline.recognition.ink import Ink

View = NDArray[np.uint8]

# Faint ink is spread: a pencil's 0.04 of the light becomes 51 of 255.
ROOT = (255 * np.sqrt(np.arange(256) / 255) + 0.5).astype(np.uint8)


class Viewer:
    """Cuts and shrinks views from one picture."""

    def __init__(self, pixels: Pixels, ink: Ink):
        self.grey = cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY)
        self.ink = cv2.LUT(cv2.convertScaleAbs(ink.intensity, alpha=255), ROOT)

    def view(self, scale: float, box: tuple[int, int, int, int] | None = None) -> View:
        """The picture, or its part x0, y0, x1, y1, with `scale` (at most 1) view pixels to one of the picture's."""
        x0, y0, x1, y1 = box or (0, 0, self.grey.shape[1], self.grey.shape[0])
        grey, ink = self.grey[y0:y1, x0:x1], self.ink[y0:y1, x0:x1]
        if scale >= 1:
            return np.dstack((ink, ink, grey))
        size = max(1, round((x1 - x0) * scale)), max(1, round((y1 - y0) * scale))
        reach = math.ceil(1 / scale)
        around = np.ones((reach, reach), np.uint8)
        most = cv2.resize(cv2.dilate(ink, around), size, interpolation=cv2.INTER_NEAREST)
        least = cv2.resize(cv2.erode(ink, around), size, interpolation=cv2.INTER_NEAREST)
        return np.dstack((most, least, cv2.resize(grey, size, interpolation=cv2.INTER_AREA)))
