"""How good a model is: metrics, mistakes, and whether what serves agrees with the raw arrays."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from io import BytesIO
from typing import Any

import numpy as np
from PIL import Image
from sklearn.metrics import accuracy_score, confusion_matrix, log_loss, precision_recall_fscore_support, roc_auc_score

from pipeline.data.mnist import Split
from pipeline.recognition.calibration import calibration_error
from pipeline.recognition.recogniser import Recogniser

DIGITS = list(range(10))
AGREEMENT_POINTS = 0.05  # served pictures and raw arrays may differ by this many percentage points of accuracy
WRONG_AT_MOST = 2 / 1000  # of the answers given without "unsure"
LOST_AT_MOST = 1 / 1000  # of the digits may be taken for none


@dataclass(frozen=True)
class Mistake:
    """A digit read wrongly: its row in the split, the label, what was read and how sure the model was."""

    row: int
    label: int
    read: int
    confidence: float


def read_pictures(recogniser: Recogniser, split: Split, track: Callable[[np.ndarray], Iterable] = iter) -> np.ndarray:
    """(n,) digits that the served path reads from digits sent as PNG files, sure or not; -1 where it finds none."""
    answers = (recogniser.recognise(png(image)) for image in track(split.images))
    return np.array([-1 if answer.status == "blank" else int(np.argmax(answer.probabilities)) for answer in answers])


def png(image: np.ndarray) -> bytes:
    """An array as the bytes of a PNG file."""
    out = BytesIO()
    Image.fromarray(image).save(out, "PNG", compress_level=1)
    return out.getvalue()


def metrics(labels: np.ndarray, probabilities: np.ndarray) -> dict[str, Any]:
    """Accuracy, log loss, confusion and precision, recall, F1 and support of each class and averaged; JSON-ready."""
    predicted = probabilities.argmax(axis=1)
    return {
        "count": len(labels),
        "accuracy": float(accuracy_score(labels, predicted)),
        "calibration_error": calibration_error(predicted == labels, probabilities.max(axis=1)),
        "log_loss": float(log_loss(labels, _normalised(probabilities), labels=DIGITS)),
        "per_class": {
            str(digit): dict(zip(("precision", "recall", "f1", "support"), map(float, row), strict=True))
            for digit, row in zip(DIGITS, np.transpose(_scores(labels, predicted, None)), strict=True)
        },
        "averages": {
            average: dict(
                zip(("precision", "recall", "f1"), map(float, _scores(labels, predicted, average)), strict=False)
            )
            for average in ("macro", "weighted")
        },
        "confusion_matrix": confusion_matrix(labels, predicted, labels=DIGITS).tolist(),
    }


def _normalised(probabilities: np.ndarray) -> np.ndarray:
    """In float64 and summing to 1 there too; float32 sums are off by more than scikit-learn lets pass."""
    wide = probabilities.astype(np.float64)
    return wide / wide.sum(axis=1, keepdims=True)


def _scores(labels: np.ndarray, predicted: np.ndarray, average: str | None) -> list:
    scores = precision_recall_fscore_support(labels, predicted, labels=DIGITS, average=average, zero_division=0)
    return [score for score in scores if score is not None]


def mistakes(labels: np.ndarray, probabilities: np.ndarray) -> list[Mistake]:
    """All digits read wrongly, the surest mistake first."""
    predicted = probabilities.argmax(axis=1)
    wrong = np.flatnonzero(predicted != labels)
    wrong = wrong[np.argsort(-probabilities[wrong].max(axis=1), kind="stable")]
    return [Mistake(int(i), int(labels[i]), int(predicted[i]), float(probabilities[i].max())) for i in wrong]


def unsure_threshold(labels: np.ndarray, probabilities: np.ndarray, wrong_at_most: float = WRONG_AT_MOST) -> float:
    """The lowest confidence from which on the answers given are wrong at most that often; 0 if all may be given."""
    confidence, right = probabilities.max(axis=1), probabilities.argmax(axis=1) == labels
    order = np.argsort(-confidence, kind="stable")
    wrong_so_far = np.cumsum(~right[order]) / np.arange(1, len(order) + 1)
    good = np.flatnonzero(wrong_so_far <= wrong_at_most)
    if len(good) == len(order) or (len(good) and good[-1] == len(order) - 1):
        return 0.0
    return float(confidence[order[good[-1]]]) if len(good) else 1.0


def no_digit_threshold(digitness: np.ndarray, lost_at_most: float = LOST_AT_MOST) -> float:
    """The highest probability of being a digit at all that so many of the digits still reach; below it is none."""
    return float(np.quantile(digitness, lost_at_most))


def separation(labels: np.ndarray, digitness: np.ndarray, threshold: float) -> dict[str, float]:
    """How well digits (labels 0-9) are told from what is none: area under the ROC curve, and rates at the threshold."""
    digits = labels < len(DIGITS)
    return {
        "roc_auc": float(roc_auc_score(digits, digitness)),
        "digits_lost": float((digitness[digits] < threshold).mean()),
        "others_taken_for_digits": float((digitness[~digits] >= threshold).mean()),
    }
