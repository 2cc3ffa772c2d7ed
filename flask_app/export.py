"""Readings as rows of a table and as JSON, for spreadsheets and programs."""

import csv
import io
import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from typing import Any

from flask_app.readings import Reading
from pipeline.answer import percentage

PROBABILITIES = [f"p{digit}" for digit in range(10)]
COLUMNS = ("file", "status", "text", "digit", "confidence", *PROBABILITIES, "model", "message")
# Spreadsheets take a cell that begins so for a formula, and a file's name is what a stranger calls it.
FORMULA = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")
MARK = "\ufeff"  # tells Excel that a CSV file is UTF-8


def as_csv(readings: Sequence[Reading]) -> str:
    return csv_head() + "".join(map(csv_line, readings))


def csv_head() -> str:
    return MARK + _line(COLUMNS)


def csv_line(reading: Reading) -> str:
    """`text` is what was read, a digit or a number, whose confidence is the lowest; probabilities has a digit alone."""
    answer, digit = reading.answer, reading.answer.digit if reading.answer else None
    return _line(
        (
            reading.name,
            reading.found.status if reading.found else reading.outcome,
            reading.number.text if reading.number else digit,
            digit,
            reading.confidence or None,
            *(answer.probabilities if answer else [None] * 10),
            model(reading),
            message(reading),
        )
    )


def copied_line(reading: Reading) -> str:
    """What Copy takes: file, answer and confidence, for a spreadsheet or a note."""
    confidence = percentage(reading.confidence) if reading.confidence else ""
    return _line((reading.name, reading.short, confidence), delimiter="\t")


def as_json(readings: Iterable[Reading]) -> str:
    return f"[{','.join(map(json_object, readings))}]"


def json_object(reading: Reading) -> str:
    return json.dumps(record(reading), ensure_ascii=False)


def record(reading: Reading) -> dict[str, Any]:
    """All that the service said, but for the pictures."""
    if reading.found is None:
        return {"file": reading.name, "status": reading.outcome, "message": message(reading)}
    found = asdict(reading.found)
    for answer in (found, *found.get("digits", ())):
        answer.pop("seen", None)
    return {"file": reading.name, **found}


def message(reading: Reading) -> str | None:
    if reading.failure:
        return f"{reading.failure.title}. {reading.failure.detail}"
    return reading.found.message if reading.found else None


def model(reading: Reading) -> str | None:
    if reading.number:
        return next((digit.model for digit in reading.number.digits), None)
    return reading.answer.model if reading.answer else None


def _line(cells: Iterable[Any], delimiter: str = ",") -> str:
    out = io.StringIO()
    csv.writer(out, delimiter=delimiter).writerow(map(_safe, cells))
    return out.getvalue()


def _safe(cell: Any) -> Any:
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(FORMULA) else cell
