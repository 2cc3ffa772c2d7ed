"""All digits on a page, and other writing: the eye looks at the whole page and, where digits are small, closer."""

import math
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.recognition.eye import Eye, Sight
from pipeline.recognition.views import Viewer

AREA = 24_000  # pixels of the first view, as in training
CLOSER_AREA = 640_000  # pixels at most of the second: all of a working copy; it bounds the time
SMALL = 26.0  # view pixels; smaller digits are looked at closer
GOOD = 44.0  # view pixels of a digit in the closer view
INKED = 0.25  # probability from which on a pixel is ink; 0.4 leaves holes in digits (docs/experiments.md)
SEEN = 0.2  # probability from which on something is worth a closer look
FAR = 0.8  # of a digit's size: a pixel that votes for a place farther from each centre belongs to none
ALIKE = 0.5  # of 1, how far the ink of a digit is a digit's rather than other writing
LEAST_PIXELS = 4  # of ink in a view; fewer are a speck
MOST_WRITINGS = 64  # pieces of other writing; the largest alone are told

Box = tuple[int, int, int, int]  # x0, y0, x1, y1 in pixels of the working copy, x1 and y1 past it


@dataclass(frozen=True)
class Found:
    """A digit or another piece of writing: its box in the working copy, the eye's `probability` that it is a digit.

    `mask` (h, w) float32 0-1: the ink that belongs to it, in the box; `others` the same for other ink beside it.
    """

    box: Box
    mask: NDArray[np.float32]
    others: NDArray[np.float32]
    probability: float


@dataclass(frozen=True)
class Findings:
    """What is on a page: digits and other writing, in no order, and where they were seen.

    `sight` is of `box`, in pixels of the working copy, `scale` view pixels to each of these.
    """

    digits: list[Found]
    writings: list[Found]
    sight: Sight
    box: Box
    scale: float


def find(eye: Eye, viewer: Viewer) -> Findings:
    """All digits and other writing of a page."""
    height, width = viewer.grey.shape
    scale = min(1.0, math.sqrt(AREA / (height * width)))
    whole = (0, 0, width, height)
    sight = eye.look(viewer.view(scale, whole))
    size = _usual_size(sight)
    if scale < 1 and 0 < size < SMALL:
        box = _around(sight, scale, whole)
        area = (box[2] - box[0]) * (box[3] - box[1])
        closer = min(1.0, scale * GOOD / size, math.sqrt(CLOSER_AREA / area))
        if closer > scale:
            return _findings(eye.look(viewer.view(closer, box)), closer, box)
    return _findings(sight, scale, whole)


def _usual_size(sight: Sight) -> float:
    """View pixels of a digit, or, where there is none, of a piece of writing; 0 on a blank page."""
    if len(sight.centres):
        return float(np.median(sight.centres[:, 2]))
    seen = (np.maximum(sight.digit, sight.writing) > SEEN).view(np.uint8)
    count, _, stats, _ = cv2.connectedComponentsWithStats(seen, connectivity=8)
    return float(np.median(stats[1:, [cv2.CC_STAT_WIDTH, cv2.CC_STAT_HEIGHT]].max(axis=1))) if count > 1 else 0.0


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


def _findings(sight: Sight, scale: float, box: Box) -> Findings:
    owners, digits = _owners(sight), []
    for number, probability in enumerate(sight.centres[:, 3].tolist(), 1):
        own = owners == number
        if _likeness(own, sight) < ALIKE:  # a slash has a centre too, as it may be a 1, but its ink is a sign's
            owners[own] = 0
        else:
            digits.append(_found(own, sight, scale, box, probability))
    ink = np.maximum(sight.digit, sight.writing) > INKED
    count, labels, stats, _ = cv2.connectedComponentsWithStats((ink & (owners == 0)).view(np.uint8), connectivity=8)
    large = sorted(range(1, count), key=lambda k: -stats[k, cv2.CC_STAT_AREA])[:MOST_WRITINGS]
    writings = [_found(labels == k, sight, scale, box, _likeness(labels == k, sight)) for k in large]
    return Findings([f for f in digits if f], [f for f in writings if f], sight, box, scale)


def _likeness(own: NDArray[np.bool_], sight: Sight) -> float:
    """How far ink is a digit's rather than other writing, 0-1."""
    digit, writing = float(sight.digit[own].sum()), float(sight.writing[own].sum())
    return digit / (digit + writing + 1e-6)


def _owners(sight: Sight) -> NDArray[np.int32]:
    """(h, w) int32: which centre, from 1, each pixel of ink belongs to; 0: none."""
    owners = np.zeros(sight.digit.shape, np.int32)
    if not len(sight.centres):
        return owners
    rows, columns = np.nonzero(sight.digit > INKED)
    votes = sight.votes[:, rows, columns]
    nearest = np.full(len(rows), np.inf, np.float32)
    belongs = np.zeros(len(rows), np.int32)
    for number, (x, y, size, _) in enumerate(sight.centres.tolist(), 1):
        distance = np.hypot(votes[0] - x, votes[1] - y) / size
        closer = distance < nearest
        nearest[closer], belongs[closer] = distance[closer], number
    belongs[nearest > FAR] = 0
    owners[rows, columns] = belongs
    return owners


def _found(own: NDArray[np.bool_], sight: Sight, scale: float, box: Box, probability: float) -> Found | None:
    x, y, w, h = cv2.boundingRect(own.view(np.uint8))
    if w * h == 0 or np.count_nonzero(own[y : y + h, x : x + w]) < LEAST_PIXELS:
        return None
    room = 3
    top, left = max(0, y - room), max(0, x - room)
    part = np.s_[top : y + h + room, left : x + w + room]
    mask = own[part]
    others = (np.maximum(sight.digit[part], sight.writing[part]) > INKED) & ~mask
    # A view's pixel holds the ink around its own upper left corner, as `views` dilates: half a pixel before its middle.
    half = 0.5 if scale < 1 else 0.0
    x0, y0 = max(box[0], box[0] + round((left - half) / scale)), max(box[1], box[1] + round((top - half) / scale))
    x1, y1 = min(box[2], x0 + round(mask.shape[1] / scale)), min(box[3], y0 + round(mask.shape[0] / scale))
    size = max(1, x1 - x0), max(1, y1 - y0)
    fine, beside = (cv2.resize(m.astype(np.float32), size, interpolation=cv2.INTER_LINEAR) for m in (mask, others))
    return Found((x0, y0, x0 + size[0], y0 + size[1]), fine, beside, probability)
