"""A network learns from a trained one beside the labels: knowledge distillation (Hinton, Vinyals and Dean 2015)."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import bentoml
import keras
from keras import ops

from pipeline import network, store
from pipeline.export import KERAS_FILE
from pipeline.model import read_checked

SHARE = 0.7  # of the answer wanted is the teacher's, the rest the label's

Teacher = Callable[[Any], Any]  # (n, 28, 28, 1) uint8 -> (n, 11) probabilities


def load(tag: str, precision: str) -> Teacher:
    """The stored network of that tag, computing in `precision`, a Keras dtype policy. Raises ModelError."""
    card = store.load(tag).card
    path = Path(bentoml.models.get(store.choose(tag)).path) / KERAS_FILE
    read_checked(path, card["files"][KERAS_FILE])
    teacher = network.build(precision)
    teacher.set_weights(keras.saving.load_model(path, compile=False, safe_mode=True).get_weights())
    return lambda digits: teacher(digits, training=False)


class Pupil(keras.Sequential):
    """The layers of a network, trained towards a teacher's answers and the labels; validated on the labels alone."""

    def __init__(self, learning: keras.Sequential, teacher: Teacher):
        (digits,) = learning.inputs
        super().__init__([keras.Input(digits.shape[1:], dtype=digits.dtype), *learning.layers])
        self.ask = teacher

    def compute_loss(self, x=None, y=None, y_pred=None, sample_weight=None, training=True):
        """Cross-entropy, a scalar, of (n, 11) probabilities `y_pred` with the answers wanted to the digits `x`."""
        if not training:
            return super().compute_loss(x, y, y_pred, sample_weight, training)
        wanted = SHARE * ops.stop_gradient(self.ask(x)) + (1 - SHARE) * ops.one_hot(y, network.LABELS)
        return ops.mean(keras.losses.categorical_crossentropy(wanted, y_pred))
