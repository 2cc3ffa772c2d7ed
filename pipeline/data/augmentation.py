"""Random distortions of training digits, a whole batch at a time, in NumPy and OpenCV: the same on every backend.

Each digit gets one affine map (rotation, shear, scale, shift, sometimes more width) plus an elastic displacement,
resampled once, cubically; then, sometimes, wider or narrower strokes; then, sometimes, grey levels stretched up to
black and white. About 15 microseconds a digit, as the batch is one tall picture to OpenCV.
"""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.data.distortion import KNOTS, affine, basis, sources
from pipeline.recognition.fit import SIDE

Images = NDArray[np.uint8]
Places = NDArray[np.float32]

ROOM = 3  # pixels of background between the digits of the tall picture: more than cubic sampling reaches
MOST = 900  # digits in one tall picture: OpenCV resamples no picture of 32,767 rows or more
BASIS = basis(SIDE)
MIDDLE = (SIDE - 1) / 2
INK = 64  # grey level of a pixel that counts for a digit's width
BOX = 10.0  # pixels from the middle to the sides of the box that MNIST's digits fit into
WIDEST = 3.0  # times the width
DARKEST, LIGHTEST = (0, 70), (140, 255)  # grey levels that become black and white
STROKE_CHANGES = (  # fraction of the digits with other strokes, what is done to them, over a window of so many pixels
    (0.35, cv2.erode, 2),
    (0.40, cv2.dilate, 2),
    (0.25, cv2.dilate, 3),
)


@dataclass(frozen=True)
class Augmentation:
    """How far a training digit may be distorted: largest values unless said otherwise, and fractions 0-1 of the digits.

    In place and shape gentle: after 8 epochs such a training read as many plain and rendered digits as one of stronger
    distortions (rotation 10, shear 0.3, scale 0.15, shift 1.5, elastic 1.1) after 24 (docs/experiments.md).
    """

    rotation_degrees: float = 7.0  # standard deviation; three of them at most
    shear: float = 0.2  # columns per row
    scale: float = 0.1  # each axis between 0.9 and 1.1 times
    shift_pixels: float = 1.0
    elastic_pixels: float = 0.9  # standard deviation of a knot's displacement
    # Without this and the next, `train --quick` lost 3.3 points on enlarged and inverted digits; with them 0.26.
    stroke_width_fraction: float = 0.35  # digits whose strokes become wider or narrower
    level_stretch_fraction: float = 0.6  # digits with stretched grey levels: resampling softens, scans are crisp
    unmoved_fraction: float = 0.2  # digits that stay where they are
    # Stretched in width up to their box, as on forms that fill a square: of those 97.75 % were read in place of 96.5.
    widened_fraction: float = 0.1


def augment(images: Images, rng: np.random.Generator, how: Augmentation) -> Images:
    """Distorted copies: (n, 28, 28) uint8 -> (n, 28, 28) uint8. The same rng gives the same ones."""
    parts = [images[start : start + MOST] for start in range(0, len(images), MOST)]
    moved = np.concatenate([_sample(part, _places(part, rng, how)) for part in parts])
    return _stretch_levels(_change_stroke_width(moved, rng, how.stroke_width_fraction), rng, how.level_stretch_fraction)


def _places(images: Images, rng: np.random.Generator, how: Augmentation) -> Places:
    """Where each output pixel comes from, (n, 2, 28, 28) float32: columns, rows."""
    n = len(images)
    turn = np.radians(how.rotation_degrees * np.clip(rng.standard_normal(n), -3, 3))
    shear = rng.uniform(-how.shear, how.shear, n)
    matrix = affine(turn, shear, rng.uniform(1 - how.scale, 1 + how.scale, (n, 2)))
    knots = rng.standard_normal((n, 2, KNOTS**2), np.float32) * rng.uniform(0.2, 1, (n, 1, 1)) * how.elastic_pixels
    shift = rng.uniform(-how.shift_pixels, how.shift_pixels, (n, 2, 1))
    unmoved = rng.random(n) < how.unmoved_fraction
    matrix[unmoved], knots[unmoved], shift[unmoved] = np.eye(2), 0, 0
    width = _width(images, rng, how.widened_fraction)
    for part in (matrix, knots, shift):
        part[:, 0] /= width
    return sources(knots, matrix, MIDDLE + shift, BASIS).reshape(n, 2, SIDE, SIDE)


def _width(images: Images, rng: np.random.Generator, fraction: float) -> NDArray[np.float64]:
    """How many times as wide each digit becomes, (n, 1): 1, or up to what fits its box."""
    reach = np.where((images > INK).any(axis=1), np.abs(np.arange(SIDE) - MIDDLE), 0).max(axis=1)
    most = np.clip(BOX / np.maximum(reach, 1), 1, WIDEST)
    return np.where(rng.random(len(images)) < fraction, rng.uniform(1, most), 1)[:, None]


def _sample(images: Images, places: Places) -> Images:
    """Cubic samples of the images at `places`; what lies outside is background (0)."""
    room = np.clip(places, -ROOM + 1, SIDE + ROOM - 2) + ROOM
    row, tall = _tall(images)
    columns, rows = (np.ascontiguousarray(room[:, axis]) for axis in (0, 1))
    rows += (np.arange(len(images), dtype=np.float32) * row)[:, None, None]
    flat = cv2.remap(tall, columns.reshape(-1, SIDE), rows.reshape(-1, SIDE), cv2.INTER_CUBIC)
    return np.asarray(flat, np.uint8).reshape(images.shape)


def _tall(images: Images) -> tuple[int, Images]:
    """All images below each other with ROOM around each, (n · height, 28 + 2 · ROOM) uint8; and that height."""
    height = SIDE + 2 * ROOM
    tall = np.zeros((len(images), height, height), np.uint8)
    tall[:, ROOM:-ROOM, ROOM:-ROOM] = images
    return height, tall.reshape(-1, height)


def _change_stroke_width(images: Images, rng: np.random.Generator, fraction: float) -> Images:
    """Some digits with, more or less, wider (maximum over a window) or narrower (minimum) strokes."""
    draw, strength = rng.random(len(images)), rng.integers(77, 257, len(images), np.uint16)
    high = 0.0
    for part, change, window in STROKE_CHANGES:
        low, high = high, high + part * fraction
        chosen = np.flatnonzero((draw >= low) & (draw < high))
        if not len(chosen):
            continue
        height, tall = _tall(images[chosen])
        changed = change(tall, np.ones((window, window), np.uint8)).reshape(-1, height, height)
        new = strength[chosen, None, None]
        images[chosen] = (images[chosen] * (256 - new) + changed[:, ROOM:-ROOM, ROOM:-ROOM] * new) >> 8
    return images


def _stretch_levels(images: Images, rng: np.random.Generator, fraction: float) -> Images:
    chosen = np.flatnonzero(rng.random(len(images)) < fraction)
    black, white = (rng.uniform(*limits, (len(chosen), 1, 1)).astype(np.float32) for limits in (DARKEST, LIGHTEST))
    images[chosen] = np.clip((images[chosen] - black) * (255 / (white - black)), 0, 255)
    return images
