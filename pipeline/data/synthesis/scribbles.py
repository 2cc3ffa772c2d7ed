"""Scribbles: doodles and small drawings, somewhat turned and distorted, each with its own stroke width."""

from collections.abc import Callable

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.data.synthesis import doodles, drawings
from pipeline.data.synthesis.polylines import Strokes

CANVAS = 64  # pixels
MOST_INK = 170  # of a picture's 20×20 pixels: a long line gets a narrow stroke
RNG = np.random.Generator
Ink = NDArray[np.float32]

# How often, in relation to each other, which is drawn.
DRAWINGS: dict[Callable[[RNG], Strokes], float] = {
    doodles.tangle: 2.5,
    doodles.strokes: 1.5,
    doodles.zigzag: 1.5,
    doodles.loops: 1,
    doodles.spiral: 1,
    doodles.hatching: 1,
    doodles.cross: 1.5,
    doodles.check: 1.2,
    drawings.arrow: 1.5,
    drawings.smiley: 1.3,
    drawings.heart: 1.2,
    drawings.house: 1,
    drawings.star: 1.2,
    drawings.sun: 0.7,
    drawings.stick_figure: 1,
    drawings.flower: 0.7,
    drawings.polygon: 1.5,
    doodles.underline: 0.8,
    doodles.grid: 0.7,
}


def stroke_widths(n: int, rng: RNG) -> NDArray[np.float64]:
    """(n,) pixels of a picture of 28: mostly 2 to 3.5, as MNIST's, sometimes down to 1.1 or up to 4.5."""
    return np.clip(rng.lognormal(np.log(2.4), 0.32, n), 1.1, 4.5)


def scribble(rng: RNG) -> Ink:
    """A random drawing by a random handwriting: (CANVAS, CANVAS) float32 0-1."""
    weights = np.array(list(DRAWINGS.values()))
    draw = list(DRAWINGS)[rng.choice(len(DRAWINGS), p=weights / weights.sum())]
    return by_hand(draw(rng), rng)


def by_hand(drawing: Strokes, rng: RNG) -> Ink:
    """Strokes turned, bent and fitted to the canvas: (CANVAS, CANVAS) float32 0-1."""
    points, ends = np.concatenate(drawing), np.cumsum([len(stroke) for stroke in drawing])[:-1]
    angle, stretch = rng.normal(0, 0.12), rng.uniform(0.75, 1, 2)
    points = points @ (np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]]) * stretch)
    for waves in (2, 3):
        points = points + np.sin(waves * points + rng.uniform(0, 6.3, 2)) @ rng.normal(0, 0.04, (2, 2))
    low, high = points.min(0), points.max(0)
    side = (high - low).max()
    steps = np.delete(np.diff(points, axis=0), ends - 1, axis=0)
    length = np.sqrt((steps**2).sum(1)).sum() * 20 / side
    width = min(float(stroke_widths(1, rng)[0]), max(MOST_INK / length, 1))
    points = (points - (low + high) / 2) * ((CANVAS * (1 - width / 20) - 4) / side)
    return _drawn(np.split(points, ends), width * CANVAS / 20)


def _drawn(drawing: Strokes, width: float) -> Ink:
    canvas = np.zeros((CANVAS, CANVAS), np.uint8)
    lines = [np.round((points + CANVAS / 2) * 8).astype(np.int32) for points in drawing]
    cv2.polylines(canvas, lines, False, 255, max(1, round(width)), cv2.LINE_AA, 3)
    return canvas.astype(np.float32) / np.float32(255)
