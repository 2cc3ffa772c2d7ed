"""Train the network: Adam at 0.001 decayed to zero, augmentation, early stopping that restores the best weights."""

import hashlib
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import keras
from rich.console import Console
from threadpoolctl import threadpool_limits

from pipeline.data.examples import training_set, validation_set
from pipeline.data.mnist import Split
from pipeline.errors import DigitsError
from pipeline.recognition.eye import Eye
from pipeline.training import network
from pipeline.training.batches import AugmentedBatches
from pipeline.training.checkpoint import Checkpoint, CheckpointWriter
from pipeline.training.history import Epoch, TrainingProgress
from pipeline.training.settings import Settings

LEARNING_RATE = 1e-3  # Adam's own default; decays along a cosine to zero at the last planned step
CPU_FLAGS = Path("/proc/cpuinfo")  # of Linux
BFLOAT16_FLAGS = "avx512_bf16", "amx_bf16"


@dataclass(frozen=True)
class Trained:
    """A trained network, its history (see `history.Epoch`), seconds spent, and whether Ctrl-C ended it early."""

    network: keras.Model
    history: list[Epoch]
    seconds: float
    interrupted: bool


def train(
    training: Split,
    validation: Split,
    settings: Settings,
    checkpoint: Path | None = None,
    resumed: Checkpoint | None = None,
    tensorboard: Path | None = None,
    console: Console | None = None,
    eye: Eye | None = None,
) -> Trained:
    """Train; the same seed gives the same weights on the same machine. Raises DigitsError.

    `eye` cuts the digits of rendered pages out, where the settings have any. After each epoch the file `checkpoint` is
    written; given that file and what it held, `resumed`, training goes on as if never interrupted. Ctrl-C ends it and
    keeps the best weights so far; before the first epoch is over it has none.
    """
    data = _fingerprint(training, validation)
    if resumed and resumed.data != data:
        raise DigitsError("The checkpoint is of a training on other digits. Name the folder of those with --data.")
    make_deterministic(settings.seed)
    console = console or Console(stderr=True)
    model = network.build(precision())
    if resumed and resumed.over:
        model.set_weights(resumed.arrays["best"])
        return Trained(model, resumed.history, resumed.seconds, interrupted=False)
    training = training_set(training, settings.examples, settings.seed, console, eye)
    validation = validation_set(validation, console)
    best = keras.callbacks.EarlyStopping("val_loss", patience=settings.patience, restore_best_weights=True)
    done = len(resumed.history) if resumed else 0
    progress = TrainingProgress(settings.epochs, console, *((resumed.history, resumed.seconds) if resumed else ()))
    batches = AugmentedBatches(training, settings, done)
    callbacks = [best, progress]
    if checkpoint:
        callbacks.append(CheckpointWriter(checkpoint, asdict(settings), data, best, progress, resumed))
    if tensorboard:
        callbacks.append(keras.callbacks.TensorBoard(tensorboard))
    compile_for(model, settings.epochs * len(batches))
    try:
        run_epochs(
            model,
            batches,
            callbacks,
            validation_data=(validation.images[..., None], validation.labels),
            validation_batch_size=500,
            initial_epoch=done,
        )
    except KeyboardInterrupt:
        progress.stop()
        if best.best_weights is None:
            raise DigitsError("Stopped before the first epoch was over: there is no model to keep.") from None
        model.set_weights(best.best_weights)
        return Trained(model, progress.history, progress.seconds, interrupted=True)
    return Trained(model, progress.history, progress.seconds, interrupted=False)


def compile_for(model: keras.Model, steps: int, learning_rate: float = LEARNING_RATE) -> None:
    """Compile with Adam, whose learning rate falls to nothing along a cosine over `steps`."""
    schedule = keras.optimizers.schedules.CosineDecay(learning_rate, steps)
    model.compile(keras.optimizers.Adam(schedule), loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    model.optimizer.build(model.trainable_variables)


def run_epochs(
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


def make_deterministic(seed: int) -> None:
    """The same seed gives the same weights, on the same machine."""
    keras.utils.set_random_seed(seed)
    if keras.backend.backend() == "tensorflow":
        import tensorflow as tf

        tf.config.experimental.enable_op_determinism()
