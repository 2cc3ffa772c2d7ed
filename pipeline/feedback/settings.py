"""Where corrections are kept, how many of them, and how often one may come."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from pipeline.errors import ModelError

URL, MOST, MOST_MB, PER_MINUTE = (
    f"DIGITS_FEEDBACK{name}" for name in ("", "_MOST", "_MOST_MB", "_PER_MINUTE")
)  # environment variables
FILE = "digits-feedback.sqlite3"  # in the BentoML home, unless another database is named
OFF = ("", "off")
DRIVERS = {"sqlite": "sqlite", "postgresql": "postgresql+psycopg", "postgres": "postgresql+psycopg"}
DRIVERS |= {"postgresql+psycopg": "postgresql+psycopg"}


@dataclass(frozen=True)
class FeedbackSettings:
    """`url` is SQLAlchemy's, None: nothing is kept. The others are limits; a picture counts with its bytes."""

    url: str | None = None
    most: int = 100_000  # corrections
    most_bytes: int = 1000 * 2**20  # of all pictures
    per_minute: int = 60  # from one address


NOTHING_KEPT = FeedbackSettings()


def from_environment(home: Path, environment: Mapping[str, str] = os.environ) -> FeedbackSettings:
    """What the operator set; `home` holds the SQLite file where no database is named. Raises ModelError."""
    said = environment.get(URL, f"sqlite:///{home / FILE}")
    if said.strip().lower() in OFF:
        return NOTHING_KEPT
    return FeedbackSettings(
        usable_url(said),
        _count(environment, MOST, FeedbackSettings.most),
        _count(environment, MOST_MB, FeedbackSettings.most_bytes // 2**20) * 2**20,
        _count(environment, PER_MINUTE, FeedbackSettings.per_minute),
    )


def usable_url(url: str) -> str:
    """The URL with the driver that is used here. Raises ModelError, without the URL: it may hold a password."""
    scheme, separator, rest = url.partition("://")
    if not separator or scheme not in DRIVERS:
        raise ModelError(
            f"The database of corrections in {URL} is of the kind {scheme if separator else 'without ://'!r}, expected "
            "sqlite:////path/of/a/file or postgresql://user:password@host/name. Set one of these, or 'off'."
        )
    return f"{DRIVERS[scheme]}://{rest}"


def _count(environment: Mapping[str, str], name: str, default: int) -> int:
    said = environment.get(name) or str(default)
    if said.isascii() and said.isdigit() and int(said):
        return int(said)
    raise ModelError(f"{name} is {said!r}, expected a whole number from 1 on.")
