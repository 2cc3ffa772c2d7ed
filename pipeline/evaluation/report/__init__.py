"""`python -m pipeline evaluate`: judge a stored model on test digits and write a report that a person can read."""

import json
import math
import shutil
import sys
from collections.abc import Callable, Collection, Iterable
from dataclasses import asdict
from pathlib import Path
from typing import Any

import bentoml
import numpy as np
from rich.console import Console
from rich.progress import track

from pipeline.data.mnist import Split
from pipeline.evaluation import intervals, metrics, robustness, seeds
from pipeline.evaluation.report import comparison, cost, coverage, doubtful, page, rejection, summary
from pipeline.recognition.encode import png
from pipeline.recognition.model import Model
from pipeline.recognition.recogniser import Recogniser
from pipeline.registry import store

REPORT = "report.html"
METRICS = "metrics.json"


def evaluate(
    test: Split, wanted: str | None, folder: Path, as_json: bool, robustness_digits: int | None = None,
    against: str | None = None,
) -> int:  # fmt: skip
    """Write REPORT and METRICS into `folder`, print the result; returns 1 when served and raw accuracy disagree.

    With `robustness_digits` also judges how so many digits are read under every condition of pipeline.evaluation.conditions; with
    `against` also compares the model with that one, on the same digits.
    """
    model = store.load(wanted)
    other = store.load(against) if against else None
    result, shown = _judge(model, test)
    outcomes: list[list[robustness.Outcomes]] = []
    if robustness_digits:
        both = [Recogniser(each) for each in (model, other) if each]
        show = _progress("reading pictures of all conditions")
        outcomes = robustness.read_conditions(both, test, robustness_digits, show)
        show = _progress("reading empty pages and corruptions")
        result["robustness"] = robustness.measure(both[0], test, robustness_digits, show, outcomes[0])
    if other:
        shown.read_by_other = other.predict(test.images).argmax(axis=1)
        reads = shown.probabilities.argmax(axis=1), shown.read_by_other
        result["against"] = comparison.compare((model.tag, other.tag), test.labels, reads, outcomes)
    return _deliver(result, shown, folder, as_json)


def _judge(model: Model, test: Split) -> tuple[dict[str, Any], page.Shown]:
    """What is found for every model, and what the page shows beside the figures."""
    probabilities, digitness = model.judge(test.images)
    read = metrics.read_pictures(Recogniser(model), test, _progress("reading PNG files"))
    none, others = rejection.rejection(model, test, digitness)
    right = probabilities.argmax(axis=1) == test.labels
    confidence = coverage.served_confidence(probabilities, digitness, model.card["no_digit_below"])
    doubt, trainings = doubtful.figures(test.labels, probabilities), seeds.same_recipe(model.card)
    folder = Path(bentoml.models.get(model.tag).path)
    result = {
        "model": model.tag,
        **metrics.metrics(test.labels, probabilities),
        "intervals": intervals.intervals(test.labels, probabilities),
        "served": _served(test.labels, probabilities, read),
        "seeds": {"models": trainings, "spread": seeds.spread(trainings)},
        "calibration": intervals.reliability(right, probabilities.max(axis=1)),
        "coverage": {
            "operating_point": coverage.operating_point(right, confidence, model.card["unsure_below"]),
            "points": coverage.at_shares(right, confidence),
        },
        "no_digit": none,
        "doubtful": doubt,
        "mistakes": [
            {**asdict(mistake), "doubtful": mistake.row in doubt["rows"]}
            for mistake in metrics.mistakes(test.labels, probabilities)
        ],
        "cost": cost.cost(model, folder, test.images),
    }
    return result, page.Shown(model, folder, test, probabilities, confidence, others)


def read_pictures(recogniser: Recogniser, split: Split, track: Callable[[np.ndarray], Iterable] = iter) -> np.ndarray:
    """(n,) digits that the served path reads from digits sent as PNG files, sure or not; -1 where it finds none."""
    answers = (recogniser.recognise(png(image)) for image in track(split.images))
    return np.array([-1 if answer.status == "blank" else int(np.argmax(answer.probabilities)) for answer in answers])


def _served(labels: np.ndarray, probabilities: np.ndarray, read: np.ndarray) -> dict[str, Any]:
    right, right_served = int((probabilities.argmax(axis=1) == labels).sum()), int((read == labels).sum())
    return {
        "accuracy": right_served / len(labels),
        "interval": intervals.wilson(right_served, len(labels)),
        "points_from_raw": round(100 * (right_served - right) / len(labels), 4),
        # rounded up to whole digits, so that one digit of a small set is no disagreement
        "agrees": abs(right_served - right) <= math.ceil(metrics.AGREEMENT_POINTS / 100 * len(labels)),
    }


def _deliver(result: dict[str, Any], shown: page.Shown, folder: Path, as_json: bool) -> int:
    """Write and print; the exit status."""
    folder.mkdir(parents=True, exist_ok=True)
    _write(folder / METRICS, json.dumps(result, indent=1))
    _write(folder / REPORT, page.html(result, shown))
    print(json.dumps(result) if as_json else f"{summary.text(result)}\nwrote {folder / REPORT}")
    if result["served"]["agrees"]:
        return 0
    print(
        f"error: served pictures and raw arrays differ by more than {metrics.AGREEMENT_POINTS} points", file=sys.stderr
    )
    return 1


def _progress(description: str) -> Callable[[Collection], Iterable]:
    show = Console(stderr=True)
    return lambda items: track(items, description, total=len(items), console=show, transient=True)


def _write(path: Path, text: str) -> None:
    """Whole or not at all: a report cut short by a crash must not pass for one."""
    partial = path.with_suffix(".partial")
    partial.write_text(text, "utf-8")
    shutil.move(partial, path)
