"""The version of the project; its one place is pyproject.toml, which a Bento packs too."""

import tomllib
from functools import cache
from pathlib import Path

PYPROJECT = Path(__file__).resolve().parents[1] / "pyproject.toml"


@cache
def version() -> str:
    """Such as "0.1.0"."""
    return str(tomllib.loads(PYPROJECT.read_text("utf-8"))["project"]["version"])
