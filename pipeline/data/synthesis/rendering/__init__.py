"""MNIST digits as the pictures that people send, seeded: for evaluation, for timing, and for training.

    (28, 28) uint8 --strokes--> ink --paper--> page --light--> --camera--> (h, w, 3) uint8 --> file

`scene` holds what one picture shows and draws it; `mixture` draws random scenes; `bitmap` makes the tiny ones.
"""

import numpy as np
from numpy.typing import NDArray

from pipeline.data.synthesis.rendering import mixture
from pipeline.data.synthesis.rendering.bitmap import bitmap
from pipeline.data.synthesis.rendering.camera import through_jpeg
from pipeline.data.synthesis.rendering.scene import Scene, render

Picture = NDArray[np.uint8]

KINDS = (mixture.photograph, mixture.scan, mixture.drawing)
FRACTIONS = (0.52, 0.13, 0.25)  # of the pictures; the rest, a tenth, are tiny bitmaps
TINY_SIDES = (16, 20, 28, 32, 48)  # pixels


def render_photo(digit: Picture, rng: np.random.Generator) -> Picture:
    """(28, 28) uint8, white on black -> (h, w, 3) uint8 RGB of at most 400 pixels a side: any picture people may send.

    Same state of `rng`, same picture. Photographs, scans, drawings and bitmaps come in their FRACTIONS; JPEG errors are
    in the pixels.
    """
    draw = rng.random() - np.cumsum(FRACTIONS)
    if draw[-1] >= 0:
        return _tiny(digit, rng)
    return _shown(digit, KINDS[int((draw >= 0).sum())](rng), rng)


def _shown(digit: Picture, scene: Scene, rng: np.random.Generator) -> Picture:
    picture = render(digit, scene, rng)
    return picture if scene.quality is None else through_jpeg(picture, scene.quality)


def _tiny(digit: Picture, rng: np.random.Generator) -> Picture:
    side = int(rng.choice(TINY_SIDES))
    margin = int(rng.integers(0, side // 6 + 1))
    two_levels, dark_ink = bool(rng.random() < 0.5), bool(rng.random() < 0.5)
    return np.repeat(bitmap(digit, side, margin, two_levels, dark_ink)[..., None], 3, axis=2)
