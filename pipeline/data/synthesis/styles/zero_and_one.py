"""Templates of 0 and 1."""

import numpy as np

from pipeline.data.synthesis.polylines import Points, joined, line, through
from pipeline.data.synthesis.styles.template import RNG, GlyphTemplate, Templates


def _ring(rng: RNG, start: float, sweep: float, inwards: float = 0) -> GlyphTemplate:
    """An oval from `start` degrees anticlockwise through `sweep`; beyond its first 330 degrees it may turn inwards."""
    t = np.linspace(0, np.radians(sweep), 56)
    radius = 0.5 * (1 + rng.uniform(-0.02, 0.02) * t - inwards * np.clip(t - np.radians(330), 0, None))
    width, egg = rng.uniform(0.5, 1), rng.normal(0, 0.06)
    y = radius * np.sin(np.radians(start) - t)
    x = radius * np.cos(np.radians(start) - t) * width * (1 + egg * y / 0.5)
    return GlyphTemplate([np.stack([0.5 + x, 0.5 + y], 1)], 0.75 * width, (-15, 30), (0.65, 1.1))


def zero_closed(rng: RNG) -> GlyphTemplate:
    return _ring(rng, rng.normal(-85, 40), rng.uniform(358, 385))


def zero_not_quite_closed(rng: RNG) -> GlyphTemplate:
    return _ring(rng, rng.normal(-80, 25), rng.uniform(335, 350))


def zero_curled(rng: RNG) -> GlyphTemplate:
    """Its end runs on inside, at the top."""
    ring = _ring(rng, rng.uniform(-90, -50), rng.uniform(380, 430), rng.uniform(0.1, 0.35))
    return ring._replace(narrowest_gap=0.7 * ring.narrowest_gap, width=(0.8, 1.15))


def zero_hooked(rng: RNG) -> GlyphTemplate:
    """The pen comes in from outside, at the top."""
    ring = _ring(rng, rng.uniform(-90, -60), rng.uniform(355, 370))
    x, y = ring.strokes[0][0]
    hook = line(x + rng.uniform(0.05, 0.14), y - rng.uniform(-0.02, 0.1), x, y)
    return ring._replace(
        strokes=[joined(hook, ring.strokes[0])], narrowest_gap=0.8 * ring.narrowest_gap, width=(0.8, 1.1)
    )


def zero_slashed(rng: RNG) -> GlyphTemplate:
    """At any slope, inside the ring or far beyond it."""
    ring = _ring(rng, rng.normal(-85, 40), rng.uniform(358, 375))
    slopes = [(35, 85), (12, 35), (95, 150)]  # degrees from level: as most do, flat, leaning back
    slope = np.radians(rng.uniform(*slopes[rng.choice(3, p=[0.7, 0.15, 0.15])]))
    width = float(np.ptp(ring.strokes[0][:, 0])) / 2
    reach = np.array([np.cos(slope), -np.sin(slope)]) / np.hypot(np.cos(slope) / width, np.sin(slope) / 0.5)
    middle = np.array([0.5, 0.5]) + rng.normal(0, 0.04, 2)
    upper, lower = middle + reach * rng.uniform(0.75, 1.6), middle - reach * rng.uniform(0.75, 1.6)
    return GlyphTemplate([*ring.strokes, line(*upper, *lower)], 0.4 * ring.narrowest_gap, (-10, 14), (0.7, 1.1))


def zero_looped(rng: RNG) -> GlyphTemplate:
    """As in cursive thousands: a small loop at the top, from which a stroke goes on to the next digit."""
    ring = _ring(rng, rng.uniform(-100, -60), rng.uniform(350, 365))
    x, y = ring.strokes[0][-1]
    size, on = rng.uniform(0.6, 1.4), rng.uniform(0.05, 0.5)
    loop = [x - 0.06 * size, y + 0.08 * size, x + 0.04 * size, y + 0.12 * size, x + 0.1 * size, y + 0.02 * size]
    end = through(x, y, *loop, x + 0.1 * size + on, y + rng.uniform(-0.08, 0.06), points=24)
    return GlyphTemplate([joined(ring.strokes[0], end)], 0.3, (-15, 30), (0.7, 1.1))


def one_bare(rng: RNG) -> GlyphTemplate:
    return GlyphTemplate([through(0.5, 0, 0.5 + rng.normal(0, 0.02), 0.5, 0.5, 1, points=16)], lean=(-12, 28))


def one_hooked(rng: RNG) -> GlyphTemplate:
    """Its end turns up again, as the pen goes on to the next digit."""
    long, up = rng.uniform(0.05, 0.32), rng.uniform(0.02, 0.22)
    stem = [0.5, 0, 0.5 + rng.normal(0, 0.02), 0.5, 0.5, 0.92]
    return GlyphTemplate([through(*stem, 0.5 + long / 3, 1, 0.5 + long, 1 - up, points=24)], lean=(-24, 26))


def _flag(rng: RNG, long: bool) -> Points:
    """From lower left up to the top of the stem."""
    length = rng.uniform(0.3, 0.9) if long else rng.uniform(0.08, 0.3)
    angle = np.radians(rng.uniform(18, 48 if long else 60))
    x, y = 0.5 - length * np.sin(angle), length * np.cos(angle)
    curled = not long and rng.random() < 0.3
    sag = rng.uniform(0.3, 0.5) * length if curled else rng.uniform(-0.04, 0.08)
    return through(x, y, (x + 0.5) / 2 + sag, y / 2 + sag, 0.5, 0, points=10)


def _stem(rng: RNG) -> Points:
    return through(0.5, 0, 0.5 + rng.normal(0, 0.02), 0.5, 0.5 + rng.normal(0, 0.03), 1, points=16)


def one_flagged(rng: RNG) -> GlyphTemplate:
    return GlyphTemplate([joined(_flag(rng, False), _stem(rng))], lean=(-10, 20), width=(0.6, 1.05))


def one_continental(rng: RNG) -> GlyphTemplate:
    return GlyphTemplate([joined(_flag(rng, True), _stem(rng))], 0.4, lean=(-10, 16), width=(0.6, 1.05))


def _foot(rng: RNG, widest: float) -> Points:
    left, right = rng.uniform(0.12, widest, 2)
    return line(0.5 - left, 1 + rng.normal(0, 0.02), 0.5 + right, 1 + rng.normal(0, 0.02))


def one_with_foot(rng: RNG) -> GlyphTemplate:
    top = 0.5 - rng.uniform(0.02, 0.1)
    return GlyphTemplate(
        [joined(line(top, rng.uniform(0.02, 0.12), 0.5, 0), _stem(rng)), _foot(rng, 0.34)], 0.28, (-8, 18)
    )


def one_flagged_with_foot(rng: RNG) -> GlyphTemplate:
    return GlyphTemplate([joined(_flag(rng, rng.random() < 0.4), _stem(rng)), _foot(rng, 0.48)], 0.4, (-8, 18))


TEMPLATES: Templates = {
    0: [
        (3, zero_closed),
        (1.5, zero_not_quite_closed),
        (1.5, zero_curled),
        (1, zero_hooked),
        (2.5, zero_slashed),
        (1, zero_looped),
    ],
    1: [
        (2, one_bare),
        (0.8, one_hooked),
        (3, one_flagged),
        (3, one_continental),
        (0.7, one_with_foot),
        (2, one_flagged_with_foot),
    ],
}
