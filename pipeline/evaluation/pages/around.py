"""One digit with something around, under or beside it."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from pipeline.data.synthesis.polylines import Points, arc
from pipeline.evaluation.pages.ink import Digit, Ink, by_hand, enlarged, nothing, put, stroke, stroke_width, turned
from pipeline.evaluation.pages.look import Picture, page, random_look
from pipeline.evaluation.pages.signs import sign

LARGEST = 1200  # pixels of a page's side
THICKEST = 0.1  # heights of the digit: of a line around it
AFTER, BEFORE = (".", ",", ")", "-", ":", "/", "✓", "=", "%"), ("(", "-", "✓", "+", "$", "/")


@dataclass
class Single:
    """A page with one digit on it: its ink, where the digit is, the width of the pen that wrote it, in pixels."""

    ink: Ink
    box: tuple[float, float, float, float]  # x0, y0, x1, y1
    height: float
    pen: float

    @property
    def centre(self) -> tuple[float, float]:
        x0, y0, x1, y1 = self.box
        return (x0 + x1) / 2, (y0 + y1) / 2


def single(digit: Digit, rng: np.random.Generator, room: tuple[float, float], around: float = 0.0) -> Single:
    """A digit of 30-250 pixels anywhere on a page of `room` times its height a side, at least `around` from its edges.

    Both in heights of the digit.
    """
    height = float(np.exp(rng.uniform(np.log(30), np.log(250))))
    ink = enlarged(digit, height, rng.uniform(-0.1, 0.35))
    most = LARGEST / height
    rows, columns = (height * min(most, max(rng.uniform(*room), length / height + 2 * around)) for length in ink.shape)
    margin = around * height
    x, y = (
        rng.uniform(margin, max(margin, whole - part - margin))
        for whole, part in ((columns, ink.shape[1]), (rows, ink.shape[0]))
    )
    sheet = nothing(max(rows, 60), max(columns, 60))
    put(sheet, ink, x, y)
    box = round(x), round(y), round(x) + ink.shape[1], round(y) + ink.shape[0]
    return Single(sheet, box, height, stroke_width(ink))


def framed(digits: Sequence[Digit], rng: np.random.Generator) -> Picture:
    """A frame: printed, drawn by hand or dashed; thin or thick; with room or close; at times one or two sides touch."""
    gaps = rng.uniform(0.06, 0.6) * rng.uniform(0.7, 1.3, 4)
    if rng.random() < 0.15:
        gaps[rng.choice(4, rng.integers(1, 3), replace=False)] = rng.uniform(-0.03, 0.03)
    on = single(digits[0], rng, (1.6, 3.0), gaps.max() + 0.12)
    x0, y0, x1, y1 = on.box
    left, top, right, bottom = gaps * on.height
    x0, y0, x1, y1 = x0 - left, y0 - top, x1 + right, y1 + bottom
    if rng.random() < 0.5:  # a square
        wider = max(0.0, (y1 - y0) - (x1 - x0)) / 2
        x0, x1 = max(2.0, x0 - wider), min(on.ink.shape[1] - 3.0, x1 + wider)
    corners = np.array([(x0, y0), (x1, y0), (x1, y1), (x0, y1), (x0, y0)])
    return _with_lines(on, corners, _width(on, rng), rng)


def _width(on: Single, rng: np.random.Generator) -> float:
    """Of a line around the digit: a hair, the pen's, or a marker's."""
    widths = rng.uniform(1, 2.5), on.pen * rng.uniform(0.4, 1.1), on.pen * rng.uniform(1.0, 1.5)
    return min(widths[rng.integers(3)], THICKEST * on.height)


def _with_lines(on: Single, corners: Points, width: float, rng: np.random.Generator) -> Picture:
    """The page with a closed line on it through the corners."""
    look, lines = random_look(rng), nothing(*on.ink.shape)
    style = rng.choice(["printed", "by hand", "dashed"], p=[0.45, 0.4, 0.15])
    sides = list(pairwise(corners))
    if style == "by hand":
        for start, end in sides:
            over = (end - start) * rng.uniform(-0.02, 0.06)
            stroke(lines, by_hand(np.array([start - over, end + over]), 0.01 * on.height, rng), width)
    elif style == "dashed":
        dash = max(4 * width, rng.uniform(0.06, 0.15) * on.height)
        for start, end in sides:
            parts = np.linspace(0, 1, max(2, 2 * round(float(np.linalg.norm(end - start)) / dash / 2) + 1))
            for a, b in zip(parts[:-1:2], parts[1::2], strict=False):
                stroke(lines, np.array([start + a * (end - start), start + b * (end - start)]), width)
    else:
        stroke(lines, corners[:-1], width, closed=True)
    return page([(lines, look.printed), (on.ink, look.pen)], look, rng)


def circled(digits: Sequence[Digit], rng: np.random.Generator) -> Picture:
    """A circle or ellipse, printed or drawn by hand, at times not closed or past where it began."""
    wider, higher = rng.uniform(1.05, 1.5) * np.array([rng.uniform(0.85, 1.25), rng.uniform(0.9, 1.1)])
    on = single(digits[0], rng, (1.8, 3.0), 0.5)
    x0, y0, x1, y1 = on.box
    half = np.hypot(x1 - x0, y1 - y0) / 2
    # The digit fits an ellipse of its half diagonal; its page has 0.5 heights on each side of the digit.
    rx = min(half * wider, (x1 - x0) / 2 + 0.47 * on.height)
    ry = min(half * higher, (y1 - y0) / 2 + 0.47 * on.height)
    printed = rng.random() < 0.4
    start, sweep = (0.0, 360.0) if printed else (rng.uniform(0, 360), rng.uniform(325, 385))
    points = turned(arc(*on.centre, rx, ry, start, start + sweep), 0 if printed else rng.uniform(-25, 25), on.centre)
    if not printed:
        drift = np.linspace(1, rng.uniform(0.9, 1.06), len(points))[:, None]
        points = by_hand((points - on.centre) * drift + on.centre, 0.012 * on.height, rng)
    look, line = random_look(rng), nothing(*on.ink.shape)
    stroke(line, points, _width(on, rng), closed=printed)
    return page([(line, look.printed if printed or rng.random() < 0.3 else look.pen), (on.ink, look.pen)], look, rng)


def underlined(digits: Sequence[Digit], rng: np.random.Generator) -> Picture:
    """One or two lines under the digit: so close that they touch, or with a gap."""
    on = single(digits[0], rng, (1.7, 3.2), 0.55)
    x0, _, x1, y1 = on.box
    gap = on.height * (rng.uniform(-0.02, 0.03) if rng.random() < 0.3 else rng.uniform(0.05, 0.35))
    half = rng.uniform(0.4, 0.95) * max(x1 - x0, 0.5 * on.height)
    width = on.pen * rng.uniform(0.3, 1.1)
    middle, y = on.centre[0] + rng.uniform(-0.1, 0.1) * on.height, y1 + gap + width / 2
    tilt = np.tan(np.radians(rng.uniform(-4, 4)))
    look, lines = random_look(rng), nothing(*on.ink.shape)
    for k in range(2 if rng.random() < 0.35 else 1):
        at = y + k * (2 * width + rng.uniform(0.02, 0.08) * on.height)
        ends = np.array([(middle - half, at - tilt * half), (middle + half, at + tilt * half)])
        stroke(lines, by_hand(ends, rng.choice([0.0, 0.008]) * on.height, rng), width)
    return page([(lines, look.pen if rng.random() < 0.8 else look.printed), (on.ink, look.pen)], look, rng)


def with_sign(digits: Sequence[Digit], rng: np.random.Generator) -> Picture:
    """A point, comma, bracket, minus, colon, slash, tick or the like on one side, or brackets on both."""
    on = single(digits[0], rng, (1.8, 3.2), 1.15)
    x0, y0, x1, y1 = on.box
    kind = rng.random()
    names = {
        "before": str(rng.choice(BEFORE)) if kind < 0.25 else None,
        "after": str(rng.choice(AFTER)) if kind >= 0.25 else None,
    }
    if kind > 0.92:
        names = {"before": "(", "after": ")"}
    for side, name in names.items():
        if name:
            ink, top = sign(name, y1 - y0, on.pen, rng)
            gap = rng.uniform(0.08, 0.35) * on.height
            put(on.ink, ink, x0 - gap - ink.shape[1] if side == "before" else x1 + gap, y0 + top)
    look = random_look(rng)
    return page([(on.ink, look.pen)], look, rng)
