"""`python -m pipeline feedback list | export | delete`, for whoever has the database at hand."""

import argparse
import json
import time
from pathlib import Path
from typing import Any

from pipeline.feedback.correction import NOT_A_DIGIT, Told
from pipeline.feedback.settings import FeedbackSettings

WAIT_SECONDS = 60  # for the database: nobody waits but who asked


def add_to(parser: argparse.ArgumentParser) -> None:
    """The three commands and their options."""
    commands = parser.add_subparsers(required=True, metavar="list | export | delete")
    listing = commands.add_parser("list", help="what was corrected, without the pictures")
    export = commands.add_parser("export", help="write all corrections into one .npz for `train --with-feedback`")
    export.add_argument("file", metavar="FILE", type=Path, help="where to; replaced where it is there")
    delete = commands.add_parser("delete", help="delete a correction and its picture")
    delete.add_argument("id", metavar="ID", help="as `list` shows it")
    for each, action in ((listing, _list), (export, _export), (delete, _delete)):
        each.set_defaults(action=action)
        each.add_argument("--database", metavar="URL", help="of which database ($DIGITS_FEEDBACK, or the SQLite file)")
        each.add_argument("--json", action="store_true", help="print the result as JSON")


def run(options: argparse.Namespace, settings: FeedbackSettings) -> int:
    """Do what was parsed. Raises DigitsError."""
    from pipeline.feedback.keeper import Keeper

    keeper = Keeper(settings, WAIT_SECONDS)
    try:
        found, text = options.action(options, keeper)
    finally:
        keeper.close()
    print(json.dumps(found) if options.json else text)
    return 0


def _list(options: argparse.Namespace, keeper: Any) -> tuple[Any, str]:
    every = keeper.told()
    rows = [{**vars(each), "time": each.time.isoformat(), "label": _label(each.label)} for each in every]
    return rows, "\n".join([*map(_line, every), f"{len(every)} corrections"])


def _export(options: argparse.Namespace, keeper: Any) -> tuple[Any, str]:
    from pipeline.feedback import export

    count = export.write(keeper.everything(), options.file)
    return {"corrections": count, "file": str(options.file)}, f"wrote {options.file}: {count} corrections"


def _delete(options: argparse.Namespace, keeper: Any) -> tuple[Any, str]:
    keeper.withdraw(options.id, time.monotonic() + WAIT_SECONDS)
    return {"deleted": options.id}, f"deleted {options.id}"


def _line(each: Told) -> str:
    answer = each.status if each.digit is None else f"{each.digit} ({each.confidence:.1%})"
    where = f" at {','.join(map(str, each.box))}" if each.box else ""
    return f"{each.id}  {each.time:%Y-%m-%d %H:%M:%S}  {each.model}  {answer}{where} -> {_label(each.label)}"


def _label(label: int) -> str:
    return "not_a_digit" if label == NOT_A_DIGIT else str(label)
