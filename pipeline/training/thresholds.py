"""What a confidence is worth, and from where on a model may answer: chosen on validation digits, kept in its card."""

from dataclasses import dataclass

import numpy as np
from rich.console import Console

from pipeline.data.examples import ExampleMix, threshold_digits, validation_set
from pipeline.data.mnist import Split
from pipeline.evaluation import metrics
from pipeline.recognition.calibration import with_temperature
from pipeline.recognition.eye import Eye
from pipeline.recognition.model import Model
from pipeline.registry.measures import Rejection

TEMPERATURES = np.geomspace(0.3, 3, 231)  # 1 % apart
WRONG_AT_MOST = 2 / 1000  # of the answers given without "unsure"
REJECTED_AT_MOST = 1 / 1000  # of the digits may be taken for none


@dataclass(frozen=True)
class Calibration:
    """What calibration adds to a card; see the fields of ModelCard that have these names."""

    temperature: float
    unsure_below: float
    unsure_target: str
    no_digit_below: float
    no_digit_target: str
    rejection: Rejection


def calibrate(model: Model, eye: Eye, validation: Split, mix: ExampleMix, console: Console) -> Calibration:
    """Choose temperature and thresholds; sets the model's temperature.

    Pictures of digits as people send them are made where `mix` has rendered ones.
    """
    everything = validation_set(validation)
    model.temperature = best_temperature(everything.labels, model.uncalibrated(everything.images))
    probabilities, p_digit = model.classify(validation.images)
    digits = threshold_digits(validation, mix, eye, console)
    no_digit_below = no_digit_threshold(model.classify(digits.images).p_digit)
    return Calibration(
        temperature=model.temperature,
        unsure_below=unsure_threshold(validation.labels, probabilities * p_digit[:, None]),
        unsure_target=f"wrong at most {WRONG_AT_MOST:.4f} of the answers given, on the validation set",
        no_digit_below=no_digit_below,
        no_digit_target=f"at most {REJECTED_AT_MOST:.4f} of the digits taken for none, on the validation set, "
        "plain and as people send it",
        rejection=metrics.rejection(everything.labels, model.classify(everything.images).p_digit, no_digit_below),
    )


def best_temperature(labels: np.ndarray, probabilities: np.ndarray) -> float:
    """The temperature at which (n, k) probabilities give the (n,) labels the least log loss."""
    rows = np.arange(len(labels))

    def loss(temperature: float) -> float:
        of_label = with_temperature(probabilities, temperature)[rows, labels]
        return -float(np.log(np.maximum(of_label, 1e-12)).mean())

    return float(min(TEMPERATURES, key=loss))


def unsure_threshold(labels: np.ndarray, probabilities: np.ndarray, wrong_at_most: float = WRONG_AT_MOST) -> float:
    """The lowest confidence from which on the answers given are wrong at most that often; 0 if all may be given.

    Labels (n,) 0-9, probabilities (n, 10), `wrong_at_most` a fraction 0-1.
    """
    confidence, correct = probabilities.max(axis=1), probabilities.argmax(axis=1) == labels
    order = np.argsort(-confidence, kind="stable")
    wrong_so_far = np.cumsum(~correct[order]) / np.arange(1, len(order) + 1)
    good = np.flatnonzero(wrong_so_far <= wrong_at_most)
    if len(good) == len(order) or (len(good) and good[-1] == len(order) - 1):
        return 0.0
    return float(confidence[order[good[-1]]]) if len(good) else 1.0


def no_digit_threshold(p_digit: np.ndarray, rejected_at_most: float = REJECTED_AT_MOST) -> float:
    """The highest P(digit) that all but this fraction of the digits reach; p_digit (n,) is of digits alone."""
    return float(np.quantile(p_digit, rejected_at_most))
