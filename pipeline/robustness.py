"""How well pictures are read that differ from clean ones: by condition and severity, empty, and corrupted.

Each picture draws its random numbers from a seed of its own, so that a figure depends on nothing but its own condition.
"""

import math
import zlib
from collections.abc import Callable, Collection, Iterable, Iterator
from typing import Any

import numpy as np

from pipeline import conditions, corruptions
from pipeline.answer import Answer
from pipeline.data import Split
from pipeline.recognise import Recogniser
from pipeline.render.camera import png

SEED = 1
DIGITS = 500  # in each condition and severity: a standard deviation of 1 point at 95 %
DIGITS_AN_EMPTY_PAGE = 10

Track = Callable[[Collection], Iterable]


def measure(recogniser: Recogniser, test: Split, count: int = DIGITS, track: Track = iter) -> dict[str, Any]:
    """All figures, JSON-ready, over the same `count` test digits in every condition; `track` shows the progress.

    Shares are 0-1. `accuracy`: the digit is right, whatever the status; `answered`: the status is "digit";
    `accuracy_answered`: the digit is right among those, None without any; `points_from_clean`: percentage points.
    """
    digits = sample(test, count)
    pages = max(1, count // DIGITS_AN_EMPTY_PAGE)
    judged = [_condition(recogniser, digits, *each) for each in track(conditions.severities())]
    return {
        "digits": len(digits),
        "seed": SEED,
        "conditions": _with_points(judged, judged[0]["accuracy"]),
        "empty_pages": [_empty(recogniser, name, pages) for name in track(conditions.EMPTY_PAGES)],
        "corruptions": _corruptions(recogniser, digits, track),
    }


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


def _condition(recogniser: Recogniser, digits: Split, name: str, severity: int) -> dict[str, Any]:
    answers = [recogniser.recognise(picture) for picture in pictures(name, severity, digits)]
    return {"condition": name, "severity": severity, **_figures(answers, digits.labels)}


def _figures(answers: list[Answer], labels: np.ndarray) -> dict[str, Any]:
    right = np.array([-1 if answer.digit is None else answer.digit for answer in answers]) == labels
    answered = np.array([answer.status == "digit" for answer in answers])
    return {
        "accuracy": float(right.mean()),
        "answered": float(answered.mean()),
        "accuracy_answered": float(right[answered].mean()) if answered.any() else None,
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
        figures = _figures([recogniser.recognise(png(x)) for x in corrupted], digits.labels)
        rows.append({"corruption": name, "accuracy_raw": float(raw.mean()), **figures})
    return _with_points(rows, clean)


def describe(result: dict[str, Any]) -> str:
    """The figures as a table for a person."""
    heading = f"{'condition':<28}severity  accuracy  answered  right if answered  points from clean"
    deviation = 100 * math.sqrt(0.05 * 0.95 / result["digits"])  # of the binomial distribution
    precision = f"a share near 95 % has a standard deviation of {deviation:.1f} points"
    lines = [f"{result['digits']} digits in each condition: {precision}", heading]
    lines += [_line(row["condition"], row["severity"], row) for row in result["conditions"]]
    lines += [
        _line(f"MNIST-C {row['corruption']}", "", row) + f"  (raw array {row['accuracy_raw']:.1%})"
        for row in result["corruptions"]
    ]
    lines += [
        f"empty page, {row['page']}: called blank {row['blank']:.0%}, a digit {row['answered']:.0%}"
        for row in result["empty_pages"]
    ]
    return "\n".join(lines)


def _line(name: str, severity: object, row: dict[str, Any]) -> str:
    among = "-" if row["accuracy_answered"] is None else f"{row['accuracy_answered']:.1%}"
    return (
        f"{name:<28}{severity:>8}{row['accuracy']:>10.1%}{row['answered']:>10.1%}{among:>19}"
        f"{row['points_from_clean']:>+19.1f}"
    )
