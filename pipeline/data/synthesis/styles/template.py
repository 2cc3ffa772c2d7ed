"""What the template of a glyph, one way to write a digit, gives to the handwriting that draws it."""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from pipeline.data.synthesis.polylines import Strokes

RNG = np.random.Generator


class GlyphTemplate(NamedTuple):
    """Strokes in a square of 1, y downwards, and how far a handwriting may go before a reader doubts."""

    strokes: Strokes
    narrowest_gap: float = 1.0  # width of the narrowest counter or gap that must stay open
    lean: tuple[float, float] = (-12, 30)  # degrees clockwise from upright, slant and rotation together
    width: tuple[float, float] = (0.6, 1.25)  # its width may be multiplied by


# Digit -> how often, in relation to each other, and how its templates are drawn.
Templates = dict[int, list[tuple[float, Callable[[RNG], GlyphTemplate]]]]
