"""Letters and signs of `data/glyphs.npz` (data/glyphs.md says which), written anew: another stroke width, turned,
slanted and distorted as `pipeline.data.augmentation` distorts digits, but at a higher resolution.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.data.distortion import KNOTS, affine, basis, sources
from pipeline.data.synthesis.scribbles import stroke_widths
from pipeline.data.synthesis.shapes import distance_to_zero

GLYPHS = Path(__file__).resolve().parents[3] / "data" / "glyphs.npz"
SIDE = 48  # pixels of a glyph, touched by its longer side
MARGIN = 8  # pixels around it, for the stroke's width
BORDER = (0, 0), (MARGIN, MARGIN), (MARGIN, MARGIN)
CANVAS = 48  # pixels of the square on which it is written anew
ZOOM = 1.95  # glyph pixels in one of the canvas, so that a slanted glyph and its stroke fit
MOST_INK = 150  # of a glyph's 20×20 pixels: an intricate one gets narrow strokes
SLICE = 256  # glyphs distorted at a time: 18 kB each
FROM_SKELETON = 0.75  # fraction of the glyphs drawn along their skeleton; the others grow or shrink as they are
BASIS = basis(CANVAS)

Ink = NDArray[np.float32]


@dataclass(frozen=True)
class Glyphs:
    """n glyphs: shapes and one pixel wide skeletons, (n, SIDE² / 8) uint8, packed bits; (n,) uint32 code points."""

    shapes: NDArray[np.uint8]
    skeletons: NDArray[np.uint8]
    characters: NDArray[np.uint32]

    def __len__(self) -> int:
        return len(self.characters)

    def some(self, every: int, kept: bool) -> "Glyphs":
        """One in `every` glyphs where they are `kept`, else all the others."""
        chosen = (np.arange(len(self)) % every == 0) == kept
        return Glyphs(self.shapes[chosen], self.skeletons[chosen], self.characters[chosen])


@lru_cache(maxsize=1)
def load_glyphs(path: Path = GLYPHS) -> Glyphs:
    """The glyphs of a file that tools/make_glyphs.py wrote."""
    with np.load(path) as file:
        return Glyphs(file["shapes"], file["skeletons"], file["characters"])


def written(n: int, rng: np.random.Generator, glyphs: Glyphs, latin: bool = False) -> Iterator[Ink]:
    """n random glyphs, each in another handwriting: (CANVAS, CANVAS) float32 0-1; with `latin`, of ASCII alone."""
    among = np.flatnonzero((glyphs.characters < 128) | (not latin))
    for start in range(0, n, SLICE):
        some = rng.choice(among, min(SLICE, n - start))
        source = _source(len(some), rng)
        from_skeleton = rng.random(len(some)) < FROM_SKELETON
        lengths = np.bitwise_count(glyphs.skeletons[some]).sum(1) * 20 / SIDE
        widths = np.minimum(stroke_widths(len(some), rng), np.maximum(MOST_INK / lengths, 1))
        growths = rng.uniform(-0.8, np.where(lengths * 3 < MOST_INK, 1.6, 0.2))
        packed = np.where(from_skeleton[:, None], glyphs.skeletons[some], glyphs.shapes[some])
        masks = np.pad(np.unpackbits(packed, axis=1).reshape(-1, SIDE, SIDE), BORDER)
        for k, mask in enumerate(masks):
            distance = distance_to_zero(1 - mask)
            if from_skeleton[k]:
                edge = _stroke_radius(widths[k])
            else:
                inside = distance_to_zero(mask)
                distance -= inside
                edge = max(growths[k], -0.4 * float(inside.max()))
            columns, rows = source[k]
            warped = cv2.remap(distance, columns, rows, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
            yield _inked(warped, edge)


def stroke(skeleton: NDArray[np.bool_], width: float) -> Ink:
    """A skeleton (SIDE, SIDE) drawn undistorted, `width` pixels wide once it is fitted: (h, w) float32 0-1."""
    outside = 1 - np.pad(skeleton.astype(np.uint8), MARGIN)
    return _inked(distance_to_zero(outside), _stroke_radius(width))


def _stroke_radius(width: float) -> float:
    """In glyph pixels, such that the stroke comes out `width` pixels wide when glyph and stroke are fitted into 20."""
    return SIDE * width / (40 - 2 * width)


def _inked(distance: np.ndarray, edge: float) -> Ink:
    """Ink where the distance is below `edge`, with an edge one canvas pixel soft."""
    return np.minimum(np.maximum((np.float32(edge + 0.5 * ZOOM) - distance) * np.float32(1 / ZOOM), 0), 1)


def _source(n: int, rng: np.random.Generator) -> NDArray[np.float32]:
    """Where each pixel of the canvas comes from, (n, 2, CANVAS, CANVAS) float32: columns, rows."""
    angle = np.radians(rng.uniform(-12, 12, n))
    shear = rng.uniform(-0.3, 0.3, n)
    scale = rng.uniform(0.75, 1, (n, 2))
    scale /= scale.max(1, keepdims=True)
    elastic = rng.normal(0, 1, (n, 2, KNOTS**2)) * rng.uniform(0.5, 2.5, (n, 1, 1))
    centre = np.full((n, 2, 1), (SIDE - 1) / 2 + MARGIN)
    return sources(elastic, ZOOM * affine(angle, shear, scale), centre, BASIS).reshape(n, 2, CANVAS, CANVAS)
