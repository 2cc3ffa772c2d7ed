"""One correction: a picture, what the service saw and answered, and what is right."""

import secrets
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Literal

from pipeline.answer import Box

NOT_A_DIGIT = 10  # the label of what is no digit, as in training
ID_BYTES = 16
SEEN_BYTES = 28 * 28


def _new_id() -> str:
    return secrets.token_hex(ID_BYTES)


def _now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True, kw_only=True)
class Told:
    """What is told of a correction without its picture: the answer, and `label`, what is right, 0-9 or NOT_A_DIGIT.

    `endpoint` is that which answered; `box`, of one digit of a number, is x0, y0, x1, y1 in pixels of the picture.
    Nobody finds an `id` by trying: who knows it may withdraw the correction.
    """

    endpoint: Literal["/predict", "/read"]
    box: Box | None
    status: str
    digit: int | None
    confidence: float  # 0-1
    label: int
    model: str
    id: str = field(default_factory=_new_id)
    time: datetime = field(default_factory=_now)  # UTC


@dataclass(frozen=True, kw_only=True)
class Correction(Told):
    """All of it: the picture file as it was sent, and `seen`, SEEN_BYTES of the 28×28, None where nothing was seen."""

    picture: bytes
    seen: bytes | None
