"""Stains, as thresholding a photograph leaves them: each kind a function rng -> (CANVAS, CANVAS) float32 0-1."""

import cv2
import numpy as np
from numpy.typing import NDArray

CANVAS = 64  # pixels

RNG = np.random.Generator
Ink = NDArray[np.float32]


def stain(rng: RNG) -> Ink:
    """A random one that can be seen: (CANVAS, CANVAS) float32 0-1."""
    ink = STAINS[rng.integers(len(STAINS))](rng)
    return ink if ink.max() > 0.5 else stain(rng)


def _noise(rng: RNG, knots: int) -> np.ndarray:
    """Smooth noise, about -1 to 1."""
    coarse = rng.normal(0, 0.6, (knots, knots)).astype(np.float32)
    return cv2.resize(coarse, (CANVAS, CANVAS), interpolation=cv2.INTER_CUBIC)


def blob(rng: RNG) -> Ink:
    """One round thing with a soft, uneven outline."""
    y, x = np.mgrid[-1 : 1 : CANVAS * 1j, -1 : 1 : CANVAS * 1j]
    radius = np.hypot(x * rng.uniform(0.8, 1.3), y * rng.uniform(1, 2)) + 0.5 * _noise(rng, 6)
    return np.clip((0.6 - radius) * 12, 0, 1).astype(np.float32)


def specks(rng: RNG) -> Ink:
    """Three to 25 ellipses around the middle."""
    canvas = np.zeros((CANVAS, CANVAS), np.uint8)
    for _ in range(rng.integers(3, 26)):
        x, y, width, height = *rng.normal(CANVAS / 2, 12, 2), *rng.uniform(1, 6, 2)
        cv2.ellipse(canvas, ((x, y), (width, height), rng.uniform(0, 180)), 255, -1, cv2.LINE_AA)
    return canvas.astype(np.float32) / np.float32(255)


def edge(rng: RNG) -> Ink:
    """One half of the picture, or a band across it; by chance full of holes."""
    y, x = np.mgrid[-1 : 1 : CANVAS * 1j, -1 : 1 : CANVAS * 1j]
    band = rng.random() < 0.4
    angle = rng.uniform(1, 2.1) if band else rng.uniform(0, 6.3)  # no upright band, which would be a 1
    across = x * np.cos(angle) + y * np.sin(angle) + 0.15 * _noise(rng, 8) + rng.uniform(-0.4, 0.4)
    ink = np.abs(across) < rng.uniform(0.2, 0.4) if band else across > 0
    return (ink & (rng.random() < 0.7 or rng.random((CANVAS, CANVAS)) < 0.7)).astype(np.float32)


def texture(rng: RNG) -> Ink:
    """What is above a level in smooth noise, or near it."""
    noise = _noise(rng, int(rng.integers(7, 20)))
    ink = noise > rng.uniform(-0.1, 0.5) if rng.random() < 0.6 else np.abs(noise) < rng.uniform(0.1, 0.25)
    return ink.astype(np.float32)


STAINS = [blob, specks, edge, texture]
