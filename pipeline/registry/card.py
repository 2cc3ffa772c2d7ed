"""The model card: how a model was made, from where on it may answer, and how good it is. One JSON file, typed."""

import dataclasses
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from pydantic import TypeAdapter, ValidationError

from pipeline.errors import ModelError
from pipeline.registry.measures import Compared, Metrics, QualityMetrics, Rejection

FILE = "card.json"
Part = Literal["validation", "test"]
PARTS: tuple[Part, ...] = ("validation", "test")


@dataclass(frozen=True)
class QualityGate:
    """What a model reached and had to reach; `forced`: it was stored although it did not pass."""

    metrics: QualityMetrics
    thresholds: QualityMetrics
    passed: bool
    forced: bool


@dataclass(frozen=True)
class TrainingRun:
    """A training: epochs, seconds, whether Ctrl-C ended it, how many parameters in which Keras dtype policy."""

    epochs: int
    seconds: float
    interrupted: bool
    parameters: int
    precision: str


@dataclass(frozen=True)
class EyeTraining:
    """How the eye was trained: EyeSettings as JSON, seed, seconds, parameters, the last losses; its files' SHA-256."""

    settings: dict[str, Any]
    seed: int
    seconds: float
    parameters: int
    losses: dict[str, float]
    files: dict[str, str]


@dataclass(frozen=True)
class DataUsed:
    """The digits a model was made with: SHA-256 over the four files, and how many are in each split."""

    sha256: str
    train: int
    validation: int
    test: int


@dataclass(frozen=True)
class Code:
    """The commit ("-dirty" behind one with changes; None outside of git), and one SHA-256 over `pipeline/`."""

    commit: str | None
    sha256: str


@dataclass(frozen=True)
class SeedResult:
    """One training of a recipe: its seed, accuracies 0-1, and seconds."""

    version: str
    seed: int
    validation_accuracy: float
    test_accuracy: float
    seconds: float


@dataclass(frozen=True)
class Corrected:
    """Which model was trained on from, with which export of corrections (its SHA-256) and by which recipe.

    Of them so many were `learned` from, and `held_back` to judge by; `compared` is what both models read of each set.
    """

    model: str
    export_sha256: str
    learned: int
    held_back: int
    recipe: dict[str, Any]
    compared: list[Compared]


@dataclass(frozen=True, kw_only=True)
class ModelCard:
    """All that is known of a model. `settings` are those of pipeline.training, as JSON.

    `corrected` is there of one that was trained on with corrections.

    A candidate has a card from its export on, whose later parts are None until they are known: `temperature` to
    `rejection` after calibration, `quality_gate` after the gate, `metrics` at the end. `seeds` and `evaluation` are in
    the card beside the shipped file alone.
    """

    name: str
    version: str | None
    date: str  # ISO 8601
    seed: int
    settings: dict[str, Any]
    training: TrainingRun
    eye: EyeTraining
    data: DataUsed
    versions: dict[str, str]  # of Python and packages
    code: Code
    labels: list[int]
    files: dict[str, str]  # name -> SHA-256
    temperature: float = 1.0  # what the logits are divided by
    unsure_below: float = 0.0  # confidence 0-1; an answer with less has status unsure
    unsure_target: str = ""  # what that threshold was set to reach
    no_digit_below: float = 0.0  # P(digit) 0-1; what has less is not_a_digit
    no_digit_target: str = ""
    rejection: Rejection | None = None
    quality_gate: QualityGate | None = None
    metrics: dict[Part, Metrics] = dataclasses.field(default_factory=dict)
    corrected: Corrected | None = None
    seeds: list[SeedResult] = dataclasses.field(default_factory=list)
    evaluation: dict[str, Any] | None = None

    def to_json(self) -> dict[str, Any]:
        """JSON-ready; without `corrected`, `seeds` and `evaluation` where there are none."""
        return _CARD.dump_python(self, mode="json", exclude=self._absent())

    def write(self, path: Path) -> None:
        """Write the JSON file."""
        path.write_bytes(_CARD.dump_json(self, indent=1, exclude=self._absent()) + b"\n")

    def _absent(self) -> set[str]:
        return {name for name in ("corrected", "seeds", "evaluation") if not getattr(self, name)}


@dataclass(frozen=True)
class ModelFacts:
    """Which model answers, and the main facts of its card; what a card does not tell is null."""

    model: str
    """Tag of the model."""
    date: str
    """When it was saved, ISO 8601."""
    unsure_below: float
    """An answer with less confidence has status unsure."""
    unsure_target: str
    """What that threshold was set to reach."""
    no_digit_below: float
    """What is less likely a digit has status not_a_digit."""
    no_digit_target: str
    """What that threshold was set to reach."""
    temperature: float
    """What calibration divides the network's logits by."""
    validation_accuracy: float | None
    """On MNIST digits kept for validation, 0 to 1."""
    test_accuracy: float | None
    """On MNIST's test digits, 0 to 1."""
    forced: bool | None
    """Whether it was stored although it did not pass the gate."""


_CARD = TypeAdapter(ModelCard)


def read(path: Path) -> ModelCard:
    """The card in a JSON file. Raises ModelError."""
    try:
        return _CARD.validate_json(path.read_bytes())
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(map(str, first["loc"])) or "the file"
        raise ModelError(
            f"{path}: no readable model card ({where}: {first['msg']}). Choose or import another version."
        ) from error
    except OSError as error:
        raise ModelError(f"{path}: no readable model card ({error}). Choose or import another version.") from error
