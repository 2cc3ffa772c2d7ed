"""The network that serves: an exported ONNX graph, run by ONNX Runtime, calibrated by one temperature."""

from typing import NamedTuple

import cv2
import numpy as np
import onnxruntime
from numpy.typing import NDArray

from pipeline.errors import WrongShape
from pipeline.recognition.calibration import Probabilities, with_temperature
from pipeline.recognition.fit import SIDE

Images = NDArray[np.uint8]

SLICE = 256  # digits in one run; each takes 135 kB inside the graph, and ONNX Runtime keeps what it took

# Test-time augmentation: what is clear stays what it is when turned a little; what is not, errs in other ways. Chosen
# on validation digits, of which 5 % are looked at from four more sides (docs/experiments.md).
CLEAR = 0.99  # probability of the likeliest label
CENTRE = (SIDE - 1) / 2
ROTATIONS = [cv2.getRotationMatrix2D((CENTRE, CENTRE), degrees, 1) for degrees in (-15, -8, 8, 15)]


class Classification(NamedTuple):
    """What n images show: (n, 10) float32 probabilities given that each is a digit; (n,) float32 P(digit)."""

    probabilities: Probabilities
    p_digit: NDArray[np.float32]


class Model:
    """A network; `tag` names its version, `temperature` divides its logits."""

    def __init__(self, graph: bytes, tag: str, temperature: float = 1.0):
        """`graph` is an ONNX file: (n, 28, 28, 1) uint8 to (n, 11) float32, the last of them the reject class."""
        self.tag, self.temperature = tag, temperature
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1  # one digit is too small to share; more workers scale better
        options.log_severity_level = 3  # errors alone
        self._session = onnxruntime.InferenceSession(graph, options, providers=["CPUExecutionProvider"])
        self._input = self._session.get_inputs()[0].name

    def classify(self, images: Images) -> Classification:
        """(n, 28, 28) uint8, white ink on black -> what they show, calibrated. Raises WrongShape."""
        everything = with_temperature(self.uncalibrated(images), self.temperature)
        digits = everything[:, :10] + np.float32(1e-12)  # something to divide by where none is likely at all
        return Classification(digits / digits.sum(axis=1, keepdims=True), 1 - everything[:, 10])

    def uncalibrated(self, images: Images) -> Probabilities:
        """(n, 28, 28) uint8 -> (n, 11) float32 before the temperature: ten digits and the reject class.

        With test-time augmentation: what is not clear is also looked at turned a little either way, and all that was
        seen is averaged. Raises WrongShape.
        """
        if images.dtype != np.uint8 or images.ndim != 3 or images.shape[1:] != (SIDE, SIDE):
            raise WrongShape(f"Expected (n, {SIDE}, {SIDE}) uint8 digits. Received: {images.shape} {images.dtype}.")
        found = self.forward(images)
        unclear = np.flatnonzero(found.max(axis=1) < CLEAR)
        if len(unclear):
            turned = [
                cv2.warpAffine(images[row], rotation, (SIDE, SIDE), flags=cv2.INTER_CUBIC)
                for rotation in ROTATIONS
                for row in unclear
            ]
            seen = self.forward(np.stack(turned)).reshape(len(ROTATIONS), len(unclear), -1)
            found[unclear] = (found[unclear] + seen.sum(axis=0)) / (len(ROTATIONS) + 1)
        return found

    def forward(self, images: Images) -> Probabilities:
        """(n, 28, 28) uint8 -> (n, 11) float32: one pass through the network."""
        slices = (images[start : start + SLICE, ..., None] for start in range(0, len(images), SLICE))
        found = (self._session.run(None, {self._input: part})[0] for part in slices)
        return np.concatenate([np.empty((0, 11), np.float32), *found])
