"""What the project answers about a picture; the same objects on the wire, in the UIs and in evaluation."""

import base64
from dataclasses import asdict, dataclass
from typing import Any, Literal, Self

Status = Literal["digit", "unsure", "blank", "not_a_digit"]

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
    """One picture's answer.

    `digit` is 0-9 where status is digit or unsure, else None; `confidence` 0-1 is the probability that it is right;
    `probabilities` holds 10 numbers that sum to 1; `seen` is the 28×28 picture that the model saw as a PNG data URL,
    None when blank; `model` is the tag of the model that answered; `message` says in a sentence why there is no
    digit, None where there is one.
    """

    status: Status
    digit: int | None
    confidence: float
    probabilities: tuple[float, ...]
    seen: str | None
    model: str
    message: str | None = None

    def to_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, fields: dict[str, Any]) -> Self:
        return cls(**{**fields, "probabilities": tuple(fields["probabilities"])})


@dataclass(frozen=True, kw_only=True)
class PlacedAnswer(Answer):
    """The answer for one digit of a number; `box` is x0, y0, x1, y1 in the upright picture's pixels, x1, y1 past it."""

    box: tuple[int, int, int, int]

    @classmethod
    def from_json(cls, fields: dict[str, Any]) -> Self:
        return super().from_json({**fields, "box": tuple(fields["box"])})


@dataclass(frozen=True)
class Number:
    """Several digits of one picture in reading order: lines from top to bottom, each from left to right.

    `text` holds the digits alone, "" when there are none; `width` and `height` are the upright picture's, in pixels.
    """

    text: str
    digits: tuple[PlacedAnswer, ...]
    width: int
    height: int

    @property
    def doubtful(self) -> int:
        """How many of the digits may well be wrong."""
        return sum(digit.status != "digit" for digit in self.digits)

    def to_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, fields: dict[str, Any]) -> Self:
        return cls(**{**fields, "digits": tuple(map(PlacedAnswer.from_json, fields["digits"]))})
