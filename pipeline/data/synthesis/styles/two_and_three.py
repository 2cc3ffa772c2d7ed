"""Templates of 2 and 3."""

from pipeline.data.synthesis.polylines import Points, joined, line, through
from pipeline.data.synthesis.styles.template import RNG, GlyphTemplate, Templates


def _two_top(rng: RNG, curl: bool = False) -> list[float]:
    """Knots from the first stroke's beginning to the right of the bow."""
    left, high = rng.uniform(0.12, 0.25), rng.uniform(0.18, 0.32)
    begin = [left + 0.14, high + 0.1, left + 0.02, high + 0.07] if curl else []
    return [*begin, left, high, 0.48, 0, rng.uniform(0.74, 0.88), rng.uniform(0.2, 0.32)]


def two_round(rng: RNG) -> GlyphTemplate:
    corner, low = rng.uniform(0.08, 0.2), rng.uniform(0.94, 1)
    bow = through(*_two_top(rng), rng.uniform(0.5, 0.62), 0.6, corner, low)
    base = line(corner, low, rng.uniform(0.75, 1), low + rng.normal(0, 0.03))
    return GlyphTemplate([joined(bow, base)], 0.42)


def two_curled(rng: RNG) -> GlyphTemplate:
    corner = rng.uniform(0.08, 0.2)
    bow = through(*_two_top(rng, True), rng.uniform(0.5, 0.62), 0.6, corner, 0.98, points=50)
    base = through(corner, 0.98, 0.5, 0.95 + rng.normal(0, 0.03), rng.uniform(0.8, 1), 0.98, points=12)
    return GlyphTemplate([joined(bow, base)], 0.28)


def two_looped(rng: RNG) -> GlyphTemplate:
    size = rng.uniform(0.7, 1.3)
    loop = [0.2, 0.95, 0.2 - 0.16 * size, 0.97, 0.2 - 0.15 * size, 0.97 - 0.16 * size, 0.32, 0.99 - 0.14 * size]
    tail = [0.62, 0.99, rng.uniform(0.88, 1.05), rng.uniform(0.84, 0.98)]
    return GlyphTemplate([through(*_two_top(rng, rng.random() < 0.5), 0.58, 0.6, *loop, *tail, points=80)], 0.33)


def two_angular(rng: RNG) -> GlyphTemplate:
    top, corner = rng.uniform(0.02, 0.14), rng.uniform(0.1, 0.2)
    bar = through(0.15, top + rng.uniform(0, 0.1), 0.45, top - 0.06, rng.uniform(0.75, 0.9), top, points=12)
    down = through(*bar[-1], 0.55, rng.uniform(0.45, 0.6), corner, 1, points=12)
    base = line(corner, 1, rng.uniform(0.8, 1), 1 + rng.normal(0, 0.03))
    return GlyphTemplate([joined(bar, down, base)], 0.38, (-10, 20))


def two_wavy(rng: RNG) -> GlyphTemplate:
    wave = rng.uniform(0.05, 0.12)
    bow = through(*_two_top(rng, rng.random() < 0.3), rng.uniform(0.5, 0.62), 0.6, 0.12, 0.97, points=50)
    base = through(0.12, 0.97, 0.38, 0.97 - wave, 0.68, 0.97 + wave / 2, rng.uniform(1, 1.3), 0.97 - wave, points=20)
    return GlyphTemplate([joined(bow, base)], 0.33, width=(0.6, 1))


def _three(rng: RNG, upper: Points, waist: tuple[float, float], curl: bool = False) -> GlyphTemplate:
    """The upper part, down to the waist, and a belly below."""
    x, y = waist
    belly = rng.uniform(0.78, 0.95)
    tail = [0.12, 0.84, *([0.14, 0.72, 0.28, 0.72] if curl else [])]
    lower = through(x, y, belly - 0.1, y + 0.07, belly, (y + 1) / 2 + 0.03, rng.uniform(0.4, 0.55), 1, *tail)
    return GlyphTemplate([joined(upper, lower)], (0.6 if curl else 0.75) * min(y, 1 - y), (-12, 24), (0.6, 1.1))


def three_round(rng: RNG) -> GlyphTemplate:
    x, y = rng.uniform(0.26, 0.5), rng.uniform(0.36, 0.56)
    bow = through(0.14, rng.uniform(0.1, 0.22), 0.45, 0, rng.uniform(0.7, 0.85), y * 0.45, 0.62, y * 0.88, x, y)
    return _three(rng, bow, (x, y), rng.random() < 0.25)


def three_flat(rng: RNG) -> GlyphTemplate:
    """An angular top: the letter Ezh."""
    x, y = rng.uniform(0.32, 0.48), rng.uniform(0.36, 0.46)
    return _three(rng, line(rng.uniform(0.1, 0.2), rng.normal(0, 0.03), rng.uniform(0.74, 0.9), 0, x, y), (x, y))


def three_looped(rng: RNG) -> GlyphTemplate:
    """A small loop between its bowls."""
    y, size = rng.uniform(0.4, 0.52), rng.uniform(0.6, 1.2)
    bow = [0.14, rng.uniform(0.1, 0.22), 0.45, 0, rng.uniform(0.7, 0.82), y * 0.45, 0.52, y * 0.92]
    loop = [0.36 - 0.06 * size, y + 0.06 * size, 0.36 - 0.08 * size, y - 0.05 * size, 0.48, y - 0.02]
    lower = [rng.uniform(0.8, 0.92), (y + 1) / 2 + 0.02, 0.45, 1, 0.12, 0.85]
    return GlyphTemplate([through(*bow, *loop, *lower, points=80)], 0.27, (-12, 24), (0.7, 1.15))


TEMPLATES: Templates = {
    2: [(2, two_round), (1.5, two_curled), (2, two_looped), (1.2, two_angular), (1.5, two_wavy)],
    3: [(3, three_round), (2, three_flat), (1.5, three_looped)],
}
