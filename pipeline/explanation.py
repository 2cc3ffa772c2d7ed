"""How the network came to an Answer: what each layer says, and what hiding parts of the digit would change.

What is written below a field also describes it in the service's /docs.json.
"""

import math
from dataclasses import asdict, dataclass
from typing import Annotated, Any, Self

from annotated_types import Interval, Len
from pydantic import StringConstraints, model_validator

from pipeline.answer import Answer, Digit, Probability

PARTS_A_SIDE = 7  # of the 28×28, in the grid of an Occlusion

Length = Annotated[int, Interval(ge=1, le=65_536)]
Base64 = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9+/]*={0,2}$", max_length=2**20)]


@dataclass(frozen=True)
class Layer:
    """What one layer says about the 28×28, or the filters of one, in 8 bits."""

    name: str
    """input, convolution_1, convolution_2, fully_connected_1, fully_connected_2 or output. A convolution is told after
    its pooling, normalisation and ReLU."""
    shape: Annotated[tuple[Length, ...], Len(1, 4)]
    """Maps, rows, columns; units alone for what is fully connected; filters, the maps they look at, rows, columns."""
    scale: Annotated[float, Interval(ge=0, le=1e9)]
    """A byte times this is the number."""
    data: Base64
    """Base64 of as many bytes as the shape has places, the last dimension running fastest: uint8; of filters int8."""

    @model_validator(mode="after")
    def _as_many_bytes_as_places(self) -> Self:
        if len(self.data) != 4 * math.ceil(math.prod(self.shape) / 3):
            raise ValueError("The data has another length than its shape")
        return self


@dataclass(frozen=True)
class Part:
    """What the digit would be read as without one part of it."""

    change: Annotated[float, Interval(ge=-1, le=1)]
    """Of the probability of the answer's digit: below 0 where the part speaks for it."""
    digit: Digit | None
    """The likeliest without the part; null where that is no digit."""
    probability: Probability
    """Of that digit, or of its being none."""


@dataclass(frozen=True)
class Occlusion:
    """What hiding parts of the 28×28 changes, one after the other."""

    side: Annotated[int, Interval(ge=1, le=28)]
    """Of each part, in pixels of the 28×28; parts overlap where it is more than 4."""
    parts: Annotated[tuple[Part, ...], Len(PARTS_A_SIDE**2, PARTS_A_SIDE**2)]
    """7 rows of 7, from the upper left; their middles are 4 pixels apart."""


@dataclass(frozen=True, kw_only=True)
class Explanation(Answer):
    """An Answer and what the network says on its way to it, when it looks once at the 28×28 in `seen`."""

    layers: Annotated[tuple[Layer, ...], Len(0, 16)]
    """From the input to the output, whose last unit is of "no digit"; none where the picture is blank."""
    filters: Annotated[tuple[Layer, ...], Len(0, 16)] | None = None
    """The weights of the convolutions, which are the model's and the same for all pictures; null unless asked for."""
    occlusion: Occlusion | None = None
    """Null unless asked for, and where there is no digit."""

    def to_json(self) -> dict[str, Any]:
        return asdict(self)
