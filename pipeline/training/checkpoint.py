"""A training that was cut off goes on where its last whole epoch ended: to the same weights, bit for bit.

Same on the same machine with the same packages, that is. All that the next epoch starts from is in one file.
"""

import json
import zipfile
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import keras
import numpy as np

from pipeline.errors import DigitsError
from pipeline.training.history import Epoch, TrainingProgress

FILE = "checkpoint.npz"
PARTS = "model", "optimizer", "best"


@dataclass(frozen=True)
class Checkpoint:
    """The state after an epoch: `arrays` of each of PARTS, and what can be read without NumPy.

    `settings` are a Settings as JSON; `data` is the SHA-256 of the digits; `lowest` is the lowest validation loss so
    far, whose weights are the part "best", and `waited` the epochs since; `seconds` were spent in training.
    """

    settings: dict[str, Any]
    data: str
    history: list[Epoch]
    seconds: float
    lowest: float
    waited: int
    arrays: dict[str, list[np.ndarray]]

    @property
    def over(self) -> bool:
        """Whether there is no epoch left to train."""
        return len(self.history) >= self.settings["epochs"] or self.waited >= self.settings["patience"]

    def save(self, path: Path) -> None:
        """Write the file whole or not at all."""
        about = {name: value for name, value in vars(self).items() if name != "arrays"}
        arrays = {f"{part}_{i:03}": array for part in PARTS for i, array in enumerate(self.arrays[part])}
        path.parent.mkdir(parents=True, exist_ok=True)
        partial = path.with_suffix(".partial")
        with partial.open("wb") as file:
            np.savez(file, about=np.array(json.dumps(about)), **arrays)  # type: ignore[arg-type]
        partial.replace(path)


def load(path: Path) -> Checkpoint:
    """Read what `Checkpoint.save` wrote. Raises DigitsError."""
    try:
        with path.open("rb") as opened, np.load(opened, allow_pickle=False) as file:
            arrays = {part: [file[name] for name in sorted(file.files) if name.startswith(part)] for part in PARTS}
            return Checkpoint(**json.loads(str(file["about"])), arrays=arrays)
    except (OSError, ValueError, KeyError, TypeError, EOFError, zipfile.BadZipFile) as error:
        raise DigitsError(
            f"{path}: is no checkpoint that this version can read ({error}). Start without --resume."
        ) from error


class CheckpointWriter(keras.callbacks.Callback):
    """Writes a Checkpoint after each epoch and starts from one; stands behind `best` and `progress` in the list."""

    def __init__(
        self,
        path: Path,
        settings: dict[str, Any],
        data: str,
        best: keras.callbacks.EarlyStopping,
        progress: TrainingProgress,
        resumed: Checkpoint | None = None,
    ):
        super().__init__()
        self.path, self.settings, self.data = path, settings, data
        self.best, self.progress, self.resumed = best, progress, resumed

    def on_train_begin(self, logs=None):
        if self.resumed:
            # Not before, as EarlyStopping forgets at the beginning of a training what it was told before.
            for variable, value in zip(self.model.variables, self.resumed.arrays["model"], strict=True):
                variable.assign(value)
            for variable, value in zip(self.model.optimizer.variables, self.resumed.arrays["optimizer"], strict=True):
                variable.assign(value)
            self.best.best, self.best.wait = self.resumed.lowest, self.resumed.waited
            self.best.best_weights = self.resumed.arrays["best"]

    def on_epoch_end(self, epoch, logs=None):
        arrays = {
            "model": list(map(keras.ops.convert_to_numpy, self.model.variables)),  # with the state of dropout's chance
            "optimizer": list(map(keras.ops.convert_to_numpy, self.model.optimizer.variables)),
            "best": self.best.best_weights,
        }
        about = self.settings, self.data, [*self.progress.history], self.progress.seconds, float(self.best.best)
        # In a thread, where no Ctrl-C arrives: one in the midst of writing would fail with whatever writes just then.
        with ThreadPoolExecutor(1) as pool:
            pool.submit(Checkpoint(*about, self.best.wait, arrays).save, self.path).result()
