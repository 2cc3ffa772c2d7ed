"""How far metrics may be off by chance: intervals of 95 % for what a test set shows.

Wilson 1927 for fractions, the bootstrap (Efron 1979) for averages of classes and the calibration error.
"""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.stats import binomtest, bootstrap

from pipeline.evaluation.metrics import BINS, Labels, Probabilities, bins, calibration_error

LEVEL = 0.95
RESAMPLES = 1000
BATCH = 50  # resamples at a time; each takes 16 bytes a digit
SEED = 20260103
CONFIDENCE_BINS = 25  # of a diagram: 400 of 10,000 digits in each

Correct = NDArray[np.bool_]


class Interval(NamedTuple):
    """The ends of an interval, in the unit of what it is of."""

    low: float
    high: float


@dataclass(frozen=True)
class ClassIntervals:
    """Of the scores of one class, 0-1."""

    precision: Interval
    recall: Interval


@dataclass(frozen=True)
class MacroIntervals(ClassIntervals):
    """Of the scores averaged over the classes, 0-1."""

    f1: Interval


@dataclass(frozen=True)
class Intervals:
    """Those of `registry.card.Metrics`, all of fractions 0-1; `per_class` has a key "0" to "9"."""

    accuracy: Interval
    calibration_error: Interval
    macro: MacroIntervals
    per_class: dict[str, ClassIntervals]


@dataclass(frozen=True)
class ConfidenceBin:
    """Some answers of like confidence: their mean confidence and how many of them are correct, 0-1."""

    confidence: float
    correct: float
    interval: Interval  # of `correct`
    count: int


@dataclass(frozen=True)
class Reliability:
    """How far confidence may be believed: the calibration error 0-1, and bins of equal count, the least sure first."""

    error: float
    interval: Interval
    bins: list[ConfidenceBin]


def wilson(hits: int, count: int) -> Interval:
    """Wilson's interval of the fraction hits/count, 0-1; of nothing it is 0 to 1."""
    if not count:
        return Interval(0.0, 1.0)
    found = binomtest(int(hits), int(count)).proportion_ci(LEVEL, method="wilson")
    return Interval(float(found.low), float(found.high))


def intervals(labels: Labels, probabilities: Probabilities) -> Intervals:
    """The intervals of what `metrics.metrics` says of (n,) labels 0-9 and (n, 10) probabilities."""
    predicted = probabilities.argmax(axis=1)
    correct = predicted == labels
    counts = np.bincount(10 * labels.astype(int) + predicted, minlength=100).reshape(10, 10)
    hits, labelled, read = np.diag(counts), counts.sum(axis=1), counts.sum(axis=0)
    return Intervals(
        accuracy=wilson(correct.sum(), len(labels)),
        calibration_error=calibration_interval(correct, probabilities.max(axis=1)),
        macro=_macro_intervals(counts),
        per_class={
            str(digit): ClassIntervals(wilson(hits[digit], read[digit]), wilson(hits[digit], labelled[digit]))
            for digit in range(10)
        },
    )


def macro_scores(counts: NDArray[np.int64]) -> NDArray[np.float64]:
    """(k, 10, 10) confusion matrices, a row for each label -> (3, k) macro precision, recall and F1, 0-1."""
    hits = np.diagonal(counts, axis1=1, axis2=2).astype(np.float64)
    labelled, read = counts.sum(axis=2), counts.sum(axis=1)
    scores = (hits, read), (hits, labelled), (2 * hits, read + labelled)
    return np.stack([(above / np.maximum(below, 1)).mean(axis=1) for above, below in scores])


def _macro_intervals(counts: NDArray[np.int64]) -> MacroIntervals:
    # Drawing n digits with replacement is drawing the cells of their confusion matrix from a multinomial.
    rng = np.random.default_rng(SEED)
    drawn = rng.multinomial(counts.sum(), counts.ravel() / counts.sum(), RESAMPLES).reshape(-1, 10, 10)
    found, resampled = macro_scores(counts[None]), macro_scores(drawn)
    return MacroIntervals(*(_around(float(f[0]), values) for f, values in zip(found, resampled, strict=True)))


def calibration_interval(correct: Correct, confidence: np.ndarray) -> Interval:
    """The interval of `metrics.calibration_error`, 0-1, of (n,) answers: which are correct, how sure each is."""
    if len(correct) < BINS:  # an empty bin has no mean
        return Interval(0.0, 1.0)
    order = np.argsort(confidence)
    apart: NDArray[np.float64] = correct[order] - confidence[order].astype(np.float64)
    starts = np.cumsum([0, *map(len, np.array_split(order, BINS))])[:-1]

    def error(ranks: np.ndarray, axis: int) -> np.ndarray:
        # Answers drawn by their rank in confidence: sorting ranks is faster than sorting what they stand for.
        sums = np.add.reduceat(apart[np.sort(ranks, axis=axis)], starts, axis=axis)
        return np.abs(sums).sum(axis=axis) / len(apart)

    drawn = bootstrap(
        (np.arange(len(apart)),), error, n_resamples=RESAMPLES, batch=BATCH, vectorized=True, method="percentile",
        rng=np.random.default_rng(SEED),
    )  # fmt: skip
    return _around(calibration_error(correct, confidence), drawn.bootstrap_distribution)


def _around(found: float, resampled: np.ndarray) -> Interval:
    """The middle LEVEL of the resamples, moved so that their mean is what was found: they err more."""
    ends = np.quantile(resampled, [(1 - LEVEL) / 2, (1 + LEVEL) / 2]) + found - resampled.mean()
    return Interval(*map(float, np.clip(ends, 0, 1)))


def reliability(correct: Correct, confidence: np.ndarray) -> Reliability:
    """Of (n,) answers: which are correct, and how sure each is, 0-1."""
    return Reliability(
        error=calibration_error(correct, confidence),
        interval=calibration_interval(correct, confidence),
        bins=[
            ConfidenceBin(float(c.mean(dtype=np.float64)), float(r.mean()), wilson(r.sum(), len(r)), len(r))
            for r, c in bins(correct, confidence, CONFIDENCE_BINS)
        ],
    )
