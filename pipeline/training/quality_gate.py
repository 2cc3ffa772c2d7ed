"""The gate before the model store: what a model must reach on validation digits, through what would serve."""

import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import cv2
import numpy as np

from pipeline.data.mnist import SIDE, Split
from pipeline.evaluation.metrics import png
from pipeline.evaluation.robustness import pictures, sample
from pipeline.recognition.calibration import calibration_error
from pipeline.recognition.recogniser import Recogniser

RENDERED = 500  # digits; a standard deviation of 0.8 points at 97 %
MIXTURE = "mixture of all"  # of pipeline.evaluation.conditions
SEED = 11


@dataclass(frozen=True)
class Figures:
    """What is asked of a model. Shares are 0-1; `round_trip_points` are percentage points of accuracy."""

    accuracy: float  # share of the digits read rightly, as arrays
    rendered_accuracy: float  # the same as photographs, scans and drawings of all kinds
    calibration_error: float  # as arrays
    round_trip_points: float  # lost where digits come enlarged, moved onto a page, half of them inverted


# A model of two epochs passes; one whose training went wrong, whose export or preprocessing does not fit it, does not.
FLOORS = Figures(accuracy=0.99, rendered_accuracy=0.93, calibration_error=0.005, round_trip_points=0.5)
AT_LEAST = "accuracy", "rendered_accuracy"  # of the others it is at most


def measure(recogniser: Recogniser, validation: Split) -> Figures:
    """The figures of a model, on validation digits alone."""
    probabilities = recogniser.model.predict(validation.images)
    right = probabilities.argmax(axis=1) == validation.labels
    rendered = sample(validation, RENDERED)
    return Figures(
        accuracy=float(right.mean()),
        rendered_accuracy=_share_read(recogniser, list(pictures(MIXTURE, 1, rendered)), rendered.labels),
        calibration_error=calibration_error(right, probabilities.max(axis=1)),
        round_trip_points=100 * round_trip_loss(recogniser, validation),
    )


def failures(found: Figures, floors: Figures = FLOORS) -> list[str]:
    """What is below its floor, each as a phrase; none where the model passes."""
    below = []
    for name, value in vars(found).items():
        floor = getattr(floors, name)
        least = name in AT_LEAST
        if not (value >= floor if least else value <= floor):
            below.append(f"{name.replace('_', ' ')} {value:.4f} ({'at least' if least else 'at most'} {floor:g})")
    return below


def round_trip_loss(recogniser: Recogniser, digits: Split) -> float:
    """The share of digits (0-1) that the raw arrays read rightly and pictures of them, sent to what serves, lose."""
    rng = np.random.default_rng(SEED)
    sent = [png(_on_a_page(digit, rng)) for digit in digits.images]
    raw = float((recogniser.model.predict(digits.images).argmax(axis=1) == digits.labels).mean())
    return raw - _share_read(recogniser, sent, digits.labels)


def _on_a_page(digit: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """The digit 2 to 4 times enlarged, somewhere on a page of twice that side, every other one dark on white."""
    side = SIDE * int(rng.integers(2, 5))
    page = np.zeros((2 * side, 2 * side), np.uint8)
    row, column = rng.integers(0, side, 2)
    page[row : row + side, column : column + side] = cv2.resize(digit, (side, side), interpolation=cv2.INTER_CUBIC)
    return page if rng.random() < 0.5 else 255 - page


def _share_read(recogniser: Recogniser, sent: list[bytes], labels: np.ndarray) -> float:
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        answers = list(pool.map(recogniser.recognise, sent))
    return float(np.mean([answer.digit == label for answer, label in zip(answers, labels, strict=True)]))
