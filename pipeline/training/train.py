"""Train the network: Adam at 0.001 decayed to nothing, augmentation, early stopping that restores the best weights."""

import hashlib
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import keras
import numpy as np
from rich.console import Console
from threadpoolctl import threadpool_limits

from pipeline.data.augmentation import Augmentation, augment
from pipeline.data.examples import ExampleMix, training_set, validation_set
from pipeline.data.mnist import Split
from pipeline.errors import DigitsError
from pipeline.training import network
from pipeline.training.checkpoint import Checkpoint, Checkpoints
from pipeline.training.history import Curves

LEARNING_RATE = 1e-3  # Adam's own default; decays along a cosine to zero at the last planned step
CPU_FLAGS = Path("/proc/cpuinfo")  # of Linux
BFLOAT16_FLAGS = "avx512_bf16", "amx_bf16"


@dataclass(frozen=True)
class Settings:
    """All that decides how a model comes out, besides the data; saved in its card."""

    epochs: int = 20
    batch_size: int = 128
    seed: int = 1
    patience: int = 8  # epochs without a better validation loss before training stops
    augmentation: Augmentation = field(default_factory=Augmentation)
    examples: ExampleMix = field(default_factory=ExampleMix)


def settings_of(saved: dict[str, Any]) -> Settings:
    """Settings from what `asdict` made of them. Raises DigitsError where they are of another version."""
    try:
        parts = {"augmentation": Augmentation(**saved["augmentation"]), "examples": ExampleMix(**saved["examples"])}
        found = Settings(**{**saved, **parts})
    except (KeyError, TypeError) as error:
        raise DigitsError(f"Those settings are of another version of this program ({error}). Train anew.") from error
    if asdict(found) != saved:  # what was not said then must not become today's default
        raise DigitsError("Those settings are of another version of this program, which had fewer. Train anew.")
    return found


# Gentle in place and shape, because hard distortions pay off only in a longer training; pens and grey levels change, as
# without that enlarged and inverted digits are misread.
QUICK = Settings(
    epochs=2,
    augmentation=Augmentation(
        rotation_degrees=4,
        shear=0.1,
        scale=0.1,
        shift_pixels=1,
        elastic_pixels=0.6,
        stroke_width_fraction=0.25,
        level_stretch_fraction=0.4,
        unmoved_fraction=0.3,
        widened_fraction=0,
    ),
    examples=ExampleMix(rendered=0, styles=0.02, nondigits=0.15),
)


@dataclass(frozen=True)
class Trained:
    """A trained network, its curves (a dict an epoch), seconds spent, and whether Ctrl-C ended it early."""

    network: keras.Model
    history: list[dict[str, float]]
    seconds: float
    interrupted: bool


class AugmentedBatches(keras.utils.PyDataset):
    """Shuffled, distorted batches; what a batch holds depends on (seed, epoch, index) alone, not on thread timing."""

    def __init__(self, split: Split, settings: Settings, epoch: int = 0):
        super().__init__(workers=1, use_multiprocessing=False, max_queue_size=16)
        self.split, self.settings = split, settings
        self.begin(epoch)

    def begin(self, epoch: int) -> None:
        """Make the batches of an epoch from now on. Keras' own on_epoch_end is called once more than epochs end."""
        self.epoch = epoch
        self.order = np.random.default_rng((self.settings.seed, epoch)).permutation(len(self.split))

    def __len__(self) -> int:
        return -(-len(self.split) // self.settings.batch_size)

    def __getitem__(self, index: int) -> tuple[np.ndarray, np.ndarray]:
        size = self.settings.batch_size
        rows = self.order[index * size : (index + 1) * size]
        rng = np.random.default_rng((self.settings.seed, self.epoch, index))
        images = augment(self.split.images[rows], rng, self.settings.augmentation)
        return images[..., None], self.split.labels[rows]


def train(
    training: Split,
    validation: Split,
    settings: Settings,
    checkpoint: Path | None = None,
    resumed: Checkpoint | None = None,
    tensorboard: Path | None = None,
    console: Console | None = None,
) -> Trained:
    """Train; the same seed gives the same weights on the same machine. Raises DigitsError.

    After each epoch `checkpoint` is written, and from a `resumed` one training goes on as if never interrupted.
    Ctrl-C ends training and keeps the best weights so far; before the first epoch is over there are none to keep.
    """
    data = _fingerprint(training, validation)
    if resumed and resumed.data != data:
        raise DigitsError("The checkpoint is of a training on other digits. Name the folder of those with --data.")
    _make_deterministic(settings.seed)
    console = console or Console(stderr=True)
    model = network.build(precision())
    if resumed and resumed.over:
        model.set_weights(resumed.arrays["best"])
        return Trained(model, resumed.history, resumed.seconds, interrupted=False)
    training = training_set(training, settings.examples, settings.seed, console)
    validation = validation_set(validation, console)
    best = keras.callbacks.EarlyStopping("val_loss", patience=settings.patience, restore_best_weights=True)
    done = len(resumed.history) if resumed else 0
    curves = Curves(settings.epochs, console, *((resumed.history, resumed.seconds) if resumed else ()))
    batches = AugmentedBatches(training, settings, done)
    callbacks = [best, curves]
    if checkpoint:
        callbacks.append(Checkpoints(checkpoint, asdict(settings), data, best, curves, resumed))
    if tensorboard:
        callbacks.append(keras.callbacks.TensorBoard(tensorboard))
    prepare(model, settings.epochs * len(batches))
    try:
        fit(
            model,
            batches,
            callbacks,
            validation_data=(validation.images[..., None], validation.labels),
            validation_batch_size=500,
            initial_epoch=done,
        )
    except KeyboardInterrupt:
        curves.progress.stop()
        if best.best_weights is None:
            raise DigitsError("Stopped before the first epoch was over: there is no model to keep.") from None
        model.set_weights(best.best_weights)
        return Trained(model, curves.history, curves.seconds, interrupted=True)
    return Trained(model, curves.history, curves.seconds, interrupted=False)


def prepare(model: keras.Model, steps: int) -> None:
    """Compile with Adam, whose learning rate falls from LEARNING_RATE to nothing along a cosine over `steps`."""
    schedule = keras.optimizers.schedules.CosineDecay(LEARNING_RATE, steps)
    model.compile(keras.optimizers.Adam(schedule), loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    model.optimizer.build(model.trainable_variables)


def fit(
    model: keras.Model, batches: AugmentedBatches, callbacks: list[keras.callbacks.Callback], **options: Any
) -> None:
    """Keras' fit over all epochs of the settings, such that `batches` alone decide what each step sees."""
    begin = keras.callbacks.LambdaCallback(on_epoch_begin=lambda epoch, logs: batches.begin(epoch))
    # NumPy's matrix products are small here: in threads of their own they wait for each other and for the network.
    # With them a digit took 0.85 ms of processor time in place of 0.51.
    with threadpool_limits(1, user_api="blas"):
        model.fit(
            batches,
            shuffle=False,  # `batches` does it; Keras would by a generator whose state nobody sees
            epochs=batches.settings.epochs,
            callbacks=[begin, *callbacks],
            verbose=0,
            **options,
        )


def _fingerprint(*splits: Split) -> str:
    found = hashlib.sha256()
    for split in splits:
        found.update(split.images.tobytes())
        found.update(split.labels.tobytes())
    return found.hexdigest()


def precision() -> str:
    """The Keras dtype policy to train with: bfloat16 where this processor multiplies it itself, 0.7 times the time."""
    try:
        flags = CPU_FLAGS.read_text("ascii", "replace").split()
    except OSError:
        return "float32"
    return "mixed_bfloat16" if set(BFLOAT16_FLAGS) & set(flags) else "float32"


def _make_deterministic(seed: int) -> None:
    keras.utils.set_random_seed(seed)
    if keras.backend.backend() == "tensorflow":
        import tensorflow as tf

        tf.config.experimental.enable_op_determinism()
