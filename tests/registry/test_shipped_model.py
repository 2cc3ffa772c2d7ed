"""The model that ships: its file, its card, and what it reads of MNIST's digits."""

import dataclasses
import json

import bentoml
import pytest

from pipeline.data.mnist import Split
from pipeline.errors import ModelError
from pipeline.evaluation import metrics
from pipeline.evaluation.served import read_pictures
from pipeline.registry import card as model_card
from pipeline.registry import store
from pipeline.registry.card import DataUsed


@pytest.fixture(scope="module")
def card_beside() -> model_card.ModelCard:
    """The card beside the shipped file."""
    (path,) = store.SHIPPED.glob("*.json")
    return model_card.read(path)


@pytest.mark.slow
def test_it_does_what_its_card_says(stored, splits):
    found = metrics.metrics(splits.test.labels, stored.model.classify(splits.test.images).probabilities)
    stated = stored.card.metrics["test"]
    assert found.accuracy == pytest.approx(stated.accuracy, abs=1e-4)
    assert found.averages["macro"].f1 == pytest.approx(stated.averages["macro"].f1, abs=1e-4)
    assert found.accuracy >= 0.995
    assert stated.calibration_error <= 0.003


@pytest.mark.slow
def test_what_serves_agrees_with_the_raw_arrays(recogniser, splits):
    """Of 1,500 digits, PNG files lose or win one at most to the raw arrays."""
    some = Split(splits.validation.images[:1500], splits.validation.labels[:1500])
    raw = recogniser.model.classify(some.images).probabilities.argmax(axis=1)
    served = read_pictures(recogniser, some)
    assert abs(int((served == some.labels).sum()) - int((raw == some.labels).sum())) <= 1


def test_the_card_beside_the_file_is_the_one_inside(stored, card_beside):
    assert dataclasses.replace(card_beside, seeds=[], evaluation=None) == stored.card
    assert f"digits:{card_beside.version}" == stored.tag


def test_the_card_lists_its_recipe_with_every_seed(stored, card_beside):
    seeds = card_beside.seeds
    assert [each.seed for each in seeds] == [1]
    assert min(each.test_accuracy for each in seeds) >= 0.9960
    (shipped,) = [each for each in seeds if each.version == stored.card.version]
    assert shipped.validation_accuracy == max(each.validation_accuracy for each in seeds)
    assert all(each.seconds <= 30 * 60 for each in seeds)
    assert card_beside.evaluation and card_beside.evaluation["accuracy"] == stored.card.metrics["test"].accuracy


def test_it_is_of_the_recipe_that_train_has(stored):
    from pipeline.training.settings import Settings, settings_of

    assert settings_of(stored.card.settings) == Settings(seed=stored.card.seed)


def test_it_passed_the_quality_gate(stored):
    gate = stored.card.quality_gate
    assert gate and (gate.passed, gate.forced) == (True, False)
    assert stored.card.code.commit and "dirty" not in stored.card.code.commit


def test_the_card_names_the_data_it_was_trained_on(stored, splits):
    assert stored.card.data == DataUsed(splits.sha256, train=55_000, validation=5_000, test=10_000)


def test_metrics_and_labels_show_in_the_store(stored):
    info = bentoml.models.get(stored.tag).info
    assert info.labels["test-accuracy"] == f"{stored.card.metrics['test'].accuracy:.4f}"
    assert info.metadata["classes"] == list(range(10))


def test_shipping_replaces_file_and_card(stored, tmp_path):
    from pipeline.training import release

    (tmp_path / "digits-old.bentomodel").write_bytes(b"old")
    wrong = tmp_path / "metrics.json"
    wrong.write_text('{"model": "digits:another"}')
    with pytest.raises(ModelError, match=rf"metrics.json: is of digits:another, expected {stored.tag}\. Evaluate that"):
        release.ship(stored.tag, wrong, tmp_path)
    assert (tmp_path / "digits-old.bentomodel").exists()
    wrong.rename(tmp_path / "found.txt").write_text(json.dumps({"model": stored.tag, "accuracy": 0.99}))
    path = release.ship(stored.tag, tmp_path / "found.txt", tmp_path)
    assert [file.name for file in tmp_path.glob("*.bentomodel")] == [f"{stored.tag.replace(':', '-')}.bentomodel"]
    shipped = model_card.read(path.with_suffix(".json"))
    assert shipped.evaluation == {"model": stored.tag, "accuracy": 0.99}
    assert stored.card.version in [each.version for each in shipped.seeds]
