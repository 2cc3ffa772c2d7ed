"""Forms of 0 to 3."""

import numpy as np

from pipeline.data.synthesis.polylines import joined, line, through
from pipeline.data.synthesis.styles.template import RNG, Form, Forms


def _ring(rng: RNG, start: float, sweep: float, inwards: float = 0) -> Form:
    """An oval from `start` degrees anticlockwise through `sweep`; beyond its first 330 degrees it may turn inwards."""
    t = np.linspace(0, np.radians(sweep), 56)
    radius = 0.5 * (1 + rng.uniform(-0.02, 0.02) * t - inwards * np.clip(t - np.radians(330), 0, None))
    width, egg = rng.uniform(0.5, 1), rng.normal(0, 0.06)
    y = radius * np.sin(np.radians(start) - t)
    x = radius * np.cos(np.radians(start) - t) * width * (1 + egg * y / 0.5)
    return Form([np.stack([0.5 + x, 0.5 + y], 1)], 0.75 * width, (-15, 30), (0.65, 1.1))


def zero_closed(rng: RNG) -> Form:
    return _ring(rng, rng.normal(-85, 40), rng.uniform(358, 385))


def zero_not_quite_closed(rng: RNG) -> Form:
    return _ring(rng, rng.normal(-80, 25), rng.uniform(335, 350))


def zero_curled(rng: RNG) -> Form:
    """Its end runs on inside, at the top."""
    ring = _ring(rng, rng.uniform(-90, -50), rng.uniform(380, 430), rng.uniform(0.1, 0.35))
    return ring._replace(room=0.7 * ring.room, width=(0.8, 1.15))


def zero_hooked(rng: RNG) -> Form:
    """The pen comes in from outside, at the top."""
    ring = _ring(rng, rng.uniform(-90, -60), rng.uniform(355, 370))
    x, y = ring.strokes[0][0]
    hook = line(x + rng.uniform(0.05, 0.14), y - rng.uniform(-0.02, 0.1), x, y)
    return ring._replace(strokes=[joined(hook, ring.strokes[0])], room=0.8 * ring.room, width=(0.8, 1.1))


def zero_slashed(rng: RNG) -> Form:
    ring = _ring(rng, rng.normal(-85, 40), rng.uniform(358, 375))
    half, steep = rng.uniform(0.2, 0.38), rng.uniform(1.2, 2)
    slash = line(0.5 + half, 0.5 - steep * half, 0.5 - half, 0.5 + steep * half)
    return Form([*ring.strokes, slash], 0.4 * ring.room, (-10, 14), (0.7, 1.1))


def one_bare(rng: RNG) -> Form:
    return Form([through(0.5, 0, 0.5 + rng.normal(0, 0.02), 0.5, 0.5, 1, points=16)], lean=(-12, 28))


def _flag(rng: RNG, long: bool) -> np.ndarray:
    """From lower left up to the top of the stem."""
    length = rng.uniform(0.3, 0.6) if long else rng.uniform(0.1, 0.3)
    angle = np.radians(rng.uniform(25, 46 if long else 54))
    x, y = 0.5 - length * np.sin(angle), length * np.cos(angle)
    sag = rng.uniform(-0.02, 0.06)
    return through(x, y, (x + 0.5) / 2 + sag, y / 2 + sag, 0.5, 0, points=10)


def _stem(rng: RNG) -> np.ndarray:
    return through(0.5, 0, 0.5 + rng.normal(0, 0.02), 0.5, 0.5 + rng.normal(0, 0.03), 1, points=16)


def one_flagged(rng: RNG) -> Form:
    return Form([joined(_flag(rng, False), _stem(rng))], lean=(-10, 20), width=(0.6, 1.05))


def one_continental(rng: RNG) -> Form:
    return Form([joined(_flag(rng, True), _stem(rng))], 0.4, lean=(-10, 16), width=(0.6, 1.05))


def _foot(rng: RNG, widest: float) -> np.ndarray:
    left, right = rng.uniform(0.16, widest, 2)
    return line(0.5 - left, 1 + rng.normal(0, 0.02), 0.5 + right, 1 + rng.normal(0, 0.02))


def one_with_foot(rng: RNG) -> Form:
    top = 0.5 - rng.uniform(0.02, 0.1)
    return Form([joined(line(top, rng.uniform(0.02, 0.12), 0.5, 0), _stem(rng)), _foot(rng, 0.26)], 0.28, (-8, 18))


def one_flagged_with_foot(rng: RNG) -> Form:
    return Form([joined(_flag(rng, rng.random() < 0.4), _stem(rng)), _foot(rng, 0.38)], 0.4, (-8, 18))


def _two_top(rng: RNG, curl: bool = False) -> list[float]:
    """Knots from the first stroke's beginning to the right of the bow."""
    left, high = rng.uniform(0.12, 0.25), rng.uniform(0.18, 0.32)
    begin = [left + 0.14, high + 0.1, left + 0.02, high + 0.07] if curl else []
    return [*begin, left, high, 0.48, 0, rng.uniform(0.74, 0.88), rng.uniform(0.2, 0.32)]


def two_round(rng: RNG) -> Form:
    corner, low = rng.uniform(0.08, 0.2), rng.uniform(0.94, 1)
    bow = through(*_two_top(rng), rng.uniform(0.5, 0.62), 0.6, corner, low)
    base = line(corner, low, rng.uniform(0.75, 1), low + rng.normal(0, 0.03))
    return Form([joined(bow, base)], 0.42)


def two_curled(rng: RNG) -> Form:
    corner = rng.uniform(0.08, 0.2)
    bow = through(*_two_top(rng, True), rng.uniform(0.5, 0.62), 0.6, corner, 0.98, points=50)
    base = through(corner, 0.98, 0.5, 0.95 + rng.normal(0, 0.03), rng.uniform(0.8, 1), 0.98, points=12)
    return Form([joined(bow, base)], 0.28)


def two_looped(rng: RNG) -> Form:
    size = rng.uniform(0.7, 1.3)
    loop = [0.2, 0.95, 0.2 - 0.16 * size, 0.97, 0.2 - 0.15 * size, 0.97 - 0.16 * size, 0.32, 0.99 - 0.14 * size]
    tail = [0.62, 0.99, rng.uniform(0.88, 1.05), rng.uniform(0.84, 0.98)]
    return Form([through(*_two_top(rng, rng.random() < 0.3), 0.58, 0.6, *loop, *tail, points=80)], 0.33)


def two_angular(rng: RNG) -> Form:
    top, corner = rng.uniform(0.02, 0.14), rng.uniform(0.1, 0.2)
    bar = through(0.15, top + rng.uniform(0, 0.1), 0.45, top - 0.06, rng.uniform(0.75, 0.9), top, points=12)
    down = through(*bar[-1], 0.55, rng.uniform(0.45, 0.6), corner, 1, points=12)
    base = line(corner, 1, rng.uniform(0.8, 1), 1 + rng.normal(0, 0.03))
    return Form([joined(bar, down, base)], 0.38, (-10, 20))


def two_wavy(rng: RNG) -> Form:
    wave = rng.uniform(0.05, 0.12)
    bow = through(*_two_top(rng, rng.random() < 0.3), rng.uniform(0.5, 0.62), 0.6, 0.12, 0.97, points=50)
    base = through(0.12, 0.97, 0.38, 0.97 - wave, 0.68, 0.97 + wave / 2, rng.uniform(1, 1.3), 0.97 - wave, points=20)
    return Form([joined(bow, base)], 0.33, width=(0.6, 1))


def _three(rng: RNG, upper: np.ndarray, waist: tuple[float, float], curl: bool = False) -> Form:
    """The upper part, down to the waist, and a belly below."""
    x, y = waist
    belly = rng.uniform(0.78, 0.95)
    tail = [0.12, 0.84, *([0.14, 0.72, 0.28, 0.72] if curl else [])]
    lower = through(x, y, belly - 0.1, y + 0.07, belly, (y + 1) / 2 + 0.03, rng.uniform(0.4, 0.55), 1, *tail)
    return Form([joined(upper, lower)], (0.6 if curl else 0.75) * min(y, 1 - y), (-12, 24), (0.6, 1.1))


def three_round(rng: RNG) -> Form:
    x, y = rng.uniform(0.26, 0.5), rng.uniform(0.36, 0.56)
    bow = through(0.14, rng.uniform(0.1, 0.22), 0.45, 0, rng.uniform(0.7, 0.85), y * 0.45, 0.62, y * 0.88, x, y)
    return _three(rng, bow, (x, y), rng.random() < 0.25)


def three_flat(rng: RNG) -> Form:
    """An angular top: the letter Ezh."""
    x, y = rng.uniform(0.32, 0.48), rng.uniform(0.36, 0.46)
    return _three(rng, line(rng.uniform(0.1, 0.2), rng.normal(0, 0.03), rng.uniform(0.74, 0.9), 0, x, y), (x, y))


def three_looped(rng: RNG) -> Form:
    """A small loop between its bowls."""
    y, size = rng.uniform(0.4, 0.52), rng.uniform(0.6, 1.2)
    bow = [0.14, rng.uniform(0.1, 0.22), 0.45, 0, rng.uniform(0.7, 0.82), y * 0.45, 0.52, y * 0.92]
    loop = [0.36 - 0.06 * size, y + 0.06 * size, 0.36 - 0.08 * size, y - 0.05 * size, 0.48, y - 0.02]
    lower = [rng.uniform(0.8, 0.92), (y + 1) / 2 + 0.02, 0.45, 1, 0.12, 0.85]
    return Form([through(*bow, *loop, *lower, points=80)], 0.27, (-12, 24), (0.7, 1.15))


FORMS: Forms = {
    0: [(3, zero_closed), (1.5, zero_not_quite_closed), (1.5, zero_curled), (1, zero_hooked), (2, zero_slashed)],
    1: [(2, one_bare), (3, one_flagged), (3, one_continental), (0.7, one_with_foot), (2, one_flagged_with_foot)],
    2: [(2, two_round), (1.5, two_curled), (2, two_looped), (1.2, two_angular), (1.5, two_wavy)],
    3: [(3, three_round), (2, three_flat), (1.5, three_looped)],
}
