"""What asking for more confidence buys: the share of digits answered against the share wrong among the answers."""

from typing import Any

import numpy as np

from pipeline.evaluation.intervals import wilson

NEVER = -1.0  # the confidence of what is taken for no digit: no threshold answers it
SHARES = (0.9, 0.95, 0.98, 0.99, 0.995, 1.0)  # of the digits answered, for a table


def served_confidence(probabilities: np.ndarray, digitness: np.ndarray, no_digit_below: float) -> np.ndarray:
    """(n,) confidence of the answers as pipeline.recognition gives them; NEVER where there is none."""
    return np.where(digitness >= no_digit_below, probabilities.max(axis=1) * digitness, NEVER)


def curve(right: np.ndarray, confidence: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Over all thresholds, the highest first: threshold, share answered, share wrong among those answered."""
    order = np.argsort(-confidence, kind="stable")
    order = order[confidence[order] > NEVER]
    sure, count = confidence[order], np.arange(1, len(order) + 1)
    last = np.append(sure[1:] < sure[:-1], True)[: len(order)]  # of those equally sure, which are answered together
    return sure[last], count[last] / len(right), np.cumsum(~right[order])[last] / count[last]


def operating_point(right: np.ndarray, confidence: np.ndarray, threshold: float) -> dict[str, Any]:
    """Counts and shares, with intervals, of the digits answered from a threshold on, and of those wrong among them."""
    answered = (confidence >= threshold) & (confidence > NEVER)
    count, wrong = int(answered.sum()), int((answered & ~right).sum())
    return {
        "threshold": float(threshold),
        "answered": count / len(right),
        "answered_interval": wilson(count, len(right)),
        "wrong": wrong / count if count else 0.0,
        "wrong_interval": wilson(wrong, count),
        "counts": {"digits": len(right), "answered": count, "wrong": wrong},
    }


def at_shares(right: np.ndarray, confidence: np.ndarray) -> list[dict[str, Any]]:
    """The operating points that answer at least each of SHARES, as far as any threshold does."""
    thresholds, shares, _ = curve(right, confidence)
    places = [int(np.searchsorted(shares, share - 1e-9)) for share in SHARES]
    return [operating_point(right, confidence, thresholds[place]) for place in places if place < len(shares)]
