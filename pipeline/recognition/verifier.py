"""How likely each candidate is exactly one digit: a small network on the evidence, learned from rendered pages."""

import json

import numpy as np
from numpy.typing import NDArray

from pipeline.errors import ModelError
from pipeline.recognition.evidence import COLUMNS


class Verifier:
    """A perceptron with tanh between its layers; safe to share between threads."""

    def __init__(self, content: bytes):
        """`content` is JSON: `columns`, their `mean` and `scale`, and per layer `weights` (inputs, outputs), `biases`.

        Raises ModelError where its columns are not those that evidence measures.
        """
        found = json.loads(content)
        if tuple(found["columns"]) != COLUMNS:
            raise ModelError("The model's verifier is of other evidence than this code measures. Train a model anew.")
        self._mean, self._scale = (np.array(found[name], np.float32) for name in ("mean", "scale"))
        self._layers = [
            (np.array(weights, np.float32), np.array(biases, np.float32))
            for weights, biases in zip(found["weights"], found["biases"], strict=True)
        ]

    def likely(self, evidence: NDArray[np.float32]) -> NDArray[np.float32]:
        """(n,) probabilities 0-1 for (n, columns) of evidence."""
        values = (evidence - self._mean) / self._scale
        for weights, biases in self._layers[:-1]:
            values = np.tanh(values @ weights + biases)
        weights, biases = self._layers[-1]
        return np.float32(1) / (np.float32(1) + np.exp(-(values @ weights + biases)[:, 0]))
