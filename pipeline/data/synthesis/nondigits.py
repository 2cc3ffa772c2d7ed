"""Pictures of what is no digit, for the network's eleventh class: letters, signs, several digits, scribbles, stains.

Letters and signs start as shapes of `data/glyphs.npz` (data/glyphs.md says which) and are written anew: by a pen of
another width, turned, slanted and distorted as `pipeline.data.augmentation` distorts digits, but at a higher resolution.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain, islice
from pathlib import Path

import cv2
import numpy as np

from pipeline.data.distortion import KNOTS, affine, basis, sources
from pipeline.data.synthesis import scribbles
from pipeline.recognition.fit import fit

GLYPHS = Path(__file__).resolve().parents[3] / "data" / "glyphs.npz"
SIDE = 48  # pixels of a glyph, touched by its longer side
MARGIN = 8  # around it, for the pen
BORDER = (0, 0), (MARGIN, MARGIN), (MARGIN, MARGIN)
CANVAS = 48  # pixels of the square on which it is written anew
ZOOM = 1.95  # glyph pixels in one of the canvas, so that a slanted glyph and its pen fit
MOST_INK = 150  # of a glyph's 20×20 pixels: an intricate one gets a fine pen
SLICE = 256  # glyphs distorted at a time: 18 kB each
SHARES = {"glyphs": 0.60, "words": 0.05, "numbers": 0.12, "scribbles": 0.18, "stains": 0.05}  # of the pictures


@dataclass(frozen=True)
class Glyphs:
    """Shapes and their one pixel wide skeletons, each (n, SIDE, SIDE) packed into bits, and n code points."""

    shapes: np.ndarray
    skeletons: np.ndarray
    characters: np.ndarray

    def __len__(self) -> int:
        return len(self.characters)

    def some(self, every: int, kept: bool) -> "Glyphs":
        """One in `every` glyphs where they are `kept`, else all the others."""
        chosen = (np.arange(len(self)) % every == 0) == kept
        return Glyphs(self.shapes[chosen], self.skeletons[chosen], self.characters[chosen])


@lru_cache(maxsize=1)
def load_glyphs(path: Path = GLYPHS) -> Glyphs:
    with np.load(path) as file:
        return Glyphs(file["shapes"], file["skeletons"], file["characters"])


def nondigits(n: int, rng: np.random.Generator, digits: np.ndarray, glyphs: Glyphs | None = None) -> np.ndarray:
    """n pictures that hold no digit, or several: (n, 28, 28) uint8, brightest 255, framed as `fit` frames a digit.

    `digits` are MNIST's, (m, 28, 28) uint8, for those that hold several. The same rng gives the same pictures.
    """
    glyphs = load_glyphs() if glyphs is None else glyphs
    counts = dict(zip(SHARES, rng.multinomial(n, list(SHARES.values())), strict=True))
    order = rng.permutation(n)
    inks = chain(  # one at a time: all those of an epoch together would take hundreds of MB
        written(counts["glyphs"], rng, glyphs),
        words(counts["words"], rng, glyphs),
        (number(rng, digits) for _ in range(counts["numbers"])),
        (scribbles.scribble(rng) for _ in range(counts["scribbles"])),
        (scribbles.stain(rng) for _ in range(counts["stains"])),
    )
    pictures = np.empty((n, 28, 28), np.uint8)
    for place, ink in zip(order, inks, strict=True):
        pictures[place] = fit(ink)
    return pictures


def written(n: int, rng: np.random.Generator, glyphs: Glyphs, latin: bool = False) -> Iterator[np.ndarray]:
    """Random glyphs, each as another hand writes it: n of (CANVAS, CANVAS) float32 0-1."""
    among = np.flatnonzero((glyphs.characters < 128) | (not latin))
    for start in range(0, n, SLICE):
        some = rng.choice(among, min(SLICE, n - start))
        source = _source(len(some), rng)
        from_skeleton = rng.random(len(some)) < 0.75
        lengths = np.bitwise_count(glyphs.skeletons[some]).sum(1) * 20 / SIDE
        widths = np.minimum(scribbles.pen_widths(len(some), rng), np.maximum(MOST_INK / lengths, 1))
        fatter = rng.uniform(-0.8, np.where(lengths * 3 < MOST_INK, 1.6, 0.2))
        packed = np.where(from_skeleton[:, None], glyphs.skeletons[some], glyphs.shapes[some])
        shapes = np.pad(np.unpackbits(packed, axis=1).reshape(-1, SIDE, SIDE), BORDER)
        for k, shape in enumerate(shapes):
            distance = _distance(1 - shape)
            if from_skeleton[k]:
                edge = _pen_radius(widths[k])
            else:
                inside = _distance(shape)
                distance -= inside
                edge = max(fatter[k], -0.4 * float(inside.max()))
            column, row = source[k]
            warped = cv2.remap(distance, column, row, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
            yield _inside(warped, edge)


def stroke(skeleton: np.ndarray, width: float) -> np.ndarray:
    """A skeleton (SIDE, SIDE) drawn undistorted with a pen `width` pixels wide once it is fitted: float32 0-1."""
    outside = 1 - np.pad(skeleton.astype(np.uint8), MARGIN)
    return _inside(_distance(outside), _pen_radius(width))


def _pen_radius(width: float) -> float:
    """In glyph pixels, such that the stroke comes out `width` pixels wide when ink and pen are fitted into 20."""
    return SIDE * width / (40 - 2 * width)


def _distance(outside: np.ndarray) -> np.ndarray:
    """Distance in pixels to where `outside` is 0."""
    return cv2.distanceTransform(outside, cv2.DIST_L2, 5)


def _inside(distance: np.ndarray, edge: float) -> np.ndarray:
    """Ink where the distance is below `edge`, with an edge one canvas pixel soft."""
    return np.minimum(np.maximum((np.float32(edge + 0.5 * ZOOM) - distance) * np.float32(1 / ZOOM), 0), 1)


BASIS = basis(CANVAS)


def _source(n: int, rng: np.random.Generator) -> np.ndarray:
    """Where each pixel of the canvas comes from, (n, 2, CANVAS, CANVAS) float32: columns, rows."""
    angle = np.radians(rng.uniform(-12, 12, n))
    shear = rng.uniform(-0.3, 0.3, n)
    scale = rng.uniform(0.75, 1, (n, 2))
    scale /= scale.max(1, keepdims=True)
    elastic = rng.normal(0, 1, (n, 2, KNOTS**2)) * rng.uniform(0.5, 2.5, (n, 1, 1))
    centre = np.full((n, 2, 1), (SIDE - 1) / 2 + MARGIN)
    return sources(elastic, ZOOM * affine(angle, shear, scale), centre, BASIS).reshape(n, 2, CANVAS, CANVAS)


def number(rng: np.random.Generator, digits: np.ndarray) -> np.ndarray:
    """Two or three digits side by side, close or touching: float32 0-1."""
    some = digits[rng.integers(0, len(digits), 2 if rng.random() < 0.75 else 3)].astype(np.float32) / 255
    return _row(list(some), rng)


def words(n: int, rng: np.random.Generator, glyphs: Glyphs) -> Iterator[np.ndarray]:
    """n times two or three Latin letters or signs side by side, close or touching: float32 0-1."""
    lengths = rng.integers(2, 4, n)
    inks = written(lengths.sum(), rng, glyphs, latin=True)
    return (_row(list(islice(inks, length)), rng) for length in lengths)


def _row(inks: list[np.ndarray], rng: np.random.Generator) -> np.ndarray:
    row = np.zeros((64, 200), np.float32)
    column = 8
    for ink in inks:
        if rng.random() < 0.4:  # a thicker pen, because fitting the row makes it thinner
            ink = cv2.dilate(ink, np.ones((2, 2), np.uint8))
        ink = ink[np.ix_(ink.any(1), ink.any(0))]
        scale = 20 / max(ink.shape) * rng.uniform(0.8, 1.25, 2)
        width, height = (max(2, round(side)) for side in scale * ink.shape[::-1])
        top = 32 - height // 2 + rng.integers(-4, 5)
        place = row[top : top + height, column : column + width]
        np.maximum(place, cv2.resize(ink, (width, height), interpolation=cv2.INTER_AREA), out=place)
        column += width + rng.integers(-2, 7)
    return row
