"""Out-of-distribution detection: test digits against synthetic letters, words, numbers, scribbles and stains.

Of kinds that training has seen, but letters of glyphs that it has not: real letters are harder.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipeline.data.examples import REJECT_CLASS, VALIDATION_GLYPH_EVERY
from pipeline.data.mnist import Split
from pipeline.data.synthesis import nondigits
from pipeline.evaluation import metrics
from pipeline.evaluation.coverage import NEVER, served_confidence
from pipeline.evaluation.intervals import Interval, wilson
from pipeline.recognition.decide import DecisionOptions
from pipeline.recognition.model import Classification, Model
from pipeline.registry.measures import Rejection

SEED = 20260104
NONDIGITS = 0.5  # for each test digit


@dataclass(frozen=True)
class Statuses:
    """The fraction 0-1 of pictures that is answered with each status."""

    digit: float
    unsure: float
    not_a_digit: float


@dataclass(frozen=True)
class NondigitRejection(Rejection):
    """Digits told from so many non-digits by P(digit), its threshold, and what non-digits are answered with."""

    nondigits: int
    no_digit_below: float
    answered: Statuses
    called_digit_interval: Interval  # of answered.digit


@dataclass(frozen=True)
class Detection:
    """Digits and non-digits: labels (n,) 0-10, 10 for what is none, and (n,) P(digit)."""

    labels: NDArray[np.uint8]
    p_digit: NDArray[np.float32]


def made_up(test: Split) -> NDArray[np.uint8]:
    """(n, 28, 28) non-digits of glyphs that training never sees; the same for the same test digits."""
    glyphs = nondigits.load_glyphs().some(VALIDATION_GLYPH_EVERY, kept=True)
    return nondigits.nondigits(max(1, round(NONDIGITS * len(test))), np.random.default_rng(SEED), test.images, glyphs)


def rejection(
    model: Model, options: DecisionOptions, test: Split, p_digit: NDArray[np.float32]
) -> tuple[NondigitRejection, Detection]:
    """How well a model tells digits from what is none, and what shows it; `p_digit` (n,) is of the test digits."""
    found = model.classify(made_up(test))
    count = len(found.p_digit)
    labels = np.concatenate([test.labels, np.full(count, REJECT_CLASS, np.uint8)])
    detection = Detection(labels, np.concatenate([p_digit, found.p_digit]))
    told = metrics.rejection(detection.labels, detection.p_digit, options.no_digit_below)
    answered = statuses(found, options)
    return NondigitRejection(
        **vars(told),
        nondigits=count,
        no_digit_below=options.no_digit_below,
        answered=answered,
        called_digit_interval=wilson(round(answered.digit * count), count),
    ), detection


def statuses(found: Classification, options: DecisionOptions) -> Statuses:
    """How often each status is given to n pictures that the model classifies so."""
    confidence = served_confidence(found.probabilities, found.p_digit, options.no_digit_below)
    taken, sure = confidence > NEVER, confidence >= options.unsure_below
    return Statuses(
        digit=float((sure & taken).mean()),
        unsure=float((~sure & taken).mean()),
        not_a_digit=float((~taken).mean()),
    )
