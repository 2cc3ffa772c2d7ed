"""Random distortions of training digits, a whole batch at a time, in NumPy: the same on every backend.

Each digit gets one affine map (rotation, shear, scale, shift) plus an elastic displacement (Simard, Steinkraus and
Platt 2003), resampled once, bilinearly; then, sometimes, a thicker or thinner pen.
"""

from dataclasses import dataclass

import numpy as np

from pipeline.data import SIDE

KNOTS = 6  # the elastic displacement is drawn on 6×6 knots and interpolated between them


@dataclass(frozen=True)
class Augmentation:
    """How far a training digit may be distorted; each is the largest value, or a share of the digits."""

    rotation_degrees: float = 15.0
    shear: float = 0.25
    scale: float = 0.15  # each axis between 0.85 and 1.15
    shift_pixels: float = 2.0
    elastic_pixels: float = 0.7  # standard deviation of a knot's displacement
    pen_share: float = 0.3  # digits whose pen becomes thicker or thinner
    unmoved_share: float = 0.3  # digits that stay where they are, as crisp as what is served: see augment


def _knot_weights() -> np.ndarray:
    """(784, KNOTS²) weights that interpolate knot values smoothly (cosine) over the 28×28 grid."""
    position = np.linspace(0, KNOTS - 1, SIDE)
    distance = np.clip(np.abs(position[:, None] - np.arange(KNOTS)), 0, 1)
    axis = (1 + np.cos(np.pi * distance)) / 2
    return np.kron(axis, axis).astype(np.float32)


KNOT_WEIGHTS = _knot_weights()
CENTRE = (SIDE - 1) / 2
GRID = np.stack(np.meshgrid(np.arange(SIDE), np.arange(SIDE), indexing="ij"), -1).reshape(-1, 2).astype(np.float32)


def augment(images: np.ndarray, rng: np.random.Generator, how: Augmentation) -> np.ndarray:
    """Distorted copies: (n, 28, 28) uint8 -> (n, 28, 28) uint8.

    Resampling softens, and what is served has not been resampled. A network that learned from softened pictures alone
    took a quarter of crisp letters for digits, of softened ones 3 %: hence `unmoved_share`.
    """
    source = _affine(len(images), rng, how) + _elastic(len(images), rng, how)
    moved = (rng.random(len(images)) >= how.unmoved_share)[:, None, None]
    return _change_pen(np.where(moved, _sample(images, source), images), rng, how.pen_share)


def _affine(n: int, rng: np.random.Generator, how: Augmentation) -> np.ndarray:
    """Where each output pixel comes from, (n, 784, 2) float32 as (row, column)."""
    angle = np.radians(rng.uniform(-how.rotation_degrees, how.rotation_degrees, n))
    shear = rng.uniform(-how.shear, how.shear, n)
    scale = rng.uniform(1 - how.scale, 1 + how.scale, (n, 2))
    shift = rng.uniform(-how.shift_pixels, how.shift_pixels, (n, 1, 2))
    cosine, sine = np.cos(angle), np.sin(angle)
    rotate = np.stack([cosine, -sine, sine, cosine], -1).reshape(n, 2, 2)
    slant = np.stack([np.ones(n), np.zeros(n), shear, np.ones(n)], -1).reshape(n, 2, 2)
    matrix = ((rotate @ slant) / scale[:, None, :]).astype(np.float32)
    return (GRID - CENTRE) @ matrix.transpose(0, 2, 1) + (CENTRE + shift).astype(np.float32)


def _elastic(n: int, rng: np.random.Generator, how: Augmentation) -> np.ndarray:
    knots = rng.normal(0, how.elastic_pixels, (n, KNOTS * KNOTS, 2)).astype(np.float32)
    return KNOT_WEIGHTS @ knots


def _sample(images: np.ndarray, source: np.ndarray) -> np.ndarray:
    """Bilinear samples of `images` at `source` (n, 784, 2); what lies outside is background (0)."""
    n = len(images)
    padded = np.zeros((n, SIDE + 2, SIDE + 2), np.float32)
    padded[:, 1:-1, 1:-1] = images
    source = np.clip(source + 1, 0, SIDE + 0.999)  # in padded coordinates
    corner = source.astype(np.int32)
    row, column = np.moveaxis(source - corner, -1, 0)
    width = SIDE + 2
    first = corner[..., 0] * width + corner[..., 1] + (np.arange(n, dtype=np.int32) * width * width)[:, None]
    flat = padded.reshape(-1)
    top = flat[first] * (1 - column) + flat[first + 1] * column
    bottom = flat[first + width] * (1 - column) + flat[first + width + 1] * column
    return (top * (1 - row) + bottom * row + 0.5).astype(np.uint8).reshape(n, SIDE, SIDE)


def _change_pen(images: np.ndarray, rng: np.random.Generator, share: float) -> np.ndarray:
    """Some digits written with a thicker (maximum over a 2×2 window, or 3×3) or thinner (minimum) pen."""
    draw = rng.random(len(images))
    for low, high, pick in ((0, 0.5, np.maximum), (0.3, 0.5, np.maximum), (0.5, 1, np.minimum)):
        chosen = (draw >= low * share) & (draw < high * share)
        some = images[chosen]
        some[:, :, 1:] = pick(some[:, :, 1:], some[:, :, :-1])
        some[:, 1:, :] = pick(some[:, 1:, :], some[:, :-1, :])
        images[chosen] = some
    return images
