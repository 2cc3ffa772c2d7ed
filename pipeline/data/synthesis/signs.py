"""Signs between digits, as strokes in units of a digit's height: x to the right, y downwards, 0 at mid-height.

Each is a function rng -> strokes, centred on x = 0.
"""

from collections.abc import Callable

import numpy as np

from pipeline.data.synthesis.polylines import Strokes, arc, joined, line, through

RNG = np.random.Generator


def minus(rng: RNG) -> Strokes:
    half, y = rng.uniform(0.12, 0.4), rng.normal(0, 0.08)
    return [through(-half, y + rng.normal(0, 0.03), 0, y + rng.normal(0, 0.02), half, y)]


def plus(rng: RNG) -> Strokes:
    half, lean = rng.uniform(0.18, 0.4), rng.normal(0, 0.04, 2)
    return [line(-half, lean[0], half, -lean[0]), line(lean[1], -half, -lean[1], half)]


def equals(rng: RNG) -> Strokes:
    half, apart = rng.uniform(0.18, 0.4), rng.uniform(0.08, 0.18)
    return [line(-half, y + rng.normal(0, 0.02), half, y + rng.normal(0, 0.02)) for y in (-apart, apart)]


def slash(rng: RNG) -> Strokes:
    reach, half = rng.uniform(0.48, 0.85), rng.uniform(0.02, 0.5)  # some as upright as a 1
    y = rng.normal(0.03, 0.06)
    return [through(half, y - reach, rng.normal(0, 0.02), y, -half, y + reach)]


def backslash(rng: RNG) -> Strokes:
    return [stroke * [-1, 1] for stroke in slash(rng)]


def bar(rng: RNG) -> Strokes:
    reach, lean = rng.uniform(0.65, 0.9), rng.normal(0, 0.03)
    return [line(lean, -reach, -lean, reach)]


def point(rng: RNG) -> Strokes:
    y, size = 0.46 + rng.normal(0, 0.04), rng.uniform(0, 0.06)
    return [arc(0, y, size, size)] if rng.random() < 0.5 else [line(-size / 2, y, size / 2, y + size)]


def middle_point(rng: RNG) -> Strokes:
    return [stroke - [0, rng.uniform(0.3, 0.5)] for stroke in point(rng)]


def comma(rng: RNG) -> Strokes:
    y, long = 0.42 + rng.normal(0, 0.04), rng.uniform(0.12, 0.32)
    return [through(0.03, y, 0.05, y + long / 2, -0.08 - rng.uniform(0, 0.08), y + long)]


def quote(rng: RNG) -> Strokes:
    return [stroke - [0, rng.uniform(0.85, 1.0)] for stroke in comma(rng)]


def colon(rng: RNG) -> Strokes:
    low = point(rng)
    return [*low, *(stroke - [0, rng.uniform(0.3, 0.6)] for stroke in low)]


def open_bracket(rng: RNG) -> Strokes:
    reach, deep = rng.uniform(0.5, 0.8), rng.uniform(0.1, 0.28)
    return [through(deep / 2, -reach, -deep / 2, -reach * 0.4, -deep / 2, reach * 0.4, deep / 2, reach)]


def close_bracket(rng: RNG) -> Strokes:
    return [stroke * [-1, 1] for stroke in open_bracket(rng)]


def square_bracket(rng: RNG) -> Strokes:
    reach, deep = rng.uniform(0.55, 0.8), rng.uniform(0.15, 0.3) * rng.choice([-1, 1])
    return [line(deep / 2, -reach, -deep / 2, -reach, -deep / 2, reach, deep / 2, reach)]


def percent(rng: RNG) -> Strokes:
    size, away = rng.uniform(0.1, 0.2), rng.uniform(0.2, 0.32)
    if rng.random() < 0.4:  # without lifting the pen
        upper, lower = arc(-away, -0.28, size, size * 1.2, -60, 300), arc(away * 0.9, 0.25, size, size * 1.2, 200, 560)
        return [joined(upper, line(*upper[-1], away, -0.5), line(away, -0.5, -away, 0.5), line(*lower[0]), lower)]
    return [
        arc(-away, -0.28, size, size * 1.2),
        arc(away, 0.28, size, size * 1.2),
        line(away * 1.2, -0.5, -away * 1.2, 0.5),
    ]


def dollar(rng: RNG) -> Strokes:
    w = rng.uniform(0.2, 0.32)
    body = through(w, -0.32, 0, -0.45, -w, -0.25, 0, 0, w, 0.25, 0, 0.45, -w, 0.32)
    bars = [line(x, -0.62, x, 0.62) for x in ((0.0,) if rng.random() < 0.7 else (-0.06, 0.06))]
    return [body, *bars]


def euro(rng: RNG) -> Strokes:
    w = rng.uniform(0.28, 0.4)
    return [arc(0.05, 0, w, 0.48, 50, 310), *(line(-w - 0.12, y, w * 0.5, y) for y in (-0.1, 0.1))]


def pound(rng: RNG) -> Strokes:
    w = rng.uniform(0.2, 0.3)
    return [
        through(w, -0.35, 0.05, -0.5, -0.12, -0.25, -0.05, 0.15, -w, 0.48, 0, 0.42, w, 0.48),
        line(-w, 0, w * 0.7, 0),
    ]


def hash_sign(rng: RNG) -> Strokes:
    lean = rng.uniform(0, 0.12)
    upright = [line(x + lean, -0.5, x - lean, 0.5) for x in (-0.14, 0.14)]
    return [*upright, *(line(-0.35, y, 0.35, y) for y in (-0.16, 0.16))]


def times(rng: RNG) -> Strokes:
    half = rng.uniform(0.15, 0.35)
    return [line(-half, -half, half, half), line(half, -half, -half, half)]


def star(rng: RNG) -> Strokes:
    half = rng.uniform(0.1, 0.3)
    angles = np.arange(3) * np.pi / 3 + rng.uniform(0, 1)
    return [line(*(-half * v), *(half * v)) - [0, 0.15] for v in np.stack([np.cos(angles), np.sin(angles)], 1)]


def divide(rng: RNG) -> Strokes:
    return [*minus(rng), arc(0, -0.25, 0.03, 0.03), arc(0, 0.25, 0.03, 0.03)]


def tick(rng: RNG) -> Strokes:
    return [line(-0.3, rng.uniform(-0.1, 0.2), -0.1, 0.4, rng.uniform(0.3, 0.6), rng.uniform(-0.7, -0.3))]


def arrow(rng: RNG) -> Strokes:
    half = rng.uniform(0.3, 0.7)
    way = rng.choice([-1, 1])
    return [
        stroke * [way, 1] for stroke in (line(-half, 0, half, 0), line(half - 0.2, -0.15, half, 0, half - 0.2, 0.15))
    ]


def tilde(rng: RNG) -> Strokes:
    half = rng.uniform(0.2, 0.4)
    return [through(-half, 0.05, -half / 2, -0.08, 0, 0, half / 2, 0.08, half, -0.05)]


def root(rng: RNG) -> Strokes:
    return [line(-0.4, 0.1, -0.2, 0.5, 0, -0.6, rng.uniform(0.4, 1.0), -0.6)]


def question_mark(rng: RNG) -> Strokes:
    w, neck = rng.uniform(0.18, 0.32), rng.uniform(0.12, 0.26)
    return [
        through(-w, -0.28, -w * 0.3, -0.5, w, -0.3, w * 0.3, 0, 0, 0.05, rng.normal(0, 0.03), neck),
        *(stroke * [1, 0.9] for stroke in point(rng)),
    ]


def exclamation_mark(rng: RNG) -> Strokes:
    lean = rng.normal(0, 0.06)
    return [line(lean, -rng.uniform(0.45, 0.6), 0, rng.uniform(0.1, 0.25)), *point(rng)]


def ampersand(rng: RNG) -> Strokes:
    w = rng.uniform(0.22, 0.32)
    return [through(w, 0.5, -w * 0.5, -0.2, 0, -0.5, w * 0.4, -0.25, -w, 0.2, -w * 0.3, 0.5, w, 0.1)]


def at_sign(rng: RNG) -> Strokes:
    size, inner = rng.uniform(0.35, 0.48), rng.uniform(0.4, 0.55)
    return [
        arc(0, 0, size, size, 40, 360),
        arc(0, 0, size * inner, size * inner),
        line(size, 0, size * inner, size / 3),
    ]


def brace(rng: RNG) -> Strokes:
    reach, deep = rng.uniform(0.5, 0.75), rng.uniform(0.1, 0.2)
    way = rng.choice([-1, 1])
    knots = (deep, -reach, 0, -reach * 0.8, 0, -0.15, -deep, 0, 0, 0.15, 0, reach * 0.8, deep, reach)
    return [through(*knots) * [way, 1]]


def angle_bracket(rng: RNG) -> Strokes:
    half, wide = rng.uniform(0.2, 0.4), rng.uniform(0.15, 0.35) * rng.choice([-1, 1])
    return [line(wide, -half, -wide, 0, wide, half)]


SIGNS: dict[str, Callable[[RNG], Strokes]] = {
    "-": minus, "+": plus, "=": equals, "/": slash, "\\": backslash, "|": bar, ".": point, "·": middle_point,
    ",": comma, "'": quote, ":": colon, "(": open_bracket, ")": close_bracket, "[": square_bracket, "%": percent,
    "$": dollar, "€": euro, "£": pound, "#": hash_sign, "×": times, "*": star, "÷": divide, "✓": tick, "→": arrow,
    "~": tilde, "√": root, "?": question_mark, "!": exclamation_mark, "&": ampersand, "@": at_sign, "{": brace,
    "}": brace, "<": angle_bracket, ">": angle_bracket,
}  # fmt: skip
# A person may read these as a 1 where they stand alone; that they are none, what is around them tells.
LIKE_ONES = "/\\|.·,'!"
