"""Pictures of what is no digit, for the network's reject class: letters, signs, several digits, scribbles, stains."""

from collections.abc import Iterator
from itertools import chain, islice

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.data.synthesis.glyphs import Glyphs, load_glyphs, written
from pipeline.data.synthesis.scribbles import by_hand, scribble
from pipeline.data.synthesis.signs import LIKE_ONES, SIGNS
from pipeline.data.synthesis.stains import stain
from pipeline.recognition.fit import fit

# Of the pictures.
FRACTIONS = {"glyphs": 0.54, "signs": 0.06, "words": 0.05, "numbers": 0.12, "scribbles": 0.18, "stains": 0.05}
TOLD_APART = [name for name in SIGNS if name not in LIKE_ONES]
ROW = 64, 200  # pixels: height and width of the canvas of words and numbers

Images = NDArray[np.uint8]
Ink = NDArray[np.float32]


def nondigits(n: int, rng: np.random.Generator, digits: Images, glyphs: Glyphs | None = None) -> Images:
    """n pictures that hold no digit, or several: (n, 28, 28) uint8, brightest 255, framed as `fit` frames a digit.

    `digits` are MNIST's, (m, 28, 28) uint8, for those that hold several. The same rng gives the same pictures.
    """
    glyphs = load_glyphs() if glyphs is None else glyphs
    counts = dict(zip(FRACTIONS, rng.multinomial(n, list(FRACTIONS.values())), strict=True))
    order = rng.permutation(n)
    inks = chain(  # one at a time: all those of an epoch together would take hundreds of MB
        written(counts["glyphs"], rng, glyphs),
        (sign(rng) for _ in range(counts["signs"])),
        words(counts["words"], rng, glyphs),
        (number(rng, digits) for _ in range(counts["numbers"])),
        (scribble(rng) for _ in range(counts["scribbles"])),
        (stain(rng) for _ in range(counts["stains"])),
    )
    pictures = np.empty((n, 28, 28), np.uint8)
    for place, ink in zip(order, inks, strict=True):
        pictures[place] = fit(ink)
    return pictures


def sign(rng: np.random.Generator) -> Ink:
    """A sign that nobody reads as a digit: (h, w) float32 0-1."""
    return by_hand(SIGNS[TOLD_APART[rng.integers(len(TOLD_APART))]](rng), rng)


def number(rng: np.random.Generator, digits: Images) -> Ink:
    """Two or three of the (m, 28, 28) uint8 digits side by side, close or touching: ROW float32 0-1."""
    some = digits[rng.integers(0, len(digits), 2 if rng.random() < 0.75 else 3)].astype(np.float32) / 255
    return _row(list(some), rng)


def words(n: int, rng: np.random.Generator, glyphs: Glyphs) -> Iterator[Ink]:
    """n times two or three Latin letters or signs side by side, close or touching: ROW float32 0-1."""
    lengths = rng.integers(2, 4, n)
    inks = written(lengths.sum(), rng, glyphs, latin=True)
    return (_row(list(islice(inks, length)), rng) for length in lengths)


def _row(inks: list[Ink], rng: np.random.Generator) -> Ink:
    row = np.zeros(ROW, np.float32)
    column = 8
    for ink in inks:
        if rng.random() < 0.4:  # wider strokes, because fitting the row makes them narrower
            ink = np.asarray(cv2.dilate(ink, np.ones((2, 2), np.uint8)), np.float32)
        ink = ink[np.ix_(ink.any(1), ink.any(0))]
        scale = 20 / max(ink.shape) * rng.uniform(0.8, 1.25, 2)
        width, height = (max(2, round(side)) for side in scale * ink.shape[::-1])
        top = 32 - height // 2 + rng.integers(-4, 5)
        place = row[top : top + height, column : column + width]
        np.maximum(place, cv2.resize(ink, (width, height), interpolation=cv2.INTER_AREA), out=place)
        column += width + rng.integers(-2, 7)
    return row
