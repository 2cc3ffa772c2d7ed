"""Whose ink is whose: each pixel that the eye saw ink in goes to a digit's centre, or to other writing."""

from dataclasses import dataclass
from itertools import pairwise

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.recognition.eye import Sight
from pipeline.recognition.views import View

INKED = 0.25  # probability from which on a pixel is ink; 0.4 leaves holes in digits (docs/experiments.md)
FAR = 0.8  # of a digit's size: a pixel that votes for a place farther from each centre belongs to none
ALIKE = 0.5  # of 1, how far the ink of a digit is a digit's rather than other writing
STRONG = 0.6  # of the digits' own ink, as a view shows it; as strong a pixel that hangs together with it may be theirs
FARTHEST = 3.0  # times a digit's size; what hangs together with it and reaches farther is no part of it
ROOM = 3  # view pixels around a digit: bare paper, to compare its ink with
FRAGMENT = 0.2  # of a digit's ink in one piece; what hangs together with less is not asked for
MORE = 1.1  # times a digit's own ink, from which on all that hangs together with it is another candidate
LEAST_PIXELS = 4  # of ink in a view; fewer are a speck
MOST_WRITINGS = 64  # pieces of other writing; the largest alone are told

Part = tuple[slice, slice]  # rows and columns of a view
Box = tuple[int, int, int, int]  # x0, y0, x1, y1 in pixels of the working copy, x1 and y1 past it


@dataclass(frozen=True)
class Found:
    """A digit or another piece of writing: its box in the working copy, the eye's `probability` that it is a digit.

    `mask` (h, w) float32 0-1: the ink that belongs to it, in the box; `others` the same for other ink beside it.
    `connected` is the same with all ink that hangs together with it, where that is more, and `foreign` 0-1 is then how
    far what this adds is other writing: of a letter much, of a frame nothing.
    """

    box: Box
    mask: NDArray[np.float32]
    others: NDArray[np.float32]
    probability: float
    connected: "Found | None" = None
    foreign: float = 0.0


@dataclass(frozen=True)
class Findings:
    """What is on a page: digits and other writing, in no order, and where they were seen.

    `sight` is of `box`, in pixels of the working copy, `scale` view pixels to each of these; `owners` (h, w) int32 is
    which of its centres each pixel of the view belongs to, from 1; 0: none.
    """

    digits: list[Found]
    writings: list[Found]
    sight: Sight
    box: Box
    scale: float
    owners: NDArray[np.int32]


def divide(sight: Sight, view: View, scale: float, box: Box) -> Findings:
    """What stands in a view, of `box` in the working copy, `scale` view pixels to each of its."""
    owners = _owners(sight)
    place = _Place(sight, scale, box)
    own = _parts(owners, len(sight.centres))
    for number, part in own.items():
        mine = owners[part] == number
        if _likeness(mine, part, sight) < ALIKE:  # a slash has a centre too, as it may be a 1, but its ink is a sign's
            owners[part][mine] = 0
    kept = {number: part for number, part in own.items() if (owners[part] == number).any()}
    connected = _connected(view, owners, kept)
    digits = []
    for number, part in kept.items():
        probability = float(sight.centres[number - 1, 3])
        more = None
        if number in connected:
            whole, all_ink = connected[number]
            added = all_ink & (owners[whole] != number)
            more = place.found(whole, all_ink, probability, foreign=float(sight.writing[whole][added].mean()))
        digits.append(place.found(part, owners[part] == number, probability, more))
    return Findings(digits, _writings(sight, owners, place), sight, box, scale, owners)


def _parts(owners: NDArray[np.int32], most: int) -> dict[int, Part]:
    """Where the ink of each owner is."""
    rows, columns = np.nonzero(owners)
    of = owners[rows, columns]
    order = np.argsort(of, kind="stable")
    edges = np.searchsorted(of[order], np.arange(1, most + 2))
    found = {}
    for number, (start, end) in enumerate(pairwise(edges.tolist()), 1):
        if end - start >= LEAST_PIXELS:
            y, x = rows[order[start:end]], columns[order[start:end]]
            found[number] = np.s_[y.min() : y.max() + 1, x.min() : x.max() + 1]
    return found


def _connected(
    view: View, owners: NDArray[np.int32], kept: dict[int, Part]
) -> dict[int, tuple[Part, NDArray[np.bool_]]]:
    """For some digits where all ink is that hangs together with theirs and is no other's, if it is not far more."""
    ink = view[..., 0]
    owned = owners > 0
    if not kept:
        return {}
    inked = owned | (ink > STRONG * float(np.median(ink[owned])))
    count, labels, stats, _ = cv2.connectedComponentsWithStats(inked.view(np.uint8), connectivity=8)
    found = {}
    for number, part in kept.items():
        mine = owners[part] == number
        sizes = np.bincount(labels[part][mine])
        chosen = np.flatnonzero(sizes > FRAGMENT * sizes.sum())
        if not len(chosen):  # all in small fragments
            continue
        whole = _union(part, stats[chosen])
        if _longer_side(whole) > FARTHEST * _longer_side(part):
            continue
        among = np.zeros(count, bool)
        among[chosen] = True
        others = (owners[whole] > 0) & (owners[whole] != number)
        more = (among[labels[whole]] & ~others) | (owners[whole] == number)
        if np.count_nonzero(more) > MORE * sizes.sum():
            found[number] = whole, more
    return found


def _union(part: Part, stats: NDArray[np.int32]) -> Part:
    left, top, width, height = stats[:, :4].T
    rows, columns = part
    return np.s_[
        min(rows.start, top.min()) : max(rows.stop, (top + height).max()),
        min(columns.start, left.min()) : max(columns.stop, (left + width).max()),
    ]


def _longer_side(part: Part) -> int:
    return max(each.stop - each.start for each in part)


def _writings(sight: Sight, owners: NDArray[np.int32], place: "_Place") -> list[Found]:
    """What is written and is no digit's, the largest pieces."""
    ink = (np.maximum(sight.digit, sight.writing) > INKED) & (owners == 0)
    _, labels, stats, _ = cv2.connectedComponentsWithStats(ink.view(np.uint8), connectivity=8)
    found = []
    for number in (1 + np.argsort(-stats[1:, cv2.CC_STAT_AREA], kind="stable")[:MOST_WRITINGS]).tolist():
        x, y, w, h, area = stats[number].tolist()
        if area >= LEAST_PIXELS:
            part = np.s_[y : y + h, x : x + w]
            own = labels[part] == number
            found.append(place.found(part, own, _likeness(own, part, sight)))
    return found


def _likeness(own: NDArray[np.bool_], part: Part, sight: Sight) -> float:
    """How far ink is a digit's rather than other writing, 0-1."""
    digit, writing = float(sight.digit[part][own].sum()), float(sight.writing[part][own].sum())
    return digit / (digit + writing + 1e-6)


class _Place:
    """From a view to the working copy."""

    def __init__(self, sight: Sight, scale: float, box: Box):
        self.sight, self.scale, self.box = sight, scale, box

    def found(
        self, part: Part, own: NDArray[np.bool_], probability: float, connected: Found | None = None,
        foreign: float = 0.0,
    ) -> Found:  # fmt: skip
        """What is in a part of the view, with some room around it."""
        sight, scale, box = self.sight, self.scale, self.box
        rows, columns = part
        top, left = max(0, rows.start - ROOM), max(0, columns.start - ROOM)
        around = np.s_[top : rows.stop + ROOM, left : columns.stop + ROOM]
        mask = np.zeros_like(sight.digit[around], dtype=bool)
        mask[rows.start - top : rows.stop - top, columns.start - left : columns.stop - left] = own
        others = (np.maximum(sight.digit[around], sight.writing[around]) > INKED) & ~mask
        # A view's pixel holds the ink around its own upper left corner, as `views` dilates: half a pixel before its
        # middle.
        half = 0.5 if scale < 1 else 0.0
        x0, y0 = max(box[0], box[0] + round((left - half) / scale)), max(box[1], box[1] + round((top - half) / scale))
        x1, y1 = min(box[2], x0 + round(mask.shape[1] / scale)), min(box[3], y0 + round(mask.shape[0] / scale))
        size = max(1, x1 - x0), max(1, y1 - y0)
        fine, beside = (cv2.resize(m.astype(np.float32), size, interpolation=cv2.INTER_LINEAR) for m in (mask, others))
        return Found((x0, y0, x0 + size[0], y0 + size[1]), fine, beside, probability, connected, foreign)


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
