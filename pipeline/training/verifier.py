"""Train the verifier: a perceptron on the evidence of candidates of rendered pages, chosen by pages kept apart."""

import json
import warnings
from typing import Any

import numpy as np
from numpy.typing import NDArray
from rich.console import Console
from sklearn.exceptions import ConvergenceWarning
from sklearn.neural_network import MLPClassifier

from pipeline.data.examples import VALIDATION_GLYPH_EVERY
from pipeline.data.mnist import Split
from pipeline.data.page_examples import VerifierExamples, verifier_examples
from pipeline.data.synthesis.glyphs import load_glyphs
from pipeline.recognition.evidence import COLUMNS
from pipeline.recognition.eye import Eye
from pipeline.recognition.model import Model
from pipeline.registry import store
from pipeline.training.settings import Settings, VerifierSettings


def get_verifier(digits: Split, settings: Settings, eye: Eye, model: Model, console: Console) -> bytes:
    """The file of the verifier that ships, or of one that is trained on pages of these validation digits."""
    if settings.verifier is None:
        return store.shipped_file(store.VERIFIER)
    glyphs, pages = load_glyphs().some(VALIDATION_GLYPH_EVERY, kept=True), settings.verifier.pages
    examples = verifier_examples(digits, glyphs, pages, settings.seed, eye, model, console)
    return train_verifier(examples, settings.verifier, settings.seed)


def train_verifier(examples: VerifierExamples, settings: VerifierSettings, seed: int) -> bytes:
    """The file that `recognition.verifier` reads. Same examples and seed, same file on the same machine."""
    mean, scale = examples.evidence.mean(0), examples.evidence.std(0)
    scale = np.where(scale > 0, scale, 1)
    standard = (examples.evidence - mean) / scale
    members = [_member(standard, examples.one, settings, seed + k) for k in range(settings.members)]
    (weights, last_weights), (biases, last_biases) = (
        [[getattr(each, name)[layer] for each in members] for layer in (0, 1)] for name in ("coefs_", "intercepts_")
    )
    # Side by side they are one network, whose last layer averages.
    found = {
        "columns": COLUMNS, "mean": _listed(mean), "scale": _listed(scale),
        "weights": [_listed(np.concatenate(weights, 1)), _listed(np.concatenate(last_weights) / len(members))],
        "biases": [_listed(np.concatenate(biases)), _listed(np.mean(last_biases, axis=0))],
    }  # fmt: skip
    return json.dumps(found).encode() + b"\n"


def _member(
    evidence: NDArray[np.float32], one: NDArray[np.bool_], settings: VerifierSettings, seed: int
) -> MLPClassifier:
    network = MLPClassifier(
        (settings.hidden,), activation="tanh", alpha=settings.weight_decay, learning_rate_init=settings.learning_rate,
        batch_size=settings.batch_size, max_iter=settings.epochs, random_state=seed, early_stopping=True,
        n_iter_no_change=settings.patience,
    )  # fmt: skip
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)  # so many epochs are what is wanted
        return network.fit(evidence, one)


def _listed(values: np.ndarray) -> Any:
    return values.astype(np.float32).tolist()
