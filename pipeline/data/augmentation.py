"""Random distortions of training digits, a whole batch at a time, in NumPy and OpenCV: the same on every backend.

Each digit gets one affine map (rotation, shear, scale, shift, sometimes more width) plus an elastic displacement,
resampled once, cubically; then, sometimes, a thicker or thinner pen; then, sometimes, grey levels stretched up to black
and white. About 15 microseconds a digit, as the batch is one tall picture to OpenCV.
"""

from dataclasses import dataclass

import cv2
import numpy as np

from pipeline.data.distortion import KNOTS, affine, basis, sources
from pipeline.recognition.fit import SIDE

ROOM = 3  # pixels of background between the digits of the tall picture: more than cubic sampling reaches
MOST = 900  # digits in one tall picture: OpenCV resamples no picture of 32,767 rows or more
BASIS = basis(SIDE)
MIDDLE = (SIDE - 1) / 2
INK = 64  # grey level of a pixel that counts for a digit's width
BOX = 10.0  # pixels from the middle to the sides of the box that MNIST's digits fit into
WIDEST = 3.0  # times the width
DARKEST, LIGHTEST = (0, 70), (140, 255)  # grey levels that become black and white
PENS = (  # share of the digits with another pen, what is done to them, over a window of so many pixels
    (0.35, cv2.erode, 2),
    (0.40, cv2.dilate, 2),
    (0.25, cv2.dilate, 3),
)


@dataclass(frozen=True)
class Augmentation:
    """How far a training digit may be distorted; each is the largest value, or a share of the digits."""

    rotation_degrees: float = 7.0  # standard deviation
    shear: float = 0.2
    scale: float = 0.1  # each axis between 0.9 and 1.1
    shift_pixels: float = 1.0
    elastic_pixels: float = 0.9  # standard deviation of a knot's displacement
    stroke_width_fraction: float = 0.35  # digits whose pen becomes thicker or thinner
    level_stretch_fraction: float = (
        0.6  # digits with stretched grey levels: resampling softens, bitmaps and scans are crisp
    )
    unmoved_fraction: float = 0.2  # digits that stay where they are
    widened_fraction: float = 0.1  # digits stretched in width up to their box, as on forms that fill a square


def augment(images: np.ndarray, rng: np.random.Generator, how: Augmentation) -> np.ndarray:
    """Distorted copies: (n, 28, 28) uint8 -> (n, 28, 28) uint8."""
    parts = [images[start : start + MOST] for start in range(0, len(images), MOST)]
    moved = np.concatenate([_sample(part, _places(part, rng, how)) for part in parts])
    return _stretch_levels(_change_pen(moved, rng, how.stroke_width_fraction), rng, how.level_stretch_fraction)


def _places(images: np.ndarray, rng: np.random.Generator, how: Augmentation) -> np.ndarray:
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


def _width(images: np.ndarray, rng: np.random.Generator, share: float) -> np.ndarray:
    """How many times as wide each digit becomes, (n, 1): 1, or up to what fits its box."""
    reach = np.where((images > INK).any(axis=1), np.abs(np.arange(SIDE) - MIDDLE), 0).max(axis=1)
    most = np.clip(BOX / np.maximum(reach, 1), 1, WIDEST)
    return np.where(rng.random(len(images)) < share, rng.uniform(1, most), 1)[:, None]


def _sample(images: np.ndarray, places: np.ndarray) -> np.ndarray:
    """Cubic samples of the images at `places`; what lies outside is background (0)."""
    room = np.clip(places, -ROOM + 1, SIDE + ROOM - 2) + ROOM
    row, tall = _tall(images)
    columns, rows = (np.ascontiguousarray(room[:, axis]) for axis in (0, 1))
    rows += (np.arange(len(images), dtype=np.float32) * row)[:, None, None]
    flat = cv2.remap(tall, columns.reshape(-1, SIDE), rows.reshape(-1, SIDE), cv2.INTER_CUBIC)
    return flat.reshape(images.shape)


def _tall(images: np.ndarray) -> tuple[int, np.ndarray]:
    """All images below each other with ROOM around each, (n · height, 28 + 2 · ROOM) uint8; and that height."""
    height = SIDE + 2 * ROOM
    tall = np.zeros((len(images), height, height), np.uint8)
    tall[:, ROOM:-ROOM, ROOM:-ROOM] = images
    return height, tall.reshape(-1, height)


def _change_pen(images: np.ndarray, rng: np.random.Generator, share: float) -> np.ndarray:
    """Some digits written, more or less, with a thicker (maximum over a window) or thinner (minimum) pen."""
    draw, strength = rng.random(len(images)), rng.integers(77, 257, len(images), np.uint16)
    high = 0.0
    for part, change, window in PENS:
        low, high = high, high + part * share
        chosen = np.flatnonzero((draw >= low) & (draw < high))
        if not len(chosen):
            continue
        height, tall = _tall(images[chosen])
        changed = change(tall, np.ones((window, window), np.uint8)).reshape(-1, height, height)
        new = strength[chosen, None, None]
        images[chosen] = (images[chosen] * (256 - new) + changed[:, ROOM:-ROOM, ROOM:-ROOM] * new) >> 8
    return images


def _stretch_levels(images: np.ndarray, rng: np.random.Generator, share: float) -> np.ndarray:
    chosen = np.flatnonzero(rng.random(len(images)) < share)
    black, white = (rng.uniform(*limits, (len(chosen), 1, 1)).astype(np.float32) for limits in (DARKEST, LIGHTEST))
    images[chosen] = np.clip((images[chosen] - black) * (255 / (white - black)), 0, 255)
    return images
