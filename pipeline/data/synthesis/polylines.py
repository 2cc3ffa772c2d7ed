"""Polylines that strokes are made of: curves through knots, arcs, bent lines; (points, 2) as x, y, with y downwards."""

import numpy as np
from numpy.typing import NDArray

Points = NDArray[np.floating]  # (n, 2): x, y
Strokes = list[Points]


def curve(knots: Points, points: int = 60) -> Points:
    """A Catmull-Rom curve through (k, 2) knots: (points, 2)."""
    padded = np.concatenate([knots[:1], knots, knots[-1:]])
    t = np.linspace(0, len(knots) - 1.0001, points)
    i, t = t.astype(int), (t % 1)[:, None]
    a, b, c, d = (padded[i + k] for k in range(4))
    return 0.5 * (2 * b + (c - a) * t + (2 * a - 5 * b + 4 * c - d) * t**2 + (3 * b - a - 3 * c + d) * t**3)


def arc(x: float, y: float, rx: float, ry: float, start: float = 0, end: float = 360) -> Points:
    """Part of an ellipse around (x, y), radii rx and ry; `start` and `end` in degrees clockwise from the right."""
    t = np.radians(np.linspace(start, end, 40))
    return np.stack([x + rx * np.cos(t), y + ry * np.sin(t)], 1)


def line(*coordinates: float) -> Points:
    """Straight through x0, y0, x1, y1, … with points between, so that it can be bent."""
    corners = np.array(coordinates, float).reshape(-1, 2)
    at = np.linspace(0, len(corners) - 1, 8 * len(corners) - 7)
    return np.stack([np.interp(at, np.arange(len(corners)), c) for c in corners.T], 1)


def through(*coordinates: float, points: int = 40) -> Points:
    """A Catmull-Rom curve through x0, y0, x1, y1, …"""
    return curve(np.array(coordinates, float).reshape(-1, 2), points)


def joined(*parts: Points) -> Points:
    """Parts written without lifting the pen, with a corner where they meet."""
    return np.concatenate(parts)
