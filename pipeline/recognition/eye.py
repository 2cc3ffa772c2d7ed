"""The network that looks at a page: where ink of digits is, and where their centres are; run by ONNX Runtime."""

from typing import NamedTuple

import cv2
import numpy as np
import onnxruntime
from numpy.typing import NDArray

from pipeline.recognition.views import View

UNIT = 16.0  # view pixels of an offset of 1, and of a size of e⁰
SIDES = 32  # a view's sides are padded to multiples of this
LEAST_CENTRE = 0.3  # probability; less is no centre
APART = 0.3  # of a digit's size: a weaker centre that is nearer to a stronger one is the same digit's
MOST_CENTRES = 200  # the surest alone are looked at

Fractions = NDArray[np.float32]


class Sight(NamedTuple):
    """What the eye says of a view of (h, w).

    `digit`, `writing` (h, w): probability of ink of a digit, and of other writing. `votes` (2, h, w): x and y of the
    centre of the digit that each pixel would belong to. `centres` (n, 4): x, y, size in view pixels, probability; the
    surest first.
    """

    digit: Fractions
    writing: Fractions
    votes: Fractions
    centres: Fractions


class Eye:
    """A network; safe to share between threads."""

    def __init__(self, graph: bytes):
        """`graph` is an ONNX file: (n, h, w, 3) uint8 to `ink`, `offsets` and `centres` as in training/eye_network."""
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        options.log_severity_level = 3
        options.enable_cpu_mem_arena = False  # views differ in size: an arena would keep the most of each
        self._session = onnxruntime.InferenceSession(graph, options, providers=["CPUExecutionProvider"])
        self._input = self._session.get_inputs()[0].name
        self.outputs = ["ink", "offsets", "centres"]

    def answers(self, views: NDArray[np.uint8]) -> list[Fractions]:
        """What the graph says of (n, h, w, 3), sides multiples of SIDES, by `outputs`."""
        found: list[Fractions] = self._session.run(self.outputs, {self._input: views})
        return found

    def look(self, view: View) -> Sight:
        """What the eye sees in a view."""
        height, width = view.shape[:2]
        down, right = -height % SIDES, -width % SIDES
        padded = cv2.copyMakeBorder(view, 0, down, 0, right, cv2.BORDER_CONSTANT, value=(0, 0, 0))
        ink, offsets, centres = (each[0] for each in self.answers(padded[None]))
        ink = _sigmoid(ink[:height, :width])
        return Sight(
            np.ascontiguousarray(ink[..., 0]), np.ascontiguousarray(ink[..., 1]), _votes(offsets, height, width),
            _centres(centres, height, width),
        )  # fmt: skip


def _sigmoid(logits: Fractions) -> Fractions:
    return np.float32(1) / (np.float32(1) + np.exp(-np.clip(logits, -30, 30)))


def _votes(offsets: Fractions, height: int, width: int) -> Fractions:
    """Where each pixel says its centre is: the mean of what the four nearest places say."""
    rows, columns = np.indices(offsets.shape[:2], np.float32)
    x = UNIT * offsets[..., 0] + 2 * columns + np.float32(0.5)
    y = UNIT * offsets[..., 1] + 2 * rows + np.float32(0.5)
    size = 2 * x.shape[1], 2 * x.shape[0]
    return np.stack([cv2.resize(v, size, interpolation=cv2.INTER_NEAREST)[:height, :width] for v in (x, y)])


def _centres(found: Fractions, height: int, width: int) -> Fractions:
    """(n, 4) x, y, size, probability: the peaks that are not the same digit's."""
    heat = _sigmoid(np.ascontiguousarray(found[..., 0]))
    peak = (heat >= cv2.dilate(heat, np.ones((3, 3), np.uint8))) & (heat > LEAST_CENTRE)
    rows, columns = np.nonzero(peak)
    order = np.argsort(-heat[rows, columns], kind="stable")[:MOST_CENTRES]
    rows, columns = rows[order], columns[order]
    sizes = UNIT * np.exp(np.clip(found[rows, columns, 1], -4, 5))
    x, y = np.minimum(4.0 * columns + 2, width - 0.5), np.minimum(4.0 * rows + 2, height - 0.5)
    every = np.stack([x, y, sizes, heat[rows, columns]], 1).astype(np.float32)
    kept: list[int] = []
    for k, (cx, cy, size, _) in enumerate(every.tolist()):
        if all(np.hypot(cx - every[j, 0], cy - every[j, 1]) > APART * min(size, every[j, 2]) for j in kept):
            kept.append(k)
    return every[kept]
