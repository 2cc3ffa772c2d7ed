"""The report as one HTML file: metrics, diagrams and pictures put into templates/."""

from dataclasses import dataclass

import numpy as np
from jinja2 import Environment, PackageLoader, StrictUndefined

from pipeline.answer import data_url
from pipeline.evaluation import coverage, occlusion
from pipeline.evaluation.comparison import Comparison
from pipeline.evaluation.intervals import Interval
from pipeline.evaluation.metrics import DIGITS, Mistake
from pipeline.evaluation.report import plots
from pipeline.evaluation.report.gallery import Pictured, gallery
from pipeline.evaluation.result import Evaluation, Evidence
from pipeline.recognition.encode import png

CURVES = "curves.png"
MOST_MISTAKES = 60  # pictures in the report
MOST_DIFFERENCES = 20  # pictures of digits that only one of two models reads
LOOKED_AT = 6  # mistakes of which it is shown what the network looks at


@dataclass(frozen=True)
class LookedAt:
    """A test digit over which a patch was slid: what was read, its probability, and by how much that drops, 0-1."""

    picture: str
    row: int
    label: int
    read: int
    confidence: float
    drop: float


@dataclass(frozen=True)
class Difference:
    """A test digit that one of two models reads correctly, and what the other read."""

    picture: str
    row: int
    label: int
    misread_as: int


def html(found: Evaluation, evidence: Evidence) -> str:
    """The whole page."""
    environment = Environment(
        loader=PackageLoader("pipeline.evaluation.report"), autoescape=True, undefined=StrictUndefined, trim_blocks=True
    )
    environment.filters |= {"percent": _percent, "between": _between}
    mistakes = [Pictured(each, _digit(evidence, each.row)) for each in found.mistakes[:MOST_MISTAKES]]
    return environment.get_template("report.html").render(
        result=found,
        card=evidence.stored.card,
        diagrams={name: data_url(picture) for name, picture in _diagrams(found, evidence).items()},
        mistakes=mistakes,
        looked_at=_looked_at(found.mistakes, evidence),
        differences=_differences(found.against, evidence) if found.against else {},
        robustness=found.robustness,
        gallery=gallery(found.robustness, evidence.test) if found.robustness else None,
    )


def _diagrams(found: Evaluation, evidence: Evidence) -> dict[str, bytes]:
    _, fractions, risks = coverage.risk_coverage(evidence.correct, evidence.confidence)
    detection, curves = evidence.detection, evidence.stored.folder / CURVES
    is_digit = detection.labels < len(DIGITS)
    drawn = {
        "reliability": plots.reliability(found.calibration.bins),
        "coverage": plots.coverage(fractions, risks, found.coverage.operating_point),
        "roc": plots.roc(is_digit, detection.p_digit, found.rejection.no_digit_below),
    }
    if found.robustness:
        drawn["robustness"] = plots.reliability(found.robustness.calibration.bins)
    if curves.exists():
        drawn["curves"] = curves.read_bytes()
    return drawn


def _looked_at(mistakes: list[Mistake], evidence: Evidence) -> list[LookedAt]:
    """A middling digit of each class, then the worst mistakes."""
    rows = occlusion.middling(evidence.test.labels, evidence.probabilities)
    return [_look(row, evidence) for row in [*rows, *(mistake.row for mistake in mistakes[:LOOKED_AT])]]


def _look(row: int, evidence: Evidence) -> LookedAt:
    image, read = evidence.test.images[row], int(evidence.read[row])
    drops = occlusion.drops(lambda images: evidence.stored.model.classify(images).probabilities, image, read)
    return LookedAt(
        picture=data_url(plots.overlay(image, drops)),
        row=row,
        label=int(evidence.test.labels[row]),
        read=read,
        confidence=float(evidence.probabilities[row, read]),
        drop=float(drops.max()),
    )


def _differences(pairs: Comparison, evidence: Evidence) -> dict[str, list[Difference]]:
    """Pictures of the digits that only "a", and that only "b" reads correctly."""
    labels, other = evidence.test.labels, evidence.read_by_other
    assert other is not None  # where a comparison was made

    def pictured(rows: list[int], misread: np.ndarray) -> list[Difference]:
        shown = rows[:MOST_DIFFERENCES]
        return [Difference(_digit(evidence, row), row, int(labels[row]), int(misread[row])) for row in shown]

    return {"a": pictured(pairs.rows_only_a, other), "b": pictured(pairs.rows_only_b, evidence.read)}


def _digit(evidence: Evidence, row: int) -> str:
    """Dark ink on white."""
    return data_url(png(255 - evidence.test.images[row]))


def _percent(fraction: float, decimals: int = 2) -> str:
    return f"{100 * fraction:.{decimals}f}\N{NO-BREAK SPACE}%"


def _between(interval: Interval, decimals: int = 2) -> str:
    return f"{100 * interval.low:.{decimals}f}–{100 * interval.high:.{decimals}f}\N{NO-BREAK SPACE}%"
