"""What a digit's form gives to the hand that writes it."""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from pipeline.data.synthesis.polylines import Strokes

RNG = np.random.Generator


class Form(NamedTuple):
    """Strokes in a square of 1, y downwards, and how far a hand may go before a reader doubts."""

    strokes: Strokes
    room: float = 1.0  # width of the narrowest counter or gap that must stay open
    lean: tuple[float, float] = (-12, 30)  # degrees clockwise from upright, slant and rotation together
    width: tuple[float, float] = (0.6, 1.25)  # its width may be multiplied by


Forms = dict[int, list[tuple[float, Callable[[RNG], Form]]]]  # digit -> how often, and how, each form is drawn
