"""How well pictures are read that differ from clean ones: by condition and severity, empty, and corrupted.

Each picture draws its random numbers from a seed of its own, so that a figure depends on nothing but its own condition.
"""

import zlib
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from pipeline.answer import Answer
from pipeline.data.mnist import Split
from pipeline.evaluation import conditions, corruptions
from pipeline.evaluation.intervals import reliability
from pipeline.recognition.calibration import calibration_error
from pipeline.recognition.encode import png
from pipeline.recognition.recogniser import Recogniser

SEED = 1
DIGITS = 500  # in each condition and severity: a standard deviation of 1 point at 95 %
DIGITS_AN_EMPTY_PAGE = 10

Track = Callable[[Collection], Iterable]


@dataclass(frozen=True)
class Outcomes:
    """What became of each picture of a condition: (n,) whether it was read rightly, whether any digit was named.

    `answered`: with status "digit"; `confidence`: 0-1, 0 where no digit was named.
    """

    condition: str
    severity: int
    right: np.ndarray
    named: np.ndarray
    answered: np.ndarray
    confidence: np.ndarray


def measure(
    recogniser: Recogniser, test: Split, count: int = DIGITS, track: Track = iter,
    outcomes: list[Outcomes] | None = None,
) -> dict[str, Any]:  # fmt: skip
    """All figures, JSON-ready, over the same `count` test digits in every condition; `track` shows the progress.

    Shares are 0-1. `accuracy`: the digit is right, whatever the status; `answered`: the status is "digit";
    `accuracy_answered`: the digit is right among those, None without any; `calibration_error`: of the answers that name
    a digit, None without any; `points_from_clean`: percentage points. `outcomes` spares the reading of the conditions.
    """
    digits = sample(test, count)
    pages = max(1, count // DIGITS_AN_EMPTY_PAGE)
    if outcomes is None:
        (outcomes,) = read_conditions([recogniser], test, count, track)
    judged = [{"condition": each.condition, "severity": each.severity, **_figures(each)} for each in outcomes]
    right, confidence = (
        np.concatenate([getattr(each, field)[each.named] for each in outcomes]) for field in ("right", "confidence")
    )
    return {
        "digits": len(digits),
        "seed": SEED,
        "conditions": _with_points(judged, judged[0]["accuracy"]),
        "calibration": reliability(right, confidence),
        "empty_pages": [_empty(recogniser, name, pages) for name in track(conditions.EMPTY_PAGES)],
        "corruptions": _corruptions(recogniser, digits, track),
    }


def read_conditions(
    recognisers: list[Recogniser], test: Split, count: int = DIGITS, track: Track = iter
) -> list[list[Outcomes]]:
    """For each recogniser how `count` test digits are read in every condition and severity, CLEAN first."""
    digits = sample(test, count)
    rows = [_condition(recognisers, digits, *each) for each in track(conditions.severities())]
    return [list(column) for column in zip(*rows, strict=True)]


def sample(split: Split, count: int) -> Split:
    """About `count` digits, as many of each label, always the same ones."""
    rng = np.random.default_rng(SEED)
    rows = [
        rng.permutation(np.flatnonzero(split.labels == label))[: count // 10 + (label < count % 10)]
        for label in range(10)
    ]
    chosen = np.sort(np.concatenate(rows))
    return Split(split.images[chosen], split.labels[chosen])


def pictures(name: str, severity: int, digits: Split) -> Iterator[bytes]:
    """The files of a condition, one a digit."""
    for index, digit in enumerate(digits.images):
        yield conditions.picture(name, severity, digit, rng_of(name, severity, index))


def rng_of(name: str, severity: int, index: int) -> np.random.Generator:
    """The random numbers of one picture."""
    return np.random.default_rng((SEED, zlib.crc32(name.encode()), severity, index))


def _condition(recognisers: list[Recogniser], digits: Split, name: str, severity: int) -> list[Outcomes]:
    files = pictures(name, severity, digits)  # drawn once for all: drawing takes half as long as reading
    answers = [[recogniser.recognise(file) for recogniser in recognisers] for file in files]
    return [_outcomes(name, severity, list(each), digits.labels) for each in zip(*answers, strict=True)]


def _outcomes(name: str, severity: int, answers: list[Answer], labels: np.ndarray) -> Outcomes:
    read = np.array([-1 if answer.digit is None else answer.digit for answer in answers])
    answered = np.array([answer.status == "digit" for answer in answers])
    confidence = np.array([answer.confidence for answer in answers])
    return Outcomes(name, severity, read == labels, read >= 0, answered, confidence)


def _figures(of: Outcomes) -> dict[str, Any]:
    return {
        "accuracy": float(of.right.mean()),
        "answered": float(of.answered.mean()),
        "accuracy_answered": float(of.right[of.answered].mean()) if of.answered.any() else None,
        "calibration_error": calibration_error(of.right[of.named], of.confidence[of.named]) if of.named.any() else None,
    }


def _with_points(rows: list[dict[str, Any]], clean: float) -> list[dict[str, Any]]:
    return [{**row, "points_from_clean": round(100 * (row["accuracy"] - clean), 2)} for row in rows]


def _empty(recogniser: Recogniser, name: str, count: int) -> dict[str, Any]:
    """Shares of empty pages, of all severities, that are called blank and that are answered with a digit."""
    severities = len(conditions.SCENES[name])
    pages = (conditions.empty_page(name, 1 + i % severities, rng_of(name, 0, i)) for i in range(count))
    found = np.array([recogniser.recognise(page).status for page in pages])
    return {
        "page": name,
        "pages": count,
        "blank": float((found == "blank").mean()),
        "answered": float((found == "digit").mean()),
    }


def _corruptions(recogniser: Recogniser, digits: Split, track: Track) -> list[dict[str, Any]]:
    """Each corruption of MNIST-C: `accuracy_raw` of the model on the arrays, the rest on PNG files of them."""
    clean = float((recogniser.model.predict(digits.images).argmax(axis=1) == digits.labels).mean())
    rows = []
    for name in track(list(corruptions.CORRUPTIONS)):
        corrupted = np.stack([corruptions.corrupt(name, x, rng_of(name, 0, i)) for i, x in enumerate(digits.images)])
        raw = recogniser.model.predict(corrupted).argmax(axis=1) == digits.labels
        figures = _figures(_outcomes(name, 0, [recogniser.recognise(png(x)) for x in corrupted], digits.labels))
        rows.append({"corruption": name, "accuracy_raw": float(raw.mean()), **figures})
    return _with_points(rows, clean)
