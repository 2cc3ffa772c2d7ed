"""Pictures read from the command line, here or by a service: `python -m pipeline predict`."""

import json
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from pathlib import Path

from pipeline.answer import Answer, Number, percentage
from pipeline.errors import DigitsError
from pipeline.faces.words import short, short_number

STANDARD_INPUT = "-"
RETRIES = 5

Read = Callable[[bytes], Answer | Number]


def predict(files: Sequence[str], number: bool, service: str | None, as_json: bool) -> int:
    """Read files, `-` for standard input, as a digit each or as a `number`, and print a line for each.

    Gives the exit status: 1 where one was not read; the others are. Raises ModelError.
    """
    width, failed = max(map(len, files)), False
    with _asking(service, number) if service else nullcontext(_here(number)) as read:
        for file in files:
            try:
                found = read(_content(file))
            except (DigitsError, OSError) as error:
                failed = True
                _print_failure(file, error, as_json)
            else:
                words = f"{file:<{width}}  {_in_words(found)}"
                print(json.dumps({"file": file, **found.to_json()}) if as_json else words, flush=True)
    return int(failed)


def _here(number: bool) -> Read:
    from pipeline.registry import promotion, store

    store.ensure_not_empty()
    recogniser = store.load(promotion.serving()).recogniser
    return recogniser.read if number else recogniser.recognise


@contextmanager
def _asking(service: str, number: bool) -> Iterator[Read]:
    from pipeline.client import Client

    with Client(service, retries=RETRIES) as client:
        yield client.read if number else client.recognise


def _content(file: str) -> bytes:
    if file == STANDARD_INPUT:
        return sys.stdin.buffer.read()
    return Path(file).read_bytes()


def _in_words(found: Answer | Number) -> str:
    if isinstance(found, Number):
        text, confidence = short_number(found), min((each.confidence for each in found.digits), default=0.0)
    else:
        text, confidence = short(found), found.confidence
    return "  ".join(filter(None, (text, percentage(confidence) if confidence else "", found.message)))


def _print_failure(file: str, error: DigitsError | OSError, as_json: bool) -> None:
    code, message = ("no_file", error.strerror) if isinstance(error, OSError) else (error.code, str(error))
    if as_json:
        print(json.dumps({"file": file, "error": {"code": code, "message": message}}), flush=True)
    else:
        print(f"error: {file}: {message}", file=sys.stderr, flush=True)
