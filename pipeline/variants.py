"""Forms of digits that MNIST's American writers hardly used, drawn from strokes: flagged 1, crossed 7, slashed 0.

Most of the world writes them; without these, a thick 1 with its flag reads as 4, 7, 8 or 9.
"""

from collections.abc import Callable

import cv2
import numpy as np

from pipeline.preprocess.fit import fit

CANVAS = 112  # pixels a side
THINNEST = 6  # pixels of pen
SUBPIXEL = 16  # OpenCV's fixed-point coordinates


def variants(n: int, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """n digits (n, 28, 28) uint8 framed as `fit` frames them, and their labels (n,) uint8."""
    forms = rng.choice(len(FORMS), n, p=[share for _, share, _, _ in FORMS])
    labels = np.array([FORMS[form][0] for form in forms], np.uint8)
    images = [fit(_drawn(draw(rng), thickest, rng)) for _, _, thickest, draw in (FORMS[form] for form in forms)]
    return np.stack(images), labels


def _drawn(strokes: list[np.ndarray], thickest: int, rng: np.random.Generator) -> np.ndarray:
    """(CANVAS, CANVAS) float32 0-1: strokes, each (k, 2) of x, y from 0 to 1, written by an unsteady hand."""
    slant, squeeze = rng.uniform(-0.25, 0.45), rng.uniform(0.55, 1.0)
    pen = int(rng.integers(THINNEST, thickest))
    ink = np.zeros((CANVAS, CANVAS), np.uint8)
    for stroke in strokes:
        points = stroke + rng.normal(0, 0.012, stroke.shape)
        x = 0.5 + (points[:, 0] - 0.5) * squeeze + slant * (0.5 - points[:, 1])
        places = np.stack([x, points[:, 1]], 1) * (CANVAS - 56) + 28
        cv2.polylines(ink, [(places * SUBPIXEL).astype(np.int32)], False, 255, pen, cv2.LINE_AA, 4)
    return cv2.GaussianBlur(ink, (0, 0), 1).astype(np.float32) / 255


def _curve(*points: tuple[float, float]) -> np.ndarray:
    """A quadratic curve through its first and last point, drawn to the one between; or a straight line."""
    first, *between, last = (np.array(point) for point in points)
    t = np.linspace(0, 1, 12)[:, None]
    middle = between[0] if between else (first + last) / 2
    return (1 - t) ** 2 * first + 2 * t * (1 - t) * middle + t**2 * last


def _one(rng: np.random.Generator) -> list[np.ndarray]:
    top = 0.6, 0.0
    reach, drop = rng.uniform(0.2, 0.5), rng.uniform(0.18, 0.5)
    flag = _curve((top[0] - reach, drop), (top[0] - reach / 2, drop * rng.uniform(0.4, 0.9)), top)
    foot = 0.6 + rng.uniform(-0.06, 0.06), 1.0
    strokes = [flag, _curve(top, (0.6 + rng.uniform(-0.08, 0.08), 0.5), foot)]
    if rng.random() < 0.3:
        half = rng.uniform(0.15, 0.4)
        strokes.append(_curve((foot[0] - half, 1 + rng.uniform(-0.04, 0.04)), (foot[0] + half, 1.0)))
    return strokes


def _seven(rng: np.random.Generator) -> list[np.ndarray]:
    corner = 0.85, rng.uniform(-0.05, 0.08)
    foot = rng.uniform(0.3, 0.6), 1.0
    bar = _curve((0.15, rng.uniform(0, 0.1)), (0.5, rng.uniform(-0.08, 0.15)), corner)
    strokes = [bar, _curve(corner, (rng.uniform(0.5, 0.8), 0.45), foot)]
    if rng.random() < 0.4:
        strokes.append(_curve((0.15, 0.05), (0.15, rng.uniform(0.15, 0.28))))
    middle, half = (corner[0] + foot[0]) / 2, rng.uniform(0.18, 0.38)
    level, tilt = rng.uniform(0.42, 0.62), rng.uniform(-0.08, 0.06)
    strokes.append(_curve((middle - half, level - tilt), (middle + half, level + tilt)))
    return strokes


def _zero(rng: np.random.Generator) -> list[np.ndarray]:
    angle = np.linspace(0, 2 * np.pi, 40) + rng.uniform(0, 6)
    ring = np.stack([0.5 + 0.42 * np.cos(angle), 0.5 + 0.5 * np.sin(angle)], 1)
    over = rng.uniform(0.28, 0.5)
    return [ring, _curve((0.5 + over, 0.5 - 1.1 * over), (0.5 - over, 0.5 + 1.1 * over))]


# label, share, thickest pen in pixels (of coarse scans; a thicker slash would fill the 0), strokes
FORMS: list[tuple[int, float, int, Callable[[np.random.Generator], list[np.ndarray]]]] = [
    (1, 0.6, 23, _one),
    (7, 0.25, 19, _seven),
    (0, 0.15, 11, _zero),
]
