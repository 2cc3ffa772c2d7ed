"""All that is known of each candidate on a page: what classifier and eye say of it, and how it stands to others."""

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.recognition.calibration import log_odds
from pipeline.recognition.candidates import Classified, Source
from pipeline.recognition.eye_reading import EyeReading
from pipeline.recognition.foreground import Foreground
from pipeline.recognition.pieces import INKED
from pipeline.recognition.relations import relations

AROUND = 0.8  # of its longer side: the writing beside a candidate
NEIGHBOURS = 4  # of the eye's digits, the nearest
FARTHEST = 4.0  # usual heights: what is farther is no neighbour
LEAST_AROUND = 0.1  # of its own ink: less beside it says nothing
PART = 0.1  # of its ink: connected ink that has less of it is another's

COLUMNS = (
    "confidence", "p_digit", "second", *map(str, range(10)),  # the classifier's, as log odds; which digit
    "like_digit", "like_writing", "weakest",  # the eye's probabilities in its ink
    "unowned", "purity", "completeness", "centre", "swallowed",  # to the eye's centres: its own, and others
    "digits_around", "writing_around", "something_around",
    "height", "width", "pixels", "of_picture", "filled",  # to the usual digit's, the view, the picture, its box
    "whole", "joined", "strokes",  # of what is connected with it; how many pieces; in components of the pen's strength
    "severed",  # ink that touches its own, but is not: where it was cut, to its height
    "rest_digit", "rest_writing",  # what the eye takes the rest of that for
    "of_eye", "connected", "foreign",
    "above", "below", "gap_left", "gap_right", "alone",  # to the nearest digits, in usual heights
    "slant", "other_slant", "bow",  # a bracket's middle lies beside the line between its ends
    "page_digit", "page_writing", "page_digits",  # of all ink on the page what the eye takes it for; its digits there
    "in_more", "more_confidence", "more_p_digit", "more_size",  # the surest candidate that this one is a part of
    "same_confidence",  # the surest other of about the same ink
    "part_confidence", "other_part_confidence", "part_size",  # the surest part of it, and the surest beside that
    "rival_confidence",  # the surest that shares ink in another way
    # How well the ink it belongs to can be read with it, at best, and with one of those that it shares ink with: the
    # mean of confidence over the ink, the least confidence, how many digits.
    "explained", "explained_least", "explained_digits", "rival_explained", "rival_explained_least",
)  # fmt: skip
_INDEX = {name: k for k, name in enumerate(COLUMNS)}

Box = tuple[int, int, int, int]


def evidence(classified: Sequence[Classified], foreground: Foreground, eye: EyeReading) -> NDArray[np.float32]:
    """(n, columns) float32, as COLUMNS names them; 0 where there is nothing to say."""
    table = np.zeros((len(classified), len(COLUMNS)), np.float32)
    if classified:
        page = _Page(classified, foreground, eye)
        for row, each, related in zip(table, classified, relations(classified), strict=True):
            for name, value in (page.known(each) | related).items():
                row[_INDEX[name]] = value
    return table


class _Page:
    def __init__(self, classified: Sequence[Classified], foreground: Foreground, eye: EyeReading):
        self.eye = eye
        found = [choice[0] for choice in eye.digits]
        self.boxes = np.array([each.component.box for each in found], np.float32).reshape(-1, 4)
        heights = self.boxes[:, 3] - self.boxes[:, 1]
        self.usual = float(np.median(heights)) if found else float(max(each.component.height for each in classified))
        self.slants = np.array([_slant(each.own) for each in found], np.float32)
        self.inked = np.maximum(eye.digit_ink, eye.writing_ink) > INKED
        self.digit_ink, self.writing_ink = eye.digit_ink * self.inked, eye.writing_ink * self.inked
        self.sums = [_sums(each.astype(np.float32)) for each in (self.digit_ink, self.writing_ink, self.inked)]
        self.owned = np.bincount(eye.owners.ravel(), minlength=len(eye.centres) + 1)
        self.page = {
            "page_digit": float(self.digit_ink.sum() / max(1, self.inked.sum())),
            "page_writing": float(self.writing_ink.sum() / max(1, self.inked.sum())),
            "page_digits": float(np.log1p(len(found))),
        }
        self.labels = foreground.labels
        self.inked_by_label = np.pad((foreground.labels > 0).view(np.uint8), 1)
        x, y, width, height = cv2.boundingRect(self.inked_by_label[1:-1, 1:-1])
        inked = np.s_[y : y + height, x : x + width]
        flat = foreground.labels[inked].ravel()
        self.sizes, self.digit_of, self.writing_of = (
            np.bincount(flat, None if ink is None else ink[inked].ravel(), minlength=1)
            for ink in (None, eye.digit_ink, eye.writing_ink)
        )
        strong = np.zeros(len(self.sizes), bool)
        strong[[label for component in foreground.components for label in component.labels]] = True
        self.strong = strong[foreground.labels]

    def known(self, each: Classified) -> dict[str, float]:
        candidate, box = each.candidate, each.component.box
        x0, y0, x1, y1 = box
        own, part, ink = candidate.own, np.s_[y0:y1, x0:x1], max(1, candidate.amount)
        digit, writing = self.eye.digit_ink[part][own], self.eye.writing_ink[part][own]
        height, width = own.shape
        of_eye = candidate.source is not Source.COMPONENTS
        known = {
            "confidence": log_odds(each.confidence), "p_digit": log_odds(each.p_digit),
            "second": log_odds(float(np.partition(each.probabilities, -2)[-2])), str(each.digit): 1.0,
            "like_digit": log_odds(_mean(digit)), "like_writing": log_odds(_mean(writing)),
            "weakest": float(np.quantile(digit, 0.2)) if len(digit) else 0.0,
            "height": np.log(height / self.usual), "width": np.log(width / self.usual),
            "pixels": np.log(max(height, width) * self.eye.scale / 20),
            "of_picture": np.log(max(height, width) / max(self.labels.shape)), "filled": ink / own.size,
            "strokes": np.count_nonzero(self.strong[part][own]) / ink, "severed": self._severed(box, own) / height,
            "of_eye": of_eye, "connected": candidate.source is Source.CONNECTED,
            "foreign": candidate.foreign, "slant": _slant(own), "bow": _bow(own),
        }  # fmt: skip
        labels = self._labels(own, part, ink)
        every = max(ink, int(self.sizes[labels].sum()))
        known |= {"whole": ink / every, "joined": max(0, len(labels) - 1)}
        if every > (1 + PART) * ink:  # a frame's ink is neither a digit's nor other writing, a letter's is
            digits, writings = (
                max(0.0, float(each[labels].sum() - seen.sum())) / (every - ink)
                for each, seen in ((self.digit_of, digit), (self.writing_of, writing))
            )
            known |= {"rest_digit": min(1.0, digits), "rest_writing": min(1.0, writings)}
        return known | self.page | self._owners(own, part) | self._around(box, own, part, ink) | self._neighbours(box)

    def _severed(self, box: Box, own: NDArray[np.bool_]) -> int:
        """Pixels of ink beside its own."""
        x0, y0, x1, y1 = box
        mine = cv2.copyMakeBorder(own.view(np.uint8), 1, 1, 1, 1, cv2.BORDER_CONSTANT, value=0)
        near = cv2.dilate(mine, np.ones((3, 3), np.uint8)) & ~mine
        ink = self.inked_by_label[y0 : y1 + 2, x0 : x1 + 2]
        return int(np.count_nonzero(near & ink))

    def _labels(self, own: NDArray[np.bool_], part: tuple[slice, slice], ink: int) -> list[int]:
        """Of the connected ink that most of it is part of."""
        count = np.bincount(self.labels[part][own])
        count[:1] = 0
        return np.flatnonzero(count > PART * ink).tolist()

    def _owners(self, own: NDArray[np.bool_], part: tuple[slice, slice]) -> dict[str, float]:
        """Whose its ink is, as the eye has it."""
        owners = np.bincount(self.eye.owners[part][own], minlength=len(self.owned))
        owned = int(owners[1:].sum())
        known = {"unowned": 1 - owned / max(1, int(owners.sum()))}
        if owned:
            inside = owners[1:] / np.maximum(1, self.owned[1:])
            main = int(owners[1:].argmax())
            others = np.delete(inside, main).max(initial=0)
            known |= {
                "purity": owners[1 + main] / owned, "completeness": inside[main], "swallowed": others,
                "centre": log_odds(float(self.eye.centres[main])),
            }  # fmt: skip
        return known

    def _around(self, box: Box, own: NDArray[np.bool_], part: tuple[slice, slice], ink: int) -> dict[str, float]:
        """What the eye takes the ink beside it for."""
        x0, y0, x1, y1 = box
        room = round(AROUND * max(x1 - x0, y1 - y0))
        height, width = self.inked.shape
        left, top, right, bottom = max(0, x0 - room), max(0, y0 - room), min(width, x1 + room), min(height, y1 + room)
        digits, writing, inked = (
            float(sums[bottom, right] - sums[top, right] - sums[bottom, left] + sums[top, left] - each[part][own].sum())
            for sums, each in zip(self.sums, (self.digit_ink, self.writing_ink, self.inked), strict=True)
        )
        if inked <= LEAST_AROUND * ink:
            return {}
        return {"digits_around": digits / inked, "writing_around": writing / inked, "something_around": 1.0}

    def _neighbours(self, box: Box) -> dict[str, float]:
        """How it stands to the nearest of the eye's digits that it does not overlap."""
        x0, y0, x1, y1 = box
        gaps_left, gaps_right = (x0 - self.boxes[:, 2]) / self.usual, (self.boxes[:, 0] - x1) / self.usual
        gaps = np.maximum(gaps_left, gaps_right)
        down = np.maximum(y0 - self.boxes[:, 3], self.boxes[:, 1] - y1) / self.usual
        middle = (self.boxes[:, 0] + self.boxes[:, 2]) / 2
        beside = np.flatnonzero((gaps < FARTHEST) & (down < 0) & ((middle < x0) | (middle > x1)))
        if not len(beside):
            return {"alone": 1.0, "gap_left": FARTHEST, "gap_right": FARTHEST}
        nearest = beside[np.argsort(gaps[beside], kind="stable")[:NEIGHBOURS]]
        left, right = beside[middle[beside] < x0], beside[middle[beside] > x1]
        return {
            "above": (float(np.median(self.boxes[nearest, 1])) - y0) / self.usual,
            "below": (y1 - float(np.median(self.boxes[nearest, 3]))) / self.usual,
            "gap_left": float(gaps_left[left].min(initial=FARTHEST)),
            "gap_right": float(gaps_right[right].min(initial=FARTHEST)),
            "other_slant": float(np.median(self.slants[nearest])),
        }  # fmt: skip


def _sums(values: NDArray[np.float32]) -> NDArray[np.float64]:
    return np.asarray(cv2.integral(values, sdepth=cv2.CV_64F))


def _mean(values: NDArray[np.float32]) -> float:
    return float(values.mean()) if len(values) else 0.0


def _bow(own: NDArray[np.bool_]) -> float:
    """How far the ink's middle lies to the right of the line between its upper and its lower end, in its heights."""
    fifth = max(1, len(own) // 5)
    start = (len(own) - fifth) // 2
    columns = [np.nonzero(part)[1] for part in (own[:fifth], own[start : start + fifth], own[-fifth:])]
    if not all(len(each) for each in columns):
        return 0.0
    upper, middle, lower = (float(each.mean()) for each in columns)
    return (middle - (upper + lower) / 2) / len(own)


def _slant(own: NDArray[np.bool_]) -> float:
    """Pixels to the left for one down, as the ink lies around its middle."""
    rows, columns = np.nonzero(own)
    if len(rows) < 2:
        return 0.0
    rows = rows - rows.mean()
    variance = float((rows**2).mean())
    return -float((rows * columns).mean()) / variance if variance > 0 else 0.0
