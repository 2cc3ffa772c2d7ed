"""Train the eye on pages that are rendered as it goes: each is seen once."""

import dataclasses
import json
import shutil
import tempfile
import time
from collections import deque
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
from pipeline.training.train import precision

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
        try:
            eye, losses, seconds = train_eye(digits, settings.eye, settings.seed, folder / BACKUP, console)
        except KeyboardInterrupt:
            raise DigitsError("Interrupted while the eye was trained. --resume goes on with it.") from None
        files = export_eye(eye, folder)
        run = EyeTraining(
            dataclasses.asdict(settings.eye), settings.seed, round(seconds, 1), eye.count_params(),
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
) -> tuple[keras.Model, dict[str, float], float]:
    """A trained eye, the losses of the last part of its training, and the seconds that all parts took.

    What is needed to go on after an interruption is kept in `backup`; given the same one, training goes on.
    """
    keras.utils.set_random_seed(seed)
    with _computing_in(precision()):
        eye = eye_network.build()
    parts = max(1, settings.steps // settings.steps_a_part)
    schedule = keras.optimizers.schedules.CosineDecay(
        settings.learning_rate / 10, parts * settings.steps_a_part, warmup_target=settings.learning_rate,
        warmup_steps=settings.warmup_steps,
    )  # fmt: skip
    eye.compile(keras.optimizers.Adam(schedule, clipnorm=settings.clip_norm), loss=eye_network.LOSSES)
    eye.optimizer.build(eye.trainable_variables)
    done, losses, seconds = _restore(eye, backup)
    with rendering(digits, settings, seed) as batches:
        for part in range(done, parts):
            began = time.monotonic()
            steps = [eye.train_on_batch(views, truth, return_dict=True) for views, truth in batches.of(part)]
            losses = {name: float(np.mean([step[name] for step in steps])) for name in steps[0]}
            taken = time.monotonic() - began
            seconds += taken
            _back_up(eye, backup, part + 1, losses, seconds)
            _tell(console, part + 1, parts, losses, taken)
    return eye, losses, seconds


@contextmanager
def _computing_in(policy: str) -> Iterator[None]:
    """Layers made meanwhile compute in that Keras dtype policy; their weights are float32 always."""
    before = keras.config.dtype_policy()
    keras.config.set_dtype_policy(policy)
    try:
        yield
    finally:
        keras.config.set_dtype_policy(before)


def _restore(eye: keras.Model, backup: Path) -> tuple[int, dict[str, float], float]:
    """Go on from the last whole part: how many are done, the last one's losses, the seconds they took."""
    done = max((int(path.name.split(".")[0]) for path in backup.glob("[0-9]*.weights.h5")), default=0)
    if not done:
        return 0, {}, 0.0
    eye.load_weights(backup / f"{done}.weights.h5")
    told = json.loads((backup / f"{done}.json").read_text("utf-8"))
    return done, told["losses"], told["seconds"]


def _back_up(eye: keras.Model, backup: Path, done: int, losses: dict[str, float], seconds: float) -> None:
    """Weights and optimizer, whole or not at all, and what the training came to so far."""
    backup.mkdir(parents=True, exist_ok=True)
    (backup / f"{done}.json").write_text(json.dumps({"losses": losses, "seconds": seconds}), "utf-8")
    partial = backup / "partial.weights.h5"
    eye.save_weights(partial)
    partial.replace(backup / f"{done}.weights.h5")
    for name in (f"{done - 1}.weights.h5", f"{done - 1}.json"):
        (backup / name).unlink(missing_ok=True)


def _tell(console: Console, done: int, parts: int, losses: dict[str, float], seconds: float) -> None:
    """What a part of the training came to, and about how long the rest takes."""
    text = "  ".join(f"{name.replace('_', ' ')} {value:.3f}" for name, value in losses.items())
    left = seconds * (parts - done) / 60
    console.print(f"eye {done:>2}/{parts}  {text}  about {left:.0f} min left", highlight=False, soft_wrap=True)


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


class PageBatches:
    """Batches of rendered pages; what a batch holds depends on (seed, part, index) alone.

    Not by Keras' `fit`: a data set of it that waits for other processes stood still for ever after 4,700 steps.
    """

    def __init__(self, pool: ProcessPoolExecutor, settings: EyeSettings, seed: int):
        self.pool, self.settings, self.seed = pool, settings, seed

    def of(self, part: int) -> Iterator[tuple[np.ndarray, dict[str, np.ndarray]]]:
        """The batches of a part: views, and the truth for each of the eye's outputs."""
        ahead: deque[Future[EyeBatch]] = deque()
        for index in range(self.settings.steps_a_part + AHEAD):
            if index < self.settings.steps_a_part:
                ahead.append(self.pool.submit(rendered_batch, self.settings.batch_size, (self.seed, part, index)))
            if index >= AHEAD:
                batch = ahead.popleft().result()
                yield batch.views, {"ink": batch.ink, "offsets": batch.offsets, "centres": batch.centres}
