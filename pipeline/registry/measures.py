"""What is measured of a model; a card keeps it."""

import math
from dataclasses import dataclass


@dataclass(frozen=True)
class Scores:
    """Precision, recall and F1, each a fraction 0-1."""

    precision: float
    recall: float
    f1: float


@dataclass(frozen=True)
class ClassScores(Scores):
    """The scores of one class; `support` is how many digits have that label."""

    support: float


@dataclass(frozen=True)
class Metrics:
    """How (n, 10) probabilities agree with n labels; fractions 0-1, `log_loss` in nats.

    `per_class` has a key "0" to "9", `averages` "macro" and "weighted"; the confusion matrix has a row per true digit.
    """

    count: int
    accuracy: float
    calibration_error: float
    log_loss: float
    per_class: dict[str, ClassScores]
    averages: dict[str, Scores]
    confusion_matrix: list[list[int]]


@dataclass(frozen=True)
class Rejection:
    """Out-of-distribution detection: area under the ROC curve, and both error rates (0-1) at the threshold."""

    roc_auc: float
    false_rejection_rate: float  # digits taken for none
    false_acceptance_rate: float  # what is no digit, taken for one


@dataclass(frozen=True)
class QualityMetrics:
    """What the quality gate asks of a model, on validation digits; fractions 0-1, `round_trip_points` in points."""

    accuracy: float  # as arrays
    rendered_accuracy: float  # as photographs, scans and drawings of all kinds
    calibration_error: float  # as arrays
    round_trip_points: float  # of accuracy, lost where digits come enlarged, moved onto a page, half of them inverted


@dataclass(frozen=True)
class Compared:
    """The fraction 0-1 of so many pictures that a model reads right `before` and `after` it was trained on.

    `points` of it, in percent, may be lost.
    """

    name: str
    pictures: int
    before: float
    after: float
    points: float

    @property
    def worse(self) -> bool:
        """Whether more is lost than may be, rounded up to whole pictures."""
        lost = round((self.before - self.after) * self.pictures)
        return lost > math.ceil(round(self.points / 100 * self.pictures, 6))
