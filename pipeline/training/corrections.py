"""Train on from the model that serves, with people's corrections among the examples; it must not be worse for it."""

import dataclasses
import hashlib
import json
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import keras
import numpy as np
from rich.console import Console

from pipeline.data.augmentation import Augmentation
from pipeline.data.examples import ExampleMix, training_set, validation_set
from pipeline.data.mnist import Split, Splits
from pipeline.errors import DataError, DigitsError
from pipeline.feedback.export import Exported
from pipeline.recognition.recogniser import Recogniser
from pipeline.registry import store
from pipeline.registry.card import Corrected
from pipeline.registry.measures import QualityMetrics
from pipeline.registry.store import StoredModel
from pipeline.training import network, quality_gate
from pipeline.training.batches import AugmentedBatches
from pipeline.training.export import KERAS_FILE
from pipeline.training.eye import RUN
from pipeline.training.history import TrainingProgress
from pipeline.training.settings import QUICK, Settings
from pipeline.training.train import Trained, compile_for, make_deterministic, precision, run_epochs

HELD_BACK_BELOW = 64  # of 256: one in four pictures is never learned from, always the same ones
LEAST_LEARNED, LEAST_HELD_BACK = 10, 3  # corrections
SEED = 20260103  # of the digits that are rehearsed


@dataclass(frozen=True)
class Recipe:
    """How to train on; see docs/experiments.md for the numbers.

    `digits` of MNIST's are rehearsed, None: all; with `pages` of each kind both models are compared.
    """

    settings: Settings
    digits: int | None
    pages: int
    share: float = 0.3  # corrections, repeated, for each other example
    most_repetitions: int = 20  # of a correction in an epoch, each distorted in another way
    learning_rate: float = 3e-4  # of Adam in the beginning
    kept: float = 0.5  # of the weights that served: averaging the two forgets less (Wortsman et al. 2022, WiSE-FT)


FULL = Recipe(Settings(epochs=3, eye=None, verifier=None), digits=None, pages=20)
BRIEF = Recipe(
    dataclasses.replace(
        QUICK,
        epochs=2,
        augmentation=Augmentation(),
        examples=ExampleMix(rendered=0.1, styles=0.1, altered=0.04, nondigits=0.6, pages=0),
    ),
    digits=6000,
    pages=1,
    learning_rate=1e-3,
)


@dataclass(frozen=True)
class Parts:
    """Corrections, without those that show nothing, in two parts that share no picture."""

    learned: Split
    held_back: Split


def parts_of(exported: Exported) -> Parts:
    """Which corrections are learned from, and which judge. Of several for one place in a picture the last counts.

    Raises DataError where there are too few.
    """
    last = {}
    for seen, label, picture in zip(exported.seen, exported.labels, exported.pictures, strict=True):
        if seen.any():
            last[hashlib.sha256(picture).digest(), seen.tobytes()] = (seen, label)
    held_back = [each for (digest, _), each in last.items() if digest[0] < HELD_BACK_BELOW]
    learned = [each for (digest, _), each in last.items() if digest[0] >= HELD_BACK_BELOW]
    if len(learned) < LEAST_LEARNED or len(held_back) < LEAST_HELD_BACK:
        raise DataError(
            f"There are {len(learned)} corrections to learn from and {len(held_back)} to judge by, one in four of all, "
            f"expected {LEAST_LEARNED} and {LEAST_HELD_BACK} at least. Collect more."
        )
    return Parts(_split(learned), _split(held_back))


def train_on(serving: StoredModel, learned: Split, splits: Splits, recipe: Recipe, console: Console) -> Trained:
    """The network of the model that serves, trained on. Raises DigitsError."""
    settings = recipe.settings
    make_deterministic(settings.seed)
    rehearsed = training_set(
        _some(splits.train, recipe.digits), settings.examples, settings.seed, console, serving.recogniser.eye
    )
    validation = validation_set(splits.validation, console)
    batches = AugmentedBatches(_mixed(rehearsed, learned, recipe), settings)
    model = network.build(precision())
    served = _weights(serving)
    model.set_weights(served)
    compile_for(model, settings.epochs * len(batches), recipe.learning_rate)
    progress = TrainingProgress(settings.epochs, console)
    try:
        run_epochs(
            model,
            batches,
            [progress],
            validation_data=(validation.images[..., None], validation.labels),
            validation_batch_size=500,
        )
    except KeyboardInterrupt:
        progress.stop()
        raise DigitsError("Interrupted: nothing is stored, and what serves still does.") from None
    pairs = zip(served, model.get_weights(), strict=True)
    model.set_weights([recipe.kept * old + (1 - recipe.kept) * new for old, new in pairs])
    return Trained(model, progress.history, progress.seconds, interrupted=False)


def keep_eye(serving: StoredModel, folder: Path) -> None:
    """Put the eye of the model that serves where `release.save` finds it."""
    folder.mkdir(parents=True, exist_ok=True)
    for name in serving.card.eye.files:
        shutil.copy(serving.folder / name, folder)
    (folder / RUN).write_text(json.dumps(dataclasses.asdict(serving.card.eye)), "utf-8")


class Successor:
    """What comes after the model that serves: it keeps that one's verifier, and is compared with it."""

    def __init__(self, serving: StoredModel, parts: Parts, splits: Splits, recipe: Recipe, sha256: str):
        self.serving, self.parts, self.splits, self.recipe, self.sha256 = serving, parts, splits, recipe, sha256

    @property
    def verifier(self) -> bytes:
        """Its file."""
        return (self.serving.folder / store.VERIFIER).read_bytes()

    def judged(self, recogniser: Recogniser, found: QualityMetrics, console: Console) -> Corrected:
        """The new model, and what the gate `found` of it, beside the one that serves."""
        compared = quality_gate.compare(
            (self.serving.recogniser, recogniser),
            (quality_gate.measure(self.serving.recogniser, self.splits.validation), found),
            self.splits.validation,
            self.parts.held_back,
            self.recipe.pages,
            console,
        )
        recipe = {name: value for name, value in dataclasses.asdict(self.recipe).items() if name != "settings"}
        learned, held_back = len(self.parts.learned), len(self.parts.held_back)
        return Corrected(self.serving.tag, self.sha256, learned, held_back, recipe, compared)


def _mixed(rehearsed: Split, learned: Split, recipe: Recipe) -> Split:
    times = round(recipe.share * len(rehearsed) / len(learned))
    times = max(1, min(recipe.most_repetitions, times))
    images, labels = [rehearsed.images, *[learned.images] * times], [rehearsed.labels, *[learned.labels] * times]
    return Split(np.concatenate(images), np.concatenate(labels))


def _some(digits: Split, count: int | None) -> Split:
    rows = np.random.default_rng(SEED).permutation(len(digits))[:count]
    return Split(digits.images[rows], digits.labels[rows])


def _split(corrections: Sequence[tuple[np.ndarray, np.uint8]]) -> Split:
    images, labels = zip(*corrections, strict=True)
    return Split(np.stack(images), np.array(labels, np.uint8))


def _weights(serving: StoredModel) -> list[np.ndarray]:
    file = serving.folder / KERAS_FILE
    store.read_checked(file, serving.card.files.get(file.name, "nothing of it"))
    return keras.saving.load_model(file, safe_mode=True).get_weights()
