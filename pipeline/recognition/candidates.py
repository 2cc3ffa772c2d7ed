"""Pieces of writing that may be digits: what segment finds, classify weighs and decide chooses from."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from pipeline.answer import Box, data_url
from pipeline.recognition.encode import png


@dataclass(frozen=True)
class Candidate:
    """A piece of writing that may be one digit: (28, 28) uint8 as the network sees it, and where it is.

    `box` is in pixels of the upright picture; `eye` is the eye's probability 0-1 that a digit's centre is in it.
    """

    image: NDArray[np.uint8]
    box: Box
    eye: float

    @property
    def height(self) -> int:
        return self.box[3] - self.box[1]

    @cached_property
    def seen(self) -> str:
        """The image as a PNG data URL."""
        return data_url(png(self.image))


@dataclass(frozen=True)
class Classified:
    """A candidate with (10,) float32 probabilities given that it is a digit, and P(digit)."""

    candidate: Candidate
    probabilities: NDArray[np.float32]
    p_digit: float

    @property
    def digit(self) -> int:
        """The likeliest."""
        return int(self.probabilities.argmax())

    @property
    def confidence(self) -> float:
        """The probability that the likeliest digit is correct."""
        return float(self.probabilities.max() * self.p_digit)


@dataclass(frozen=True)
class Segmentation:
    """The candidates of a picture of `width` and `height` pixels, and what they are; numbers are their indices.

    `lines` are the digits that the eye told apart, in reading order: for each the candidates that may be it, its own
    ink first. `together` is all of it as one digit, where it is in a few pieces; where there is no digit, other
    writing. `unread` are the boxes of other writing. None of it where the page is blank.
    """

    width: int
    height: int
    candidates: tuple[Candidate, ...] = ()
    lines: tuple[tuple[tuple[int, ...], ...], ...] = ()
    together: int | None = None
    unread: tuple[Box, ...] = ()
