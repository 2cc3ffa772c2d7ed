"""Whether the model knows what is no digit: test digits against made-up letters, words, numbers, scribbles, stains."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from pipeline.data.examples import REJECT_CLASS, VALIDATION_GLYPHS
from pipeline.data.mnist import Split
from pipeline.data.synthesis import nondigits
from pipeline.evaluation.intervals import wilson
from pipeline.evaluation.metrics import separation
from pipeline.evaluation.report.coverage import NEVER, served_confidence
from pipeline.recognition.model import Model

SEED = 20260104
SHARE = 0.5  # non-digits for each test digit


@dataclass(frozen=True)
class Judged:
    """Digits and non-digits: labels (n,) 0-10, and (n,) the probability of being a digit at all."""

    labels: np.ndarray
    digitness: np.ndarray


def others(test: Split) -> np.ndarray:
    """(n, 28, 28) uint8 non-digits, of glyphs that training never sees; the same for the same test digits."""
    glyphs = nondigits.load_glyphs().some(VALIDATION_GLYPHS, kept=True)
    return nondigits.nondigits(max(1, round(SHARE * len(test))), np.random.default_rng(SEED), test.images, glyphs)


def rejection(model: Model, test: Split, digitness: np.ndarray) -> tuple[dict[str, Any], Judged]:
    """The figures, and what they come from; (n,) `digitness` is that of the test digits."""
    probabilities, of_others = model.judge(others(test))
    labels = np.concatenate([test.labels, np.full(len(of_others), REJECT_CLASS)])
    judged = Judged(labels, np.concatenate([digitness, of_others]))
    below = float(model.card["no_digit_below"])
    status = statuses(probabilities, of_others, model.card)
    return {
        "others": len(of_others),
        "no_digit_below": below,
        **separation(judged.labels, judged.digitness, below),
        "answered": status,
        "called_digit_interval": wilson(round(status["digit"] * len(of_others)), len(of_others)),
    }, judged


def statuses(probabilities: np.ndarray, digitness: np.ndarray, card: dict[str, Any]) -> dict[str, float]:
    """The share of each status that pipeline.recognition gives what the model judges so."""
    confidence = served_confidence(probabilities, digitness, float(card["no_digit_below"]))
    digit, taken = confidence >= float(card["unsure_below"]), confidence > NEVER
    return {
        "digit": float((digit & taken).mean()),
        "unsure": float((~digit & taken).mean()),
        "not_a_digit": float((~taken).mean()),
    }
