"""Digits, signs and letters on one line, written with one pen."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from pipeline.evaluation.pages.ink import Digit, Ink, cropped, enlarged, nothing, put, stroke_width
from pipeline.evaluation.pages.signs import letter, sign

SPACE = 0.35  # heights of a digit
LONGEST = 1000  # pixels of a line
DEEPEST = 0.3  # of a digit's width: how far it slides beside a slanted neighbour until the two touch


@dataclass(frozen=True)
class Hand:
    """How somebody writes: digits `height` pixels high, gaps between them in heights, strokes thinner than MNIST's."""

    height: float
    gaps: tuple[float, float] = (0.06, 0.25)
    thinner: float = 0.0
    jitter: float = 0.05  # of the digits' sizes and places, in heights


@dataclass
class Line:
    """A line as it grows to the right: its ink and the right end of what is written, in pixels."""

    ink: Ink
    top: float
    x: float = 0.0

    def add(self, piece: Ink, x: float, y: float) -> None:
        left, top = round(x), round(self.top + y)
        put(self.ink, piece, left, top)
        self.x = max(self.x, left + piece.shape[1])


def random_hand(rng: np.random.Generator, characters: int, least: float = 30, most: float = 200) -> Hand:
    """Digits from `least` to `most` pixels high, such that a line of so many characters fits a page."""
    most = max(least, min(most, LONGEST / characters))
    height = float(np.exp(rng.uniform(np.log(least), np.log(most))))
    return Hand(height, (0.06, rng.uniform(0.1, 0.3)), thinner=rng.uniform(-0.1, 0.35))


def pieces(digits: Sequence[Digit], hand: Hand, rng: np.random.Generator) -> list[Ink]:
    """Each digit as the hand writes it."""
    sizes = hand.height * (1 + hand.jitter * rng.uniform(-1, 1, len(digits)))
    return [enlarged(digit, size, hand.thinner) for digit, size in zip(digits, sizes, strict=True)]


def pen_of(inks: Sequence[Ink]) -> float:
    """The width in pixels of the pen that wrote the digits."""
    return float(np.median([stroke_width(ink) for ink in inks]))


def written(pattern: str, digits: Sequence[Digit], hand: Hand, rng: np.random.Generator) -> Ink:
    """`pattern` with the digits, one after the other, for each "d" in it, cropped to the ink.

    A space is a gap; other characters are those of `signs`.
    """
    inks = pieces(digits, hand, rng)
    pen, left = pen_of(inks), iter(inks)
    line = Line(nothing(3 * hand.height, (1.6 * len(pattern) + 2) * hand.height), top=hand.height)
    for character in pattern:
        gap = hand.height * rng.uniform(*hand.gaps) if line.x else 0.0
        if character == " ":
            line.x += SPACE * hand.height
        elif character == "d":
            _add_digit(line, left, hand, line.x + gap, rng)
        else:
            draw = letter if character.isalpha() else sign
            ink, y = draw(character, hand.height, pen, rng)
            line.add(ink, line.x + gap, y)
    return cropped(line.ink)


def touching(digits: Sequence[Digit], hand: Hand, rng: np.random.Generator) -> Ink:
    """Digits that touch, or overlap by up to a tenth of their width."""
    line = Line(nothing(3 * hand.height, (1.6 * len(digits) + 2) * hand.height), top=hand.height)
    inks = pieces(digits, hand, rng)
    for before, ink in zip([None, *inks], inks, strict=False):
        y = (hand.height - ink.shape[0]) / 2
        x = line.x
        if before is not None:
            deeper = rng.uniform(0, 0.1) * ink.shape[1]
            x -= min(_free(before, ink) + deeper, DEEPEST * min(ink.shape[1], before.shape[1]))
        line.add(ink, x, y)
    return cropped(line.ink)


def _add_digit(line: Line, left: Iterator[Ink], hand: Hand, x: float, rng: np.random.Generator) -> None:
    ink = next(left)
    y = (hand.height - ink.shape[0]) / 2 + hand.jitter * hand.height * rng.uniform(-1, 1)
    line.add(ink, x, y)


def _free(before: Ink, after: Ink) -> float:
    """Pixels by which two pieces, centred on one line and box against box, can still come nearer before they touch."""
    rows = min(len(before), len(after))
    one, other = (ink[(len(ink) - rows) // 2 :][:rows] > 0.5 for ink in (before, after))
    both = one.any(axis=1) & other.any(axis=1)
    if not both.any():
        return 0.0
    return float((one[both, ::-1].argmax(axis=1) + other[both].argmax(axis=1)).min())
