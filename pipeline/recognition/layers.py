"""What the network's layers say about one digit: the graph that serves, with the layers' outputs as its own too."""

import base64
import re

import numpy as np
import onnxruntime
from numpy.typing import NDArray

from pipeline.explanation import Layer
from pipeline.recognition import onnx_file

LAYER = re.compile(r"/((?:convolution|fully_connected)_\d+)_")  # in names of tensors, by pipeline/training/network.py


class Layers:
    """A second session beside the Model's, for those who ask; safe to share between threads."""

    def __init__(self, graph: bytes):
        """`graph` is the ONNX file of a Model."""
        file = onnx_file.parse(graph)
        activations = [node.output[0] for node in file.graph.node if node.op_type == "Relu"]
        kernels = [node.input[1] for node in file.graph.node if node.op_type == "Conv"]
        self._names = ["output", *map(_layer_name, activations)]
        self.filters = tuple(_signed(_layer_name(name), onnx_file.weights(file, name)) for name in kernels)
        for name in activations:
            file.graph.output.add(name=name)
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        options.log_severity_level = 3
        self._session = onnxruntime.InferenceSession(file.SerializeToString(), options, ["CPUExecutionProvider"])
        self._input = self._session.get_inputs()[0].name

    def of(self, image: NDArray[np.uint8]) -> tuple[Layer, ...]:
        """(28, 28) uint8, white ink on black -> what each layer says, from the input to the output."""
        found = self._session.run(None, {self._input: image[None, ..., None]})
        output, *inner = (_unsigned(name, each[0]) for name, each in zip(self._names, found, strict=True))
        return Layer("input", (1, *image.shape), 1 / 255, _base64(image)), *inner, output


def _layer_name(tensor: str) -> str:
    found = LAYER.search(tensor)
    return found[1] if found else tensor


def _unsigned(name: str, values: NDArray[np.float32]) -> Layer:
    """Values of 0 and more, as after ReLU and softmax."""
    scale = float(values.max()) / 255
    return Layer(name, values.shape, scale, _base64(np.rint(values / (scale or 1)).astype(np.uint8)))


def _signed(name: str, values: NDArray[np.float32]) -> Layer:
    scale = float(abs(values).max()) / 127
    return Layer(name, values.shape, scale, _base64(np.rint(values / (scale or 1)).astype(np.int8)))


def _base64(values: NDArray[np.uint8] | NDArray[np.int8]) -> str:
    return base64.b64encode(values.tobytes()).decode("ascii")
