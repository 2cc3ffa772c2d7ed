"""Digits and letters as distance fields, from which a page's pen draws them at any size and of any width."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.data.mnist import Split
from pipeline.data.synthesis.glyphs import SIDE as GLYPH_SIDE
from pipeline.data.synthesis.glyphs import Glyphs
from pipeline.data.synthesis.rendering.strokes import FINE, INK_LEVEL, INK_SIDE, REACH, SMOOTH
from pipeline.data.synthesis.shapes import distance_to_zero, skeleton
from pipeline.data.synthesis.styles import draw_styles

CANVAS = 28 * FINE  # samples a side of a field
LETTER = -1  # the label of what is no digit
LEVELS = 255 / (2 * REACH)  # a field's values as uint8, in levels a digit pixel
BLOT = 1.35  # digit pixels: what lies deeper inside the ink than this much more than usual is more than a line

Fields = NDArray[np.uint8]


@dataclass(frozen=True)
class Bank:
    """n glyphs: distances from the edge of what was written and from its centre line, (n, CANVAS, CANVAS) uint8 each.

    Level 127.5 is the edge or the line itself; LEVELS to a digit pixel, 20 of which are the ink's longer side.
    `boxes` (n, 4) float32: the ink's x0, y0, x1, y1, in its longer side, from the canvas' middle; `labels` 0-9, LETTER.
    """

    edges: Fields
    lines: Fields
    boxes: NDArray[np.float32]
    labels: NDArray[np.int8]

    def __len__(self) -> int:
        return len(self.labels)

    def where(self, digit: bool) -> NDArray[np.int64]:
        return np.flatnonzero((self.labels >= 0) == digit)


def make_bank(digits: Split, styles: int, letters: int, glyphs: Glyphs, rng: np.random.Generator) -> Bank:
    """All the given MNIST digits, digits in other handwriting styles, and letters and signs among the glyphs."""
    styled, labels = draw_styles(styles, rng)
    chosen = rng.choice(len(glyphs), letters, replace=False)
    inks = [_enlarged(image) for image in (*digits.images, *styled)]
    shapes = np.unpackbits(glyphs.shapes[chosen], axis=1).reshape(-1, GLYPH_SIDE, GLYPH_SIDE)
    inks += [_letter(shape) for shape in shapes]
    fields = [_fields(ink) for ink in inks]
    return Bank(
        np.stack([edge for edge, _ in fields]),
        np.stack([line for _, line in fields]),
        np.stack([_box(ink) for ink in inks]),
        np.concatenate([digits.labels, labels, np.full(letters, LETTER)]).astype(np.int8),
    )


def _enlarged(digit: Fields) -> Fields:
    smooth = cv2.resize(digit, (CANVAS, CANVAS), interpolation=cv2.INTER_CUBIC)
    return (cv2.GaussianBlur(smooth, (0, 0), SMOOTH * FINE) > INK_LEVEL).astype(np.uint8)


def _letter(shape: Fields) -> Fields:
    side = INK_SIDE * FINE
    ink = np.zeros((CANVAS, CANVAS), np.uint8)
    start = (CANVAS - side) // 2
    ink[start : start + side, start : start + side] = cv2.resize(shape, (side, side), interpolation=cv2.INTER_NEAREST)
    return ink


def _fields(ink: Fields) -> tuple[Fields, Fields]:
    inside = distance_to_zero(ink) / FINE
    edge = inside - distance_to_zero(1 - ink) / FINE
    centre = skeleton(ink)
    line = -distance_to_zero(1 - centre) / FINE
    usual = float(np.median(inside[centre > 0])) if centre.any() else 0.0
    blot = inside - usual - BLOT  # a filled loop stays one, however thin the pen: an 8 must not become a 9
    return _levels(edge), _levels(np.maximum(line, blot))


def _levels(distance: NDArray[np.floating]) -> Fields:
    smooth = cv2.GaussianBlur(np.clip(distance, -REACH, REACH).astype(np.float32), (0, 0), SMOOTH * FINE)
    return np.round((smooth + REACH) * LEVELS).astype(np.uint8)


def _box(ink: Fields) -> NDArray[np.float32]:
    x, y, width, height = cv2.boundingRect(ink)
    corners = np.array([x, y, x + width, y + height], np.float32)
    return (corners - np.float32(CANVAS / 2)) * np.float32(1 / (INK_SIDE * FINE))
