"""Pieces of writing that may be digits: what segment finds, classify weighs and decide chooses from."""

from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from pipeline.answer import data_url
from pipeline.recognition.components import Box, Component
from pipeline.recognition.encode import png

WIDE = 1.1  # times its height; a wider character may be several digits that touch


@dataclass(frozen=True)
class Candidate:
    """A piece of writing that may be one digit: (28, 28) uint8 as the network sees it, where it is, and its measures.

    `component` is in pixels of the working copy, `box` in those of the upright picture.
    """

    image: NDArray[np.uint8]
    component: Component
    box: Box

    @cached_property
    def seen(self) -> str:
        """The image as a PNG data URL."""
        return data_url(png(self.image))


@dataclass(frozen=True)
class Classified:
    """A candidate with (10,) float32 probabilities given that it is a digit, and P(digit).

    `likeness` 0-1 is how far the eye takes its ink for a digit's, by what is around it; 1 where it was not asked.
    """

    candidate: Candidate
    probabilities: NDArray[np.float32]
    p_digit: float
    likeness: float = 1.0

    @property
    def component(self) -> Component:
        return self.candidate.component

    @property
    def digit(self) -> int:
        """The likeliest."""
        return int(self.probabilities.argmax())

    @property
    def confidence(self) -> float:
        """The probability that the likeliest digit is correct."""
        return float(self.probabilities.max() * self.p_digit)

    @property
    def evidence(self) -> float:
        """The confidence, as far as the eye shares it."""
        return self.confidence * self.likeness


class Piece(NamedTuple):
    """A part of the component numbered `owner` in its line, or, where `part` is None, all of it."""

    owner: int
    part: int | None


Span = tuple[Piece, ...]  # neighbours, from left to right


def in_order(pieces_of: dict[Piece, Component]) -> list[Piece]:
    """From left to right, by their middle."""
    return sorted(pieces_of, key=lambda piece: pieces_of[piece].box[0] + pieces_of[piece].box[2])


@dataclass(frozen=True)
class Line:
    """A line of writing, over-segmented: `cut` are the pieces of each of its components, itself where it is not cut.

    `spans` hold the index of the candidate of every run of neighbours that may be one digit.
    """

    components: tuple[Component, ...]
    cut: tuple[tuple[Component, ...], ...]
    spans: dict[Span, int]


@dataclass(frozen=True)
class Segmentation:
    """The candidates of a picture, and how they belong together; what is None or empty was not found.

    `whole` is the index of the most prominent character with all that lies near it, `together` that of the prominent
    characters as one digit that the pen left in pieces; `several`: there is more than one of them. `energy` is the sum
    of all components' energies. `apart` are the indices of what is too low for a line: points, signs, small writing.
    """

    width: int
    height: int
    candidates: tuple[Candidate, ...] = ()
    whole: int | None = None
    together: int | None = None
    several: bool = False
    lines: tuple[Line, ...] = ()
    energy: float = 0.0
    apart: tuple[int, ...] = ()
