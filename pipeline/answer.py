"""What the project answers about a picture; the same objects on the wire, in the UIs and in evaluation.

What is written below a field also describes it in the service's /docs.json (see pipeline.web.schemas).
"""

import base64
from dataclasses import asdict, dataclass
from typing import Annotated, Any, Literal, Self

from annotated_types import Interval, Len

Status = Literal["digit", "unsure", "blank", "not_a_digit"]
NumberStatus = Literal["number", "unsure", "blank", "not_a_number"]
Box = tuple[int, int, int, int]
Digit = Annotated[int, Interval(ge=0, le=9)]
TenProbabilities = Annotated[tuple[float, ...], Len(10, 10)]

# What one decimal rounds to certainty and impossibility; no model is entitled to either.
_UNCERTAIN = {"100.0 %": "> 99.9 %", "0.0 %": "< 0.1 %"}


def percentage(probability: float) -> str:
    """A probability 0-1 for people, with one decimal, never "100.0 %" nor "0.0 %"."""
    text = f"{100 * probability:.1f} %"
    return _UNCERTAIN.get(text, text)


def data_url(content: bytes, media_type: str = "image/png") -> str:
    """A picture file as a URL that holds it whole, for an <img>."""
    return f"data:{media_type};base64,{base64.b64encode(content).decode('ascii')}"


@dataclass(frozen=True)
class Answer:
    """What was read in one picture."""

    status: Status
    digit: Digit | None
    """The best digit where status is digit or unsure, else null."""
    confidence: float
    """Probability that `digit` is right, 0 to 1; 0 where there is none."""
    probabilities: TenProbabilities
    """One for each digit, given that it is one; they sum to 1."""
    seen: str | None
    """The 28×28 that the model saw, a PNG data URL; null when blank."""
    model: str
    """Tag of the model that answered."""
    message: str | None = None
    """In sentences for people: why there is no digit, and which part of the file was not read, such as all frames but
    the first of an animation; null where there is a digit and nothing to say."""

    def to_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, fields: dict[str, Any]) -> Self:
        return cls(**{**fields, "probabilities": tuple(fields["probabilities"])})


@dataclass(frozen=True, kw_only=True)
class PlacedAnswer(Answer):
    """What one digit of a number was read as, and where it is."""

    box: Box
    """x0, y0, x1, y1 in pixels of the upright picture; x1 and y1 are just past the digit."""

    @classmethod
    def from_json(cls, fields: dict[str, Any]) -> Self:
        return super().from_json({**fields, "box": tuple(fields["box"])})


@dataclass(frozen=True)
class Number:
    """The digits of one picture in reading order: lines from top to bottom, each from left to right."""

    text: str
    """The digits alone, in reading order; empty when there are none."""
    digits: tuple[PlacedAnswer, ...]
    """In reading order, each digit or unsure."""
    width: int
    """Of the upright picture, in pixels."""
    height: int
    """Of the upright picture, in pixels."""
    status: NumberStatus
    """number only where all digits are sure and nothing in `unread` may be one; not_a_number is ink without a digit."""
    lines: tuple[str, ...]
    """`text` by lines of writing, from top to bottom; lines without a digit are left out."""
    unread: tuple[Box, ...]
    """Boxes of what is written but was not read as a digit: signs, letters, what could not be separated."""
    message: str | None
    """Why there is no number, or what is unsure about it, in a sentence for people; null where status is number."""

    @property
    def unsure(self) -> int:
        """How many of the digits may well be wrong: those with status unsure."""
        return sum(digit.status != "digit" for digit in self.digits)

    def to_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, fields: dict[str, Any]) -> Self:
        """Raises KeyError and TypeError where fields are missing, as in the answers of version 0.1.0."""
        return cls(
            **{
                **fields,
                "digits": tuple(map(PlacedAnswer.from_json, fields["digits"])),
                "lines": tuple(fields["lines"]),
                "unread": tuple(map(tuple, fields["unread"])),
            }
        )
