"""The gate before the model store: what a model must reach on validation digits, through what would serve."""

import os
from concurrent.futures import ThreadPoolExecutor

import cv2
import numpy as np

from pipeline.data.mnist import Split
from pipeline.evaluation.conditions import MIXTURE
from pipeline.evaluation.metrics import calibration_error
from pipeline.evaluation.outcomes import pictures, sample
from pipeline.recognition.encode import png
from pipeline.recognition.fit import SIDE
from pipeline.recognition.recogniser import Recogniser
from pipeline.registry.measures import QualityMetrics

RENDERED = 500  # digits; a standard deviation of 0.8 points at 97 %
SEED = 11


# A model of two epochs passes; one whose training went wrong, whose export or segmentation does not fit it, does not.
THRESHOLDS = QualityMetrics(accuracy=0.99, rendered_accuracy=0.93, calibration_error=0.005, round_trip_points=0.5)
AT_LEAST = "accuracy", "rendered_accuracy"  # of the others it is at most


def measure(recogniser: Recogniser, validation: Split) -> QualityMetrics:
    """The metrics of a model, on validation digits alone."""
    probabilities = recogniser.model.classify(validation.images).probabilities
    correct = probabilities.argmax(axis=1) == validation.labels
    rendered = sample(validation, RENDERED)
    return QualityMetrics(
        accuracy=float(correct.mean()),
        rendered_accuracy=_fraction_read(recogniser, list(pictures(MIXTURE, 1, rendered)), rendered.labels),
        calibration_error=calibration_error(correct, probabilities.max(axis=1)),
        round_trip_points=100 * round_trip_loss(recogniser, validation),
    )


def failures(found: QualityMetrics, thresholds: QualityMetrics = THRESHOLDS) -> list[str]:
    """What is below its threshold, each as a phrase; none where the model passes."""
    below = []
    for name, value in vars(found).items():
        threshold = getattr(thresholds, name)
        least = name in AT_LEAST
        if not (value >= threshold if least else value <= threshold):
            below.append(f"{name.replace('_', ' ')} {value:.4f} ({'at least' if least else 'at most'} {threshold:g})")
    return below


def round_trip_loss(recogniser: Recogniser, digits: Split) -> float:
    """The fraction of digits (0-1) that are read correctly as raw arrays, less that as pictures sent to what serves."""
    rng = np.random.default_rng(SEED)
    sent = [png(_on_a_page(digit, rng)) for digit in digits.images]
    raw = float((recogniser.model.classify(digits.images).probabilities.argmax(axis=1) == digits.labels).mean())
    return raw - _fraction_read(recogniser, sent, digits.labels)


def _on_a_page(digit: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """The digit 2 to 4 times enlarged, somewhere on a page of twice that side, about half of them dark on white."""
    side = SIDE * int(rng.integers(2, 5))
    page = np.zeros((2 * side, 2 * side), np.uint8)
    row, column = rng.integers(0, side, 2)
    page[row : row + side, column : column + side] = cv2.resize(digit, (side, side), interpolation=cv2.INTER_CUBIC)
    return page if rng.random() < 0.5 else 255 - page


def _fraction_read(recogniser: Recogniser, sent: list[bytes], labels: np.ndarray) -> float:
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        answers = list(pool.map(recogniser.recognise, sent))
    return float(np.mean([answer.digit == label for answer, label in zip(answers, labels, strict=True)]))
