"""What hands and cameras leave that is neither digit nor letter: scribbles, small drawings, stains."""

from collections.abc import Callable

import cv2
import numpy as np

from pipeline.data.synthesis.polylines import Strokes, arc, curve, line

CANVAS = 64  # pixels
MOST_INK = 170  # of a picture's 20×20 pixels: a long line gets a fine pen
RNG = np.random.Generator


def pen_widths(n: int, rng: RNG) -> np.ndarray:
    """Pixels of a picture of 28: mostly 2 to 3.5, as MNIST's, sometimes down to 1.1 or up to 4.5."""
    return np.clip(rng.lognormal(np.log(2.4), 0.32, n), 1.1, 4.5)


def scribble(rng: RNG) -> np.ndarray:
    """A random drawing by a random pen, somewhat turned and distorted: (CANVAS, CANVAS) float32 0-1."""
    strokes = DRAWINGS[rng.choice(len(DRAWINGS), p=CHANCES)](rng)
    points, ends = np.concatenate(strokes), np.cumsum([len(stroke) for stroke in strokes])[:-1]
    angle, stretch = rng.normal(0, 0.12), rng.uniform(0.75, 1, 2)
    points = points @ (np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]]) * stretch)
    for waves in (2, 3):
        points = points + np.sin(waves * points + rng.uniform(0, 6.3, 2)) @ rng.normal(0, 0.04, (2, 2))
    low, high = points.min(0), points.max(0)
    side = (high - low).max()
    steps = np.delete(np.diff(points, axis=0), ends - 1, axis=0)
    length = np.sqrt((steps**2).sum(1)).sum() * 20 / side
    width = min(float(pen_widths(1, rng)[0]), max(MOST_INK / length, 1))
    points = (points - (low + high) / 2) * ((CANVAS * (1 - width / 20) - 4) / side)
    return _drawn(np.split(points, ends), width * CANVAS / 20)


def _drawn(strokes: Strokes, width: float) -> np.ndarray:
    canvas = np.zeros((CANVAS, CANVAS), np.uint8)
    lines = [np.round((points + CANVAS / 2) * 8).astype(np.int32) for points in strokes]
    cv2.polylines(canvas, lines, False, 255, max(1, round(width)), cv2.LINE_AA, 3)
    return canvas.astype(np.float32) / 255


def tangle(rng: RNG) -> Strokes:
    """One long line without aim: long enough to cross itself, so that no digit comes out."""
    return [curve(rng.uniform(-1, 1, (rng.integers(8, 15), 2)), 140)]


def strokes(rng: RNG) -> Strokes:
    """Several short bent lines that cross."""
    return [curve(rng.uniform(-1, 1, (3, 2)), 20) for _ in range(rng.integers(4, 8))]


def zigzag(rng: RNG) -> Strokes:
    n = rng.integers(6, 14)
    x = np.linspace(-1, 1, n) + rng.normal(0, 0.06, n)
    y = np.where(np.arange(n) % 2, 1, -1) * rng.uniform(0.3, 0.9) * rng.uniform(0.6, 1, n)
    points = np.stack([x, y], 1)
    return [curve(points, 90) if rng.random() < 0.5 else points]


def loops(rng: RNG) -> Strokes:
    t = np.linspace(0, 2 * np.pi * rng.uniform(2.5, 5), 140)
    return [np.stack([t / t[-1] * 2.4 + 0.35 * np.cos(t), rng.uniform(0.4, 0.8) * np.sin(t)], 1)]


def spiral(rng: RNG) -> Strokes:
    turns = rng.uniform(2.5, 4) * rng.choice([-1, 1])
    t = np.linspace(0.05, 1, 140)
    angle = 2 * np.pi * (turns * t + rng.random())
    return [np.stack([t * np.cos(angle), t * np.sin(angle)], 1)]


def hatching(rng: RNG) -> Strokes:
    n = rng.integers(4, 8)
    lines = [line(-1, y, 1, y + rng.normal(0, 0.1)) for y in np.linspace(-1, 1, n)]
    return lines + ([p[:, ::-1] for p in lines] if rng.random() < 0.6 else [line(-0.3, -1, 0.2, 1)])


def cross(rng: RNG) -> Strokes:
    d = rng.normal(0, 0.12, 8)
    if rng.random() < 0.5:
        return [line(-1 + d[0], -1 + d[1], 1, 1), line(1 + d[2], -1 + d[3], -1, 1)]
    return [line(d[0], -1, d[1], 1), line(-1, d[2], 1, d[3])]


def check(rng: RNG) -> Strokes:
    return [curve(np.array([[-1, rng.uniform(-0.1, 0.4)], [-0.5, 1], [-0.4, 1], [1, rng.uniform(-1, -0.4)]]))]


def arrow(rng: RNG) -> Strokes:
    head = rng.uniform(0.35, 0.6)
    points = [line(-1, 0, 1, 0), line(1 - head, -head, 1, 0, 1 - head, head)]
    turn = rng.choice([0, 90, 180, 270]) * np.pi / 180 + rng.normal(0, 0.3)
    matrix = np.array([[np.cos(turn), np.sin(turn)], [-np.sin(turn), np.cos(turn)]])
    return [p @ matrix for p in points] + ([points[1] * [-1, 1] @ matrix] if rng.random() < 0.2 else [])


def smiley(rng: RNG) -> Strokes:
    d = rng.normal(0, 0.04, 4)
    eyes = [line(x, -0.4 + d[0], x, -0.15) for x in (-0.35, 0.35)]
    mouth = arc(0, 0.1, 0.5, 0.45, 20, 160) if rng.random() < 0.75 else arc(0, 0.75, 0.45, 0.4, 200, 340)
    return [*eyes, mouth] + ([arc(d[1], d[2], 1, 1)] if rng.random() < 0.8 else [])


def heart(rng: RNG) -> Strokes:
    t = np.linspace(0, 2 * np.pi, 60)
    y = 13 * np.cos(t) - 5 * np.cos(2 * t) - 2 * np.cos(3 * t) - np.cos(4 * t)
    shape = np.stack([np.sin(t) ** 3, -y / 16], 1)
    return [shape] + ([line(-1.1, 0.9, 1.1, -0.9)] if rng.random() < 0.3 else [])


def house(rng: RNG) -> Strokes:
    roof = rng.uniform(-0.4, 0)
    parts = [line(-0.8, 1, -0.8, roof, 0.8, roof, 0.8, 1, -0.8, 1), line(-1, roof, 0, -1, 1, roof)]
    if rng.random() < 0.7:
        x = rng.uniform(-0.5, 0.2)
        parts.append(line(x, 1, x, 0.4, x + 0.35, 0.4, x + 0.35, 1))
    return parts


def star(rng: RNG) -> Strokes:
    if rng.random() < 0.5:
        angles = np.radians(-90 + 144 * np.arange(6))
        return [line(*np.stack([np.cos(angles), np.sin(angles)], 1).ravel())]
    n = rng.integers(5, 9)
    angles = np.linspace(-np.pi / 2, 1.5 * np.pi, 2 * n + 1)
    radii = np.where(np.arange(2 * n + 1) % 2, rng.uniform(0.35, 0.55), 1)
    return [line(*np.stack([radii * np.cos(angles), radii * np.sin(angles)], 1).ravel())]


def sun(rng: RNG) -> Strokes:
    angles = np.linspace(0, 2 * np.pi, rng.integers(6, 11), endpoint=False)
    return [arc(0, 0, 0.45, 0.45)] + [line(*(0.65 * v), *v) for v in np.stack([np.cos(angles), np.sin(angles)], 1)]


def stick_figure(rng: RNG) -> Strokes:
    arms, legs = rng.uniform(-0.5, 0.2), rng.uniform(0.3, 0.6)
    limbs = [line(-0.6, arms, 0, -0.15, 0.6, arms), line(-legs, 1, 0, 0.35, legs, 1)]
    return [arc(0, -0.7, 0.3, 0.3), line(0, -0.4, 0, 0.35), *limbs]


def flower(rng: RNG) -> Strokes:
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


def underline(rng: RNG) -> Strokes:
    """Level lines, straight or wavy, of which there may be two."""
    x = np.linspace(-1, 1, 60)
    wave = rng.uniform(0, 0.12) * np.sin(x * rng.uniform(3, 14))
    line = np.stack([x, wave], 1)
    return [line] + ([line * [0.9, 1] + [0, rng.uniform(0.2, 0.4)]] if rng.random() < 0.5 else [])


def grid(rng: RNG) -> Strokes:
    n = rng.integers(2, 4)
    at = np.linspace(-0.5, 0.5, n) if rng.random() < 0.5 else np.linspace(-1, 1, n + 1)
    return [line(-1, a, 1, a) for a in at] + [line(a, -1, a, 1) for a in at]


DRAWINGS: list[Callable[[RNG], Strokes]] = [
    *(tangle, strokes, zigzag, loops, spiral, hatching, cross, check, arrow, smiley),
    *(heart, house, star, sun, stick_figure, flower, polygon, underline, grid),
]
_weights = np.array([2.5, 1.5, 1.5, 1, 1, 1, 1.5, 1.2, 1.5, 1.3, 1.2, 1, 1.2, 0.7, 1, 0.7, 1.5, 0.8, 0.7])
CHANCES = _weights / _weights.sum()


def stain(rng: RNG) -> np.ndarray:
    """Blobs, specks, an edge or a texture, as thresholding a photo leaves them: (CANVAS, CANVAS) float32 0-1."""
    ink = STAINS[rng.integers(len(STAINS))](rng)
    return ink if ink.max() > 0.5 else stain(rng)


def _noise(rng: RNG, knots: int) -> np.ndarray:
    """Smooth noise, about -1 to 1."""
    coarse = rng.normal(0, 0.6, (knots, knots)).astype(np.float32)
    return cv2.resize(coarse, (CANVAS, CANVAS), interpolation=cv2.INTER_CUBIC)


def blob(rng: RNG) -> np.ndarray:
    y, x = np.mgrid[-1 : 1 : CANVAS * 1j, -1 : 1 : CANVAS * 1j]
    radius = np.hypot(x * rng.uniform(0.8, 1.3), y * rng.uniform(1, 2)) + 0.5 * _noise(rng, 6)
    return np.clip((0.6 - radius) * 12, 0, 1).astype(np.float32)


def specks(rng: RNG) -> np.ndarray:
    canvas = np.zeros((CANVAS, CANVAS), np.uint8)
    for _ in range(rng.integers(3, 26)):
        x, y, width, height = *rng.normal(CANVAS / 2, 12, 2), *rng.uniform(1, 6, 2)
        cv2.ellipse(canvas, ((x, y), (width, height), rng.uniform(0, 180)), 255, -1, cv2.LINE_AA)
    return canvas.astype(np.float32) / 255


def edge(rng: RNG) -> np.ndarray:
    y, x = np.mgrid[-1 : 1 : CANVAS * 1j, -1 : 1 : CANVAS * 1j]
    band = rng.random() < 0.4
    angle = rng.uniform(1, 2.1) if band else rng.uniform(0, 6.3)  # no upright band, which would be a 1
    across = x * np.cos(angle) + y * np.sin(angle) + 0.15 * _noise(rng, 8) + rng.uniform(-0.4, 0.4)
    ink = np.abs(across) < rng.uniform(0.2, 0.4) if band else across > 0
    return (ink & (rng.random() < 0.7 or rng.random((CANVAS, CANVAS)) < 0.7)).astype(np.float32)


def texture(rng: RNG) -> np.ndarray:
    noise = _noise(rng, int(rng.integers(7, 20)))
    ink = noise > rng.uniform(-0.1, 0.5) if rng.random() < 0.6 else np.abs(noise) < rng.uniform(0.1, 0.25)
    return ink.astype(np.float32)


STAINS = [blob, specks, edge, texture]
