"""Pictures to try the page with, for those who have none at hand."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from typing import IO

from flask_app.readings import Upload
from pipeline.faces import STATIC

FOLDER = "examples"


@dataclass(frozen=True)
class Example:
    name: str
    label: str
    mode: str

    @property
    def file(self) -> str:
        """Below STATIC."""
        return f"{FOLDER}/{self.name}"

    def upload(self) -> Upload:
        path = STATIC / self.file

        @contextmanager
        def opened() -> Iterator[IO[bytes]]:
            with path.open("rb") as file:
                yield file

        return Upload(self.name, path.stat().st_size, opened)


@cache
def listed() -> dict[str, Example]:
    """By name."""
    examples = json.loads((STATIC / FOLDER / "examples.json").read_text("utf-8"))
    return {each["name"]: Example(each["name"], each["label"], each["mode"]) for each in examples}
