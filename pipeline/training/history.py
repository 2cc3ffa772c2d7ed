"""What a training tells of itself: its metrics per epoch, shown while it trains, written and drawn at the end."""

import csv
import time
from collections.abc import Sequence
from pathlib import Path

import keras
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

# Of one epoch: "epoch" from 1, "loss" and "accuracy" on distorted examples, "val_loss" and "val_accuracy" on the
# validation set, "learning_rate"; losses in nats, accuracies 0-1.
Epoch = dict[str, float]


class TrainingProgress(keras.callbacks.Callback):
    """Shows loss, accuracy and time left while training; `history` holds an Epoch per epoch.

    `history` and `before`, in seconds, are of a training that goes on.
    """

    def __init__(self, epochs: int, console: Console, history: Sequence[Epoch] = (), before: float = 0):
        super().__init__()
        self.history, self.before = list(history), before
        self.epochs, self.console = epochs, console
        self.began = time.monotonic()
        columns = (
            TextColumn("{task.description}"),
            BarColumn(20),
            TimeElapsedColumn(),
            TextColumn("left"),
            TimeRemainingColumn(),
        )
        self.bar = Progress(*columns, console=console, transient=True)

    @property
    def seconds(self) -> float:
        """Spent in training so far."""
        return self.before + time.monotonic() - self.began

    def on_train_begin(self, logs=None):
        self.began = time.monotonic()
        steps = self.params["steps"]
        self.task = self.bar.add_task("starting", total=self.epochs * steps, completed=len(self.history) * steps)
        self.bar.start()

    def on_train_batch_end(self, batch, logs=None):
        text = f"epoch {len(self.history) + 1}/{self.epochs}  loss {logs['loss']:.3f}  accuracy {logs['accuracy']:.2%}"
        self.bar.update(self.task, advance=1, description=text)

    def on_epoch_end(self, epoch, logs=None):
        row = {"epoch": epoch + 1, **{k: float(v) for k, v in logs.items()}}
        row["learning_rate"] = float(keras.ops.convert_to_numpy(self.model.optimizer.learning_rate))
        self.history.append(row)
        left = self.seconds / len(self.history) * (self.epochs - len(self.history))
        self.console.print(
            f"epoch {epoch + 1:>2}/{self.epochs}  loss {row['loss']:.4f}  accuracy {row['accuracy']:.2%}  "
            f"validation loss {row['val_loss']:.4f}  validation accuracy {row['val_accuracy']:.2%}  "
            f"about {left / 60:.1f} min left",
            highlight=False,
            soft_wrap=True,
        )

    def on_train_end(self, logs=None):
        self.stop()

    def stop(self) -> None:
        """Take the progress bar away, also where training ends early."""
        self.bar.stop()


def save_history(history: list[Epoch], folder: Path) -> list[Path]:
    """Write the learning curves as `curves.csv`, a row per epoch, and `curves.png`; returns the two paths.

    Whole at the end, where Keras' CSVLogger appends: after a resumed training the file holds all epochs and each once,
    with the learning rate.
    """
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
    return [folder / "curves.csv", folder / "curves.png"]
