"""Train the network: Adam at 0.001 decayed to nothing, augmentation, early stopping that restores the best weights."""

import csv
import time
from dataclasses import dataclass, field
from pathlib import Path

import keras
import numpy as np
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn
from threadpoolctl import threadpool_limits

from pipeline import network
from pipeline.augment import Augmentation, augment
from pipeline.data import Split
from pipeline.errors import DigitsError
from pipeline.examples import Amounts, training_set, validation_set

LEARNING_RATE = 1e-3  # Adam's own default; decays along a cosine to zero at the last planned step
CPU_FLAGS = Path("/proc/cpuinfo")  # of Linux
BFLOAT16_FLAGS = "avx512_bf16", "amx_bf16"


@dataclass(frozen=True)
class Settings:
    """All that decides how a model comes out, besides the data; saved in its card."""

    epochs: int = 24
    batch_size: int = 128
    seed: int = 1
    patience: int = 8  # epochs without a better validation loss before training stops
    augmentation: Augmentation = field(default_factory=Augmentation)
    examples: Amounts = field(default_factory=Amounts)


# Gentle, because hard distortions pay off only in a longer training.
QUICK = Settings(
    epochs=2,
    augmentation=Augmentation(
        rotation_degrees=4,
        shear=0.1,
        scale=0.1,
        shift_pixels=1,
        elastic_pixels=0.6,
        pen_share=0,
        stretched_share=0,
        unmoved_share=0.3,
    ),
    examples=Amounts(rendered=0, variants=0.02, nondigits=0.15),
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

    def __init__(self, split: Split, settings: Settings):
        super().__init__(workers=1, use_multiprocessing=False, max_queue_size=16)
        self.split, self.settings = split, settings
        self.epoch = 0
        self._shuffle()

    def __len__(self) -> int:
        return -(-len(self.split) // self.settings.batch_size)

    def __getitem__(self, index: int) -> tuple[np.ndarray, np.ndarray]:
        size = self.settings.batch_size
        rows = self.order[index * size : (index + 1) * size]
        rng = np.random.default_rng((self.settings.seed, self.epoch, index))
        images = augment(self.split.images[rows], rng, self.settings.augmentation)
        return images[..., None], self.split.labels[rows]

    def on_epoch_end(self) -> None:
        self.epoch += 1
        self._shuffle()

    def _shuffle(self) -> None:
        self.order = np.random.default_rng((self.settings.seed, self.epoch)).permutation(len(self.split))


class Curves(keras.callbacks.Callback):
    """Shows loss, accuracy and time left while training, and keeps a row an epoch."""

    def __init__(self, epochs: int, console: Console):
        super().__init__()
        self.history: list[dict[str, float]] = []
        self.epochs, self.console = epochs, console
        columns = (
            TextColumn("{task.description}"),
            BarColumn(20),
            TimeElapsedColumn(),
            TextColumn("left"),
            TimeRemainingColumn(),
        )
        self.progress = Progress(*columns, console=console, transient=True)

    def on_train_begin(self, logs=None):
        self.began = time.monotonic()
        self.task = self.progress.add_task("starting", total=self.epochs * self.params["steps"])
        self.progress.start()

    def on_train_batch_end(self, batch, logs=None):
        text = f"epoch {len(self.history) + 1}/{self.epochs}  loss {logs['loss']:.3f}  accuracy {logs['accuracy']:.2%}"
        self.progress.update(self.task, advance=1, description=text)

    def on_epoch_end(self, epoch, logs=None):
        row = {"epoch": epoch + 1, **{k: float(v) for k, v in logs.items()}}
        row["learning_rate"] = float(keras.ops.convert_to_numpy(self.model.optimizer.learning_rate))
        self.history.append(row)
        left = (time.monotonic() - self.began) / len(self.history) * (self.epochs - len(self.history))
        self.console.print(
            f"epoch {epoch + 1:>2}/{self.epochs}  loss {row['loss']:.4f}  accuracy {row['accuracy']:.2%}  "
            f"validation loss {row['val_loss']:.4f}  validation accuracy {row['val_accuracy']:.2%}  "
            f"about {left / 60:.1f} min left",
            highlight=False,
            soft_wrap=True,
        )

    def on_train_end(self, logs=None):
        self.progress.stop()


def train(
    training: Split,
    validation: Split,
    settings: Settings,
    tensorboard: Path | None = None,
    console: Console | None = None,
) -> Trained:
    """Train from nothing; the same seed gives the same weights on the same machine. Raises DigitsError.

    Ctrl-C ends training and keeps the best weights so far; before the first epoch is over there are none to keep.
    """
    _make_deterministic(settings.seed)
    console = console or Console(stderr=True)
    training = training_set(training, settings.examples, settings.seed, console)
    validation = validation_set(validation, console)
    model = network.build(precision())
    steps = settings.epochs * -(-len(training) // settings.batch_size)
    model.compile(
        keras.optimizers.Adam(keras.optimizers.schedules.CosineDecay(LEARNING_RATE, steps)),
        loss="sparse_categorical_crossentropy",
        metrics=["accuracy"],
    )
    best = keras.callbacks.EarlyStopping("val_loss", patience=settings.patience, restore_best_weights=True)
    curves = Curves(settings.epochs, console)
    callbacks = [best, curves] + ([keras.callbacks.TensorBoard(tensorboard)] if tensorboard else [])
    interrupted = False
    began = time.monotonic()
    try:
        # NumPy's matrix products are small here: in threads of their own they wait for each other and for the network.
        # With them a digit took 0.85 ms of processor time in place of 0.51.
        with threadpool_limits(1, user_api="blas"):
            model.fit(
                AugmentedBatches(training, settings),
                validation_data=(validation.images[..., None], validation.labels),
                validation_batch_size=500,
                epochs=settings.epochs,
                callbacks=callbacks,
                verbose=0,
            )
    except KeyboardInterrupt:
        curves.progress.stop()
        if best.best_weights is None:
            raise DigitsError("Stopped before the first epoch was over: there is no model to keep.") from None
        model.set_weights(best.best_weights)
        interrupted = True
    return Trained(model, curves.history, time.monotonic() - began, interrupted)


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


def save_curves(history: list[dict[str, float]], folder: Path) -> None:
    """Write the training curves as `curves.csv` and `curves.png`."""
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot

    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "curves.csv").open("w", newline="") as file:
        writer = csv.DictWriter(file, fieldnames=list(history[0]))
        writer.writeheader()
        writer.writerows(history)
    figure, (left, right) = pyplot.subplots(1, 2, figsize=(10, 4), layout="constrained")
    epochs = [row["epoch"] for row in history]
    for name, label in (("", "training (distorted digits)"), ("val_", "validation")):
        left.plot(epochs, [row[name + "loss"] for row in history], marker=".", label=label)
        right.plot(epochs, [100 * row[name + "accuracy"] for row in history], marker=".", label=label)
    for axes, title, unit in ((left, "Loss", "cross-entropy"), (right, "Accuracy", "%")):
        axes.set(title=title, xlabel="epoch", ylabel=unit)
        axes.grid(alpha=0.3)
        axes.legend()
    figure.savefig(folder / "curves.png", dpi=110)
    pyplot.close(figure)
