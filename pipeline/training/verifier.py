"""Train the verifier: a perceptron on the evidence of candidates of rendered pages, chosen by pages kept apart."""

import json

import numpy as np
from sklearn.neural_network import MLPClassifier

from pipeline.data.verifier_examples import VerifierExamples
from pipeline.recognition.evidence import COLUMNS
from pipeline.training.settings import VerifierSettings


def train_verifier(examples: VerifierExamples, settings: VerifierSettings, seed: int) -> bytes:
    """The file that `recognition.verifier` reads. Same examples and seed, same file on the same machine."""
    mean, scale = examples.evidence.mean(0), examples.evidence.std(0)
    scale = np.where(scale > 0, scale, 1)
    network = MLPClassifier(
        settings.hidden, activation="tanh", alpha=settings.weight_decay, learning_rate_init=settings.learning_rate,
        batch_size=settings.batch_size, max_iter=settings.epochs, random_state=seed, early_stopping=True,
        n_iter_no_change=settings.patience,
    )  # fmt: skip
    network.fit((examples.evidence - mean) / scale, examples.one)
    found = {
        "columns": COLUMNS, "mean": _rounded(mean), "scale": _rounded(scale),
        "weights": [_rounded(each) for each in network.coefs_], "biases": [_rounded(b) for b in network.intercepts_],
    }  # fmt: skip
    return json.dumps(found).encode() + b"\n"


def _rounded(values: np.ndarray) -> list[float]:
    return [list(map(float, np.float32(each))) if np.ndim(each) else float(np.float32(each)) for each in values]
