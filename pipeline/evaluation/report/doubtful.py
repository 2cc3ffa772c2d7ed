"""Labels that may be wrong, by confident learning (Northcutt, Jiang and Chuang 2021, arXiv:1911.00068)."""

from typing import Any

import numpy as np

from pipeline.evaluation.intervals import wilson


def doubtful(labels: np.ndarray, probabilities: np.ndarray) -> np.ndarray:
    """(n,) bool: the model gives another class at least what it gives that class on average where it is the label.

    Of several such classes the likeliest counts; where it is the label itself, there is no doubt.
    """
    classes = probabilities.shape[1]
    usual = np.array([_mean(probabilities[labels == label, label]) for label in range(classes)])
    believed = np.where(probabilities >= usual, probabilities, -1)
    return (believed.max(axis=1) >= 0) & (believed.argmax(axis=1) != labels)


def _mean(own: np.ndarray) -> float:
    return float(own.mean(dtype=np.float64)) if len(own) else np.inf


def figures(labels: np.ndarray, probabilities: np.ndarray) -> dict[str, Any]:
    """Which rows are doubtful, how many of them the model misreads, and the accuracy on the others."""
    doubt, right = doubtful(labels, probabilities), probabilities.argmax(axis=1) == labels
    hits, count = int(right[~doubt].sum()), int((~doubt).sum())
    return {
        "rows": [int(row) for row in np.flatnonzero(doubt)],
        "misread": int((doubt & ~right).sum()),
        "accuracy_without": hits / count if count else None,
        "accuracy_without_interval": wilson(hits, count),
    }
