"""Corrections, and databases for them, as tests need them."""

import contextlib
import os
import sqlite3
import time
from collections.abc import Iterator

import psycopg

from pipeline.feedback.correction import Correction
from pipeline.feedback.keeper import Keeper
from pipeline.feedback.settings import FILE, FeedbackSettings, usable_url


def correction(picture: bytes = b"picture", label: int = 7, **fields) -> Correction:
    told = {"endpoint": "/predict", "box": None, "status": "unsure", "digit": 1, "confidence": 0.25}
    return Correction(**{**told, "label": label, "model": "digits:test", "picture": picture, "seen": None, **fields})


def soon() -> float:
    return time.monotonic() + 20


@contextlib.contextmanager
def keeper(url: str, wait: int = 2, **limits: int) -> Iterator[Keeper]:
    opened = Keeper(FeedbackSettings(usable_url(url), **limits), wait)
    yield opened
    opened.close()


def database_of_tests() -> str:
    """The URL of that which a service keeps corrections in that is started by a test."""
    return f"sqlite:///{os.environ['BENTOML_HOME']}/{FILE}"


@contextlib.contextmanager
def locked(url: str) -> Iterator[None]:
    """As by somebody who writes and never ends."""
    if url.startswith("sqlite"):
        other = sqlite3.connect(url.removeprefix("sqlite:///"), isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        yield
        other.close()
    else:
        with psycopg.connect(url) as other:
            other.execute("LOCK TABLE held IN ACCESS EXCLUSIVE MODE")
            yield
