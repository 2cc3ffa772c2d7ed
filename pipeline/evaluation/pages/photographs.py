"""Photographs: paper darker than the desk, stickers, ruled paper, things lying about; and the plain close-ups."""

from collections.abc import Sequence

import cv2
import numpy as np

from pipeline.data.synthesis.polylines import arc
from pipeline.data.synthesis.rendering.paper import Colour, Paper, blank_page, blend, draw_ruled_lines
from pipeline.evaluation.pages.ink import Digit, Ink, enlarged, filled, nothing, put, stroke, turned
from pipeline.evaluation.pages.line import random_hand, written
from pipeline.evaluation.pages.look import Picture, lit, near, photo_look, seen

LIGHT_DESKS: tuple[Colour, ...] = ((215, 214, 210), (235, 235, 232), (200, 190, 170), (222, 222, 226))
DARK_DESKS: tuple[Colour, ...] = ((105, 75, 50), (70, 70, 74), (140, 110, 80), (45, 42, 42), (90, 105, 115))
TAGS: tuple[Colour, ...] = ((172, 120, 70), (150, 150, 150), (160, 135, 100), (140, 160, 130), (185, 140, 95))
STICKERS: tuple[Colour, ...] = ((25, 35, 95), (20, 20, 22), (20, 80, 45), (130, 20, 30), (60, 30, 90))
SHEETS: tuple[Colour, ...] = ((250, 250, 246), (238, 236, 228), (246, 240, 214), (228, 234, 244))
DARK_INKS: tuple[Colour, ...] = ((20, 20, 24), (25, 30, 70), (28, 55, 150))
LINES: tuple[Colour, ...] = ((130, 155, 205), (160, 160, 165), (150, 190, 185), (205, 170, 170))
THINGS: tuple[Colour, ...] = ((25, 25, 28), (30, 60, 150), (170, 30, 35), (190, 190, 195), (230, 180, 30))
COINS: tuple[Colour, ...] = ((190, 150, 70), (170, 170, 172), (150, 95, 60))
LARGEST = 1200  # pixels


def on_dark_paper(digits: Sequence[Digit], rng: np.random.Generator) -> Picture:
    """Dark ink on a brown tag or a grey card that lies on a lighter desk."""
    return _card(digits[0], _one(LIGHT_DESKS, rng), _one(TAGS, rng), near((30, 28, 32), rng), rng)


def on_a_sticker(digits: Sequence[Digit], rng: np.random.Generator) -> Picture:
    """Light ink on a dark sticker on a light desk."""
    ink = int(rng.integers(205, 256))
    return _card(digits[0], _one(LIGHT_DESKS, rng), _one(STICKERS, rng), (ink, ink, ink - 6), rng)


def with_things(digits: Sequence[Digit], rng: np.random.Generator) -> Picture:
    """White paper on a darker desk, and a pen or a coin beside the paper."""
    return _card(digits[0], _one(DARK_DESKS, rng), _one(SHEETS, rng), DARK_INKS[rng.integers(3)], rng, things=True)


def on_ruled_paper(digits: Sequence[Digit], rng: np.random.Generator) -> Picture:
    """A number on ruled or squared paper, a little turned, photographed from a little aside."""
    hand = random_hand(rng, len(digits) + 2, least=35, most=140)
    ink = written("d" * len(digits), digits, hand, rng)
    height = min(LARGEST, round(ink.shape[0] + hand.height * rng.uniform(1.5, 4)))
    width = min(LARGEST, round(ink.shape[1] + hand.height * rng.uniform(1.0, 4)))
    flat = nothing(height, width)
    put(flat, ink, (width - ink.shape[1]) * rng.uniform(0.3, 0.7), (height - ink.shape[0]) * rng.uniform(0.3, 0.7))
    view = _aside(width, height, rng)
    look = photo_look(rng, DARK_INKS[rng.integers(3)], _one(SHEETS, rng))
    squared = bool(rng.random() < 0.6)
    spacing = hand.height * (rng.uniform(0.4, 1.2) if squared else rng.uniform(1.0, 1.8))
    sheet = blank_page((height, width), look.paper, look.texture, rng)
    draw_ruled_lines(sheet, view, spacing, LINES[rng.integers(len(LINES))], rng.uniform(0.35, 0.8), rng, squared)
    blend(sheet, np.asarray(cv2.warpPerspective(flat, view, (width, height)), np.float32), look.pen)
    return seen(lit(sheet, rng), look, rng)


def _one(colours: Sequence[Colour], rng: np.random.Generator) -> Colour:
    return near(colours[int(rng.integers(len(colours)))], rng)


def _aside(width: int, height: int, rng: np.random.Generator) -> np.ndarray:
    """(3, 3) view of a page by a camera that is turned by up to 5 degrees and stands a little aside."""
    corners = np.array([(0, 0), (width, 0), (width, height), (0, height)], np.float32)
    seen_at = turned(corners, rng.uniform(-5, 5), (width / 2, height / 2))
    seen_at = seen_at + rng.uniform(-0.03, 0.03, (4, 2)) * (width, height)
    return cv2.getPerspectiveTransform(corners, seen_at.astype(np.float32))


def _card(
    digit: Digit, desk: Colour, card: Colour, ink: Colour, rng: np.random.Generator, things: bool = False
) -> Picture:
    """A digit on a card that lies on the desk, turned by up to 15 degrees."""
    height = float(np.exp(rng.uniform(np.log(50), np.log(200))))
    piece = enlarged(digit, height, rng.uniform(-0.1, 0.3))
    half = height * rng.uniform(0.68, 1.1, 2)  # of the card's width and height
    room = half * (1.7 if things else rng.uniform(1.15, 1.8))
    width, tall = (round(min(LARGEST, 2 * float(each) + 0.3 * height)) for each in room)
    centre = np.array([width, tall]) / 2 + rng.uniform(-0.15, 0.15, 2) * (room - half)
    angle = rng.uniform(-15, 15)
    look = photo_look(rng, ink, card)
    sheet = blank_page((tall, width), desk, rng.uniform(0.5, 4), rng)
    paper = nothing(tall, width)
    corners = centre + half * np.array([(-1, -1), (1, -1), (1, 1), (-1, 1)])
    filled(paper, turned(corners, angle, centre))
    shade = cv2.GaussianBlur(np.roll(paper, round(0.02 * height), (0, 1)), (0, 0), max(1.0, 0.03 * height))
    sheet *= (1 - rng.uniform(0.1, 0.35) * shade)[..., None]
    if things:
        _lay(sheet, centre, half, rng)
    blend(sheet, paper, card)
    flat = nothing(tall, width)
    put(flat, piece, centre[0] - piece.shape[1] / 2, centre[1] - piece.shape[0] / 2)
    turn = cv2.getRotationMatrix2D((float(centre[0]), float(centre[1])), -angle, 1)
    blend(sheet, np.asarray(cv2.warpAffine(flat, turn, (width, tall)), np.float32), ink)
    return seen(lit(sheet, rng), look, rng)


def _lay(sheet: Paper, centre: np.ndarray, half: np.ndarray, rng: np.random.Generator) -> None:
    """A pen beside the paper, a coin, or both, partly in the picture; in place."""
    kind = rng.random()
    side = rng.choice([-1, 1])
    size = float(half.mean())
    if kind < 0.75:
        x = centre[0] + side * (half[0] * 1.28 + 0.15 * size)
        lean = rng.uniform(-0.25, 0.25) * size
        length = rng.uniform(0.7, 1.4) * half[1]
        pen = _shape(sheet)
        stroke(pen, np.array([(x - lean, centre[1] - length), (x + lean, centre[1] + length)]), 0.16 * size)
        blend(sheet, pen, _one(THINGS, rng))
    if kind > 0.5:
        radius = size * rng.uniform(0.2, 0.32)
        beside = -side * (1.2 * half[0] + 1.1 * radius)
        x, y = centre[0] + beside, centre[1] + rng.uniform(-0.9, 0.9) * half[1]
        colour = _one(COINS, rng)
        for r, darker in ((radius, 0.75), (0.86 * radius, 1.0), (0.4 * radius, 0.85)):
            coin = _shape(sheet)
            filled(coin, arc(x, y, r, r))
            blend(sheet, coin, tuple(int(part * darker) for part in colour))  # type: ignore[arg-type]


def _shape(sheet: Paper) -> Ink:
    return nothing(*sheet.shape[:2])
