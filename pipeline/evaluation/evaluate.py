"""`python -m pipeline evaluate`: all that is measured of a stored model on test digits, and a report of it."""

import dataclasses
import json
import shutil
from collections.abc import Callable, Collection, Iterable
from pathlib import Path

from rich.console import Console
from rich.progress import track

from pipeline.data.mnist import Split
from pipeline.evaluation import intervals, metrics
from pipeline.evaluation.comparison import compare
from pipeline.evaluation.cost import cost
from pipeline.evaluation.coverage import coverage, served_confidence
from pipeline.evaluation.label_errors import label_errors
from pipeline.evaluation.outcomes import Outcomes, read_conditions
from pipeline.evaluation.pages.outcomes import PageOutcomes, read_pages
from pipeline.evaluation.rejection import rejection
from pipeline.evaluation.report import page
from pipeline.evaluation.result import Evaluation, Evidence
from pipeline.evaluation.robustness import robustness
from pipeline.evaluation.seeds import seeds
from pipeline.evaluation.served import read_pictures, served
from pipeline.registry.store import StoredModel

REPORT = "report.html"
METRICS = "metrics.json"


def evaluate(
    test: Split, stored: StoredModel, robustness_digits: int | None = None, against: StoredModel | None = None
) -> tuple[Evaluation, Evidence]:
    """What is found of a model, and the arrays behind it.

    With `robustness_digits` also how so many digits are read under every condition of `conditions` and on
    pages of every kind; with `against` also
    a comparison with that model, on the same digits.
    """
    found, evidence = _measure(test, stored)
    outcomes: list[list[Outcomes | PageOutcomes]] = []
    if robustness_digits:
        both = [each.recogniser for each in (stored, against) if each]
        read = read_conditions(both, test, robustness_digits, _progress("reading pictures of all conditions"))
        pages = read_pages(both, test, robustness_digits, _progress("reading pages of all kinds"))
        outcomes = [[*each, *on_pages] for each, on_pages in zip(read, pages, strict=True)]
        show = _progress("reading empty pages and corruptions")
        measured = robustness(stored.recogniser, test, robustness_digits, read[0], pages[0], show)
        found = dataclasses.replace(found, robustness=measured)
    if against:
        read_by_other = against.model.classify(test.images).probabilities.argmax(axis=1)
        evidence = dataclasses.replace(evidence, read_by_other=read_by_other)
        pairs = compare((stored.tag, against.tag), test.labels, (evidence.read, read_by_other), outcomes)
        found = dataclasses.replace(found, against=pairs)
    return found, evidence


def write(found: Evaluation, evidence: Evidence, folder: Path) -> Path:
    """Write METRICS and REPORT into the folder; the report's path."""
    folder.mkdir(parents=True, exist_ok=True)
    _write(folder / METRICS, json.dumps(found.to_json(), indent=1))
    _write(folder / REPORT, page.html(found, evidence))
    return folder / REPORT


def _measure(test: Split, stored: StoredModel) -> tuple[Evaluation, Evidence]:
    """What is found of every model."""
    options = stored.recogniser.options
    probabilities, p_digit = stored.model.classify(test.images)
    told, detection = rejection(stored.model, options, test, p_digit)
    confidence = served_confidence(probabilities, p_digit, options.no_digit_below)
    evidence = Evidence(
        stored=stored, test=test, probabilities=probabilities, confidence=confidence, detection=detection
    )
    read = read_pictures(stored.recogniser, test, _progress("reading PNG files"))
    errors = label_errors(test.labels, probabilities)
    return Evaluation(
        model=stored.tag,
        metrics=metrics.metrics(test.labels, probabilities),
        intervals=intervals.intervals(test.labels, probabilities),
        served=served(test.labels, read, evidence.read),
        seeds=seeds(stored.card),
        calibration=intervals.reliability(evidence.correct, probabilities.max(axis=1)),
        coverage=coverage(evidence.correct, confidence, options.unsure_below),
        rejection=told,
        label_errors=errors,
        mistakes=metrics.mistakes(test.labels, probabilities, errors.rows),
        cost=cost(stored, test.images),
    ), evidence


def _progress(description: str) -> Callable[[Collection], Iterable]:
    show = Console(stderr=True)
    return lambda items: track(items, description, total=len(items), console=show, transient=True)


def _write(path: Path, text: str) -> None:
    """Whole or not at all: a report cut short by a crash must not pass for one."""
    partial = path.with_suffix(".partial")
    partial.write_text(text, "utf-8")
    shutil.move(partial, path)
