"""What the project answers about a picture; the same objects on the wire, in the UIs and in evaluation.

What is written below a field also describes it in the service's /docs.json (see pipeline.web.schemas).
"""

import base64
from dataclasses import dataclass
from functools import cache
from typing import Annotated, Any, Literal, Self

from annotated_types import Interval, Len
from pydantic import StringConstraints, TypeAdapter, model_validator

LONGEST_SIDE = 2**26  # pixels: all of the largest picture that is read in one row
MOST_PLACES = 10_000  # on one page; a page that is written full holds some 2,000 digits

Status = Literal["digit", "unsure", "blank", "not_a_digit"]
NumberStatus = Literal["number", "unsure", "blank", "not_a_number"]
Side = Annotated[int, Interval(ge=1, le=LONGEST_SIDE)]
Coordinate = Annotated[int, Interval(ge=0, le=LONGEST_SIDE)]
Box = tuple[Coordinate, Coordinate, Coordinate, Coordinate]
Digit = Annotated[int, Interval(ge=0, le=9)]
Probability = Annotated[float, Interval(ge=0, le=1)]
TenProbabilities = Annotated[tuple[Probability, ...], Len(10, 10)]
Sentences = Annotated[str, Len(0, 1000)]
# A page puts it into an <img>, so it must be a picture, and hold it itself: nothing that a browser would fetch.
PngUrl = Annotated[str, StringConstraints(pattern=r"^data:image/png;base64,[A-Za-z0-9+/]+={0,2}$", max_length=8192)]

# What one decimal rounds to certainty and impossibility; no model is entitled to either.
_UNCERTAIN = {"100.0 %": "> 99.9 %", "0.0 %": "< 0.1 %"}


def percentage(probability: float) -> str:
    """A probability 0-1 for people, with one decimal, never "100.0 %" nor "0.0 %"."""
    text = f"{100 * probability:.1f} %"
    return _UNCERTAIN.get(text, text)


def box_in(text: str) -> Box:
    """x0,y0,x1,y1 in pixels, as people and forms write it. Raises ValueError."""
    sides = text.split(",")
    if len(sides) != 4 or not all(side.isascii() and side.isdigit() and len(side) < 10 for side in sides):
        raise ValueError(f"The box is {text[:50]!r}, expected x0,y0,x1,y1 in pixels.")
    return int(sides[0]), int(sides[1]), int(sides[2]), int(sides[3])


def data_url(content: bytes, media_type: str = "image/png") -> str:
    """A picture file as a URL that holds it whole, for an <img>."""
    return f"data:{media_type};base64,{base64.b64encode(content).decode('ascii')}"


class FromJson:
    """What a client can make of the bytes that came from a service, or from whatever claims to be one."""

    @classmethod
    def from_json(cls, content: bytes) -> Self:
        """Fields that are not known are ignored. Raises pydantic.ValidationError, a ValueError, where one is wrong."""
        return cls._adapter().validate_json(content, strict=True)

    @classmethod
    @cache
    def _adapter(cls) -> TypeAdapter[Self]:
        return TypeAdapter(cls)


@dataclass(frozen=True)
class Answer(FromJson):
    """What was read in one picture."""

    status: Status
    digit: Digit | None
    """The best digit where status is digit or unsure, else null."""
    confidence: Probability
    """Probability that `digit` is right, 0 to 1; 0 where there is none."""
    probabilities: TenProbabilities
    """One for each digit, given that it is one; they sum to 1."""
    seen: PngUrl | None
    """The 28×28 that the model saw, a PNG data URL; null when blank."""
    model: Annotated[str, Len(0, 200)]
    """Tag of the model that answered."""
    message: Sentences | None = None
    """In sentences for people: why there is no digit, and which part of the file was not read, such as all frames but
    the first of an animation; null where there is a digit and nothing to say."""

    @model_validator(mode="after")
    def _digit_where_there_is_one(self) -> Self:
        if (self.status in ("digit", "unsure")) != (self.digit is not None):
            raise ValueError("Status digit and unsure have a digit, others none")
        return self

    def to_json(self) -> dict[str, Any]:
        return dict(vars(self))  # asdict would copy each number


@dataclass(frozen=True, kw_only=True)
class PlacedAnswer(Answer):
    """What one digit of a number was read as, and where it is."""

    box: Box
    """x0, y0, x1, y1 in pixels of the upright picture; x1 and y1 are just past the digit."""


@dataclass(frozen=True)
class Number(FromJson):
    """The digits of one picture in reading order: lines from top to bottom, each from left to right."""

    text: Annotated[str, Len(0, MOST_PLACES)]
    """The digits alone, in reading order; empty when there are none."""
    digits: Annotated[tuple[PlacedAnswer, ...], Len(0, MOST_PLACES)]
    """In reading order, each digit or unsure."""
    width: Side
    """Of the upright picture, in pixels."""
    height: Side
    """Of the upright picture, in pixels."""
    status: NumberStatus
    """number only where all digits are sure and nothing in `unread` may be one; not_a_number is ink without a digit."""
    lines: Annotated[tuple[Annotated[str, Len(1, MOST_PLACES)], ...], Len(0, MOST_PLACES)]
    """`text` by lines of writing, from top to bottom; lines without a digit are left out."""
    unread: Annotated[tuple[Box, ...], Len(0, MOST_PLACES)]
    """Boxes of what is written but was not read as a digit: signs, letters, what could not be separated."""
    message: Sentences | None
    """Why there is no number, or what is unsure about it, in a sentence for people; null where status is number."""

    @model_validator(mode="after")
    def _digits_where_there_are_some(self) -> Self:
        if (self.status in ("number", "unsure")) != bool(self.digits):
            raise ValueError("Status number and unsure have digits, others none")
        if any(digit.digit is None for digit in self.digits):
            raise ValueError("Each of digits has status digit or unsure")
        return self

    @property
    def unsure(self) -> int:
        """How many of the digits may well be wrong: those with status unsure."""
        return sum(digit.status != "digit" for digit in self.digits)

    def to_json(self) -> dict[str, Any]:
        return {**vars(self), "digits": [digit.to_json() for digit in self.digits]}
