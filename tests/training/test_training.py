"""Trainings that are cut off and gone on with, and the quality gate."""

import contextlib
import dataclasses
import io
import os
import shutil
import signal

import numpy as np
import pytest
from rich.console import Console

from pipeline.__main__ import main
from pipeline.data import mnist
from pipeline.errors import DigitsError
from pipeline.recognition.decide import DecisionOptions
from pipeline.recognition.recogniser import Recogniser
from pipeline.training import checkpoint, quality_gate, train
from pipeline.training.batches import AugmentedBatches
from pipeline.training.history import TrainingProgress
from pipeline.training.settings import QUICK, Settings, settings_of

SHORT = dataclasses.replace(QUICK, epochs=3, batch_size=32)
QUIET = Console(quiet=True)


@pytest.fixture(scope="module")
def parts(splits):
    """400 training and 100 validation digits."""
    return (
        mnist.Split(splits.train.images[:400], splits.train.labels[:400]),
        mnist.Split(splits.validation.images[:100], splits.validation.labels[:100]),
    )


class KeepsFirstCheckpoint(io.StringIO):
    """Where a training prints its epochs to: when it tells of the second, the checkpoint is still the first's."""

    def __init__(self, path):
        super().__init__()
        self.path, self.first = path, path.with_name("first.npz")

    def write(self, text: str) -> int:
        if text.startswith("epoch  2/"):
            shutil.copy(self.path, self.first)
        return super().write(text)


@pytest.fixture(scope="module")
def whole(parts, tmp_path_factory):
    """A training of three epochs that nothing interrupts, its checkpoint after the first epoch, and the last's path."""
    path = tmp_path_factory.mktemp("whole") / checkpoint.FILE
    printed = KeepsFirstCheckpoint(path)
    trained = train.train(*parts, SHORT, path, console=Console(file=printed))
    return trained, checkpoint.load(printed.first), path


def assert_same_training(resumed: train.Trained, trained: train.Trained) -> None:
    assert resumed.history == trained.history
    for weights, same in zip(trained.network.get_weights(), resumed.network.get_weights(), strict=True):
        np.testing.assert_array_equal(weights, same)


def test_a_resumed_training_ends_in_the_same_weights(whole, parts, tmp_path):
    trained, first, _ = whole
    assert len(first.history) == 1
    resumed = train.train(*parts, SHORT, tmp_path / checkpoint.FILE, first, console=QUIET)
    assert_same_training(resumed, trained)
    assert resumed.seconds > first.seconds


def test_a_training_that_was_over_trains_nothing_more(whole, parts):
    trained, _, path = whole
    found = checkpoint.load(path)
    assert (found.over, len(found.history)) == (True, 3)
    assert settings_of(found.settings) == SHORT
    resumed = train.train(*parts, SHORT, path, found, console=QUIET)
    assert_same_training(resumed, trained)
    assert resumed.seconds == found.seconds


def test_best_weights_survive_an_interruption(whole, parts, tmp_path):
    """Where nothing gets better any more, the best epoch before the interruption is what is kept."""
    _, first, _ = whole
    best = [np.full_like(weights, 0.25) for weights in first.arrays["best"]]
    waited = SHORT.patience - 1  # so that one epoch more is the last
    unbeaten = dataclasses.replace(first, lowest=0.0, waited=waited, arrays={**first.arrays, "best": best})
    resumed = train.train(*parts, SHORT, tmp_path / checkpoint.FILE, unbeaten, console=QUIET)
    assert len(resumed.history) == 2
    for weights in resumed.network.get_weights():
        assert (weights == 0.25).all()


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (lambda saved: saved["augmentation"].pop("widened_fraction"), "which had fewer"),
        (lambda saved: saved.pop("patience"), "which had fewer"),
        (lambda saved: saved["augmentation"].update(mirrored_fraction=0.5), ".*'mirrored_fraction'"),
        (lambda saved: saved.pop("examples"), ".*'examples'"),
    ],
)
def test_settings_of_another_version_are_refused(change, why):
    saved = dataclasses.asdict(SHORT)
    change(saved)
    with pytest.raises(DigitsError, match=f"^Those settings are of another version of this program.*{why}.*anew"):
        settings_of(saved)


@pytest.mark.slow
def test_ctrl_c_while_a_checkpoint_is_written_loses_nothing(parts, tmp_path, monkeypatch):
    """It arrives in the midst of the writing: the file is whole all the same, and so is the model that is kept."""
    write = np.savez

    def interrupted(file, **arrays):
        os.kill(os.getpid(), signal.SIGINT)
        write(file, **arrays)

    monkeypatch.setattr(np, "savez", interrupted)
    path = tmp_path / checkpoint.FILE
    trained = train.train(*parts, SHORT, path, console=QUIET)
    assert (trained.interrupted, len(trained.history)) == (True, 1)
    assert checkpoint.load(path).history == trained.history


@pytest.mark.slow
def test_ctrl_c_before_the_first_epoch_has_nothing_to_keep(parts, monkeypatch):
    def interrupt(self, batch, logs=None):
        raise KeyboardInterrupt

    monkeypatch.setattr(TrainingProgress, "on_train_batch_end", interrupt)
    with pytest.raises(DigitsError, match=r"Stopped before the first epoch was over: there is no model to keep\."):
        train.train(*parts, SHORT, console=QUIET)


def test_a_checkpoint_of_other_digits_is_refused(whole, parts):
    _, first, _ = whole
    with pytest.raises(DigitsError, match=r"The checkpoint is of a training on other digits\. Name the folder"):
        train.train(parts[1], parts[1], SHORT, resumed=first, console=QUIET)


def test_a_missing_or_damaged_checkpoint_is_one_readable_line(whole, tmp_path):
    path = tmp_path / checkpoint.FILE

    def refusal() -> str:
        with contextlib.redirect_stderr(io.StringIO()) as errors:
            assert main(["train", "--resume", "--out", str(tmp_path)]) == 1
        return errors.getvalue().strip()

    assert refusal() == (
        f"error: {tmp_path}: there is no training to go on with. Start without --resume, or name its folder with --out."
    )
    path.write_bytes(whole[2].read_bytes()[:5000])
    assert refusal().startswith(f"error: {path}: is no checkpoint that this version can read (")
    assert refusal().endswith("Start without --resume.")


def test_time_does_not_matter_to_a_batch(parts):
    """Batches are made in a thread ahead of time; asking in another order gives the same ones."""
    forward, backward = (AugmentedBatches(parts[0], Settings()) for _ in range(2))
    ahead = [forward[i] for i in range(4)]
    behind = [backward[i] for i in reversed(range(4))][::-1]
    for (images, labels), (other_images, other_labels) in zip(ahead, behind, strict=True):
        np.testing.assert_array_equal(images, other_images)
        np.testing.assert_array_equal(labels, other_labels)


def test_quick_is_gentler_and_shorter():
    assert QUICK.epochs < Settings().epochs
    assert QUICK.augmentation.rotation_degrees < Settings().augmentation.rotation_degrees


def test_the_gate_names_what_is_beyond_its_threshold():
    good = quality_gate.QualityMetrics(
        accuracy=0.995, rendered_accuracy=0.97, calibration_error=0.001, round_trip_points=-0.02
    )
    assert quality_gate.failures(good) == []
    assert quality_gate.failures(quality_gate.THRESHOLDS) == []
    bad = dataclasses.replace(good, rendered_accuracy=0.9, round_trip_points=1.5)
    assert quality_gate.failures(bad) == [
        "rendered accuracy 0.9000 (at least 0.93)",
        "round trip points 1.5000 (at most 0.5)",
    ]
    assert quality_gate.failures(dataclasses.replace(good, calibration_error=float("nan"))) == [
        "calibration error nan (at most 0.005)"
    ]


@pytest.mark.slow
@pytest.mark.long
def test_the_shipped_model_passes_the_gate(recogniser, splits):
    part = mnist.Split(splits.validation.images[:1500], splits.validation.labels[:1500])
    found = quality_gate.measure(recogniser, part)
    assert quality_gate.failures(found) == []
    assert found.rendered_accuracy > 0.95


class Misreading(Recogniser):
    """Reads raw arrays well and pictures badly, as if segmentation did not fit the model."""

    def recognise(self, picture):
        answer = super().recognise(picture)
        return dataclasses.replace(answer, digit=(answer.digit or 0) // 2)


@pytest.mark.slow
def test_the_gate_sees_what_serves_and_not_the_arrays_alone(recogniser, splits):
    part = mnist.Split(splits.validation.images[:200], splits.validation.labels[:200])
    found = quality_gate.measure(
        Misreading(recogniser.eye, recogniser.model, recogniser.verifier, DecisionOptions(0, 0)), part
    )
    assert found.accuracy > 0.98
    assert next(text.partition(" 0")[0] for text in quality_gate.failures(found)) == "rendered accuracy"
    assert found.round_trip_points > 50
