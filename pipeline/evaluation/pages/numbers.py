"""Numbers as people write them: with signs or letters between, touching, in a column, tilted, beside a blot."""

from collections.abc import Sequence
from dataclasses import replace

import cv2
import numpy as np

from pipeline.evaluation.pages.ink import Digit, Ink, by_hand, enlarged, nothing, put, rotated, stroke, stroke_width
from pipeline.evaluation.pages.line import Hand, random_hand, touching, written
from pipeline.evaluation.pages.look import Picture, page, random_look

DATES = (
    "dd/dd/dd", "d/d/dddd", "dd/dd/dddd", "d/dd/dd", "dd/d/dd", "dd.dd.dddd", "d.d.dd", "dd.dd.dd", "dd-dd-dd",
    "dddd-dd-dd", "d-d-dd", "d/d/dd",
)  # fmt: skip
PHONES = (
    "(ddd) ddd-dddd", "(ddd) ddd", "+dd ddd dddd", "dddd/dddddd", "ddd-dddd", "(dddd) ddddd", "+dd (d) ddd ddd",
    "ddd-ddd-dddd", "dd dd dd dd", "ddd – dddd",
)  # fmt: skip
AMOUNTS = (
    "$ddd", "$d,ddd.dd", "ddd €", "€ dd,dd", "dd,dd €", "dd %", "d.d %", "dd.dd", "d,dd", "+dd", "-ddd", "$dd.dd",
    "d+d=dd", "dd-d=dd", "dd+dd=ddd", "dd,-", "dd,– €", "=ddd",
)  # fmt: skip
LABELLED = (
    "No ddd", "Nr dddd", "No. dd", "ddd kg", "dd cm", "ddd m", "d km", "Art dddd", "dd EUR", "CHF ddd", "x = dd",
    "ddd kW", "Pk ddd", "Art. dddddd", "A dd", "dd x d", "U ddd", "dd km",
)  # fmt: skip


def lengths(patterns: Sequence[str]) -> tuple[int, ...]:
    """How many digits each pattern takes."""
    return tuple(pattern.count("d") for pattern in patterns)


def _of(patterns: Sequence[str], digits: Sequence[Digit], rng: np.random.Generator) -> Picture:
    """One of the patterns that take so many digits."""
    fitting = [pattern for pattern in patterns if pattern.count("d") == len(digits)]
    pattern = str(rng.choice(fitting))
    return _on_page(written(pattern, digits, random_hand(rng, len(pattern)), rng), rng)


def _on_page(ink: Ink, rng: np.random.Generator, margins: tuple[float, float] = (0.2, 1.2)) -> Picture:
    """Ink with margins of so many times its height, within 200 pixels, on each side of its own."""
    before_y, after_y, before_x, after_x = (
        round(float(np.clip(ink.shape[0] * rng.uniform(*margins), 8, 200))) for _ in range(4)
    )
    look = random_look(rng)
    sheet = np.pad(ink, ((before_y, after_y), (before_x, after_x)))
    return page([(sheet, look.pen)], look, rng)


def date(digits: Sequence[Digit], rng: np.random.Generator) -> Picture:
    """A date with slashes, points or dashes."""
    return _of(DATES, digits, rng)


def phone(digits: Sequence[Digit], rng: np.random.Generator) -> Picture:
    """A phone number with brackets, dashes, a plus."""
    return _of(PHONES, digits, rng)


def amount(digits: Sequence[Digit], rng: np.random.Generator) -> Picture:
    """An amount or a sum with $ € % , . + - =."""
    return _of(AMOUNTS, digits, rng)


def labelled(digits: Sequence[Digit], rng: np.random.Generator) -> Picture:
    """A number with letters before or after it."""
    return _of(LABELLED, digits, rng)


def touching_digits(digits: Sequence[Digit], rng: np.random.Generator) -> Picture:
    """Digits that touch or overlap a little."""
    return _on_page(touching(digits, random_hand(rng, len(digits), least=40), rng), rng)


def long_and_tight(digits: Sequence[Digit], rng: np.random.Generator) -> Picture:
    """A long number cropped closely: a margin of at most 15 % of its height."""
    ink = written("d" * len(digits), digits, replace(random_hand(rng, len(digits)), gaps=(0.02, 0.15)), rng)
    look, margin = random_look(rng), round(ink.shape[0] * rng.uniform(0, 0.15))
    return page([(np.pad(ink, margin), look.pen)], look, rng)


def tilted(digits: Sequence[Digit], rng: np.random.Generator) -> Picture:
    """A line that rises or falls by 3 to 15 degrees."""
    ink = written("d" * len(digits), digits, random_hand(rng, len(digits)), rng)
    return _on_page(rotated(ink, rng.uniform(3, 15) * rng.choice([-1, 1])), rng, (0.1, 0.4))


def column(digits: Sequence[Digit], rng: np.random.Generator) -> Picture:
    """Numbers below each other, the last one under a line: a sum."""
    hand = random_hand(rng, 6, most=120)
    rows = min(max(3, len(digits) // 3), 5)
    sizes = sorted(len(part) for part in np.array_split(np.arange(len(digits)), rows))
    ends = np.cumsum(sizes)
    numbers = [written("d" * n, digits[end - n : end], hand, rng) for n, end in zip(sizes, ends, strict=True)]
    if rng.random() < 0.4:  # the sign of the sum stands before the last addend
        n, end = sizes[-2], ends[-2]
        numbers[-2] = written(str(rng.choice(["+ ", "- "])) + "d" * n, digits[end - n : end], hand, rng)
    width = max(ink.shape[1] for ink in numbers)
    step = hand.height * rng.uniform(1.25, 1.6)
    sheet = nothing(step * rows + hand.height, width + 0.4 * hand.height)
    right = width + 0.2 * hand.height
    pen = stroke_width(numbers[-1])
    gap = max(0.12 * hand.height, step - hand.height) / 2
    for k, ink in enumerate(numbers):
        under_line = 2 * gap * (k == rows - 1)
        middle = 0.1 * hand.height + k * step + hand.height / 2 + under_line
        put(sheet, ink, right - ink.shape[1] + rng.uniform(-0.1, 0.1) * hand.height, middle - ink.shape[0] / 2)
    y = 0.1 * hand.height + (rows - 1) * step + gap / 2
    ends_x = np.array([(rng.uniform(0, 0.15) * hand.height, y), (right + 0.15 * hand.height, y)])
    stroke(sheet, by_hand(ends_x, 0.01 * hand.height, rng), pen * rng.uniform(0.5, 1.1))
    return _on_page(sheet, rng, (0.05, 0.4))


def beside_a_blot(digits: Sequence[Digit], rng: np.random.Generator) -> Picture:
    """A number, and before or after it something that was written and crossed out until nobody can read it."""
    hand = random_hand(rng, len(digits) + 3)
    number = written("d" * len(digits), digits, hand, rng)
    blot = _blot(digits[int(rng.integers(len(digits)))], hand, stroke_width(number), rng)
    gap = np.zeros((1, round(hand.height * rng.uniform(0.3, 0.9))), np.float32)
    parts = [number, gap, blot] if rng.random() < 0.5 else [blot, gap, number]
    height = max(len(part) for part in parts)
    centred = [np.pad(part, (((height - len(part)) // 2, (height - len(part) + 1) // 2), (0, 0))) for part in parts]
    return _on_page(np.concatenate(centred, axis=1), rng)


def _blot(digit: Digit, hand: Hand, pen: float, rng: np.random.Generator) -> Ink:
    """A digit under a dense zigzag."""
    under = enlarged(cv2.flip(digit, 1).astype(np.uint8), hand.height, hand.thinner)
    height, width = hand.height * rng.uniform(0.8, 1.1), hand.height * rng.uniform(0.8, 1.6)
    sheet = nothing(height + 4 * pen, width + 4 * pen)
    put(sheet, under, (sheet.shape[1] - under.shape[1]) / 2, (sheet.shape[0] - under.shape[0]) / 2)
    for _ in range(int(rng.integers(1, 3))):
        turns = int(rng.integers(5, 14))
        across = np.linspace(0, 1, turns) + rng.uniform(-0.04, 0.04, turns)
        up = np.where(np.arange(turns) % 2, rng.uniform(0.0, 0.2, turns), rng.uniform(0.8, 1.0, turns))
        zigzag = np.stack([across * width, up * height], 1)
        if rng.random() < 0.5:
            zigzag = np.stack([up * width, across * height], 1)
        stroke(sheet, by_hand(zigzag + 2 * pen, 0.015 * hand.height, rng), pen * rng.uniform(0.6, 1.1))
    return sheet
