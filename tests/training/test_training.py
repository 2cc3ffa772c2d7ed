"""Trainings that are cut off, refused by the gate, or run on another backend."""

import dataclasses
import json
import os
import signal

import numpy as np
import pytest
from command_line import CommandLine, last_line, wait_for_epoch, weights_of
from datasets import write_folder
from rich.console import Console

from pipeline.data import mnist
from pipeline.errors import DigitsError
from pipeline.recognition.recogniser import Recogniser
from pipeline.training import checkpoint, quality_gate, train

SHORT = dataclasses.replace(train.QUICK, epochs=3, batch_size=32)
QUIET = Console(quiet=True)


@pytest.fixture(scope="module")
def line(tmp_path_factory):
    return CommandLine(tmp_path_factory.mktemp("bentoml"))


@pytest.fixture(scope="module")
def parts(splits):
    """1,000 training and 200 validation digits."""
    return (
        mnist.Split(splits.train.images[:1000], splits.train.labels[:1000]),
        mnist.Split(splits.validation.images[:200], splits.validation.labels[:200]),
    )


@pytest.fixture(scope="module")
def small(tmp_path_factory, splits):
    part = mnist.Split(splits.train.images[:1200], splits.train.labels[:1200])
    return write_folder(tmp_path_factory.mktemp("data") / "small", part, part)


@pytest.fixture(scope="module")
def whole(parts, tmp_path_factory):
    """A training of three epochs that nothing interrupts, and the checkpoint after each."""
    folder = tmp_path_factory.mktemp("whole")
    kept = []
    save = checkpoint.Checkpoint.save
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(checkpoint.Checkpoint, "save", lambda self, path: (kept.append(self), save(self, path)))
        trained = train.train(*parts, SHORT, folder / checkpoint.FILE, console=QUIET)
    return trained, kept, folder / checkpoint.FILE


@pytest.mark.parametrize("epochs", [1, 2, 3])
def test_a_resumed_training_ends_in_the_same_weights(whole, parts, epochs, tmp_path):
    trained, kept, _ = whole
    path = tmp_path / checkpoint.FILE
    kept[epochs - 1].save(path)
    resumed = train.train(*parts, SHORT, path, checkpoint.load(path), console=QUIET)
    assert resumed.history == trained.history
    assert resumed.seconds > kept[epochs - 1].seconds * 0.99
    for weights, same in zip(trained.network.get_weights(), resumed.network.get_weights(), strict=True):
        np.testing.assert_array_equal(weights, same)


def test_best_weights_survive_an_interruption(whole, parts, tmp_path):
    """Where nothing gets better any more, the best epoch before the interruption is what is kept."""
    _, kept, _ = whole
    best = [np.full_like(weights, 0.25) for weights in kept[0].arrays["best"]]
    unbeaten = dataclasses.replace(kept[0], lowest=0.0, arrays={**kept[0].arrays, "best": best})
    resumed = train.train(*parts, SHORT, tmp_path / checkpoint.FILE, unbeaten, console=QUIET)
    assert len(resumed.history) == 3
    for weights in resumed.network.get_weights():
        assert (weights == 0.25).all()


def test_a_checkpoint_holds_its_settings(whole):
    _, _, path = whole
    found = checkpoint.load(path)
    assert train.settings_of(found.settings) == SHORT
    assert found.over
    assert len(found.history) == 3


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (lambda saved: saved["augmentation"].pop("widened_fraction"), "which had fewer"),
        (lambda saved: saved.pop("patience"), "which had fewer"),
        (lambda saved: saved["augmentation"].update(mirrored_share=0.5), ".*'mirrored_share'"),
        (lambda saved: saved.pop("examples"), ".*'examples'"),
    ],
)
def test_settings_of_another_version_are_refused(change, why):
    saved = dataclasses.asdict(SHORT)
    change(saved)
    with pytest.raises(DigitsError, match=f"^Those settings are of another version of this program.*{why}.*anew"):
        train.settings_of(saved)


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


def test_a_checkpoint_of_other_digits_is_refused(whole, parts):
    _, kept, _ = whole
    with pytest.raises(DigitsError, match=r"The checkpoint is of a training on other digits\. Name the folder"):
        train.train(parts[1], parts[1], SHORT, resumed=kept[0], console=QUIET)


def test_a_damaged_checkpoint_is_one_readable_line(line, whole, small, tmp_path):
    path = tmp_path / checkpoint.FILE
    path.write_bytes(whole[2].read_bytes()[:5000])
    done = line.run("train", "--resume", "--data", small, "--out", tmp_path)
    assert done.returncode == 1
    assert last_line(done.stderr).startswith(f"error: {path}: is no checkpoint that this version can read (")
    assert last_line(done.stderr).endswith("Start without --resume.")


def test_nothing_to_resume_is_one_readable_line(line, small, tmp_path):
    done = line.run("train", "--resume", "--data", small, "--out", tmp_path)
    assert (done.returncode, last_line(done.stderr)) == (
        1,
        f"error: {tmp_path / checkpoint.FILE}: there is no checkpoint to go on from. Start without --resume, or name "
        "its folder with --out.",
    )


@pytest.mark.parametrize("option", [["--quick"], ["--seed", "0"], ["--epochs", "9"]])
def test_a_resumed_training_keeps_its_settings(line, option):
    done = line.run("train", "--resume", *option)
    assert done.returncode == 2
    assert "--resume goes on with the settings the training began with" in last_line(done.stderr)


def test_kill_resume_gate_force(line, small, tmp_path):
    """Killed by -9, gone on with, refused by the gate, stored by force: one model, marked, as if trained in one go."""
    how = "--quick", "--data", small, "--epochs", 6, "--batch-size", 1000  # more than OpenCV resamples at once
    process = line.start("train", *how, "--out", tmp_path)
    wait_for_epoch(process, 2, of=6)
    process.kill()
    process.communicate(timeout=60)
    refused = line.run("train", "--resume", "--data", small, "--out", tmp_path)
    assert refused.returncode == 1
    said = last_line(refused.stderr)
    assert said.startswith("error: The model is not stored: accuracy 0.")
    assert "(at least 0.99); rendered accuracy 0." in said
    assert said.endswith("or store it all the same with --resume --force, which trains nothing again.")
    assert not line.models.exists()

    forced = line.run("train", "--resume", "--force", "--json", "--data", small, "--out", tmp_path)
    assert forced.returncode == 0, forced.stderr
    assert "epoch" not in forced.stderr
    card = json.loads(forced.stdout)
    assert (card["gate"]["passed"], card["gate"]["forced"], card["training"]["epochs"]) == (False, True, 6)
    assert "gate: forced" in (line.folder(card) / "model.yaml").read_text("utf-8")
    assert not (tmp_path / checkpoint.FILE).exists()

    splits = mnist.load(small)
    settings = dataclasses.replace(train.QUICK, epochs=6, batch_size=1000)
    at_once = train.train(splits.train, splits.validation, settings, console=QUIET)
    for weights, same in zip(weights_of(line.folder(card)), at_once.network.get_weights(), strict=True):
        np.testing.assert_array_equal(weights, same)


def test_a_new_training_says_that_it_replaces_a_checkpoint(line, whole, small, tmp_path):
    path = tmp_path / checkpoint.FILE
    path.write_bytes(whole[2].read_bytes())
    process = line.start("train", "--quick", "--data", small, "--out", tmp_path)
    assert process.stderr
    said = next(text for text in process.stderr if text.startswith(str(path)))
    process.kill()
    process.communicate(timeout=60)
    assert said.strip() == (
        f"{path} is of a training that is not stored. --resume goes on with it; this one replaces it after the first "
        "epoch."
    )


def test_the_same_code_trains_on_jax(line, small, tmp_path):
    jax = CommandLine(tmp_path)
    jax.how["env"] = {**jax.how["env"], "KERAS_BACKEND": "jax"}
    done = jax.run(
        "train", "--quick", "--data", small, "--epochs", 2, "--batch-size", 32, "--force", "--json", "--out", tmp_path
    )
    assert done.returncode == 0, done.stderr
    card = json.loads(done.stdout)
    assert {"jax", "keras"} < set(card["versions"])
    assert card["metrics"]["test"]["accuracy"] > 0.6


def test_the_gate_names_what_is_below_its_floor():
    good = quality_gate.Figures(
        accuracy=0.995, rendered_accuracy=0.97, calibration_error=0.001, round_trip_points=-0.02
    )
    assert quality_gate.failures(good) == []
    assert quality_gate.failures(quality_gate.FLOORS) == []
    bad = dataclasses.replace(good, rendered_accuracy=0.9, round_trip_points=1.5)
    assert quality_gate.failures(bad) == [
        "rendered accuracy 0.9000 (at least 0.93)",
        "round trip points 1.5000 (at most 0.5)",
    ]
    assert quality_gate.failures(dataclasses.replace(good, calibration_error=float("nan"))) == [
        "calibration error nan (at most 0.005)"
    ]


def test_the_shipped_model_passes_the_gate(recogniser, splits):
    found = quality_gate.measure(recogniser, splits.validation)
    assert quality_gate.failures(found) == []
    assert found.rendered_accuracy > 0.95


def test_the_gate_sees_what_serves_and_not_the_arrays_alone(model, splits, monkeypatch):
    """A model that reads raw arrays well and pictures badly, as if preprocessing did not fit it."""
    part = mnist.Split(splits.validation.images[:300], splits.validation.labels[:300])
    recognise = Recogniser.recognise

    def wrong(self, picture):
        answer = recognise(self, picture)
        return dataclasses.replace(answer, digit=(answer.digit or 0) // 2)

    monkeypatch.setattr(Recogniser, "recognise", wrong)
    found = quality_gate.measure(Recogniser(model), part)
    assert found.accuracy > 0.98
    assert next(text.partition(" 0")[0] for text in quality_gate.failures(found)) == "rendered accuracy"
    assert found.round_trip_points > 50
