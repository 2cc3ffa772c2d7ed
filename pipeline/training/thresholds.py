"""What a confidence is worth, and from where on a model may answer: settled on validation digits, kept in a card."""

from typing import Any

from rich.console import Console

from pipeline.data.examples import Amounts, judged_digits, validation_set
from pipeline.data.mnist import Split
from pipeline.evaluation import metrics
from pipeline.recognition.calibration import best_temperature
from pipeline.recognition.model import Model


def settle(model: Model, validation: Split, amounts: Amounts, console: Console) -> dict[str, Any]:
    """The card's temperature, thresholds, what they are to achieve, and how digits are told from what is none.

    Sets the model's temperature. Pictures of digits as people send them are made where `amounts` has rendered ones.
    """
    everything = validation_set(validation, console)
    model.temperature = best_temperature(everything.labels, model.classify(everything.images))
    probabilities, digitness = model.judge(validation.images)
    _, of_all = model.judge(everything.images)
    _, of_digits = model.judge(judged_digits(validation, amounts, console).images)
    no_digit_below = metrics.no_digit_threshold(of_digits)
    return {
        "temperature": model.temperature,
        "unsure_below": metrics.unsure_threshold(validation.labels, probabilities * digitness[:, None]),
        "unsure_target": f"wrong at most {metrics.WRONG_AT_MOST:.4f} of the answers given, on the validation set",
        "no_digit_below": no_digit_below,
        "no_digit_target": f"at most {metrics.LOST_AT_MOST:.4f} of the digits taken for none, on the validation set, "
        "plain and as people send it",
        "no_digit": metrics.separation(everything.labels, of_all, no_digit_below),
    }
