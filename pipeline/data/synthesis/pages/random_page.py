"""A page of a random kind on a random medium, seen in a random way."""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from pipeline.data.synthesis.pages.bank import Bank
from pipeline.data.synthesis.pages.draw import DrawnPage, draw, with_size
from pipeline.data.synthesis.pages.kinds import random_layout
from pipeline.data.synthesis.pages.layout import Hand, Layout, Role, Stroke, Thing
from pipeline.data.synthesis.pages.legibility import legible
from pipeline.data.synthesis.rendering.mixture import drawing, photograph, scan
from pipeline.data.synthesis.rendering.scene import Scene

RNG = np.random.Generator

MEDIA = {photograph: 0.4, scan: 0.15, drawing: 0.45}
DESKS = {photograph: 0.35, scan: 0.0, drawing: 0.06}  # fraction on which the paper ends inside the picture
PENS = 0.01, 0.28  # of a digit's height: from hairlines to brushes
FINE_PENS = 0.01, 0.06  # the same of a ballpoint or pencil, with which most of what is photographed was written
LEAST_DIGIT = 9  # pixels; smaller ones cannot be read


def random_page(bank: Bank, rng: RNG) -> DrawnPage:
    """A page with 0 to 30 digits or so, of 28 to 800 pixels a side, all to be seen. Same state of `rng`, same page."""
    page = _any_page(bank, rng)
    while not legible(page):
        page = _any_page(bank, rng)
    return page


def _any_page(bank: Bank, rng: RNG) -> DrawnPage:
    hand = Hand(bank, rng)
    layout = random_layout(hand)
    medium = list(MEDIA)[rng.choice(len(MEDIA), p=list(MEDIA.values()))]
    scene = medium(rng)
    pen = _pen(rng, medium is photograph)
    size, view, digit = _view(layout, medium is drawing, rng)
    scene = _fainter(with_size(scene, size, digit), rng) if medium is photograph else with_size(scene, size, digit)
    if scene.squared and rng.random() < 0.3:
        scene = replace(scene, spacing=rng.uniform(0.06, 0.25))  # fine graph paper
    if rng.random() < DESKS[medium]:
        scene = _on_a_desk(layout, scene, rng)
    if rng.random() < (0.2 if medium is photograph else 0.06):
        _rule(layout, pen, rng)
    if rng.random() < 0.1:
        _speckle(layout, rng)
    if medium is photograph and rng.random() < 0.25:
        scene = replace(scene, texture=rng.uniform(3, 11))  # coarse paper
    return draw(layout, bank, scene, view, pen, rng)


def _pen(rng: RNG, photographed: bool) -> float | None:
    """A pen's width in heights of a digit: anything from a hairline to a brush; None: each digit as it was written."""
    if photographed and rng.random() < 0.5:
        return float(np.exp(rng.uniform(*np.log(FINE_PENS))))
    kind = rng.random()
    if kind < 0.3:
        return None
    if kind < 0.6:
        return float(np.clip(np.exp(rng.normal(np.log(0.12), 0.45)), *PENS))
    return float(np.exp(rng.uniform(*np.log(PENS))))


def _fainter(scene: Scene, rng: RNG) -> Scene:
    """Sometimes a hard pencil, on a photograph that is good enough to show it."""
    if rng.random() < 0.75:
        return scene
    factor = rng.uniform(0.2, 0.8)
    return replace(scene, strength=scene.strength * factor, noise=scene.noise * factor, texture=scene.texture * factor)


def _view(layout: Layout, level: bool, rng: RNG) -> tuple[tuple[int, int], NDArray[np.floating], float]:
    """The size (h, w) of a picture, the view into it, and a digit's height in pixels."""
    angle = 0.0 if level and rng.random() < 0.8 else _angle(rng)
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    cut = layout.boxes and rng.random() < 0.2  # what is around the digits may be cut off by the picture
    x0, y0, x1, y1 = layout.digits_extent() if cut else layout.extent()
    corners = np.array([[x0, y0], [x1, y0], [x1, y1], [x0, y1]]) @ turn.T
    low, high = corners.min(0) - 0.06, corners.max(0) + 0.06
    extent = np.maximum(high - low, 0.4)  # a lone point is no page
    tight = rng.random() < 0.25
    if tight:
        room = rng.uniform(-0.06, 0.08, (2, 2))  # cuts a digit's edge, not a digit off a long number
        room *= np.where(room > 0, extent.max(), 1)
    else:
        room = np.exp(rng.uniform(np.log(0.1), np.log(4), (2, 2)))  # left and top, right and bottom
        if extent.max() > 4:
            room *= rng.uniform(0.3, 1)
    sides = extent + room.sum(0)
    if not tight and rng.random() < 0.7:  # as pictures mostly are: not far from a square
        longest = sides.max() * rng.uniform(0.5, 1)
        more = np.maximum(longest - sides, 0)
        part = rng.uniform(0, 1, 2)
        room += np.stack([more * part, more * (1 - part)])
        sides = extent + room.sum(0)
    long = _long_side(float(sides.max()), rng)
    scale = long / sides.max()
    width, height = (max(12, round(side * scale)) for side in sides)
    origin = low - room[0]
    view = np.eye(3)
    view[:2, :2] = turn * scale
    view[:2, 2] = -origin * scale
    tilt = rng.uniform(0, 0.25) if rng.random() < 0.3 and not level else 0.0
    if tilt:
        direction = rng.uniform(0, 2 * np.pi)
        middle = np.array([[1, 0, -width / 2], [0, 1, -height / 2], [0, 0, 1]])
        lean = np.eye(3)
        lean[2, :2] = tilt / long * np.array([np.cos(direction), np.sin(direction)])
        view = np.linalg.inv(middle) @ lean @ middle @ view
    return (height, width), view, scale


def _angle(rng: RNG) -> float:
    """Radians that a page is turned by: mostly a little."""
    return float(np.radians(rng.normal(0, 5) if rng.random() < 0.8 else rng.uniform(-18, 18)))


def _long_side(heights: float, rng: RNG) -> int:
    """Of a picture that is so many digits long: any size, but its digits legible."""
    long = np.exp(rng.uniform(np.log(90), np.log(520)))
    if heights < 2.5 and rng.random() < 0.25:
        long = rng.uniform(16, 72)
    elif rng.random() < 0.08:
        long = 800.0
    return int(np.clip(long, min(800, LEAST_DIGIT * heights), 800))


def _on_a_desk(layout: Layout, scene: Scene, rng: RNG) -> Scene:
    """The paper ends near what is written; the desk is darker or lighter than it, and things may lie there."""
    x0, y0, x1, y1 = layout.extent()
    left, top, right, bottom = np.exp(rng.uniform(np.log(0.1), np.log(3), 4))
    corners = [(x0 - left, y0 - top), (x1 + right, y0 - top), (x1 + right, y1 + bottom), (x0 - left, y1 + bottom)]
    layout.sheet = np.array(corners) + rng.normal(0, 0.03, (4, 2))
    paper, desk = scene.paper, _any_colour(rng, 20, 250)
    ink = scene.ink
    if rng.random() < 0.45:  # a tag or a sticker, mostly darker than the desk
        paper = _any_colour(rng, 25, 215)
        desk = _any_colour(rng, min(sum(paper) // 3 + 25, 245), 255) if rng.random() < 0.7 else desk
        ink = _any_colour(rng, 185, 256) if sum(paper) < 3 * 120 else _any_colour(rng, 5, max(20, sum(paper) // 3 - 75))
    if abs(sum(paper) - sum(desk)) < 3 * 18:  # what cannot be seen need not be found
        desk = (max(0, desk[0] - 60), max(0, desk[1] - 60), max(0, desk[2] - 60))
    for _ in range(int(rng.integers(0, 4))):
        layout.things.append(_thing(layout.sheet, rng))
    if rng.random() < 0.15:
        _bind(layout, rng)
    return replace(scene, paper=paper, table=desk, ink=ink, ruled=scene.ruled * (rng.random() < 0.5))


def _rule(layout: Layout, pen: float | None, rng: RNG) -> None:
    """Lines as dark as a pen's and about as wide, across the whole page, mostly squares."""
    x0, y0, x1, y1 = layout.extent()
    spacing = float(np.exp(rng.uniform(np.log(0.25), np.log(1.6))))
    width = float(rng.uniform(0.008, 0.05) if pen is None else np.clip(pen * rng.uniform(0.4, 1.3), 0.008, 0.05))
    reach = 6.0
    upright, level = np.arange(x0 - reach, x1 + reach, spacing), np.arange(y0 - reach, y1 + reach, spacing)
    lines = [np.array([[x0 - reach, y], [x1 + reach, y]]) for y in level + rng.uniform(0, spacing)]
    if rng.random() < 0.7:
        lines += [np.array([[x, y0 - reach], [x, y1 + reach]]) for x in upright + rng.uniform(0, spacing)]
    layout.strokes[:0] = [Stroke(line, Role.PRINT, width) for line in lines]


def _speckle(layout: Layout, rng: RNG) -> None:
    """A few specks of dirt anywhere on the paper."""
    x0, y0, x1, y1 = layout.extent()
    for _ in range(int(rng.integers(1, 8))):
        place = np.array([rng.uniform(x0 - 2, x1 + 2), rng.uniform(y0 - 2, y1 + 2)])
        width = float(rng.uniform(0.005, 0.03))
        layout.strokes.insert(0, Stroke(np.stack([place, place + rng.normal(0, 0.02, 2)]), Role.PRINT, width))


def _bind(layout: Layout, rng: RNG) -> None:
    """Holes or rings along one side of the sheet."""
    assert layout.sheet is not None
    start, end = layout.sheet[(k := int(rng.integers(4)))], layout.sheet[(k + 1) % 4]
    inward = (layout.sheet.mean(0) - (start + end) / 2) * rng.uniform(0.02, 0.08)
    size = rng.uniform(0.05, 0.3)
    colour = _any_colour(rng, 0, 120)
    for t in np.arange(0.02, 0.98, max(0.03, rng.uniform(0.02, 0.08))):
        place = start + t * (end - start) + inward
        layout.rings.append(Thing(np.stack([place - inward * rng.uniform(0.3, 1.5), place]), size / 2, colour))


def _thing(sheet: NDArray[np.floating], rng: RNG) -> Thing:
    """A pen, a coin or the like beside or under the sheet, in heights of a digit."""
    low, high = sheet.min(0), sheet.max(0)
    place = low + rng.uniform(-0.6, 1.6, 2) * (high - low)
    angle, long = rng.uniform(0, np.pi), rng.uniform(0.0, 4)
    way = np.array([np.cos(angle), np.sin(angle)]) * long / 2
    return Thing(np.stack([place - way, place + way]), float(rng.uniform(0.1, 1.2)), _any_colour(rng, 0, 256))


def _any_colour(rng: RNG, low: int, high: int) -> tuple[int, int, int]:
    """Grey or not so grey, between two levels."""
    level, spread = rng.integers(low, high), (0 if rng.random() < 0.4 else 35)
    red, green, blue = (int(np.clip(level + rng.integers(-spread, spread + 1), 0, 255)) for _ in range(3))
    return red, green, blue
