"""`python -m pipeline evaluate`: judge a stored model on test digits and write a report that a person can read."""

import base64
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
from jinja2 import Environment, PackageLoader, StrictUndefined
from rich.console import Console
from rich.progress import track

from pipeline import evaluate as judge
from pipeline import robustness, store
from pipeline.data import Split
from pipeline.gallery import gallery
from pipeline.recognise import Recogniser

REPORT = "report.html"
METRICS = "metrics.json"
CURVES = "curves.png"
MOST_MISTAKES = 60  # pictures in the report


def evaluate(test: Split, wanted: str | None, folder: Path, as_json: bool, robustness_digits: int | None = None) -> int:
    """Write REPORT and METRICS into `folder`, print the result; returns 1 when served and raw accuracy disagree.

    With `robustness_digits` also judges how so many digits are read under every condition of pipeline.conditions.
    """
    model = store.load(wanted)
    probabilities = model.predict(test.images)
    recogniser = Recogniser(model)
    read = judge.read_pictures(recogniser, test, _progress("reading PNG files"))
    result = _result(model.tag, test, probabilities, read)
    if robustness_digits:
        show = _progress("reading pictures of all conditions")
        result["robustness"] = robustness.measure(recogniser, test, robustness_digits, show)
    folder.mkdir(parents=True, exist_ok=True)
    _write(folder / METRICS, json.dumps(result, indent=1))
    _write(folder / REPORT, _html(result, model.card, test, _curves(model.tag)))
    print(json.dumps(result) if as_json else _text(result, folder / REPORT))
    if result["served"]["agrees"]:
        return 0
    print(f"error: served pictures and raw arrays differ by more than {judge.AGREEMENT_POINTS} points", file=sys.stderr)
    return 1


def _progress(description: str) -> Callable[[Collection], Iterable]:
    show = Console(stderr=True)
    return lambda items: track(items, description, total=len(items), console=show, transient=True)


def _result(tag: str, test: Split, probabilities: np.ndarray, read: np.ndarray) -> dict[str, Any]:
    raw = judge.metrics(test.labels, probabilities)
    right, right_served = int((probabilities.argmax(axis=1) == test.labels).sum()), int((read == test.labels).sum())
    agreement = {
        "accuracy": right_served / len(test),
        "points_from_raw": round(100 * (right_served - right) / len(test), 4),
        # rounded up to whole digits, so that one digit of a small set is no disagreement
        "agrees": abs(right_served - right) <= math.ceil(judge.AGREEMENT_POINTS / 100 * len(test)),
    }
    wrong = [asdict(mistake) for mistake in judge.mistakes(test.labels, probabilities)]
    return {"model": tag, **raw, "served": agreement, "mistakes": wrong}


def _text(result: dict[str, Any], report: Path) -> str:
    lines = ["digit  precision   recall       F1  support"]
    for digit, row in result["per_class"].items():
        lines.append(f"{digit:>5}  {row['precision']:9.4f}{row['recall']:9.4f}{row['f1']:9.4f}{row['support']:9.0f}")
    for name, row in result["averages"].items():
        lines.append(f"{name:>8}{row['precision']:8.4f}{row['recall']:9.4f}{row['f1']:9.4f}{result['count']:9}")
    return "\n".join(
        [
            *lines,
            *([robustness.describe(result["robustness"])] if "robustness" in result else []),
            f"{result['model']}: accuracy {result['accuracy']:.2%} on raw arrays, {result['served']['accuracy']:.2%} "
            f"on PNG files through what serves; {len(result['mistakes'])} of {result['count']:,} wrong",
            f"wrote {report}",
        ]
    )


def _html(result: dict[str, Any], card: dict[str, Any], test: Split, curves: str | None) -> str:
    shown = result["mistakes"][:MOST_MISTAKES]
    pictures = [{**mistake, "picture": _data_url(judge.png(255 - test.images[mistake["row"]]))} for mistake in shown]
    environment = Environment(loader=PackageLoader("pipeline"), autoescape=True, undefined=StrictUndefined)
    template = environment.get_template("report.html")
    judged = gallery(result["robustness"], test) if "robustness" in result else None
    return template.render(result=result, card=card, mistakes=pictures, curves=curves, robustness=judged)


def _curves(tag: str) -> str | None:
    path = Path(bentoml.models.get(tag).path) / CURVES
    return _data_url(path.read_bytes()) if path.exists() else None


def _data_url(png: bytes) -> str:
    return "data:image/png;base64," + base64.b64encode(png).decode("ascii")


def _write(path: Path, text: str) -> None:
    """Whole or not at all: a report cut short by a crash must not pass for one."""
    partial = path.with_suffix(".partial")
    partial.write_text(text, "utf-8")
    shutil.move(partial, path)
