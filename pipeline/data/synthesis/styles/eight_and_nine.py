"""Templates of 8 and 9."""

import numpy as np

from pipeline.data.synthesis.polylines import arc, joined, line, through
from pipeline.data.synthesis.styles.template import RNG, GlyphTemplate, Templates


def eight_circles(rng: RNG) -> GlyphTemplate:
    """One ring on the other: apart by a hair, touching or overlapping."""
    waist, meet = rng.uniform(0.4, 0.54), rng.normal(0, 0.012)
    upper, lower = rng.uniform(0.22, 0.32), rng.uniform(0.25, 0.38)
    top = arc(0.5 + rng.normal(0, 0.03), waist / 2 + meet, upper, waist / 2, *_whole_turn(rng))
    bottom = arc(0.5, (1 + waist) / 2, lower, (1 - waist) / 2, *_whole_turn(rng))
    return GlyphTemplate([top, bottom], 0.8 * min(waist, 1 - waist, 2 * upper))


def _whole_turn(rng: RNG) -> tuple[float, float]:
    start = rng.uniform(180, 360)
    return start, start + rng.uniform(355, 378)


def _eight(rng: RNG, start: float, sweep: float) -> GlyphTemplate:
    """A figure of eight in one stroke, from `start` degrees after the top; its loops unequal."""
    waist, upper, lower = rng.uniform(0.36, 0.56), rng.uniform(0.26, 0.36), rng.uniform(0.3, 0.42)
    t = np.radians(np.linspace(start, start + sweep, 72))
    y = (1 - np.cos(t)) / 4 + np.arccos(np.cos(t)) / (2 * np.pi)  # its loops rounder than those of a lemniscate
    y = np.interp(y, [0, 0.5, 1], [0, waist, 1])
    sides = np.sin(2 * t)
    x = 0.5 - np.sign(sides) * np.abs(sides) ** rng.uniform(0.7, 1) * np.where(y < waist, upper, lower)
    return GlyphTemplate([np.stack([x, y], 1)], 0.75 * min(waist, 1 - waist, 2 * upper))


def eight_in_one_stroke(rng: RNG) -> GlyphTemplate:
    return _eight(rng, rng.uniform(-50, 50), rng.uniform(355, 372))


def eight_open_at_top(rng: RNG) -> GlyphTemplate:
    """Its ends do not quite meet, or cross and stick out."""
    if rng.random() < 0.5:
        gap = rng.uniform(8, 18)
        return _eight(rng, gap, 360 - 2 * gap)
    eight = _eight(rng, 35, 325)
    x, y = eight.strokes[0][0]
    return eight._replace(strokes=[joined(line(x + 0.12, y - rng.uniform(0.05, 0.15), x, y), *eight.strokes)])


def eight_from_s(rng: RNG) -> GlyphTemplate:
    """An S whose end goes straight back up to its beginning, past it, or not quite."""
    waist, right = rng.uniform(0.42, 0.52), rng.uniform(0.72, 0.84)
    lower = [0.5, waist, rng.uniform(0.78, 0.88), (1 + waist) / 2 + 0.04, 0.48, 1, rng.uniform(0.12, 0.22), 0.8]
    begin = [right, waist * rng.uniform(0.3, 0.45), 0.5, 0, 0.24, waist / 2]
    back = [0.4, waist + 0.06, right - 0.08, waist * rng.uniform(0.35, 0.6), right + rng.uniform(-0.05, 0.1), 0.06]
    return GlyphTemplate([through(*begin, *lower, *back, points=72)], 0.3)


def eight_angular(rng: RNG) -> GlyphTemplate:
    waist, upper, lower = rng.uniform(0.42, 0.5), rng.uniform(0.22, 0.3), rng.uniform(0.24, 0.34)
    top, low = waist * rng.uniform(0.4, 0.55), waist + (1 - waist) * rng.uniform(0.45, 0.6)
    body = line(0.5, 0, 0.5 - upper, top, 0.5 + lower, low, 0.5, 1, 0.5 - lower, low, 0.5 + upper, top, 0.5, 0)
    return GlyphTemplate([body], 0.3)


def _nine(
    rng: RNG, loop: tuple[float, float], tail: list[float], start: float = 0, lift: bool = False
) -> GlyphTemplate:
    """A loop (width, height) from `start` degrees past its right, anticlockwise, then a stem through `tail`."""
    width, height = loop
    right = 0.8
    t = np.radians(np.linspace(-25 - start, -25 - rng.uniform(325, 350), 40))
    ring = np.stack([right - width / 2 + width / 2 * np.cos(t), height / 2 + height / 2 * np.sin(t)], 1)
    stem = through(*ring[-1], *tail, points=24)
    if lift:
        stem = through(right + 0.01, rng.uniform(-0.02, 0.08), right, height / 2, *tail, points=24)
    return GlyphTemplate(
        [ring, stem] if lift else [joined(ring, stem)], 0.8 * min(width, height), (-7, 28), (0.72, 1.2)
    )


def nine_straight(rng: RNG) -> GlyphTemplate:
    """A closed loop and a straight stem, upright or slanted."""
    foot = rng.uniform(0.45, 0.82)
    loop = rng.uniform(0.5, 0.75), rng.uniform(0.4, 0.58)
    return _nine(rng, loop, [(0.8 + foot) / 2, 0.65, foot, 1], lift=rng.random() < 0.5)


def nine_curved(rng: RNG) -> GlyphTemplate:
    """A tail like that of g."""
    tail = [0.79, 0.7, rng.uniform(0.45, 0.6), 1, rng.uniform(0.1, 0.25), rng.uniform(0.86, 0.95)]
    return _nine(rng, (rng.uniform(0.5, 0.72), rng.uniform(0.4, 0.55)), tail)


def nine_not_closed(rng: RNG) -> GlyphTemplate:
    foot = rng.uniform(0.5, 0.8)
    loop = rng.uniform(0.5, 0.7), rng.uniform(0.42, 0.55)
    return _nine(rng, loop, [(0.8 + foot) / 2, 0.65, foot, 1], start=rng.uniform(12, 27))


def nine_small_loop(rng: RNG) -> GlyphTemplate:
    foot = rng.uniform(0.35, 0.75)
    loop = rng.uniform(0.36, 0.5), rng.uniform(0.3, 0.4)
    return _nine(rng, loop, [(0.82 + foot) / 2, 0.6, foot, 1])


def nine_hooked(rng: RNG) -> GlyphTemplate:
    """The stem ends in a hook."""
    x, left, size = rng.uniform(0.68, 0.78), rng.random() < 0.75, rng.uniform(0.6, 1.6)
    end = [x - 0.14 * size, 1, x - 0.24 * size, 1 - 0.07 * size] if left else [x + 0.06, 1, x + 0.16 * size, 0.95]
    return _nine(rng, (rng.uniform(0.5, 0.68), rng.uniform(0.4, 0.52)), [0.78, 0.6, x, 0.9, *end])


TEMPLATES: Templates = {
    8: [
        (2.5, eight_circles),
        (3, eight_in_one_stroke),
        (1, eight_from_s),
        (1.5, eight_open_at_top),
        (1, eight_angular),
    ],
    9: [(2.5, nine_straight), (2, nine_curved), (1, nine_not_closed), (1, nine_small_loop), (1.2, nine_hooked)],
}
