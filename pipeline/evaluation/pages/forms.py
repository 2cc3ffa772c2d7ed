"""Numbers in printed forms: boxes, joined boxes, combs, and the dark windows of a meter."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from pipeline.data.synthesis.rendering.paper import Colour, blend
from pipeline.evaluation.pages.ink import Digit, Ink, filled, nothing, put, stroke
from pipeline.evaluation.pages.line import pieces, random_hand
from pipeline.evaluation.pages.look import NEARLY_BLACK, Look, Picture, near, page, random_look, seen

PLATES: tuple[Colour, ...] = ((90, 90, 90), (150, 150, 150), (60, 60, 62), (215, 215, 212), (120, 105, 90))
RED: Colour = (150, 30, 30)


@dataclass(frozen=True)
class Cells:
    """A row of cells around the digits, all in pixels: lefts and common width, top and height; the ink in them."""

    lefts: list[float]
    width: float
    top: float
    height: float
    ink: Ink

    def corners(self, left: float) -> np.ndarray:
        """Of the cell that begins there."""
        right, bottom = left + self.width, self.top + self.height
        return np.array([(left, self.top), (right, self.top), (right, bottom), (left, bottom)])


def _cells(digits: Sequence[Digit], between: float, rng: np.random.Generator, least_room: float = 1.08) -> Cells:
    """Cells `between` digit heights apart, with their digits about in the middle; some touch the lines."""
    hand = replace(random_hand(rng, len(digits), most=150), jitter=0.08)
    inks = pieces(digits, hand, rng)
    widest = max(ink.shape[1] for ink in inks)
    width = max(hand.height * rng.uniform(0.8, 1.25), widest * rng.uniform(1.05, 1.3))
    height = hand.height * rng.uniform(least_room, 1.5) + 2
    margin = hand.height * rng.uniform(0.15, 0.8)
    step = width + between * hand.height
    lefts = [margin + k * step for k in range(len(digits))]
    ink = nothing(height + 2 * margin, lefts[-1] + width + margin)
    for left, piece in zip(lefts, inks, strict=True):
        room_x, room_y = width - piece.shape[1], height - piece.shape[0]
        put(ink, piece, left + room_x * rng.uniform(0.25, 0.75), margin + room_y * rng.uniform(0.25, 0.75))
    return Cells(lefts, width, margin, height, ink)


def _line_width(cells: Cells, rng: np.random.Generator) -> float:
    return float(rng.uniform(1, max(1.5, 0.045 * cells.height)))


def boxes(digits: Sequence[Digit], rng: np.random.Generator) -> Picture:
    """A box for each digit, with gaps between them."""
    cells = _cells(digits, rng.uniform(0.08, 0.4), rng)
    lines, width = nothing(*cells.ink.shape), _line_width(cells, rng)
    for left in cells.lefts:
        stroke(lines, cells.corners(left), width, closed=True)
    return _form(lines, cells, rng)


def joined_boxes(digits: Sequence[Digit], rng: np.random.Generator) -> Picture:
    """A row of boxes that share their sides."""
    cells = _cells(digits, 0.0, rng)
    lines, width = nothing(*cells.ink.shape), _line_width(cells, rng)
    for left in cells.lefts:
        stroke(lines, cells.corners(left), width, closed=True)
    return _form(lines, cells, rng)


def comb(digits: Sequence[Digit], rng: np.random.Generator) -> Picture:
    """A base line with teeth between the digits, from short ones to ones as high as the digits."""
    cells = _cells(digits, 0.0, rng)
    lines, width = nothing(*cells.ink.shape), _line_width(cells, rng)
    right, foot = cells.lefts[-1] + cells.width, cells.top + cells.height
    tooth = cells.height * (rng.uniform(0.12, 0.5) if rng.random() < 0.75 else rng.uniform(0.5, 1.0))
    stroke(lines, np.array([(cells.lefts[0], foot), (right, foot)]), width)
    for x in [*cells.lefts, right]:
        stroke(lines, np.array([(x, foot - tooth), (x, foot)]), width)
    return _form(lines, cells, rng)


def _form(lines: Ink, cells: Cells, rng: np.random.Generator) -> Picture:
    look = random_look(rng)
    return page([(lines, look.printed), (cells.ink, look.pen)], look, rng)


def windows(digits: Sequence[Digit], rng: np.random.Generator) -> Picture:
    """White digits in dark windows of a plate, as meters have them; at times the last ones are red."""
    cells = _cells(digits, rng.uniform(0.03, 0.3), rng, least_room=1.15)
    plate = near(PLATES[rng.integers(len(PLATES))], rng)
    dark = near((28, 28, 28), rng)
    red = int(rng.integers(1, 3)) if rng.random() < 0.5 and len(digits) > 3 else 0
    sheet = np.full((*cells.ink.shape, 3), plate, np.float32)
    for k, left in enumerate(cells.lefts):
        window = nothing(*cells.ink.shape)
        filled(window, cells.corners(left))
        blend(sheet, window, RED if k >= len(digits) - red else dark)
    white = int(rng.integers(215, 256))
    blend(sheet, cells.ink, (white, white, white))
    return seen(sheet, Look(pen=NEARLY_BLACK, blur=rng.uniform(0, 1.0), noise=rng.uniform(0, 5)), rng)
