"""Times training until 99 % of the validation digits are read, beside the example network of Keras, in one run.

    python -m bench.training [--released] [--json]

Both are tested on the same 5,000 plain validation digits every 50 steps; the time that takes is not counted, nor is the
making of examples, which is told apart. Ours is `train --quick`; with --released also the recipe of the shipped model.
The peer is "Simple MNIST convnet" of keras.io/examples: float32, batches of 128, Adam, no augmentation.
"""

import argparse
import json
import os
import sys
import time
from collections.abc import Callable
from typing import Any

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")  # before TensorFlow is imported

import keras
import numpy as np
from keras import layers
from rich.console import Console

from pipeline.data import mnist
from pipeline.data.augmentation import augment
from pipeline.data.examples import training_set
from pipeline.data.mnist import Split, Splits
from pipeline.recognition.eye import Eye
from pipeline.recognition.recogniser import use_one_thread
from pipeline.registry import store
from pipeline.training import network, train
from pipeline.training.batches import AugmentedBatches
from pipeline.training.settings import QUICK, Settings

ASKED = 0.99
EVERY = 50  # steps
SEED = 1
PEER_EPOCHS = 30
TIMED_STEPS = 60
BATCH = 128


class Until(keras.callbacks.Callback):
    """Stops when a fraction `asked` of the digits is read; keeps the seconds of training and the steps it took."""

    def __init__(self, digits: Split, asked: float):
        super().__init__()
        self.digits, self.asked = digits, asked
        self.steps, self.seconds, self.accuracy = 0, 0.0, 0.0

    def on_train_begin(self, logs=None):
        self.last = time.perf_counter()

    def on_train_batch_end(self, batch, logs=None):
        self.steps += 1
        if self.steps % EVERY:
            return
        self.seconds += time.perf_counter() - self.last
        found = self.model.predict(self.digits.images[..., None], batch_size=500, verbose=0)[:, :10].argmax(axis=1)
        self.accuracy = float((found == self.digits.labels).mean())
        self.model.stop_training = self.accuracy >= self.asked
        self.last = time.perf_counter()

    def result(self) -> dict[str, float]:
        return {"seconds": self.seconds, "steps": self.steps, "accuracy": self.accuracy}


def peer_network() -> keras.Model:
    return keras.Sequential(
        [
            keras.Input((28, 28, 1)),
            layers.Rescaling(1 / 255),
            layers.Conv2D(32, 3, activation="relu"),
            layers.MaxPooling2D(),
            layers.Conv2D(64, 3, activation="relu"),
            layers.MaxPooling2D(),
            layers.Flatten(),
            layers.Dropout(0.5),
            layers.Dense(10, activation="softmax"),
        ]
    )


def peer(splits: Splits, asked: float, epochs: int) -> dict[str, float]:
    keras.utils.set_random_seed(SEED)
    model, until = peer_network(), Until(splits.validation, asked)
    model.compile("adam", "sparse_categorical_crossentropy")
    images = splits.train.images[..., None]
    model.fit(images, splits.train.labels, batch_size=BATCH, epochs=epochs, callbacks=[until], verbose=0)
    return until.result()


def ours(splits: Splits, settings: Settings, eye: Eye, asked: float) -> dict[str, float]:
    keras.utils.set_random_seed(settings.seed)
    began = time.perf_counter()
    digits = training_set(splits.train, settings.examples, settings.seed, eye, Console(stderr=True))
    making = time.perf_counter() - began
    batches, until = AugmentedBatches(digits, settings), Until(splits.validation, asked)
    model = network.build(train.precision())
    train.compile_for(model, settings.epochs * len(batches))
    train.run_epochs(model, batches, [until])
    return {**until.result(), "making_examples_seconds": making}


def step(precision: str, digits: Split) -> float:
    """Median milliseconds of a step of BATCH digits, without augmentation."""
    model = network.build(precision)
    train.compile_for(model, TIMED_STEPS)
    images, labels = digits.images[:BATCH, ..., None], digits.labels[:BATCH]
    return _median_ms(lambda: model.train_on_batch(images, labels))


def augmentation(digits: Split) -> float:
    """Median milliseconds of the distortion of BATCH digits, in its one thread."""
    rng, how = np.random.default_rng(SEED), Settings().augmentation
    return _median_ms(lambda: augment(digits.images[:BATCH].copy(), rng, how))


def _median_ms(work: Callable[[], Any]) -> float:
    taken = []
    for _ in range(TIMED_STEPS):
        start = time.perf_counter()
        work()
        taken.append(1000 * (time.perf_counter() - start))
    return float(np.median(taken))


def measure(splits: Splits, released: bool, asked: float = ASKED, epochs: int = PEER_EPOCHS) -> dict[str, Any]:
    store.ensure_not_empty()
    eye = store.load().recogniser.eye
    found: dict[str, Any] = {
        "asked": asked,
        "precision": train.precision(),
        "step_ms": step(train.precision(), splits.train),
        "float32_step_ms": step("float32", splits.train),
        "augmentation_ms": augmentation(splits.train),
        "quick": ours(splits, QUICK, eye, asked),
        "peer": peer(splits, asked, epochs),
    }
    if released:
        found["released"] = ours(splits, Settings(), eye, asked)
    return found


def describe(found: dict[str, Any]) -> str:
    fraction = found["augmentation_ms"] / found["step_ms"]
    lines = [
        f"a step of {BATCH} digits: {found['step_ms']:.1f} ms in {found['precision']}, {found['float32_step_ms']:.1f} "
        f"ms in float32; their augmentation {found['augmentation_ms']:.1f} ms, {fraction:.0%} of a step",
        _line("Keras' example", found["peer"], found),
        _line("train --quick", found["quick"], found),
    ]
    return "\n".join([*lines, _line("released recipe", found["released"], found)] if "released" in found else lines)


def _line(name: str, row: dict[str, float], found: dict[str, Any]) -> str:
    reached = f"{found['asked']:.0%} after" if row["accuracy"] >= found["asked"] else f"only {row['accuracy']:.2%} in"
    making = row.get("making_examples_seconds")
    return (
        f"{name}: {reached} {row['seconds']:.1f} s, {row['steps']:,} steps: "
        f"{row['seconds'] / found['peer']['seconds']:.2f} times the example's time"
        + (f", beside {making:.1f} s for making examples" if making else "")
    )


def main() -> int:
    parser = argparse.ArgumentParser(description="Time training until 99 % of the validation digits are read.")
    parser.add_argument("--released", action="store_true", help="the recipe of the shipped model as well")
    parser.add_argument("--json", action="store_true", help="print the metrics as JSON")
    options = parser.parse_args()
    use_one_thread()  # as `train` does
    found = measure(mnist.load(), options.released)
    print(json.dumps(found) if options.json else describe(found))
    return 0


if __name__ == "__main__":
    sys.exit(main())
