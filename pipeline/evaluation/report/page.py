"""The report as one HTML file: figures, diagrams and pictures put into templates/."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from jinja2 import Environment, PackageLoader, StrictUndefined

from pipeline.answer import data_url
from pipeline.data.mnist import Split
from pipeline.evaluation.metrics import DIGITS
from pipeline.evaluation.report import coverage, occlusion, plots
from pipeline.evaluation.report.gallery import gallery
from pipeline.evaluation.report.rejection import Judged
from pipeline.recognition.encode import png
from pipeline.recognition.model import Model

CURVES = "curves.png"
MOST_MISTAKES = 60  # pictures in the report
MOST_DIFFERENCES = 20  # pictures of digits that only one of two models reads
LOOKED_AT = 6  # mistakes of which it is shown what the network looks at


@dataclass
class Shown:
    """What the page shows beside the figures: a model, its folder, and what it makes of the test digits.

    `probabilities` (n, 10); `confidence` (n,) as served; `others` with non-digits; `read_by_other` (n,) digits that the
    model compared with reads.
    """

    model: Model
    folder: Path
    test: Split
    probabilities: np.ndarray
    confidence: np.ndarray
    others: Judged
    read_by_other: np.ndarray | None = None


def html(result: dict[str, Any], shown: Shown) -> str:
    """The whole page; `result` as in metrics.json."""
    environment = Environment(
        loader=PackageLoader("pipeline.evaluation.report"), autoescape=True, undefined=StrictUndefined, trim_blocks=True
    )
    environment.filters |= {"percent": _percent, "between": _between}
    return environment.get_template("report.html").render(
        result=result,
        card=shown.model.card,
        diagrams={name: data_url(picture) for name, picture in _diagrams(result, shown).items()},
        mistakes=[{**each, "picture": _digit(shown, each["row"])} for each in result["mistakes"][:MOST_MISTAKES]],
        looked_at=_looked_at(result, shown),
        differences=_differences(result["against"], shown) if "against" in result else None,
        robustness=gallery(result["robustness"], shown.test) if "robustness" in result else None,
    )


def _diagrams(result: dict[str, Any], shown: Shown) -> dict[str, bytes]:
    right = shown.probabilities.argmax(axis=1) == shown.test.labels
    _, shares, wrong = coverage.curve(right, shown.confidence)
    others = shown.others
    drawn = {
        "reliability": plots.reliability(result["calibration"]["bins"]),
        "coverage": plots.coverage(shares, wrong, result["coverage"]["operating_point"]),
        "roc": plots.roc(others.labels < len(DIGITS), others.digitness, result["no_digit"]["no_digit_below"]),
    }
    if "robustness" in result:
        drawn["robustness"] = plots.reliability(result["robustness"]["calibration"]["bins"])
    if (shown.folder / CURVES).exists():
        drawn["curves"] = (shown.folder / CURVES).read_bytes()
    return drawn


def _looked_at(result: dict[str, Any], shown: Shown) -> list[dict[str, Any]]:
    """Occlusion pictures: a middling digit of each class, then the worst mistakes."""
    rows = occlusion.middling(shown.test.labels, shown.probabilities)
    rows += [mistake["row"] for mistake in result["mistakes"][:LOOKED_AT]]
    pictures = []
    for row in rows:
        image, read = shown.test.images[row], int(shown.probabilities[row].argmax())
        drops = occlusion.drops(shown.model.predict, image, read)
        pictures.append(
            {
                "picture": data_url(plots.overlay(image, drops)),
                "row": row,
                "label": int(shown.test.labels[row]),
                "read": read,
                "confidence": float(shown.probabilities[row, read]),
                "drop": float(drops.max()),
            }
        )
    return pictures


def _differences(pairs: dict[str, Any], shown: Shown) -> dict[str, list[dict[str, Any]]]:
    """Pictures of the digits that only A, and that only B reads rightly."""
    assert shown.read_by_other is not None
    reads = {"a": shown.probabilities.argmax(axis=1), "b": shown.read_by_other}
    return {
        name: [
            {
                "picture": _digit(shown, row),
                "row": row,
                "label": int(shown.test.labels[row]),
                **{reader: int(read[row]) for reader, read in reads.items()},
            }
            for row in pairs[f"rows_only_{name}"][:MOST_DIFFERENCES]
        ]
        for name in reads
    }


def _digit(shown: Shown, row: int) -> str:
    """Dark ink on white."""
    return data_url(png(255 - shown.test.images[row]))


def _percent(share: float, digits: int = 2) -> str:
    return f"{100 * share:.{digits}f}\N{NO-BREAK SPACE}%"


def _between(interval: list[float], digits: int = 2) -> str:
    return f"{100 * interval[0]:.{digits}f}–{100 * interval[1]:.{digits}f}\N{NO-BREAK SPACE}%"
