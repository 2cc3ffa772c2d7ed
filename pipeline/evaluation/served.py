"""Whether what serves reads digits as the model does: sent as PNG files, and as raw arrays."""

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipeline.data.mnist import Split
from pipeline.evaluation.intervals import Interval, wilson
from pipeline.evaluation.metrics import Labels
from pipeline.evaluation.outcomes import Reader
from pipeline.recognition.encode import png

AGREEMENT_POINTS = 0.05  # percentage points of accuracy that served pictures and raw arrays may differ by

Digits = NDArray[np.integer]


@dataclass(frozen=True)
class Served:
    """Accuracy 0-1 on PNG files, its distance in percentage points, and whether it is within AGREEMENT_POINTS."""

    accuracy: float
    interval: Interval
    points_from_raw: float
    agrees: bool


def served(labels: Labels, read: Digits, read_raw: Digits) -> Served:
    """Of (n,) labels 0-9, and the (n,) digits read from PNG files and from raw arrays."""
    correct, correct_raw = int((read == labels).sum()), int((read_raw == labels).sum())
    return Served(
        accuracy=correct / len(labels),
        interval=wilson(correct, len(labels)),
        points_from_raw=round(100 * (correct - correct_raw) / len(labels), 4),
        # rounded up to whole digits, so that one digit of a small set is no disagreement
        agrees=abs(correct - correct_raw) <= math.ceil(AGREEMENT_POINTS / 100 * len(labels)),
    )


def read_pictures(reader: Reader, split: Split, track: Callable[[np.ndarray], Iterable] = iter) -> Digits:
    """(n,) digits that are read from those of the split, sent as PNG files, sure or not; -1 where there is no ink."""
    answers = (reader.recognise(png(image)) for image in track(split.images))
    return np.array([-1 if answer.status == "blank" else int(np.argmax(answer.probabilities)) for answer in answers])
