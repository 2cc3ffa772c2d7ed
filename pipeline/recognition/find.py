"""All digits on a page, and other writing: the eye looks at the whole page and, where digits are small, closer."""

import math

import cv2
import numpy as np

from pipeline.recognition.eye import Eye, Sight
from pipeline.recognition.pieces import Box, Findings, divide
from pipeline.recognition.views import Viewer

AREA = 24_000  # pixels of the first view, as in training
CLOSER_AREA = 180_000  # pixels at most of the second: 90 digits; with 360,000 a worker took 327 MB in place of 295
SMALL = 26.0  # view pixels; smaller digits are looked at closer
GOOD = 44.0  # view pixels of a digit in the closer view
SEEN = 0.2  # probability from which on something is worth a closer look


def find(eye: Eye, viewer: Viewer) -> Findings:
    """All digits and other writing of a page."""
    height, width = viewer.grey.shape
    scale = min(1.0, math.sqrt(AREA / (height * width)))
    whole = (0, 0, width, height)
    view = viewer.view(scale, whole)
    sight = eye.look(view)
    size = _usual_size(sight)
    if scale < 1 and 0 < size < SMALL:
        box = _around(sight, scale, whole)
        area = (box[2] - box[0]) * (box[3] - box[1])
        closer = min(1.0, scale * GOOD / size, math.sqrt(CLOSER_AREA / area))
        if closer > scale:
            view = viewer.view(closer, box)
            return divide(eye.look(view), view, closer, box)
    return divide(sight, view, scale, whole)


def _usual_size(sight: Sight) -> float:
    """View pixels of a digit, or, where there is none, of a piece of writing; 0 on a blank page.

    That of most of the ink, so that specks and holes beside a digit count for little.
    """
    if len(sight.centres):
        sizes = sight.centres[:, 2]
    else:
        seen = (np.maximum(sight.digit, sight.writing) > SEEN).view(np.uint8)
        _, _, stats, _ = cv2.connectedComponentsWithStats(seen, connectivity=8)
        sizes = stats[1:, [cv2.CC_STAT_WIDTH, cv2.CC_STAT_HEIGHT]].max(axis=1, initial=0).astype(np.float32)
    ordered = np.sort(sizes)
    inked = np.cumsum(ordered)
    return float(ordered[np.searchsorted(inked, inked[-1] / 2)]) if len(ordered) else 0.0


def _around(sight: Sight, scale: float, whole: Box) -> Box:
    """The part of the working copy that holds what was seen, with room around it."""
    seen = (np.maximum(sight.digit, sight.writing) > SEEN).view(np.uint8)
    x, y, w, h = cv2.boundingRect(seen)
    for cx, cy, size, _ in sight.centres.tolist():
        x1, y1 = max(x + w, cx + size / 2), max(y + h, cy + size / 2)
        x, y = min(x, cx - size / 2), min(y, cy - size / 2)
        w, h = x1 - x, y1 - y
    room = 12 + 0.1 * max(w, h)  # a frame or line beside it tells what it is
    x0, y0, x1, y1 = (x - room) / scale, (y - room) / scale, (x + w + room) / scale, (y + h + room) / scale
    return max(0, int(x0)), max(0, int(y0)), min(whole[2], math.ceil(x1)), min(whole[3], math.ceil(y1))
