"""Labels that are likely wrong, by confident learning (Northcutt, Jiang and Chuang 2021, arXiv:1911.00068)."""

from dataclasses import dataclass

import numpy as np

from pipeline.evaluation.intervals import Correct, Interval, wilson
from pipeline.evaluation.metrics import Labels, Probabilities


@dataclass(frozen=True)
class LabelErrors:
    """Rows of the split with a likely label error, how many of them the model misreads, its accuracy 0-1 on the rest.

    `accuracy_without` is None where there is no rest.
    """

    rows: list[int]
    misread: int
    accuracy_without: float | None
    accuracy_without_interval: Interval


def label_errors(labels: Labels, probabilities: Probabilities) -> LabelErrors:
    """Of (n,) labels and (n, 10) probabilities."""
    likely, correct = suspected(labels, probabilities), probabilities.argmax(axis=1) == labels
    hits, count = int(correct[~likely].sum()), int((~likely).sum())
    return LabelErrors(
        rows=[int(row) for row in np.flatnonzero(likely)],
        misread=int((likely & ~correct).sum()),
        accuracy_without=hits / count if count else None,
        accuracy_without_interval=wilson(hits, count),
    )


def suspected(labels: Labels, probabilities: Probabilities) -> Correct:
    """(n,) bool: the model gives another class at least what it gives that class on average where it is the label.

    Of several such classes the likeliest counts; where it is the label itself, no error is suspected. Labels (n,) 0 to
    k-1, probabilities (n, k).
    """
    classes = probabilities.shape[1]
    usual = np.array([_mean(probabilities[labels == label, label]) for label in range(classes)])
    believed = np.where(probabilities >= usual, probabilities, -1)
    return (believed.max(axis=1) >= 0) & (believed.argmax(axis=1) != labels)


def _mean(own: np.ndarray) -> float:
    return float(own.mean(dtype=np.float64)) if len(own) else np.inf
