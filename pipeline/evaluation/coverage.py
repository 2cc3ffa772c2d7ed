"""What asking for more confidence buys: how many digits are answered (coverage), how many of the answers are wrong.

The risk-coverage curve of selective classification: El-Yaniv and Wiener 2010, JMLR 11.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipeline.evaluation.intervals import Correct, Interval, wilson
from pipeline.evaluation.metrics import Probabilities

NEVER = -1.0  # the confidence of what is taken for no digit: no threshold answers it
COVERAGES = (0.9, 0.95, 0.98, 0.99, 0.995, 1.0)  # fractions of the digits answered, for a table

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class OperatingPoint:
    """What is answered from a confidence on: fractions 0-1 of the digits answered, and of these answers wrong."""

    threshold: float
    coverage: float
    coverage_interval: Interval
    risk: float  # 0 where nothing is answered
    risk_interval: Interval
    answered: int  # digits
    wrong: int  # digits, of those answered


@dataclass(frozen=True)
class Coverage:
    """The point at which the model serves, and those that answer at least each of COVERAGES."""

    operating_point: OperatingPoint
    points: list[OperatingPoint]


def coverage(correct: Correct, confidence: np.ndarray, unsure_below: float) -> Coverage:
    """Of (n,) answers: which are correct, how sure each is (0-1 or NEVER), and the confidence it serves from."""
    return Coverage(operating_point(correct, confidence, unsure_below), at_coverages(correct, confidence))


def served_confidence(probabilities: Probabilities, p_digit: np.ndarray, no_digit_below: float) -> np.ndarray:
    """(n, 10) probabilities and (n,) P(digit) -> (n,) confidence 0-1 as it is served; NEVER where no digit is."""
    return np.where(p_digit >= no_digit_below, probabilities.max(axis=1) * p_digit, NEVER)


def risk_coverage(correct: Correct, confidence: np.ndarray) -> tuple[np.ndarray, Floats, Floats]:
    """(n,) answers -> (k,) thresholds, the highest first, each with its coverage and risk, both 0-1."""
    order = np.argsort(-confidence, kind="stable")
    order = order[confidence[order] > NEVER]
    sure, count = confidence[order], np.arange(1, len(order) + 1)
    last = np.append(sure[1:] < sure[:-1], True)[: len(order)]  # of those equally sure, which are answered together
    return sure[last], count[last] / len(correct), np.cumsum(~correct[order])[last] / count[last]


def operating_point(correct: Correct, confidence: np.ndarray, threshold: float) -> OperatingPoint:
    """What (n,) answers come to where those less sure than the threshold are not given."""
    given = (confidence >= threshold) & (confidence > NEVER)
    answered, wrong = int(given.sum()), int((given & ~correct).sum())
    return OperatingPoint(
        threshold=float(threshold),
        coverage=answered / len(correct),
        coverage_interval=wilson(answered, len(correct)),
        risk=wrong / answered if answered else 0.0,
        risk_interval=wilson(wrong, answered),
        answered=answered,
        wrong=wrong,
    )


def at_coverages(correct: Correct, confidence: np.ndarray) -> list[OperatingPoint]:
    """The operating points that answer at least each of COVERAGES, as far as any threshold does."""
    thresholds, found, _ = risk_coverage(correct, confidence)
    places = [int(np.searchsorted(found, wanted - 1e-9)) for wanted in COVERAGES]
    return [operating_point(correct, confidence, thresholds[place]) for place in places if place < len(found)]
