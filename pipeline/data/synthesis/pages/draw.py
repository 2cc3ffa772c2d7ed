"""A layout as a picture, with the truth about it: what each pixel's ink belongs to."""

from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.data.synthesis.pages.bank import CANVAS, LEVELS, Bank
from pipeline.data.synthesis.pages.layout import Glyph, Layout, Role, Stroke, Thing
from pipeline.data.synthesis.rendering import camera, paper
from pipeline.data.synthesis.rendering.light import light
from pipeline.data.synthesis.rendering.scene import Scene
from pipeline.data.synthesis.rendering.strokes import FINE, INK_SIDE

WRITING = 255  # in `owners`: writing that is no digit
BITS = 4  # OpenCV draws at 1/16 pixel
USUAL_PEN = 0.12  # of a digit's height: MNIST's
LEAST_INKED = 0.4  # of the darkest pixel of a stroke, from which on a pixel is its ink

RNG = np.random.Generator
Homography = NDArray[np.floating]


@dataclass(frozen=True)
class DrawnPage:
    """`pixels` (h, w, 3) uint8 RGB; `owners` (h, w) uint8: 0 nothing, k the ink of digit k - 1, WRITING.

    `boxes` (digits, 4) float32: x0, y0, x1, y1 in pixels; `labels` (digits,) 0-9.
    """

    pixels: NDArray[np.uint8]
    owners: NDArray[np.uint8]
    boxes: NDArray[np.float32]
    labels: NDArray[np.int8]


def draw(layout: Layout, bank: Bank, scene: Scene, view: Homography, pen: float | None, rng: RNG) -> DrawnPage:
    """The layout seen through `view`, (3, 3) from heights of a digit to pixels, with the scene's pen, paper and light.

    `pen` is the stroke's width in heights of a digit; None: each glyph as it was written.
    """
    scale = _scale(view[:2, :2] / view[2, 2])
    picture = _ground(layout, scene, view, scale, rng)
    inked = _Inked(scene.size)
    inked.write(layout, bank, view, pen, scene.growth)
    inked.draw(layout, view, scale, (pen or USUAL_PEN) * scale)
    cover = np.maximum(inked.digits, np.maximum(inked.writing, inked.frames)) * np.float32(scene.strength / 255)
    if scene.crumbling:
        rough = cv2.GaussianBlur(paper.grain(rng, *scene.size), (0, 0), 0.8)
        cover *= np.clip(1 - scene.crumbling * (0.5 + rough), 0, 1)
    picture = paper.blend(picture, cover, _light_ink(scene, rng) if layout.inverted else scene.ink)
    boxes, labels = np.array(inked.boxes, np.float32).reshape(-1, 4), np.array(inked.labels, np.int8)
    return DrawnPage(_photographed(picture, scene, rng), inked.owners, boxes, labels)


class _Inked:
    """All that the pen left on a picture: how much each pixel is covered, uint8, and what is true of the digits."""

    def __init__(self, size: tuple[int, int]):
        self.digits, self.writing, self.frames, self.owners = (np.zeros(size, np.uint8) for _ in range(4))
        self.boxes: list[tuple[int, int, int, int]] = []
        self.labels: list[int] = []

    def write(self, layout: Layout, bank: Bank, view: Homography, pen: float | None, growth: float) -> None:
        """The glyphs."""
        for glyph in layout.glyphs:
            drawn = _glyph(glyph, bank, view, self.digits.shape, pen, growth)
            if drawn is None:
                continue
            where, cover = drawn
            if glyph.digit:
                self._digit(int(bank.labels[glyph.index]), where, cover)
            else:
                np.maximum(self.writing[where], cover, out=self.writing[where])

    def _digit(self, label: int, where: tuple[slice, slice], cover: NDArray[np.uint8]) -> None:
        inked = cover > LEAST_INKED * cover.max()
        if inked.any():
            self.labels.append(label)
            self.owners[where][inked & (cover >= self.digits[where])] = len(self.labels)
            np.maximum(self.digits[where], cover, out=self.digits[where])
            x, y, w, h = cv2.boundingRect(inked.view(np.uint8))
            top, left = where[0].start, where[1].start
            self.boxes.append((left + x, top + y, left + x + w, top + y + h))

    def draw(self, layout: Layout, view: Homography, scale: float, pen: float) -> None:
        """The strokes; digits stay on top of what is written over them."""
        writing = [stroke for stroke in layout.strokes if stroke.role is Role.WRITING]
        frames = [stroke for stroke in layout.strokes if stroke.role is Role.PRINT and stroke.own_ink]
        _draw_strokes(self.writing, writing, view, scale, pen)
        _draw_strokes(self.frames, frames, view, scale, pen)
        self.owners[(self.owners == 0) & (self.writing > LEAST_INKED * self.writing.max())] = WRITING


def _ground(layout: Layout, scene: Scene, view: Homography, scale: float, rng: RNG) -> paper.Paper:
    """The paper with all that is printed on it."""
    picture = paper.blank_page(scene.size, scene.paper, scene.texture, rng)
    sheet = None if layout.sheet is None else _filled(layout.sheet, view, scene.size)
    if scene.ruled:
        spacing = max(3.0, scene.spacing * scale)
        upright = np.array([[1, 0, view[0, 2]], [0, 1, view[1, 2]], [0, 0, 1]])
        turn = view[:2, :2] / scale
        upright[:2, :2] = turn
        picture = paper.draw_ruled_lines(picture, upright, spacing, scene.line, scene.ruled, rng, scene.squared)
    for role, colour in ((Role.GROUND, _window_colour(scene, rng)), (Role.PRINT, _print_colour(scene, rng))):
        strokes = [s for s in layout.strokes if s.role is role and not s.own_ink]
        for own in dict.fromkeys(stroke.colour for stroke in strokes):
            cover = np.zeros(scene.size, np.uint8)
            _draw_strokes(cover, [s for s in strokes if s.colour == own], view, scale, 0.03 * scale)
            picture = paper.blend(picture, cover * np.float32(1 / 255), own or colour)
    if sheet is None:
        return picture
    return _laid(_on_desk(picture, sheet, layout.things, scene, view, scale, rng), layout.rings, view, scale)


def _on_desk(
    sheet: paper.Paper, mask: NDArray[np.uint8], things: list[Thing], scene: Scene, view: Homography, scale: float,
    rng: RNG,
) -> paper.Paper:  # fmt: skip
    """What lies on the desk, the sheet on top of it all."""
    desk = paper.blank_page(scene.size, scene.table, rng.uniform(0, 6), rng)
    desk = _laid(desk, things, view, scale)
    if rng.random() < 0.7:  # the sheet stands a little off the desk and casts a soft shadow on it
        shade = cv2.GaussianBlur(mask, (0, 0), max(1.0, max(mask.shape) / rng.uniform(60, 200)))
        desk *= (1 - np.float32(rng.uniform(0.1, 0.5) / 255) * shade)[..., None]
    return desk + (sheet - desk) * (mask * np.float32(1 / 255))[..., None]


def _laid(picture: paper.Paper, things: list[Thing], view: Homography, scale: float) -> paper.Paper:
    for thing in things:
        cover = np.zeros(picture.shape[:2], np.uint8)
        _draw_strokes(cover, [Stroke(thing.ends, Role.GROUND, thing.width)], view, scale, 1)
        picture = paper.blend(picture, cover * np.float32(1 / 255), thing.colour)
    return picture


def _filled(corners: NDArray[np.floating], view: Homography, size: tuple[int, int]) -> NDArray[np.uint8]:
    mask = np.zeros(size, np.uint8)
    _draw_strokes(mask, [Stroke(corners, Role.GROUND, filled=True)], view, 1, 1)
    return mask


def _window_colour(scene: Scene, rng: RNG) -> paper.Colour:
    if rng.random() < 0.6:
        level = int(rng.integers(0, 70))
        return level, level, level
    return tuple(int(part * rng.uniform(0.05, 0.45)) for part in rng.integers(40, 256, 3))  # type: ignore[return-value]


def _light_ink(scene: Scene, rng: RNG) -> paper.Colour:
    level = int(rng.integers(165, 256))
    return (level, level, int(level * rng.uniform(0.7, 1))) if rng.random() < 0.8 else scene.paper


def _print_colour(scene: Scene, rng: RNG) -> paper.Colour:
    """Black to faint, or coloured."""
    if rng.random() < 0.6:
        fade = rng.uniform(0, 0.75)
        return tuple(int(i + fade * (p - i)) for i, p in zip((15, 15, 18), scene.paper, strict=True))  # type: ignore[return-value]
    return tuple(int(part) for part in rng.integers(20, 200, 3))  # type: ignore[return-value]


def _photographed(picture: paper.Paper, scene: Scene, rng: RNG) -> NDArray[np.uint8]:
    if scene.gradient or scene.vignette or scene.shadow or scene.finger:
        picture *= light(scene.size, rng, scene.gradient, scene.vignette, scene.shadow, scene.finger)[..., None]
    exposed = np.asarray(cv2.convertScaleAbs(np.maximum(picture, 0)), np.uint8)
    seen = camera.motion_blur(camera.blur(exposed, scene.blur), scene.motion, rng)
    noisy = camera.noise(seen, scene.noise, rng)
    return noisy if scene.quality is None else camera.through_jpeg(noisy, scene.quality)


def _draw_strokes(cover: NDArray[np.uint8], strokes: list[Stroke], view: Homography, scale: float, pen: float) -> None:
    for stroke in strokes:
        placed = cv2.perspectiveTransform(np.asarray(stroke.points, np.float64)[None], view)[0]
        fixed = np.round(np.clip(placed, -4000, 4000) * 2**BITS).astype(np.int32)
        if stroke.filled:
            cv2.fillPoly(cover, [fixed], 255, cv2.LINE_AA, BITS)
            continue
        width = pen if stroke.width is None else stroke.width * scale
        strength = 255 if width >= 1 else max(60, round(255 * width))  # thinner than a pixel is fainter
        thickness = min(max(1, round(width)), 2 * max(cover.shape))  # that covers everything
        cv2.polylines(cover, [fixed], False, strength, thickness, cv2.LINE_AA, BITS)


def _glyph(
    glyph: Glyph, bank: Bank, view: Homography, size: tuple[int, ...], pen: float | None, growth: float
) -> tuple[tuple[slice, slice], NDArray[np.uint8]] | None:
    """Where a glyph lies in the picture, and the cover of its ink there, uint8; None outside of it."""
    onto_picture = view @ _onto_page(glyph)
    place = _place(onto_picture, size)
    if place is None:
        return None
    rows, columns = place
    shift = np.array([[1, 0, -columns.start], [0, 1, -rows.start], [0, 0, 1.0]])
    as_written = pen is None and glyph.digit
    field = (bank.edges if as_written else bank.lines)[glyph.index]
    part = columns.stop - columns.start, rows.stop - rows.start
    level = cv2.warpPerspective(field, shift @ onto_picture, part, flags=cv2.INTER_LINEAR, borderValue=0)
    distance = (level.astype(np.float32) - np.float32(127.5)) * np.float32(1 / LEVELS)
    pixels = _scale(glyph.matrix) * _scale(view[:2, :2] / view[2, 2]) / INK_SIDE  # in the picture, of a digit pixel
    half = growth if as_written else (USUAL_PEN if pen is None else pen) / 2 * INK_SIDE
    darkest = 1.0 if as_written else min(1.0, 2 * half * pixels + 0.2)  # thinner than a pixel is fainter
    cover = np.clip((distance + np.float32(half)) * np.float32(pixels) + 0.5, 0, darkest)
    return place, np.round(255 * cover).astype(np.uint8)


def _onto_page(glyph: Glyph) -> Homography:
    """(3, 3) from samples of the glyph's field to the page."""
    step = 1 / (INK_SIDE * FINE)
    onto_page = np.eye(3)
    onto_page[:2, :2] = glyph.matrix * step
    onto_page[:2, 2] = glyph.place - glyph.matrix @ np.full(2, (CANVAS - 1) / 2 * step)
    return onto_page


def _place(onto_picture: Homography, size: tuple[int, ...]) -> tuple[slice, slice] | None:
    """The rows and columns of the picture that a field covers."""
    last = CANVAS - 1.0
    corners = cv2.perspectiveTransform(np.array([[(0, 0), (last, 0), (last, last), (0, last)]]), onto_picture)[0]
    (x0, y0), (x1, y1) = np.floor(corners.min(0)), np.ceil(corners.max(0)) + 1
    rows, columns = slice(int(max(0, y0)), int(min(size[0], y1))), slice(int(max(0, x0)), int(min(size[1], x1)))
    return (rows, columns) if rows.start < rows.stop and columns.start < columns.stop else None


def _scale(matrix: NDArray[np.floating]) -> float:
    """How many times larger a (2, 2) matrix makes things."""
    return float(np.sqrt(abs(np.linalg.det(matrix))))


def with_size(scene: Scene, size: tuple[int, int], digit: float) -> Scene:
    """The scene for another size of picture and of digit, in pixels: what blurs it is in proportion."""
    factor = digit / (scene.height * min(scene.size))
    return replace(scene, size=size, blur=scene.blur * min(factor, 1.5), motion=scene.motion * min(factor, 1.5))
