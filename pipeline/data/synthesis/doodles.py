"""Lines drawn without an aim, and marks: each a function rng -> strokes in a square of -1 to 1.

A stroke is (points, 2) float64, x and y, with y downwards.
"""

import numpy as np

from pipeline.data.synthesis.polylines import Points, Strokes, curve, line

RNG = np.random.Generator


def tangle(rng: RNG) -> Strokes:
    """One long line without aim: long enough to cross itself, so that no digit comes out."""
    return [curve(rng.uniform(-1, 1, (rng.integers(8, 15), 2)), 140)]


def strokes(rng: RNG) -> Strokes:
    """Several short bent lines that cross."""
    return [curve(rng.uniform(-1, 1, (3, 2)), 20) for _ in range(rng.integers(4, 8))]


def zigzag(rng: RNG) -> Strokes:
    """Up and down from left to right, with corners or rounded."""
    n = rng.integers(6, 14)
    x = np.linspace(-1, 1, n) + rng.normal(0, 0.06, n)
    y = np.where(np.arange(n) % 2, 1, -1) * rng.uniform(0.3, 0.9) * rng.uniform(0.6, 1, n)
    points = np.stack([x, y], 1)
    return [curve(points, 90) if rng.random() < 0.5 else points]


def loops(rng: RNG) -> Strokes:
    """A line of loops from left to right, as one tries a pen."""
    t = np.linspace(0, 2 * np.pi * rng.uniform(2.5, 5), 140)
    return [np.stack([t / t[-1] * 2.4 + 0.35 * np.cos(t), rng.uniform(0.4, 0.8) * np.sin(t)], 1)]


def spiral(rng: RNG) -> Strokes:
    """From the middle outwards, either way round."""
    turns = rng.uniform(2.5, 4) * rng.choice([-1, 1])
    t = np.linspace(0.05, 1, 140)
    angle = 2 * np.pi * (turns * t + rng.random())
    return [np.stack([t * np.cos(angle), t * np.sin(angle)], 1)]


def hatching(rng: RNG) -> Strokes:
    """Level lines, mostly crossed by upright ones."""
    n = rng.integers(4, 8)
    lines = [line(-1, y, 1, y + rng.normal(0, 0.1)) for y in np.linspace(-1, 1, n)]
    return lines + ([p[:, ::-1] for p in lines] if rng.random() < 0.6 else [line(-0.3, -1, 0.2, 1)])


def cross(rng: RNG) -> Strokes:
    """An × or a +."""
    d = rng.normal(0, 0.12, 8)
    if rng.random() < 0.5:
        return [line(-1 + d[0], -1 + d[1], 1, 1), line(1 + d[2], -1 + d[3], -1, 1)]
    return [line(d[0], -1, d[1], 1), line(-1, d[2], 1, d[3])]


def check(rng: RNG) -> Strokes:
    """A tick."""
    return [curve(np.array([[-1, rng.uniform(-0.1, 0.4)], [-0.5, 1], [-0.4, 1], [1, rng.uniform(-1, -0.4)]]))]


def underline(rng: RNG) -> Strokes:
    """Level lines, straight or wavy, of which there may be two."""
    x = np.linspace(-1, 1, 60)
    wave = rng.uniform(0, 0.12) * np.sin(x * rng.uniform(3, 14))
    first: Points = np.stack([x, wave], 1)
    return [first] + ([first * [0.9, 1] + [0, rng.uniform(0.2, 0.4)]] if rng.random() < 0.5 else [])


def grid(rng: RNG) -> Strokes:
    """As for noughts and crosses, or closed."""
    n = rng.integers(2, 4)
    at = np.linspace(-0.5, 0.5, n) if rng.random() < 0.5 else np.linspace(-1, 1, n + 1)
    return [line(-1, a, 1, a) for a in at] + [line(a, -1, a, 1) for a in at]
