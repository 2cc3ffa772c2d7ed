"""How well pictures are read that differ from clean ones: by condition and severity, kind of page, empty, corrupted."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from pipeline.data.mnist import Split
from pipeline.evaluation import conditions, corruptions
from pipeline.evaluation.intervals import Interval, Reliability, reliability, wilson
from pipeline.evaluation.metrics import calibration_error
from pipeline.evaluation.outcomes import SEED, Outcomes, Reader, Track, outcomes, rng_of, sample
from pipeline.evaluation.pages.outcomes import PageOutcomes
from pipeline.recognition.encode import png
from pipeline.recognition.model import Model
from pipeline.recognition.recogniser import Recogniser

DIGITS = 500  # in each condition and severity: a standard deviation of 1 point at 95 %
DIGITS_PER_EMPTY_PAGE = 10


@dataclass(frozen=True)
class PictureScores:
    """How some pictures of digits are read; fractions 0-1.

    `accuracy`: the digit is correct, whatever the status; `answered`: the status is "digit"; `accuracy_answered`: the
    digit is correct among those, None without any; `calibration_error`: of the answers that name a digit, None without
    any; `points_from_clean`: percentage points of accuracy.
    """

    accuracy: float
    answered: float
    accuracy_answered: float | None
    calibration_error: float | None
    points_from_clean: float


@dataclass(frozen=True)
class ConditionScores(PictureScores):
    """Of one condition in one severity, 1-3."""

    condition: str
    severity: int


@dataclass(frozen=True)
class CorruptionScores(PictureScores):
    """Of a corruption of MNIST-C, sent as PNG files; `accuracy_raw` is the model's on the arrays, 0-1."""

    corruption: str
    accuracy_raw: float


@dataclass(frozen=True)
class EmptyPageScores:
    """Fractions 0-1 of so many empty pages, of all severities, that are called blank and answered with a digit."""

    page: str
    pages: int
    blank: float
    answered: float


@dataclass(frozen=True)
class PageScores:
    """How so many pages of a kind are read; fractions 0-1 of them.

    `right`: all digits of the page are read and nothing else is, whatever their status; `unsure`: no digit is read, or
    not all of those that are have status "digit"; `sure_and_wrong`: neither right nor unsure.
    """

    page: str
    pages: int
    right: float
    right_interval: Interval
    unsure: float
    sure_and_wrong: float


@dataclass(frozen=True)
class Robustness:
    """The same `digits` test digits in every condition, CLEAN first, and on pages of every kind.

    `calibration` is of all conditions together.
    """

    digits: int
    seed: int
    conditions: list[ConditionScores]
    calibration: Reliability
    pages: list[PageScores]
    empty_pages: list[EmptyPageScores]
    corruptions: list[CorruptionScores]


def robustness(
    recogniser: Recogniser,
    test: Split,
    count: int,
    read: Sequence[Outcomes],
    pages: Sequence[PageOutcomes],
    track: Track = iter,
) -> Robustness:
    """All scores over `count` test digits; `track` shows progress.

    `read` and `pages` are what `read_conditions` and `read_pages` found for these.
    """
    digits = sample(test, count)
    empty = max(1, count // DIGITS_PER_EMPTY_PAGE)
    clean = float(read[0].correct.mean())
    named = [(each.correct[each.named], each.confidence[each.named]) for each in read]
    return Robustness(
        digits=len(digits),
        seed=SEED,
        conditions=[
            ConditionScores(**vars(scores(each, clean)), condition=each.condition, severity=each.severity)
            for each in read
        ],
        calibration=reliability(*map(np.concatenate, zip(*named, strict=True))),
        pages=[page_scores(each) for each in pages],
        empty_pages=[_empty_pages(recogniser, name, empty) for name in track(conditions.EMPTY_PAGES)],
        corruptions=_corruptions(recogniser, digits, track),
    )


def scores(of: Outcomes, clean: float) -> PictureScores:
    """What the outcomes of a condition come to; `clean` is the accuracy 0-1 on clean pictures."""
    accuracy = float(of.correct.mean())
    return PictureScores(
        accuracy=accuracy,
        answered=float(of.answered.mean()),
        accuracy_answered=float(of.correct[of.answered].mean()) if of.answered.any() else None,
        calibration_error=calibration_error(of.correct[of.named], of.confidence[of.named]) if of.named.any() else None,
        points_from_clean=round(100 * (accuracy - clean), 2),
    )


def page_scores(of: PageOutcomes) -> PageScores:
    """What the outcomes of a kind of page come to."""
    count, right = len(of.correct), int(of.correct.sum())
    return PageScores(
        page=of.condition,
        pages=count,
        right=right / count,
        right_interval=wilson(right, count),
        unsure=float((~of.sure).mean()),
        sure_and_wrong=float((of.sure & ~of.correct).mean()),
    )


def _empty_pages(reader: Reader, name: str, count: int) -> EmptyPageScores:
    severities = len(conditions.SCENES[name])
    pages = (conditions.empty_page(name, 1 + i % severities, rng_of(name, 0, i)) for i in range(count))
    found = np.array([reader.recognise(page).status for page in pages])
    return EmptyPageScores(
        name, count, blank=float((found == "blank").mean()), answered=float((found == "digit").mean())
    )


def _corruptions(recogniser: Recogniser, digits: Split, track: Track) -> list[CorruptionScores]:
    clean = _accuracy(recogniser.model, digits)
    found = []
    for name in track(list(corruptions.CORRUPTIONS)):
        images = np.stack([corruptions.corrupt(name, x, rng_of(name, 0, i)) for i, x in enumerate(digits.images)])
        read = outcomes(name, 0, [recogniser.recognise(png(image)) for image in images], digits.labels)
        raw = _accuracy(recogniser.model, Split(images, digits.labels))
        found.append(CorruptionScores(**vars(scores(read, clean)), corruption=name, accuracy_raw=raw))
    return found


def _accuracy(model: Model, digits: Split) -> float:
    return float((model.classify(digits.images).probabilities.argmax(axis=1) == digits.labels).mean())
