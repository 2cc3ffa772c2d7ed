"""How far figures may be off by chance: intervals of 95 % for what a test set shows, and tests of pairs.

Wilson 1927 for shares, the bootstrap for averages of classes and the calibration error, McNemar 1947 and Holm 1979.
"""

from typing import Any

import numpy as np
from scipy.stats import binomtest

from pipeline.recognition.calibration import BINS, bins, calibration_error

LEVEL = 0.95
RESAMPLES = 1000
AT_A_TIME = 50  # resamples; each takes 8 bytes a digit
SEED = 20260103
CONFIDENCE_BINS = 25  # of a diagram: 400 of 10,000 digits in each


def wilson(hits: int, count: int) -> list[float]:
    """Wilson's interval of a share, low and high; of nothing it is 0 to 1."""
    if not count:
        return [0.0, 1.0]
    interval = binomtest(int(hits), int(count)).proportion_ci(LEVEL, method="wilson")
    return [float(interval.low), float(interval.high)]


def mcnemar(only_a: int, only_b: int) -> float:
    """McNemar's exact two-sided p: could a coin decide which of two is right where just one of them is?"""
    return float(binomtest(only_a, only_a + only_b).pvalue) if only_a + only_b else 1.0


def holm(p_values: list[float]) -> list[float]:
    """The p values of several tests, corrected such that one false alarm in all of them is as rare as in one."""
    order = np.argsort(p_values)
    steps = np.asarray(p_values, np.float64)[order] * np.arange(len(order), 0, -1)
    corrected = np.empty(len(order))
    corrected[order] = np.minimum(1, np.maximum.accumulate(steps))
    return [float(p) for p in corrected]


def intervals(labels: np.ndarray, probabilities: np.ndarray) -> dict[str, Any]:
    """The intervals, [low, high], of what evaluate.metrics says of (n,) labels and (n, 10) probabilities."""
    predicted = probabilities.argmax(axis=1)
    right = predicted == labels
    counts = np.bincount(10 * labels.astype(int) + predicted, minlength=100).reshape(10, 10)
    hits = np.diag(counts)
    return {
        "accuracy": wilson(right.sum(), len(labels)),
        "calibration_error": calibration_interval(right, probabilities.max(axis=1)),
        "macro": dict(zip(("precision", "recall", "f1"), _macro_intervals(counts), strict=True)),
        "per_class": {
            str(digit): {
                "precision": wilson(hits[digit], counts[:, digit].sum()),
                "recall": wilson(hits[digit], counts[digit].sum()),
            }
            for digit in range(10)
        },
    }


def macro_scores(counts: np.ndarray) -> np.ndarray:
    """(k, 10, 10) confusion matrices, a row for each label -> (3, k) macro precision, recall and F1."""
    hits = np.diagonal(counts, axis1=1, axis2=2).astype(np.float64)
    labelled, read = counts.sum(axis=2), counts.sum(axis=1)
    scores = (hits, read), (hits, labelled), (2 * hits, read + labelled)
    return np.stack([(above / np.maximum(below, 1)).mean(axis=1) for above, below in scores])


def _macro_intervals(counts: np.ndarray) -> list[list[float]]:
    # Drawing n digits with replacement is drawing the cells of their confusion matrix from a multinomial.
    rng = np.random.default_rng(SEED)
    drawn = rng.multinomial(counts.sum(), counts.ravel() / counts.sum(), RESAMPLES).reshape(-1, 10, 10)
    found, resampled = macro_scores(counts[None]), macro_scores(drawn)
    return [_interval(float(value[0]), values) for value, values in zip(found, resampled, strict=True)]


def calibration_interval(right: np.ndarray, confidence: np.ndarray) -> list[float]:
    """The interval of calibrate.calibration_error."""
    if len(right) < BINS:  # an empty bin has no mean
        return [0.0, 1.0]
    order = np.argsort(confidence)
    apart = right[order] - confidence[order].astype(np.float64)
    starts = np.cumsum([0, *map(len, np.array_split(order, BINS))])[:-1]
    rng = np.random.default_rng(SEED)
    errors = []
    for _ in range(RESAMPLES // AT_A_TIME):
        rows = np.sort(rng.integers(0, len(order), (AT_A_TIME, len(order)), dtype=np.int32), axis=1)
        errors.append(np.abs(np.add.reduceat(apart[rows], starts, axis=1)).sum(axis=1) / len(order))
    return _interval(calibration_error(right, confidence), np.concatenate(errors))


def _interval(found: float, resampled: np.ndarray) -> list[float]:
    """The middle LEVEL of the resamples, moved so that their mean is what was found: they err more."""
    ends = np.quantile(resampled, [(1 - LEVEL) / 2, (1 + LEVEL) / 2]) + found - resampled.mean()
    return [float(end) for end in np.clip(ends, 0, 1)]


def reliability(right: np.ndarray, confidence: np.ndarray) -> dict[str, Any]:
    """How far confidence may be believed: calibration `error` with its `interval`, and `bins` of equal count.

    Each bin: mean `confidence`, the share `right` with its `interval`, `count`.
    """
    return {
        "error": calibration_error(right, confidence),
        "interval": calibration_interval(right, confidence),
        "bins": [
            {
                "confidence": float(c.mean(dtype=np.float64)),
                "right": float(r.mean()),
                "interval": wilson(r.sum(), len(r)),
                "count": len(r),
            }
            for r, c in bins(right, confidence, CONFIDENCE_BINS)
        ],
    }
