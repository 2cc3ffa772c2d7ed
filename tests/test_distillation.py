"""A network that learns from a stored model: what it is trained towards, and what is refused."""

import dataclasses
import shutil
from types import SimpleNamespace

import bentoml
import keras
import numpy as np
import pytest
from test_pipeline import CommandLine, last_line
from test_training import QUIET, SHORT

from pipeline import checkpoint, data, distillation, network
from pipeline import train as training
from pipeline.errors import ModelError
from pipeline.export import KERAS_FILE

DIGITS = np.zeros((2, 28, 28, 1), np.uint8)


def test_the_loss_is_towards_teacher_and_label():
    said = np.full((2, network.LABELS), 0.1 / (network.LABELS - 1), np.float32)
    said[[0, 1], [3, 8]] = 0.9
    pupil = distillation.Pupil(network.build(), lambda digits: keras.ops.convert_to_tensor(said[: len(digits)]))
    training.prepare(pupil, 10)
    labels = np.array([3, 7])
    probabilities = np.random.default_rng(1).dirichlet(np.ones(network.LABELS), 2).astype(np.float32)
    wanted = distillation.SHARE * said
    wanted[[0, 1], labels] += 1 - distillation.SHARE
    loss = pupil.compute_loss(DIGITS, labels, keras.ops.convert_to_tensor(probabilities))
    assert float(loss) == pytest.approx(-(wanted * np.log(probabilities)).sum(axis=1).mean(), rel=1e-5)
    judged = pupil.compute_loss(DIGITS, labels, keras.ops.convert_to_tensor(probabilities), training=False)
    assert float(judged) == pytest.approx(-np.log(probabilities[[0, 1], labels]).mean(), rel=1e-5)


def test_a_pupil_has_the_networks_own_weights_and_no_others():
    net = network.build()
    pupil = distillation.Pupil(net, lambda digits: digits)
    assert [each.path for each in pupil.weights] == [each.path for each in net.weights]
    assert all(one is other for one, other in zip(pupil.weights, net.weights, strict=True))


def test_the_teacher_is_the_stored_network(model, splits):
    ask = distillation.load(model.tag, "float32")
    digits = splits.validation.images[:50]
    np.testing.assert_allclose(np.asarray(ask(digits[..., None])), model.glance(digits), atol=1e-5)


def test_a_resumed_training_with_a_teacher_ends_in_the_same_weights(model, splits, tmp_path, monkeypatch):
    parts = [data.Split(part.images[:1000], part.labels[:1000]) for part in (splits.train, splits.validation)]
    settings = dataclasses.replace(SHORT, epochs=2, teacher=model.tag)
    kept = []
    monkeypatch.setattr(checkpoint.Checkpoint, "save", lambda self, path: kept.append(self))
    path = tmp_path / checkpoint.FILE
    whole = training.train(*parts, settings, path, console=QUIET)
    resumed = training.train(*parts, settings, path, kept[0], console=QUIET)
    alone = training.train(*parts, dataclasses.replace(settings, teacher=None), console=QUIET)
    assert resumed.history == whole.history
    for weights, same in zip(whole.network.get_weights(), resumed.network.get_weights(), strict=True):
        np.testing.assert_array_equal(weights, same)
    assert whole.history[0]["loss"] != alone.history[0]["loss"]


def test_a_damaged_teacher_is_refused(model, tmp_path, monkeypatch):
    folder = tmp_path / "model"
    shutil.copytree(bentoml.models.get(model.tag).path, folder)
    path = folder / KERAS_FILE
    path.write_bytes(path.read_bytes()[:-1])
    stored = SimpleNamespace(tag=model.tag, path=folder)
    monkeypatch.setattr(bentoml.models, "get", lambda tag: stored)
    with pytest.raises(ModelError, match=rf"{KERAS_FILE}: has SHA-256 .* damaged or was changed"):
        distillation.load(model.tag, "float32")


def test_a_teacher_that_is_not_there_is_one_readable_line(tmp_path):
    line = CommandLine(tmp_path)
    done = line.run("train", "--quick", "--teacher", "nobody", "--out", tmp_path)
    assert done.returncode == 1
    assert last_line(done.stderr).startswith("error: No model digits:nobody in the store. It holds: digits:")
