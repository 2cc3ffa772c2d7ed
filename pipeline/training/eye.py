"""Train the eye on pages that are rendered as it goes: each is seen once."""

import dataclasses
import json
import shutil
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from contextlib import contextmanager
from multiprocessing import get_context
from pathlib import Path

import keras
import numpy as np
from rich.console import Console

from pipeline.data.eye_examples import EyeBatch, open_bank, rendered_batch, save_bank
from pipeline.data.mnist import Split
from pipeline.data.synthesis.glyphs import load_glyphs
from pipeline.data.synthesis.pages import make_bank
from pipeline.errors import DigitsError
from pipeline.recognition.eye import Eye
from pipeline.registry import store
from pipeline.registry.card import EyeTraining
from pipeline.training import eye_network
from pipeline.training.export import export_eye
from pipeline.training.settings import EyeSettings, Settings

FOLDER = "eye"  # beside the checkpoint; holds what export_eye writes, RUN, and until then BACKUP
RUN = "eye.json"
BACKUP = "backup"
AHEAD = 8  # batches rendered before they are asked for


def get_eye(digits: Split, settings: Settings, folder: Path, resume: bool, console: Console) -> EyeTraining:
    """Put the eye's files into `folder`: those that ship, or of one that is trained on MNIST's training digits.

    With `resume` an eye that is there is kept, and a training that was cut off goes on. Raises DigitsError.
    """
    if resume and (folder / RUN).exists():
        return EyeTraining(**json.loads((folder / RUN).read_text("utf-8")))
    if not resume:
        shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True, exist_ok=True)
    if settings.eye is None:
        run = store.copy_shipped_eye(folder)
    else:
        began = time.monotonic()
        try:
            eye, losses = train_eye(digits, settings.eye, settings.seed, folder / BACKUP, console)
        except KeyboardInterrupt:
            raise DigitsError("Interrupted while the eye was trained. --resume goes on with it.") from None
        files = export_eye(eye, folder)
        run = EyeTraining(
            dataclasses.asdict(settings.eye), settings.seed, round(time.monotonic() - began, 1), eye.count_params(),
            {name: round(value, 4) for name, value in losses.items()}, files,
        )  # fmt: skip
        shutil.rmtree(folder / BACKUP, ignore_errors=True)
    (folder / RUN).write_text(json.dumps(dataclasses.asdict(run)), "utf-8")
    return run


def open_eye(folder: Path) -> Eye:
    """The eye in the folder that `get_eye` filled."""
    return Eye((folder / store.EYE).read_bytes())


def train_eye(
    digits: Split, settings: EyeSettings, seed: int, backup: Path, console: Console
) -> tuple[keras.Model, dict[str, float]]:
    """A trained eye and the losses of the last part of its training.

    What is needed to go on after an interruption is kept in `backup`; given the same one, training goes on.
    """
    keras.utils.set_random_seed(seed)
    eye = eye_network.build()
    parts = max(1, settings.steps // settings.steps_a_part)
    schedule = keras.optimizers.schedules.CosineDecay(
        settings.learning_rate / 10, parts * settings.steps_a_part, warmup_target=settings.learning_rate,
        warmup_steps=settings.warmup_steps,
    )  # fmt: skip
    eye.compile(keras.optimizers.Adam(schedule, clipnorm=settings.clip_norm), loss=eye_network.LOSSES)
    eye.optimizer.build(eye.trainable_variables)
    with rendering(digits, settings, seed) as batches:
        begin = keras.callbacks.LambdaCallback(on_epoch_begin=lambda epoch, logs: batches.begin(epoch))
        told = _Told(parts, console)
        kept = keras.callbacks.BackupAndRestore(backup)
        eye.fit(batches, shuffle=False, epochs=parts, callbacks=[kept, begin, told], verbose=0)
    return eye, told.losses


@contextmanager
def rendering(digits: Split, settings: EyeSettings, seed: int) -> Iterator["PageBatches"]:
    """Batches from processes that render side by side and share one bank of glyphs."""
    rng = np.random.default_rng(seed)
    rows = rng.permutation(len(digits))[: settings.digits]
    some = Split(digits.images[rows], digits.labels[rows])
    bank = make_bank(some, settings.styles, settings.letters, load_glyphs().some(10, kept=False), rng)
    with tempfile.TemporaryDirectory() as name:
        save_bank(bank, Path(name))
        with ProcessPoolExecutor(
            settings.processes, get_context("spawn"), initializer=open_bank, initargs=(Path(name),)
        ) as pool:
            yield PageBatches(pool, settings, seed)
            pool.shutdown(cancel_futures=True)


class PageBatches(keras.utils.PyDataset):
    """Batches of rendered pages; what a batch holds depends on (seed, part, index) alone."""

    def __init__(self, pool: ProcessPoolExecutor, settings: EyeSettings, seed: int):
        super().__init__(workers=1, use_multiprocessing=False, max_queue_size=2)
        self.pool, self.settings, self.seed = pool, settings, seed
        self.ahead: dict[tuple[int, int], Future[EyeBatch]] = {}
        self.begin(0)

    def begin(self, part: int) -> None:
        """Make the batches of a part from now on."""
        self.part = part

    def __len__(self) -> int:
        return self.settings.steps_a_part

    def __getitem__(self, index: int) -> tuple[np.ndarray, dict[str, np.ndarray]]:
        """Batch `index` of the part: views, and the truth for each of the eye's outputs."""
        for later in range(index, min(index + AHEAD, len(self))):
            key = (self.part, later)
            if key not in self.ahead:
                self.ahead[key] = self.pool.submit(rendered_batch, self.settings.batch_size, (self.seed, *key))
        batch = self.ahead.pop((self.part, index)).result()
        return batch.views, {"ink": batch.ink, "offsets": batch.offsets, "centres": batch.centres}


class _Told(keras.callbacks.Callback):
    """Says what each part of the training came to, and about how long the rest takes."""

    def __init__(self, parts: int, console: Console):
        super().__init__()
        self.parts, self.console = parts, console
        self.losses: dict[str, float] = {}

    def on_epoch_begin(self, epoch, logs=None):
        self.began = time.monotonic()

    def on_epoch_end(self, epoch, logs=None):
        self.losses = {name: float(value) for name, value in logs.items()}
        losses = "  ".join(f"{name.replace('_', ' ')} {value:.3f}" for name, value in self.losses.items())
        left = (time.monotonic() - self.began) * (self.parts - epoch - 1) / 60
        text = f"eye {epoch + 1:>2}/{self.parts}  {losses}  about {left:.0f} min left"
        self.console.print(text, highlight=False, soft_wrap=True)
