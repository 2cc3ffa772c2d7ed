"""Whether graphs answer as they must: one of another network loads as well, and would fail at the first picture."""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from pipeline.errors import ModelError
from pipeline.recognition.evidence import COLUMNS
from pipeline.recognition.eye import SIDES, Eye
from pipeline.recognition.fit import SIDE
from pipeline.recognition.model import Model
from pipeline.recognition.verifier import Verifier


def try_out(eye: Eye, model: Model, verifier: Verifier) -> None:
    """Have each look at noise. Raises ModelError, or what ONNX Runtime and NumPy raise at what does not fit."""
    for name, found, shape in _answers(eye, model, verifier):
        if found.shape != shape or not np.isfinite(found).all():
            what = "numbers that are none" if found.shape == shape else f"{found.shape}"
            raise ModelError(f"{name} answers {what}, expected {shape} finite numbers")


def _answers(eye: Eye, model: Model, verifier: Verifier) -> Iterator[tuple[str, NDArray[np.float32], tuple[int, ...]]]:
    """What is asked, its answer, and the shape that the answer must have."""
    noise = np.random.default_rng(0).integers(0, 256, (1, SIDES, SIDES, 3), np.uint8)
    yield "the classifier", model.forward(np.ascontiguousarray(noise[:, :SIDE, :SIDE, 0])), (1, 11)
    half, quarter = SIDES // 2, SIDES // 4
    shapes = ((1, SIDES, SIDES, 2), (1, half, half, 2), (1, quarter, quarter, 2))
    for output, found, shape in zip(eye.outputs, eye.answers(noise), shapes, strict=True):
        yield f"the eye's {output}", found, shape
    yield "the verifier", verifier.likely(np.zeros((1, len(COLUMNS)), np.float32)), (1,)
