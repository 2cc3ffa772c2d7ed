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
from pipeline.recognition.find import Findings, Found, find
from pipeline.recognition.fit import fit
from pipeline.recognition.ink import find_ink
from pipeline.recognition.reading_order import reading_order
from pipeline.recognition.views import Viewer

MOST_TOGETHER = 3  # pieces that one digit may be in
LEAST_WRITING = 0.3  # of the digits' median height; lower writing is a point or dirt


def segment(picture: Picture, eye: Eye) -> Segmentation:
    """What is on a decoded picture."""
    ink = find_ink(picture.pixels)
    viewer = Viewer(picture.pixels, ink)
    return _Candidates(picture, viewer, ink).segmentation(find(eye, viewer))


class _Candidates:
    def __init__(self, picture: Picture, viewer: Viewer, ink):
        self.picture, self.viewer, self.ink = picture, viewer, ink
        self.found: list[Candidate] = []

    def segmentation(self, findings: Findings) -> Segmentation:
        digits = self._add(findings.digits, findings)
        writings = self._add(findings.writings, findings)
        parts = findings.digits or findings.writings
        together = self._add([_joined(parts)], findings) if 1 < len(parts) <= MOST_TOGETHER else []
        order = reading_order([self.found[index].box for index in digits])
        lines = tuple(tuple(digits[place] for place in line) for line in order)
        return Segmentation(
            self.picture.width, self.picture.height, tuple(self.found), lines, tuple(writings), *together[:1]
        )

    def _add(self, found: Sequence[Found], findings: Findings) -> list[int]:
        """The candidates of what was found, by their indices; what turns out to have no ink is none."""
        first = len(self.found)
        soft_edge = 1 if findings.scale > 0.6 else round(0.5 / findings.scale)
        for each in found:
            ink = extract(each, self.ink, self.viewer.grey, soft_edge)
            if ink is not None:
                box = self._upright(ink_box(ink, each.box))
                self.found.append(Candidate(fit(ink), box, each.probability))
        return list(range(first, len(self.found)))

    def _upright(self, box: Box) -> Box:
        height, width = self.viewer.grey.shape
        across, down = self.picture.width / width, self.picture.height / height
        return round(box[0] * across), round(box[1] * down), round(box[2] * across), round(box[3] * down)


def _joined(parts: Sequence[Found]) -> Found:
    """Several as one."""
    corners = np.array([part.box for part in parts])
    x0, y0, x1, y1 = (int(v) for v in (*corners[:, :2].min(0), *corners[:, 2:].max(0)))
    mask, others = np.zeros((2, y1 - y0, x1 - x0), np.float32)
    for part in parts:
        left, top, right, bottom = part.box
        place = np.s_[top - y0 : bottom - y0, left - x0 : right - x0]
        np.maximum(mask[place], part.mask, out=mask[place])
        np.maximum(others[place], part.others, out=others[place])
    return Found((x0, y0, x1, y1), mask, others * (mask < 0.5), max(part.probability for part in parts))
