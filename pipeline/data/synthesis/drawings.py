"""Small drawings of things, which are neither digit nor letter: each a function rng -> strokes in a square of -1 to 1.

A stroke is (points, 2) float64, x and y, with y downwards.
"""

import numpy as np

from pipeline.data.synthesis.polylines import Strokes, arc, line

RNG = np.random.Generator


def arrow(rng: RNG) -> Strokes:
    """To one of the four sides, more or less; by chance with two heads."""
    head = rng.uniform(0.35, 0.6)
    points = [line(-1, 0, 1, 0), line(1 - head, -head, 1, 0, 1 - head, head)]
    turn = rng.choice([0, 90, 180, 270]) * np.pi / 180 + rng.normal(0, 0.3)
    matrix = np.array([[np.cos(turn), np.sin(turn)], [-np.sin(turn), np.cos(turn)]])
    return [p @ matrix for p in points] + ([points[1] * [-1, 1] @ matrix] if rng.random() < 0.2 else [])


def smiley(rng: RNG) -> Strokes:
    """A face that smiles or is sad, mostly with an outline."""
    d = rng.normal(0, 0.04, 4)
    eyes = [line(x, -0.4 + d[0], x, -0.15) for x in (-0.35, 0.35)]
    mouth = arc(0, 0.1, 0.5, 0.45, 20, 160) if rng.random() < 0.75 else arc(0, 0.75, 0.45, 0.4, 200, 340)
    return [*eyes, mouth] + ([arc(d[1], d[2], 1, 1)] if rng.random() < 0.8 else [])


def heart(rng: RNG) -> Strokes:
    """By chance with an arrow through it."""
    t = np.linspace(0, 2 * np.pi, 60)
    y = 13 * np.cos(t) - 5 * np.cos(2 * t) - 2 * np.cos(3 * t) - np.cos(4 * t)
    shape = np.stack([np.sin(t) ** 3, -y / 16], 1)
    return [shape] + ([line(-1.1, 0.9, 1.1, -0.9)] if rng.random() < 0.3 else [])


def house(rng: RNG) -> Strokes:
    """Walls and a roof, mostly with a door."""
    roof = rng.uniform(-0.4, 0)
    parts = [line(-0.8, 1, -0.8, roof, 0.8, roof, 0.8, 1, -0.8, 1), line(-1, roof, 0, -1, 1, roof)]
    if rng.random() < 0.7:
        x = rng.uniform(-0.5, 0.2)
        parts.append(line(x, 1, x, 0.4, x + 0.35, 0.4, x + 0.35, 1))
    return parts


def star(rng: RNG) -> Strokes:
    """A pentagram, or an outline with five to eight points."""
    if rng.random() < 0.5:
        angles = np.radians(-90 + 144 * np.arange(6))
        return [line(*np.stack([np.cos(angles), np.sin(angles)], 1).ravel())]
    n = rng.integers(5, 9)
    angles = np.linspace(-np.pi / 2, 1.5 * np.pi, 2 * n + 1)
    radii = np.where(np.arange(2 * n + 1) % 2, rng.uniform(0.35, 0.55), 1)
    return [line(*np.stack([radii * np.cos(angles), radii * np.sin(angles)], 1).ravel())]


def sun(rng: RNG) -> Strokes:
    """A ring with six to ten rays."""
    angles = np.linspace(0, 2 * np.pi, rng.integers(6, 11), endpoint=False)
    return [arc(0, 0, 0.45, 0.45)] + [line(*(0.65 * v), *v) for v in np.stack([np.cos(angles), np.sin(angles)], 1)]


def stick_figure(rng: RNG) -> Strokes:
    """A head, a body, arms and legs."""
    arms, legs = rng.uniform(-0.5, 0.2), rng.uniform(0.3, 0.6)
    limbs = [line(-0.6, arms, 0, -0.15, 0.6, arms), line(-legs, 1, 0, 0.35, legs, 1)]
    return [arc(0, -0.7, 0.3, 0.3), line(0, -0.4, 0, 0.35), *limbs]


def flower(rng: RNG) -> Strokes:
    """A bloom of four to six petals, mostly with a stem and a leaf."""
    t = np.linspace(0, 2 * np.pi, 100)
    r = 0.55 + 0.3 * np.cos(rng.integers(4, 7) * t)
    bloom = np.stack([r * np.cos(t), r * np.sin(t) - 0.5], 1)
    return [bloom] + ([line(0, 0.1, 0.05, 1.2), arc(0.3, 0.8, 0.3, 0.15, 180, 330)] if rng.random() < 0.6 else [])


def polygon(rng: RNG) -> Strokes:
    """A triangle, a square or its diamond; by chance with lines inside."""
    corners = [
        (0, -1, 1, 0.8, -1, 0.8),
        (-1, 0.8, 0, -0.9, 1, 0.8),
        (-1, -1, 1, -1, 1, 1, -1, 1),
        (0, -1, 1, 0, 0, 1, -1, 0),
    ]
    outline = corners[rng.integers(4)]
    inside = [line(-0.9, -0.9, 0.9, 0.9)] if len(outline) == 8 and rng.random() < 0.4 else []
    return [line(*outline, *outline[:2]), *inside]
