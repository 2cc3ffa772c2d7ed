"""Pieces of writing that may be one digit: what segment and the eye find, classify reads, and decide chooses from."""

from dataclasses import dataclass
from enum import Enum
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from pipeline.answer import data_url
from pipeline.recognition.components import Box, Component
from pipeline.recognition.encode import png


class Source(Enum):
    """What found a candidate: connected components; the eye; or it is what hangs together with what the eye found."""

    COMPONENTS = "components"
    EYE = "eye"
    CONNECTED = "connected"


@dataclass(frozen=True)
class Candidate:
    """A piece of writing that may be one digit: (28, 28) uint8 as the network sees it, where it is, and its measures.

    `component` is in pixels of the working copy, `box` in those of the upright picture; `own` (h, w) is its ink in the
    component's box. `foreign` 0-1 is how far what is connected with the eye's digit is other writing.
    """

    image: NDArray[np.uint8]
    component: Component
    box: Box
    own: NDArray[np.bool_]
    source: Source = Source.COMPONENTS
    foreign: float = 0.0

    @cached_property
    def seen(self) -> str:
        """The image as a PNG data URL."""
        return data_url(png(self.image))

    @cached_property
    def amount(self) -> int:
        """Pixels of its own ink."""
        return int(np.count_nonzero(self.own))

    def shared(self, other: "Candidate") -> int:
        """Pixels of ink that both have."""
        (a0, b0, a1, b1), (c0, d0, c1, d1) = self.component.box, other.component.box
        x0, y0, x1, y1 = max(a0, c0), max(b0, d0), min(a1, c1), min(b1, d1)
        if x0 >= x1 or y0 >= y1:
            return 0
        mine = self.own[y0 - b0 : y1 - b0, x0 - a0 : x1 - a0]
        return int(np.count_nonzero(mine & other.own[y0 - d0 : y1 - d0, x0 - c0 : x1 - c0]))


@dataclass(frozen=True)
class Classified:
    """A candidate with (10,) float32 probabilities given that it is a digit, and the classifier's P(digit).

    `p_one` is the probability that it is exactly one digit, to be read as such, by all that is known of the page; 1
    where nothing is.
    """

    candidate: Candidate
    probabilities: NDArray[np.float32]
    p_digit: float
    p_one: float = 1.0

    @property
    def component(self) -> Component:
        return self.candidate.component

    @property
    def digit(self) -> int:
        """The likeliest."""
        return int(self.probabilities.argmax())

    @property
    def confidence(self) -> float:
        """The probability that the likeliest digit is correct; what stands around it makes no shape surer."""
        return float(self.probabilities.max() * min(self.p_digit, self.p_one))
