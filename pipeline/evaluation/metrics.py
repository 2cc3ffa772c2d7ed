"""How good (n, 10) probabilities are: accuracy, precision, recall, F1, log loss, calibration, rejection, mistakes."""

from collections.abc import Collection
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sklearn.metrics import accuracy_score, confusion_matrix, log_loss, precision_recall_fscore_support, roc_auc_score

from pipeline.registry.measures import ClassScores, Metrics, Rejection, Scores

DIGITS = list(range(10))
BINS = 15  # of the expected calibration error, each of equal count

Labels = NDArray[np.uint8]
Probabilities = NDArray[np.float32]


@dataclass(frozen=True)
class Mistake:
    """A misread digit: its row in the split, the label, what was read, how sure the model was (0-1).

    `label_error`: the label is likely wrong.
    """

    row: int
    label: int
    read: int
    confidence: float
    label_error: bool


def metrics(labels: Labels, probabilities: Probabilities) -> Metrics:
    """All metrics of (n,) labels 0-9 and (n, 10) probabilities."""
    predicted = probabilities.argmax(axis=1)
    per_class = np.transpose(_scores(labels, predicted, None))
    return Metrics(
        count=len(labels),
        accuracy=float(accuracy_score(labels, predicted)),
        calibration_error=calibration_error(predicted == labels, probabilities.max(axis=1)),
        log_loss=float(log_loss(labels, _normalised(probabilities), labels=DIGITS)),
        per_class={str(digit): ClassScores(*map(float, row)) for digit, row in zip(DIGITS, per_class, strict=True)},
        averages={name: Scores(*map(float, _scores(labels, predicted, name)[:3])) for name in ("macro", "weighted")},
        confusion_matrix=confusion_matrix(labels, predicted, labels=DIGITS).tolist(),
    )


def _normalised(probabilities: Probabilities) -> NDArray[np.float64]:
    """In float64 and summing to 1 there too; float32 sums are off by more than scikit-learn lets pass."""
    wide = probabilities.astype(np.float64)
    return wide / wide.sum(axis=1, keepdims=True)


def _scores(labels: Labels, predicted: np.ndarray, average: str | None) -> list:
    """Precision, recall and F1, and per class also support."""
    scores = precision_recall_fscore_support(labels, predicted, labels=DIGITS, average=average, zero_division=0)
    return [score for score in scores if score is not None]


def bins(correct: NDArray[np.bool_], confidence: np.ndarray, count: int = BINS) -> list[tuple[np.ndarray, np.ndarray]]:
    """(n,) answers in `count` bins of equal count, the least confident first: which are correct, how sure each is."""
    order = np.argsort(confidence)
    parts = (rows for rows in np.array_split(order, count) if len(rows))
    return [(correct[rows], confidence[rows]) for rows in parts]


def calibration_error(correct: NDArray[np.bool_], confidence: np.ndarray) -> float:
    """Expected calibration error: mean distance of confidence from the fraction that is correct, over BINS bins.

    Of (n,) answers: which are correct, how sure each is; 0-1.
    """
    apart = (abs(r.mean() - c.mean()) * len(r) for r, c in bins(correct, confidence))
    return float(sum(apart) / len(correct))


def rejection(labels: np.ndarray, p_digit: np.ndarray, threshold: float) -> Rejection:
    """How well digits (labels 0-9) are told from what is none (10) by P(digit), and the errors at a threshold."""
    digits = labels < len(DIGITS)
    return Rejection(
        roc_auc=float(roc_auc_score(digits, p_digit)),
        false_rejection_rate=float((p_digit[digits] < threshold).mean()),
        false_acceptance_rate=float((p_digit[~digits] >= threshold).mean()),
    )


def mistakes(labels: Labels, probabilities: Probabilities, label_errors: Collection[int]) -> list[Mistake]:
    """All misread digits, the surest mistake first.

    Labels (n,) 0-9, probabilities (n, 10); `label_errors` are the rows whose label is likely wrong.
    """
    predicted, confidence = probabilities.argmax(axis=1), probabilities.max(axis=1)
    wrong = np.flatnonzero(predicted != labels)
    rows = wrong[np.argsort(-confidence[wrong], kind="stable")].tolist()
    return [Mistake(i, int(labels[i]), int(predicted[i]), float(confidence[i]), i in label_errors) for i in rows]
