"""The model that ships: its file, its card, and what it reads on all 10,000 test digits."""

import json
import shutil
from pathlib import Path

import bentoml
import cv2
import numpy as np
import pytest

from pipeline.errors import ModelError, WrongShape
from pipeline.evaluation import metrics
from pipeline.recognition.model import CARD, CLEAR, GRAPH, TURNS, Model
from pipeline.registry import store
from pipeline.training import quality_gate


def test_the_shipped_model_does_what_its_card_says(model, splits):
    probabilities = model.predict(splits.test.images)
    found = metrics.metrics(splits.test.labels, probabilities)
    stated = model.card["metrics"]["test"]
    assert found["accuracy"] == pytest.approx(stated["accuracy"], abs=1e-4)
    assert found["averages"]["macro"]["f1"] == pytest.approx(stated["averages"]["macro"]["f1"], abs=1e-4)
    assert found["accuracy"] >= 0.995


def test_what_serves_agrees_with_the_raw_arrays(recogniser, splits):
    read = metrics.read_pictures(recogniser, splits.test)
    raw = recogniser.model.predict(splits.test.images).argmax(axis=1)
    right, right_raw = (read == splits.test.labels).mean(), (raw == splits.test.labels).mean()
    assert abs(right - right_raw) <= 0.0005


def test_the_round_trip_is_nearly_free(recogniser, splits):
    """Test digits enlarged, moved onto a bigger page and inverted lose at most 0.15 points to the raw arrays."""
    assert quality_gate.round_trip_loss(recogniser, splits.test) <= 0.0015


def test_the_card_beside_the_shipped_file_is_the_one_inside(model):
    (path,) = store.SHIPPED.glob("*.bentomodel")
    card = json.loads(path.with_suffix(".json").read_text("utf-8"))
    assert {name: value for name, value in card.items() if name not in ("seeds", "evaluation")} == model.card
    assert f"digits:{card['version']}" == model.tag
    assert {"seed", "settings", "data", "versions", "metrics", "date"} < set(card)


def test_the_shipped_card_lists_its_recipe_with_every_seed(model):
    (path,) = store.SHIPPED.glob("*.json")
    card = json.loads(path.read_text("utf-8"))
    assert [row["seed"] for row in card["seeds"]] == [1, 2, 3, 4, 5]
    assert min(row["test_accuracy"] for row in card["seeds"]) >= 0.9960
    (shipped,) = [row for row in card["seeds"] if row["version"] == model.card["version"]]
    assert shipped["validation_accuracy"] == max(row["validation_accuracy"] for row in card["seeds"])
    assert all(row["seconds"] <= 30 * 60 for row in card["seeds"])
    assert card["evaluation"]["accuracy"] == model.card["metrics"]["test"]["accuracy"]


def test_the_shipped_model_is_of_the_recipe_that_train_has(model):
    from pipeline.training import train

    assert train.settings_of(model.card["settings"]) == train.Settings(seed=model.card["seed"])


def test_the_shipped_model_passed_the_gate(model):
    assert (model.card["gate"]["passed"], model.card["gate"]["forced"]) == (True, False)
    assert model.card["metrics"]["test"]["calibration_error"] <= 0.003
    assert model.card["code"]["commit"] and "dirty" not in model.card["code"]["commit"]


def test_the_card_names_the_data_it_was_trained_on(model, splits):
    assert model.card["data"] == {"sha256": splits.sha256, "train": 55_000, "validation": 5_000, "test": 10_000}


def test_metrics_and_labels_show_in_the_store(model):
    info = bentoml.models.get(model.tag).info
    assert info.labels["test-accuracy"] == f"{model.card['metrics']['test']['accuracy']:.4f}"
    assert info.metadata["classes"] == list(range(10))


def test_shipping_replaces_file_and_card(model, tmp_path):
    from pipeline.training import release

    (tmp_path / "digits-old.bentomodel").write_bytes(b"old")
    wrong = tmp_path / "metrics.json"
    wrong.write_text('{"model": "digits:another"}')
    with pytest.raises(ModelError, match=rf"metrics.json: is of digits:another, expected {model.tag}\. Evaluate that"):
        release.ship(model.tag, wrong, tmp_path)
    assert (tmp_path / "digits-old.bentomodel").exists()
    wrong.rename(tmp_path / "found.txt").write_text(json.dumps({"model": model.tag, "accuracy": 0.99}))
    path = release.ship(model.tag, tmp_path / "found.txt", tmp_path)
    assert [file.name for file in tmp_path.glob("*.bentomodel")] == [f"{model.tag.replace(':', '-')}.bentomodel"]
    card = json.loads(path.with_suffix(".json").read_text("utf-8"))
    assert card["evaluation"]["accuracy"] == 0.99
    assert model.card["version"] in [row["version"] for row in card["seeds"]]


@pytest.fixture
def folder(model, tmp_path):
    """A copy of the model's files that a test may damage."""
    shutil.copytree(bentoml.models.get(model.tag).path, tmp_path / "model")
    return tmp_path / "model"


def test_a_changed_graph_is_not_loaded(folder):
    content = bytearray((folder / GRAPH).read_bytes())
    content[1000] ^= 1
    (folder / GRAPH).write_bytes(content)
    with pytest.raises(
        ModelError, match=r"network\.onnx: has SHA-256 \w{64}, its card says \w{64}\. The file is damaged"
    ):
        Model(folder, "digits:changed")


def test_a_model_without_its_card_is_not_loaded(folder):
    (folder / CARD).unlink()
    with pytest.raises(ModelError, match=r"card\.json: no readable model card"):
        Model(folder, "digits:bare")


def test_only_digits_of_28_by_28_bytes_are_taken(model):
    with pytest.raises(WrongShape, match=r"Expected \(n, 28, 28\) uint8 digits. Received: \(2, 28, 28\) float64\."):
        model.predict(np.zeros((2, 28, 28)))


def test_what_is_not_clear_at_first_sight_is_looked_at_again_from_both_sides(model, splits):
    digits = splits.validation.images
    first, found = model.glance(digits), model.classify(digits)
    doubtful = first.max(axis=1) < CLEAR
    assert 0.01 < doubtful.mean() < 0.1
    np.testing.assert_array_equal(found[~doubtful], first[~doubtful])
    turned = [[cv2.warpAffine(d, turn, (28, 28), flags=cv2.INTER_CUBIC) for d in digits[doubtful]] for turn in TURNS]
    views = [first[doubtful], *(model.glance(np.array(view)) for view in turned)]
    np.testing.assert_allclose(found[doubtful], np.mean(views, axis=0), atol=1e-6)
    assert [turn[0, 1] for turn in TURNS] == pytest.approx([-turn[0, 1] for turn in TURNS[::-1]])  # either way alike


def test_looking_again_reads_no_fewer_digits(model, splits):
    digits, labels = splits.validation.images, splits.validation.labels
    once, again = ((find(digits)[:, :10].argmax(axis=1) == labels).sum() for find in (model.glance, model.classify))
    assert again >= once


def test_choosing_a_version(model, monkeypatch):
    version = model.tag.partition(":")[2]
    assert store.choose() == store.choose(version) == store.choose(model.tag) == model.tag
    monkeypatch.setenv("DIGITS_MODEL", "nosuch")
    with pytest.raises(ModelError) as caught:
        store.choose()
    assert str(caught.value) == (
        f"No model digits:nosuch in the store. It holds: {model.tag}. "
        "Choose one of these, or bring it with 'bentoml models import FILE'."
    )


def test_export_and_import(model, tmp_path):
    path = bentoml.models.export_model(model.tag, str(tmp_path / "copy.bentomodel"))
    other = bentoml._internal.models.model.ModelStore(Path(tmp_path / "store"))
    assert str(bentoml.models.import_model(path, _model_store=other).tag) == model.tag
    assert Model(other.get(model.tag).path, model.tag).card == model.card
