"""The figures of `robustness` with a small picture beside each, for the report."""

from itertools import groupby
from typing import Any

import cv2
import numpy as np

from pipeline.answer import data_url
from pipeline.data.mnist import Split
from pipeline.data.synthesis.rendering.camera import jpeg
from pipeline.evaluation import conditions, corruptions
from pipeline.evaluation.robustness import rng_of, sample
from pipeline.recognition.encode import png

SIDE = 112  # pixels of a picture's longer side
ROW = 18  # of the sample: a digit that shows every condition well


def gallery(result: dict[str, Any], test: Split) -> dict[str, Any]:
    """What `robustness.measure` found, each row with its `picture` as a data URL, conditions grouped by name."""
    digits = sample(test, result["digits"])
    row = min(ROW, len(digits) - 1)
    digit = digits.images[row]
    judged = [
        {**each, "picture": _example(digit, each["condition"], each["severity"], row)} for each in result["conditions"]
    ]
    grouped = [(name, list(rows)) for name, rows in groupby(judged, lambda each: each["condition"])]
    corrupted = [{**each, "picture": _corrupted(digit, each["corruption"], row)} for each in result["corruptions"]]
    empty = [{**each, "picture": _empty(each["page"])} for each in result["empty_pages"]]
    return {**result, "conditions": grouped, "corruptions": corrupted, "empty_pages": empty}


def _example(digit: np.ndarray, name: str, severity: int, row: int) -> str:
    return _thumbnail(conditions.picture(name, severity, digit, rng_of(name, severity, row)))


def _corrupted(digit: np.ndarray, name: str, row: int) -> str:
    return data_url(png(corruptions.corrupt(name, digit, rng_of(name, 0, row))))


def _empty(name: str) -> str:
    severity = len(conditions.SCENES[name])
    return _thumbnail(conditions.empty_page(name, severity, rng_of(name, 0, severity - 1)))


def _thumbnail(picture: bytes) -> str:
    """The picture file with its longer side at SIDE; transparency as a chequerboard."""
    pixels = np.asarray(cv2.imdecode(np.frombuffer(picture, np.uint8), cv2.IMREAD_UNCHANGED))
    scale = SIDE / max(pixels.shape[:2])
    how = cv2.INTER_AREA if scale < 1 else cv2.INTER_NEAREST
    small = cv2.resize(pixels, None, fx=scale, fy=scale, interpolation=how)
    if small.ndim == 2:
        return data_url(png(small))
    if small.shape[2] == 4:
        small = _on_chequers(small)
    return data_url(jpeg(small[..., ::-1], 80), "image/jpeg")


def _on_chequers(pixels: np.ndarray) -> np.ndarray:
    rows, columns = np.indices(pixels.shape[:2]) // 8
    board = np.where((rows + columns) % 2, 170, 200)[..., None]
    return (board + (pixels[..., :3] - board) * (pixels[..., 3:] / 255)).astype(np.uint8)
