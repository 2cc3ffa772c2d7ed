"""What people write: one digit, numbers, dates, amounts, columns, letters, drawings; each adds to a layout."""

import numpy as np

from pipeline.data.synthesis.pages.layout import Hand, Layout, Role, Stroke
from pipeline.data.synthesis.scribbles import DRAWINGS
from pipeline.data.synthesis.signs import SIGNS

RNG = np.random.Generator

# d is a digit, L a letter, blank a gap, n a run of one to six digits; LOOKALIKES are themselves, all others are signs.
DATES_AND_PHONES = (
    "dd/dd/dddd", "dd/dd/dd", "d/d/dddd", "dd/dd", "d/d/dd", "dddd/dd/dd", "dd.dd.dddd", "d.d.dd", "dd-dd-dddd",
    "dddd-dd-dd", "d/dd/dd", "dd/d/dd", "d-d-dd", "(ddd) ddd-dddd", "(ddd)ddd-dddd", "ddd-dddd", "-ddd--ddd",
    "+dd ddd dddddd", "(dd) dddd dddd", "ddd/dddddd", "+d (ddd) ddd-dd-dd", "(dddd) n", "ddd-ddd-dddd", "n/n",
)  # fmt: skip
LETTERED = (
    "LL n",
    "n LL",
    "L n",
    "n L",
    "LLL n LL",
    "L-n",
    "dLd",
    "Ln",
    "nL",
    "LLLL n",
    "n LLLL",
    "L=n",
    "L:n",
    "LL.n",
    "LL. n",
    "nLL",
    "n x n",
    "L = n",
    "n LLL",
    "Lo n",
    "Lo. n",
    "n Lg",
    "nLg",
    "n LLg",
    "LoL n",
    "n LoLo",
    "SLL n",
    "OL n",
    "bLL n",
    "LlL n",
    "n LzL",
    "LsL n",
    "ZLL: n",
    "LoLLo n",
)
# Letters that look like a digit: which, and how high they are and how far their middle is below the line's, in heights
# of a digit. Only what stands around them tells which they are, so they are written in words alone.
LOOKALIKES = {
    "o": (0, 0.62, 0.17), "O": (0, 1.0, 0.0), "g": (9, 0.85, 0.3), "S": (5, 1.0, 0.0), "s": (5, 0.62, 0.17),
    "b": (6, 1.0, 0.0), "l": (1, 1.05, 0.0), "Z": (2, 1.0, 0.0), "z": (2, 0.6, 0.18),
}  # fmt: skip
PATTERNS = (
    "$n", "$n.dd", "$n,ddd.dd",
    "n €", "€n,dd", "£n.dd", "n,dd €", "n%", "n.d %", "n = n", "n+n=n", "n-n", "n - n = n", "n×n", "n÷n", "=n", "-n",
    "+n", "n+", "n-", "(n)", "[n]", "#n", "n.", "n,", "n:", "n:dd", "dd:dd", "dd:dd:dd", "n'", "n*", "*n", "n)", "(n",
    "n|n", "→n", "n→n", "~n", "√n", "n✓", "✓n",
    "n·n", "n\\n", "n?", "n!", "n&n", "@n", "<n", "n>n", "{n}",
)  # fmt: skip


def text(pattern: str, rng: RNG) -> str:
    """The pattern with its runs of digits spelled out."""
    return "".join("d" * int(rng.integers(1, 7)) if each == "n" else each for each in pattern)


def random_pattern(rng: RNG) -> str:
    kind = rng.random()
    patterns = DATES_AND_PHONES if kind < 0.32 else LETTERED if kind < 0.64 else PATTERNS
    return text(patterns[rng.integers(len(patterns))], rng)


def write_line(layout: Layout, hand: Hand, what: str, x: float, y: float, gap: float, height: float = 1.0) -> float:
    """Characters one after the other from `x` on, their middles near `y`, `gap` apart; returns where they end."""
    rng = hand.rng
    for each in what:
        space = gap + rng.normal(0, 0.25) * max(abs(gap), 0.06)
        if each == "d":
            x = hand.put_after(layout, hand.random_digit(), x, y + rng.normal(0, 0.04), height, True) + space
        elif each == "L":
            size = height * rng.uniform(0.55, 1.05)
            low = y + (height - size) / 2 * rng.uniform(0, 1)
            x = hand.put_after(layout, hand.random_letter(), x, low, size, False) + space
        elif each in LOOKALIKES:
            label, tall, below = LOOKALIKES[each]
            size = height * tall * rng.uniform(0.88, 1.12)
            x = hand.put_after(layout, hand.digit_like(label), x, y + height * below, size, False) + space
        elif each == " ":
            x += height * rng.uniform(0.3, 0.8)
        else:
            x = write_sign(layout, hand, each, x, y, height) + max(space, 0.02)
    return x


def write_sign(layout: Layout, hand: Hand, sign: str, left: float, y: float, height: float) -> float:
    """A sign from `left` on; returns where it ends."""
    rng = hand.rng
    size = height * rng.lognormal(0, 0.12)
    drawn = [stroke * size + rng.normal(0, 0.012, stroke.shape) for stroke in SIGNS.get(sign, SIGNS["-"])(rng)]
    every = np.concatenate(drawn)
    low, high = every[:, 0].min(), every[:, 0].max()
    shift, lean = np.array([left - low, y]), np.array([hand.slant / 2, 0])
    slanted = [stroke + shift - lean * stroke[:, 1:] for stroke in drawn]
    layout.strokes += [Stroke(stroke, Role.WRITING) for stroke in slanted]
    return left + high - low


def any_gap(rng: RNG) -> float:
    """Between digits, in heights: mostly apart, often touching, sometimes far."""
    kind = rng.random()
    if kind < 0.3:
        return rng.uniform(-0.12, 0.03)
    return rng.uniform(0.05, 0.3) if kind < 0.8 else rng.uniform(0.3, 1.0)


def draw_thing(layout: Layout, hand: Hand, centre: tuple[float, float], size: float) -> None:
    """A doodle or drawing, as high as `size`."""
    rng = hand.rng
    weights = np.array(list(DRAWINGS.values()))
    strokes = list(DRAWINGS)[rng.choice(len(DRAWINGS), p=weights / weights.sum())](rng)
    layout.strokes += [Stroke(np.asarray(each) * size / 2 + centre, Role.WRITING) for each in strokes]


def scribble_out(layout: Layout, hand: Hand, centre: tuple[float, float], size: tuple[float, float]) -> None:
    """A mistake made unreadable: a dense zigzag over where it was."""
    rng = hand.rng
    n = int(rng.integers(10, 26))
    x = np.linspace(-0.5, 0.5, n) + rng.normal(0, 0.05, n)
    y = np.where(np.arange(n) % 2, 0.5, -0.5) * rng.uniform(0.7, 1.1, n)
    points = np.stack([x * size[0], y * size[1]], 1)
    layout.strokes.append(Stroke(points + centre, Role.WRITING))
    if rng.random() < 0.5:
        layout.strokes.append(Stroke(points[:, ::-1] * [size[0] / size[1], size[1] / size[0]] + centre, Role.WRITING))
