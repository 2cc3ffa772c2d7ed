"""What the service sends besides Answer, Number and ModelFacts; /docs.json describes these very classes."""

from dataclasses import asdict, dataclass
from typing import Annotated, Any

from annotated_types import Len

from pipeline.answer import Answer, PlacedAnswer


@dataclass(frozen=True)
class ErrorDetail:
    """Why a request, or one picture of several, was refused."""

    code: str
    """A short name of the reason, for programs."""
    message: str
    """What came, what is expected and what to do, for people."""


@dataclass(frozen=True)
class Error:
    """The one form of refusal."""

    error: ErrorDetail

    def to_json(self) -> dict[str, Any]:
        return asdict(self)


@dataclass(frozen=True)
class BatchResult:
    """What was read in each of several pictures."""

    results: tuple[Answer | Error, ...]
    """In the order sent."""

    def to_json(self) -> dict[str, Any]:
        return {"results": [each.to_json() for each in self.results]}


@dataclass(frozen=True)
class KeptCorrection:
    """A correction that is kept."""

    id: Annotated[str, Len(32, 32)]
    """Whoever knows it may withdraw the correction: DELETE /feedback/{id}."""
    answer: Answer | PlacedAnswer
    """What the service answers to the picture, and keeps with it; placed where the correction has a box."""

    def to_json(self) -> dict[str, Any]:
        return asdict(self)


@dataclass(frozen=True)
class ClassifyResult:
    """The probabilities of ready-made digits."""

    probabilities: list[Annotated[list[float], Len(10, 10)]]
    """For each digit in the order sent, one for each label, given that it is a digit; they sum to 1."""
    model: str
    """Tag of the model that answered."""

    def to_json(self) -> dict[str, Any]:
        return vars(self)  # asdict would copy each of up to 655,360 numbers
