"""What the eye sees on a page, as candidates for the same network: a second opinion where the first is not sure."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import cv2
import numpy as np

from pipeline.answer import Box
from pipeline.recognition.candidates import WIDE, Candidate
from pipeline.recognition.components import Component, Intensity
from pipeline.recognition.decide import Unread
from pipeline.recognition.decode import Picture
from pipeline.recognition.extract import extract, ink_box
from pipeline.recognition.eye import Eye
from pipeline.recognition.find import find
from pipeline.recognition.fit import fit
from pipeline.recognition.foreground import Foreground
from pipeline.recognition.ink import Ink, find_ink
from pipeline.recognition.pieces import Findings, Found
from pipeline.recognition.reading_order import reading_order
from pipeline.recognition.views import Viewer

CLOSE = 0.6  # view pixels to one of the working copy, from which on a stroke's soft edge may lie outside of its mask
LIKE = 0.1  # of 1, how far ink is a digit's: what is more may be one (docs/experiments.md)
TALL = 0.5  # of the highest digit: lower writing is a sign
INSIDE = 0.6  # of its box in a digit's: a bit of that digit that was left out


class Sighting(NamedTuple):
    """A candidate, and how far the eye takes for a digit's what is more than its own ink."""

    candidate: Candidate
    likeness: float


Choice = tuple[Sighting, ...]  # what one digit may be: its own ink, and all that hangs together with it


@dataclass(frozen=True)
class EyeReading:
    """The digits that the eye tells apart, by lines of writing, and other writing, which may be digits too.

    `digits_ink` (h, w) float32 is the probability that a pixel of the working copy is ink of a digit.
    """

    lines: list[list[Choice]]
    unread: list[Unread]
    digits_ink: Intensity

    def likeness(self, component: Component, foreground: Foreground) -> float:
        """How far the eye takes the ink of a component for a digit's, 0-1."""
        x0, y0, x1, y1 = component.box
        own = foreground.holds(component)
        return float(self.digits_ink[y0:y1, x0:x1][own].mean()) if own.any() else 0.0


def look(picture: Picture, ink: Ink | None, eye: Eye) -> EyeReading:
    """What the eye sees on a picture; `ink` where that of all of it is known."""
    ink = find_ink(picture.pixels) if ink is None else ink
    viewer = Viewer(picture.pixels, ink)
    findings = find(eye, viewer)
    page = _Page(picture, viewer, ink, findings.scale)
    digits = [choice for found in findings.digits if (choice := page.choice(found))]
    boxes = [choice[0].candidate.box for choice in digits]
    lines = [[digits[index] for index in line] for line in reading_order(boxes)]
    high = max((box[3] - box[1] for box in boxes), default=0)
    unread = [found for each in findings.writings if (found := page.unread(each, boxes, high))]
    return EyeReading(lines, unread, _on_working_copy(findings, viewer.grey.shape))


def _on_working_copy(findings: Findings, size: tuple[int, ...]) -> Intensity:
    x0, y0, x1, y1 = findings.box
    everywhere = np.zeros(size, np.float32)
    everywhere[y0:y1, x0:x1] = cv2.resize(findings.sight.digit, (x1 - x0, y1 - y0), interpolation=cv2.INTER_LINEAR)
    return everywhere


class _Page:
    def __init__(self, picture: Picture, viewer: Viewer, ink: Ink, scale: float):
        self.picture, self.viewer, self.ink = picture, viewer, ink
        self.soft_edge = 1 if scale > CLOSE else round(0.5 / scale)

    def choice(self, found: Found | None) -> Choice:
        """What turns out to have no ink is nothing."""
        if found is None:
            return ()
        ink = extract(found, self.ink, self.viewer.grey, self.soft_edge)
        if ink is None:
            return ()
        box = ink_box(ink, found.box)
        component = Component(box, (), float((ink**2).sum()), 0)
        sighting = Sighting(Candidate(fit(ink), component, self.upright(box)), 1 - found.foreign)
        return sighting, *self.choice(found.connected)

    def unread(self, found: Found, digits: Sequence[Box], high: int) -> Unread | None:
        """Other writing; None where it is a bit of a digit.

        What is as high as a digit and much like one may be one; what is wide as well may be several that touch.
        """
        box = self.upright(ink_box(found.mask, found.box))
        if any(_inside(box, digit) for digit in digits):
            return None
        width, height = box[2] - box[0], box[3] - box[1]
        return Unread(box, height > TALL * high and (found.probability > LIKE or width > WIDE * height))

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
