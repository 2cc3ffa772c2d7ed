"""How likely each candidate is one digit that is read right: boosted trees on its evidence, run by ONNX Runtime."""

import numpy as np
import onnxruntime
from numpy.typing import NDArray

from pipeline.errors import ModelError
from pipeline.recognition.evidence import COLUMNS

SEPARATOR = " "  # between the columns' names, in the graph's metadata
METADATA = "columns"


class Verifier:
    """Boosted trees, learned from rendered pages; safe to share between threads."""

    def __init__(self, graph: bytes):
        """`graph` is an ONNX file: (n, columns) float32 to (n, 1) float32 probabilities, its METADATA the columns.

        Raises ModelError where these are not the columns that evidence measures.
        """
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        options.log_severity_level = 3
        self._session = onnxruntime.InferenceSession(graph, options, providers=["CPUExecutionProvider"])
        columns = self._session.get_modelmeta().custom_metadata_map.get(METADATA, "")
        if tuple(columns.split(SEPARATOR)) != COLUMNS:
            raise ModelError("The model's verifier is of other evidence than this code measures. Train a model anew.")
        self._input = self._session.get_inputs()[0].name

    def likely(self, evidence: NDArray[np.float32]) -> NDArray[np.float32]:
        """(n,) probabilities 0-1 for (n, columns) of evidence."""
        if not len(evidence):
            return np.zeros(0, np.float32)
        found: NDArray[np.float32] = self._session.run(None, {self._input: evidence})[0]
        return found[:, 0]
