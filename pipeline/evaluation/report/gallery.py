"""A small picture for each row of the robustness tables."""

from dataclasses import dataclass
from itertools import groupby
from typing import Generic, TypeVar

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.answer import data_url
from pipeline.data.mnist import Split
from pipeline.data.synthesis.rendering.camera import jpeg
from pipeline.evaluation import conditions, corruptions
from pipeline.evaluation.outcomes import rng_of, sample
from pipeline.evaluation.pages.kinds import page
from pipeline.evaluation.robustness import ConditionScores, CorruptionScores, EmptyPageScores, PageScores, Robustness
from pipeline.recognition.encode import png

THUMBNAIL_SIDE = 112  # pixels of a picture's longer side
ROW = 18  # of the sample: a digit that shows every condition well

Image = NDArray[np.uint8]
Scores = TypeVar("Scores")


@dataclass(frozen=True)
class Pictured(Generic[Scores]):
    """Scores and an example of what they are of, as a data URL."""

    scores: Scores
    picture: str


@dataclass(frozen=True)
class Gallery:
    """The rows of Robustness with their pictures; `conditions` holds each one's severities under its name."""

    conditions: dict[str, list[Pictured[ConditionScores]]]
    pages: list[Pictured[PageScores]]
    corruptions: list[Pictured[CorruptionScores]]
    empty_pages: list[Pictured[EmptyPageScores]]


def gallery(found: Robustness, test: Split) -> Gallery:
    """The pictures are of one of the test digits that were measured; the first page of each kind."""
    digits = sample(test, found.digits)
    row = min(ROW, len(digits) - 1)
    digit = digits.images[row]
    groups = groupby(found.conditions, lambda each: each.condition)
    return Gallery(
        conditions={name: [Pictured(each, _example(digit, each, row)) for each in rows] for name, rows in groups},
        pages=[Pictured(each, _thumbnail(page(each.page, 0, digits).file)) for each in found.pages],
        corruptions=[Pictured(each, _corrupted(digit, each.corruption, row)) for each in found.corruptions],
        empty_pages=[Pictured(each, _empty(each.page)) for each in found.empty_pages],
    )


def _example(digit: Image, of: ConditionScores, row: int) -> str:
    rng = rng_of(of.condition, of.severity, row)
    return _thumbnail(conditions.picture(of.condition, of.severity, digit, rng))


def _corrupted(digit: Image, name: str, row: int) -> str:
    return data_url(png(corruptions.corrupt(name, digit, rng_of(name, 0, row))))


def _empty(name: str) -> str:
    severity = len(conditions.SCENES[name])
    return _thumbnail(conditions.empty_page(name, severity, rng_of(name, 0, severity - 1)))


def _thumbnail(picture: bytes) -> str:
    """The picture file with its longer side at THUMBNAIL_SIDE; transparency as a chequerboard."""
    pixels = np.asarray(cv2.imdecode(np.frombuffer(picture, np.uint8), cv2.IMREAD_UNCHANGED), np.uint8)
    scale = THUMBNAIL_SIDE / max(pixels.shape[:2])
    how = cv2.INTER_AREA if scale < 1 else cv2.INTER_NEAREST
    small = np.asarray(cv2.resize(pixels, None, fx=scale, fy=scale, interpolation=how), np.uint8)
    if small.ndim == 2:
        return data_url(png(small))
    if small.shape[2] == 4:
        small = _on_chequers(small)
    return data_url(jpeg(small[..., ::-1], 80), "image/jpeg")


def _on_chequers(pixels: Image) -> Image:
    """(h, w, 4) BGRA -> (h, w, 3) BGR."""
    rows, columns = np.indices(pixels.shape[:2]) // 8
    board = np.where((rows + columns) % 2, 170, 200)[..., None]
    return (board + (pixels[..., :3] - board) * (pixels[..., 3:] / 255)).astype(np.uint8)
