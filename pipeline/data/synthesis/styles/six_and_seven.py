"""Templates of 6 and 7."""

import numpy as np

from pipeline.data.synthesis.polylines import Points, joined, line, through
from pipeline.data.synthesis.styles.template import RNG, GlyphTemplate, Templates


def _six(rng: RNG, stem: Points, bowl: tuple[float, float], sweep: float, inwards: float = 0) -> GlyphTemplate:
    """The stem, then a bowl (width, height) that starts at its left and goes round anticlockwise."""
    width, height = bowl
    t = np.linspace(0, np.radians(sweep), 44)
    radius = 0.5 * (1 - inwards * np.clip(t - 3.5, 0, None))
    x = stem[-1, 0] + width / 2 - radius * width * np.cos(t)
    y = 1 - height / 2 + radius * height * np.sin(t)
    return GlyphTemplate([joined(stem, np.stack([x, y], 1))], 0.8 * min(width, height), (-10, 30), (0.7, 1.1))


def six_curved(rng: RNG) -> GlyphTemplate:
    width, height = rng.uniform(0.48, 0.75), rng.uniform(0.36, 0.58)
    top, middle = rng.uniform(0.55, 0.85), 1 - height / 2
    stem = through(top, rng.uniform(0, 0.08), rng.uniform(0.3, 0.4), 0.22, 0.15, middle, points=20)
    return _six(rng, stem, (width, height), rng.uniform(335, 385))


def six_straight(rng: RNG) -> GlyphTemplate:
    """A slanted stem with a small bowl."""
    width, height = rng.uniform(0.34, 0.55), rng.uniform(0.3, 0.46)
    stem = line(rng.uniform(0.4, 0.7), 0, 0.15, 1 - height * rng.uniform(0.45, 0.6))
    return _six(rng, stem, (width, height), rng.uniform(340, 380))._replace(lean=(-10, 24), width=(0.85, 1.1))


def six_with_spur(rng: RNG) -> GlyphTemplate:
    """The bowl's end crosses the stem."""
    width, height = rng.uniform(0.45, 0.65), rng.uniform(0.36, 0.55)
    stem = through(rng.uniform(0.5, 0.8), 0, 0.28, 0.3, 0.15, 1 - height / 2, points=20)
    six = _six(rng, stem, (width, height), rng.uniform(300, 325))
    spur = line(*six.strokes[0][-1], 0.15 - rng.uniform(0, 0.12), 1 - height * rng.uniform(0.5, 0.75))
    return six._replace(strokes=[joined(*six.strokes, spur)])


def six_spiral(rng: RNG) -> GlyphTemplate:
    width, height = rng.uniform(0.6, 0.8), rng.uniform(0.48, 0.6)
    stem = through(rng.uniform(0.6, 0.85), 0.02, 0.35, 0.2, 0.15, 1 - height / 2, points=20)
    six = _six(rng, stem, (width, height), rng.uniform(350, 410), rng.uniform(0.05, 0.14))
    return six._replace(narrowest_gap=0.7 * six.narrowest_gap, width=(0.8, 1.1))


def six_not_closed(rng: RNG) -> GlyphTemplate:
    width, height = rng.uniform(0.5, 0.7), rng.uniform(0.38, 0.55)
    stem = through(rng.uniform(0.5, 0.8), 0, 0.3, 0.28, 0.15, 1 - height / 2, points=20)
    return _six(rng, stem, (width, height), rng.uniform(295, 330))


def _seven(rng: RNG, curved: bool = False, hook: bool = False, wave: float = 0) -> GlyphTemplate:
    left, corner, foot = rng.uniform(0.08, 0.2), rng.uniform(0.8, 0.92), rng.uniform(0.28, 0.55)
    rise = rng.uniform(-0.05, 0.03)
    bar = through(left, rise, 0.35, wave + rise / 2, 0.6, -wave / 2, corner, 0, points=16)
    if hook:
        bar = joined(line(left + rng.normal(0, 0.03), rise + rng.uniform(0.08, 0.24), left, rise), bar)
    bend = rng.uniform(-0.14, -0.05) if curved else rng.normal(0, 0.015)
    stem = through(corner, 0, (corner + foot) / 2 + bend, 0.48, foot, 1, points=16)
    return GlyphTemplate([joined(bar, stem)], 0.28 if hook or wave else 0.4, (-10, 13), (0.8, 1.05))


def seven_plain(rng: RNG) -> GlyphTemplate:
    return _seven(rng)


def seven_curved(rng: RNG) -> GlyphTemplate:
    return _seven(rng, curved=True, wave=rng.uniform(0, 0.04))


def seven_hooked(rng: RNG) -> GlyphTemplate:
    """A serif at the left of the bar."""
    return _seven(rng, curved=rng.random() < 0.4, hook=True)


def seven_wavy(rng: RNG) -> GlyphTemplate:
    return _seven(rng, curved=rng.random() < 0.5, hook=rng.random() < 0.3, wave=rng.uniform(0.04, 0.1))


def seven_curled(rng: RNG) -> GlyphTemplate:
    """Its head curls in; crossed or not."""
    seven = _seven(rng, curved=rng.random() < 0.5, wave=rng.uniform(0, 0.06))
    x, y = seven.strokes[0][0]
    size = rng.uniform(0.6, 1.3)
    curl = through(x + 0.16 * size, y + 0.1 * size, x + 0.08 * size, y + 0.2 * size, x - 0.03, y + 0.1 * size, x, y)
    strokes = [joined(curl, seven.strokes[0])]
    if rng.random() < 0.4:
        half, level = rng.uniform(0.14, 0.3), rng.uniform(0.45, 0.6)
        middle = seven.strokes[0][-16 + round(15 * level), 0]
        strokes.append(line(middle - half, level, middle + half, level + rng.normal(0, 0.04)))
    return seven._replace(strokes=strokes, narrowest_gap=0.26)


def seven_crossed(rng: RNG) -> GlyphTemplate:
    pick = rng.random(3)
    seven = _seven(rng, pick[0] < 0.4, pick[1] < 0.35, rng.uniform(0.03, 0.08) if pick[2] < 0.3 else 0)
    level, half, tilt = rng.uniform(0.42, 0.6), rng.uniform(0.14, 0.36), rng.normal(-0.03, 0.06)
    x = seven.strokes[0][-16 + round(15 * level), 0] + rng.normal(0, 0.04)
    bar = line(x - half, level - tilt, x + half, level + tilt)
    return seven._replace(strokes=[*seven.strokes, bar], narrowest_gap=0.33)


TEMPLATES: Templates = {
    6: [(3, six_curved), (2, six_straight), (1, six_with_spur), (1, six_spiral), (1.2, six_not_closed)],
    7: [
        (1.5, seven_plain),
        (1.2, seven_curved),
        (1.5, seven_hooked),
        (4, seven_crossed),
        (1.2, seven_wavy),
        (0.8, seven_curled),
    ],
}
