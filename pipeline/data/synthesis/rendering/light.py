"""Light on the page: factors of at most 1 by which a picture is multiplied, (h, w) float32.

All of them are smooth, so they are made at a fraction of the picture's size and enlarged.
"""

import cv2
import numpy as np
from numpy.typing import NDArray

Factors = NDArray[np.float32]

COARSE = 4  # picture pixels a sample


def light(
    size: tuple[int, int], rng: np.random.Generator, gradient: float, vignette: float, shadow: float, finger: float
) -> Factors:
    """All lights together, `size` (h, w); each strength is the fraction 0-1 of the light lost at the darkest point."""
    height, width = (max(2, length // COARSE) for length in size)
    found = np.ones((height, width), np.float32)
    for make, strength in ((_gradient, gradient), (_vignette, vignette), (_shadow, shadow), (_finger, finger)):
        if strength:
            found *= 1 - np.float32(strength) * make(height, width, rng)
    return np.asarray(cv2.resize(found, size[::-1], interpolation=cv2.INTER_LINEAR), np.float32)


def _axes(height: int, width: int) -> tuple[np.ndarray, np.ndarray]:
    """Columns and rows as coordinates from -1 to 1."""
    x = np.linspace(-1, 1, width, dtype=np.float32)
    y = np.linspace(-1, 1, height, dtype=np.float32)
    return x[None, :], y[:, None]


def _across(height: int, width: int, rng: np.random.Generator) -> np.ndarray:
    """A ramp in a random direction, -1 to 1 at most."""
    x, y = _axes(height, width)
    angle = rng.uniform(0, 2 * np.pi)
    return (x * np.float32(np.cos(angle)) + y * np.float32(np.sin(angle))) / np.float32(np.sqrt(2))


def _gradient(height: int, width: int, rng: np.random.Generator) -> np.ndarray:
    return (_across(height, width, rng) + 1) / 2


def _vignette(height: int, width: int, rng: np.random.Generator) -> np.ndarray:
    x, y = _axes(height, width)
    return ((x**2 + y**2) / 2) ** np.float32(rng.uniform(0.8, 1.4))


def _shadow(height: int, width: int, rng: np.random.Generator) -> np.ndarray:
    """Something stands in the light on one side, with an edge from sharp to soft."""
    softness = np.float32(np.exp(rng.uniform(np.log(0.01), np.log(0.15))))
    edge = (_across(height, width, rng) - np.float32(rng.uniform(-0.35, 0.35))) / softness
    return 1 / (1 + np.exp(-np.clip(edge, -30, 30)))


def _finger(height: int, width: int, rng: np.random.Generator) -> np.ndarray:
    """The shadow of a finger that reaches in from a side of the picture."""
    side = min(height, width)
    angle = rng.uniform(0, 2 * np.pi)
    outward = np.array([np.cos(angle), np.sin(angle)])
    middle = np.array([width, height]) / 2
    start, tip = (tuple(map(int, middle + outward * side * r)) for r in (1.2, rng.uniform(0.2, 0.45)))
    mask = np.zeros((height, width), np.uint8)
    cv2.line(mask, start, tip, 255, max(2, int(side * rng.uniform(0.12, 0.22))))
    return cv2.GaussianBlur(mask, (0, 0), side / 25).astype(np.float32) / 255
