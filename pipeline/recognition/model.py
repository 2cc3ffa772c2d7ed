"""The model that serves: an exported ONNX graph, checked against its card, run by ONNX Runtime."""

import hashlib
import json
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import onnxruntime

from pipeline.errors import ModelError, WrongShape
from pipeline.recognition.calibration import with_temperature

GRAPH = "network.onnx"
CARD = "card.json"
FACTS = ("date", "unsure_below", "unsure_target", "no_digit_below", "no_digit_target", "temperature")
SLICE = 256  # digits in one run; each takes 135 kB inside the graph, and ONNX Runtime keeps what it took

# What is clear stays what it is when turned a little; what is not, errs in other ways. Chosen on validation digits, of
# which 5 % are looked at again (docs/experiments.md).
CLEAR = 0.99  # probability of the likeliest label
TURNS = [cv2.getRotationMatrix2D((13.5, 13.5), degrees, 1) for degrees in (-15, -8, 8, 15)]


class Model:
    """A loaded model: `tag` names it, `card` is its model card (see pipeline.registry.store)."""

    def __init__(self, folder: str | Path, tag: str):
        """Load from a folder that holds GRAPH and CARD. Raises ModelError."""
        self.tag = tag
        self.card = _read_card(Path(folder) / CARD)
        graph = _read_checked(Path(folder) / GRAPH, self.card["files"][GRAPH])
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1  # one digit is too small to share; more workers scale better
        options.log_severity_level = 3  # errors alone
        self.temperature = float(self.card.get("temperature", 1))
        self._session = onnxruntime.InferenceSession(graph, options, providers=["CPUExecutionProvider"])
        self._input = self._session.get_inputs()[0].name

    def facts(self) -> dict[str, Any]:
        """The tag and the main facts of the card, JSON-ready; None where the card of an older model has none."""
        metrics = self.card.get("metrics", {})
        accuracy = {f"{part}_accuracy": metrics.get(part, {}).get("accuracy") for part in ("validation", "test")}
        forced = self.card.get("gate", {}).get("forced")  # whether it was stored below the floors
        return {"model": self.tag, **{name: self.card.get(name) for name in FACTS}, **accuracy, "forced": forced}

    def predict(self, images: np.ndarray) -> np.ndarray:
        """(n, 28, 28) uint8, white ink on black -> (n, 10) float32: probabilities, given that it is a digit.

        Raises WrongShape.
        """
        return self.judge(images)[0]

    def judge(self, images: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """As `predict`, and (n,) float32: the probability that it is a digit at all. Raises WrongShape."""
        everything = with_temperature(self.classify(images), self.temperature)
        digits = everything[:, :10] + np.float32(1e-12)  # something to divide by where none is likely at all
        return digits / digits.sum(axis=1, keepdims=True), 1 - everything[:, 10]

    def classify(self, images: np.ndarray) -> np.ndarray:
        """(n, 28, 28) uint8 -> (n, 11) float32, before the temperature: ten digits and none. Raises WrongShape.

        What is not clear at first sight is looked at again, turned a little either way, and what was seen is averaged.
        """
        if images.dtype != np.uint8 or images.ndim != 3 or images.shape[1:] != (28, 28):
            raise WrongShape(f"Expected (n, 28, 28) uint8 digits. Received: {images.shape} {images.dtype}.")
        found = self.glance(images)
        doubtful = np.flatnonzero(found.max(axis=1) < CLEAR)
        for turn in TURNS if len(doubtful) else ():
            turned = [cv2.warpAffine(images[row], turn, (28, 28), flags=cv2.INTER_CUBIC) for row in doubtful]
            found[doubtful] += self.glance(np.stack(turned))
        found[doubtful] /= len(TURNS) + 1
        return found

    def glance(self, images: np.ndarray) -> np.ndarray:
        """(n, 28, 28) uint8 -> (n, 11) float32 as the network gives them at once."""
        slices = (images[start : start + SLICE, ..., None] for start in range(0, len(images), SLICE))
        found = (self._session.run(None, {self._input: part})[0] for part in slices)
        return np.concatenate([np.empty((0, 11), np.float32), *found])


def _read_card(path: Path) -> dict[str, Any]:
    try:
        return json.loads(path.read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise ModelError(f"{path}: no readable model card ({error}). Choose or import another version.") from error


def _read_checked(path: Path, expected: str) -> bytes:
    try:
        content = path.read_bytes()
    except OSError as error:
        raise ModelError(f"{path}: cannot be read ({error}). Delete this version and import it again.") from error
    found = hashlib.sha256(content).hexdigest()
    if found != expected:
        raise ModelError(
            f"{path}: has SHA-256 {found}, its card says {expected}. The file is damaged or was changed: "
            "delete this version and import it again."
        )
    return content
