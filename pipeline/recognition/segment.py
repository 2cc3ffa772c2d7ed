"""The first step: a picture to the candidates on it, each a piece of writing that may be one digit.

Picture --find_ink--> ink, light divided out --Viewer--> views --Eye--> whose ink is where --extract--> ink of one digit
    --fit--> (28, 28) uint8 each
"""

from collections.abc import Sequence

import numpy as np

from pipeline.answer import Box
from pipeline.recognition.candidates import Candidate, Segmentation
from pipeline.recognition.decode import Picture
from pipeline.recognition.extract import extract, ink_box
from pipeline.recognition.eye import Eye
from pipeline.recognition.find import find
from pipeline.recognition.fit import fit
from pipeline.recognition.ink import Ink, find_ink
from pipeline.recognition.pieces import Found
from pipeline.recognition.reading_order import reading_order
from pipeline.recognition.views import Viewer

MOST_TOGETHER = 3  # pieces that one digit may be in
CLOSE = 0.6  # view pixels to one of the working copy, from which on a stroke's soft edge may lie outside of its mask


def segment(picture: Picture, eye: Eye) -> Segmentation:
    """What is on a decoded picture."""
    ink = find_ink(picture.pixels)
    viewer = Viewer(picture.pixels, ink)
    findings = find(eye, viewer)
    fitted = _Fitted(picture, viewer, ink, findings.scale)
    digits = [found for each in findings.digits if (found := fitted.add(each))]
    pieces = findings.digits or findings.writings
    together = fitted.add(_joined(pieces)) if pieces and (not digits or 1 < len(pieces) <= MOST_TOGETHER) else ()
    order = reading_order([fitted.candidates[digit[0]].box for digit in digits])
    return Segmentation(
        picture.width,
        picture.height,
        tuple(fitted.candidates),
        tuple(tuple(digits[place] for place in line) for line in order),
        together[0] if together else None,
        tuple(fitted.upright(each.box) for each in findings.writings),
    )


class _Fitted:
    """Candidates of what was found, by index."""

    def __init__(self, picture: Picture, viewer: Viewer, ink: Ink, scale: float):
        self.picture, self.viewer, self.ink = picture, viewer, ink
        self.soft_edge = 1 if scale > CLOSE else round(0.5 / scale)
        self.candidates: list[Candidate] = []

    def add(self, found: Found | None) -> tuple[int, ...]:
        """The indices of what it may be; what turns out to have no ink is nothing."""
        if found is None:
            return ()
        ink = extract(found, self.ink, self.viewer.grey, self.soft_edge)
        if ink is None:
            return ()
        self.candidates.append(Candidate(fit(ink), self.upright(ink_box(ink, found.box)), found.probability))
        return len(self.candidates) - 1, *self.add(found.connected)

    def upright(self, box: Box) -> Box:
        """A box of the working copy in pixels of the upright picture."""
        height, width = self.viewer.grey.shape
        across, down = self.picture.width / width, self.picture.height / height
        return round(box[0] * across), round(box[1] * down), round(box[2] * across), round(box[3] * down)


def _joined(parts: Sequence[Found]) -> Found:
    """Several as one; as sure as the surest."""
    corners = np.array([part.box for part in parts])
    x0, y0, x1, y1 = (int(v) for v in (*corners[:, :2].min(0), *corners[:, 2:].max(0)))
    mask, others = np.zeros((2, y1 - y0, x1 - x0), np.float32)
    for part in parts:
        left, top, right, bottom = part.box
        place = np.s_[top - y0 : bottom - y0, left - x0 : right - x0]
        np.maximum(mask[place], part.mask, out=mask[place])
        np.maximum(others[place], part.others, out=others[place])
    return Found((x0, y0, x1, y1), mask, others * (mask < 0.5), max(part.probability for part in parts))
