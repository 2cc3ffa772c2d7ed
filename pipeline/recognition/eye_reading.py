"""What the eye sees on a page: digits as candidates for the same network, other writing, and whose all the ink is."""

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.answer import Box
from pipeline.recognition.candidates import Candidate, Source
from pipeline.recognition.components import Component, Intensity
from pipeline.recognition.decode import Picture
from pipeline.recognition.extract import VISIBLE, extract, ink_box
from pipeline.recognition.eye import Eye
from pipeline.recognition.find import find
from pipeline.recognition.fit import fit
from pipeline.recognition.ink import Ink, find_ink
from pipeline.recognition.pieces import Findings, Found
from pipeline.recognition.views import Viewer

CLOSE = 0.6  # view pixels to one of the working copy, from which on a stroke's soft edge may lie outside of its mask
INSIDE = 0.6  # of its box in a digit's: a bit of that digit that was left out

Choice = tuple[Candidate, ...]  # what one digit may be: its own ink, and all that hangs together with it


@dataclass(frozen=True)
class EyeReading:
    """The digits that the eye tells apart, and the boxes of other writing, in no order.

    All in pixels of the working copy: `digit_ink`, `writing_ink` (h, w) float32 are the probabilities of a digit's ink
    and of other writing; `owners` (h, w) int32 which of the centres a pixel belongs to, from 1, or 0. `centres` (n,)
    are their probabilities; `scale` view pixels were looked at to one of these.
    """

    digits: list[Choice]
    writings: list[Box]
    digit_ink: Intensity
    writing_ink: Intensity
    owners: NDArray[np.int32]
    centres: NDArray[np.float32]
    scale: float

    @property
    def candidates(self) -> list[Candidate]:
        return [each for choice in self.digits for each in choice]


def look(picture: Picture, ink: Ink | None, eye: Eye) -> EyeReading:
    """What the eye sees on a picture; `ink` where that of all of it is known."""
    ink = find_ink(picture.pixels) if ink is None else ink
    viewer = Viewer(picture.pixels, ink)
    findings = find(eye, viewer)
    page = _Page(picture, viewer, ink, findings)
    digits = [choice for found in findings.digits if (choice := page.choice(found))]
    boxes = [choice[0].box for choice in digits]
    writings = [box for each in findings.writings if (box := page.writing(each, boxes))]
    sight = findings.sight
    owners = page.on_working_copy(findings.owners.astype(np.float32), cv2.INTER_NEAREST)
    return EyeReading(
        digits, writings, page.on_working_copy(sight.digit, cv2.INTER_LINEAR),
        page.on_working_copy(sight.writing, cv2.INTER_LINEAR), owners.astype(np.int32), sight.centres[:, 3],
        findings.scale,
    )  # fmt: skip


class _Page:
    def __init__(self, picture: Picture, viewer: Viewer, ink: Ink, findings: Findings):
        self.picture, self.viewer, self.ink, self.findings = picture, viewer, ink, findings
        self.soft_edge = 1 if findings.scale > CLOSE else round(0.5 / findings.scale)

    def on_working_copy(self, seen: Intensity, interpolation: int) -> Intensity:
        x0, y0, x1, y1 = self.findings.box
        everywhere = np.zeros(self.viewer.grey.shape, np.float32)
        everywhere[y0:y1, x0:x1] = cv2.resize(seen, (x1 - x0, y1 - y0), interpolation=interpolation)
        return everywhere

    def choice(self, found: Found | None, source: Source = Source.EYE) -> Choice:
        """What turns out to have no ink is nothing."""
        if found is None:
            return ()
        ink = extract(found, self.ink, self.viewer.grey, self.soft_edge)
        if ink is None:
            return ()
        box = ink_box(ink, found.box)
        component = Component(box, (), float((ink**2).sum()), 0)
        x, y = box[0] - found.box[0], box[1] - found.box[1]
        own = ink[y : y + component.height, x : x + component.width] > VISIBLE
        mine = Candidate(fit(ink), component, self.upright(box), own, source, found.foreign)
        return mine, *self.choice(found.connected, Source.CONNECTED)

    def writing(self, found: Found, digits: Sequence[Box]) -> Box | None:
        """Where other writing is; None where it is a bit of a digit."""
        box = self.upright(ink_box(found.mask, found.box))
        return None if any(_inside(box, digit) for digit in digits) else box

    def upright(self, box: Sequence[int]) -> Box:
        """A box of the working copy in pixels of the upright picture."""
        height, width = self.viewer.grey.shape
        across, down = self.picture.width / width, self.picture.height / height
        return round(box[0] * across), round(box[1] * down), round(box[2] * across), round(box[3] * down)


def _inside(box: Box, other: Box) -> bool:
    """Whether most of a box lies in another."""
    across = min(box[2], other[2]) - max(box[0], other[0])
    down = min(box[3], other[3]) - max(box[1], other[1])
    return across > 0 and down > 0 and across * down > INSIDE * (box[2] - box[0]) * (box[3] - box[1])
