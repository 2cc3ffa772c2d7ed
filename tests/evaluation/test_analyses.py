"""The parts of an evaluation, on constructed cases."""

import dataclasses
import math

import numpy as np
import onnx
import pytest

from pipeline.data.mnist import Split
from pipeline.evaluation import cost, coverage, metrics, occlusion, rejection, seeds
from pipeline.evaluation.intervals import wilson
from pipeline.evaluation.label_errors import label_errors, suspected
from pipeline.evaluation.served import served
from pipeline.recognition.decide import DecisionOptions
from pipeline.recognition.encode import png
from pipeline.recognition.recogniser import Recogniser
from pipeline.registry.card import SeedResult
from pipeline.registry.measures import Rejection
from pipeline.registry.store import GRAPH


def test_coverage_of_a_constructed_case():
    correct = np.array([True, True, False, False, True])
    confidence = np.array([0.9, 0.8, 0.8, 0.5, coverage.NEVER])  # two are equally sure, one is no digit
    thresholds, fractions, risks = coverage.risk_coverage(correct, confidence)
    assert thresholds.tolist() == [0.9, 0.8, 0.5]
    assert fractions == pytest.approx([0.2, 0.6, 0.8])
    assert risks == pytest.approx([0, 1 / 3, 1 / 2])
    found = coverage.coverage(correct, confidence, 0.8)
    point = found.operating_point
    assert (point.coverage, point.risk) == pytest.approx((0.6, 1 / 3))
    assert (point.answered, point.wrong, point.risk_interval) == (3, 1, wilson(1, 3))
    assert coverage.operating_point(correct, confidence, 0).answered == 4
    assert found.points == []  # nine in ten are never answered
    (all_of_them,) = coverage.at_coverages(correct[:1], confidence[:1])[:1]
    assert (all_of_them.threshold, all_of_them.coverage) == (0.9, 1)


def test_what_is_taken_for_no_digit_has_no_confidence():
    probabilities = np.array([[0.9, 0.1], [0.9, 0.1]])
    confidence = coverage.served_confidence(probabilities, np.array([0.5, 0.01]), 0.03)
    assert confidence.tolist() == [0.45, coverage.NEVER]


def test_statuses_are_those_that_the_recogniser_gives(stored, model, splits):
    """Both for digits and for what is none; in all three states. What is not clear is verified when it is served."""
    some = Split(splits.test.images[:100], splits.test.labels[:100])
    images = np.concatenate([some.images, rejection.made_up(some)])
    strict = DecisionOptions(unsure_below=0.999, no_digit_below=0.3)
    recogniser = Recogniser(stored.recogniser.eye, model, stored.recogniser.verifier, strict)
    given = [recogniser.recognise(png(image)).status for image in images]
    found = vars(rejection.statuses(model.classify(images), strict))
    assert len(given) == 150
    assert found == pytest.approx({status: given.count(status) / 150 for status in found}, abs=0.1)
    assert min(found.values()) > 0.05


def test_a_known_roc_curve():
    found = metrics.rejection(np.array([3, 1, 4, 10, 10]), np.array([0.9, 0.8, 0.4, 0.7, 0.1]), 0.5)
    assert found == Rejection(
        roc_auc=pytest.approx(5 / 6),
        false_rejection_rate=pytest.approx(1 / 3),
        false_acceptance_rate=pytest.approx(1 / 2),
    )


def test_likely_label_errors_of_constructed_cases():
    """A class' usual probability is 0.6 and 0.7 in the first case, 0.6 and 0.4 in the second."""
    first = np.array([[0.9, 0.1], [0.8, 0.2], [0.1, 0.9], [0.2, 0.8], [0.4, 0.6]])
    assert suspected(np.array([0, 0, 0, 1, 1]), first).tolist() == [False, False, True, False, False]
    second = np.array([[0.6, 0.4], [0.7, 0.3], [0.5, 0.5]])
    assert suspected(np.array([0, 1, 1]), second).tolist() == [False, True, False]
    found = label_errors(np.array([0, 0, 0, 1, 1]), first)
    assert (found.rows, found.misread, found.accuracy_without) == ([2], 1, 1)
    assert found.accuracy_without_interval == wilson(4, 4)


def test_mistakes_come_surest_first_and_know_of_label_errors():
    labels = np.array([0, 1, 2, 0])
    probabilities = np.array([[0.4, 0.6, 0], [0, 0.9, 0.1], [0.8, 0.1, 0.1], [0.1, 0.6, 0.3]])
    assert metrics.mistakes(labels, probabilities, label_errors=[3]) == [
        metrics.Mistake(row=2, label=2, read=0, confidence=0.8, label_error=False),
        metrics.Mistake(row=0, label=0, read=1, confidence=0.6, label_error=False),
        metrics.Mistake(row=3, label=0, read=1, confidence=0.6, label_error=True),
    ]


def test_occlusion_points_at_the_pixel_that_counts():
    def classify(images):
        probabilities = np.zeros((len(images), 10), np.float32)
        probabilities[:, 3] = images[:, 10, 13] / 255
        return probabilities

    image = np.zeros((28, 28), np.uint8)
    image[10, 13] = 255
    drops = occlusion.drops(classify, image, 3)
    assert drops.shape == (28, 28)
    assert drops[10, 13] == drops.max() == 1
    rows, columns = np.nonzero(drops)
    assert (rows.min(), rows.max(), columns.min(), columns.max()) == (8, 13, 10, 15)
    assert not occlusion.drops(classify, image, 4).any()


def test_the_digits_looked_at_are_correct_and_of_middling_confidence():
    labels = np.array([5, 5, 5, 7])
    probabilities = np.zeros((4, 10))
    probabilities[[0, 1, 2, 3], [5, 5, 6, 1]] = [0.99, 0.88, 0.9, 0.9]
    assert occlusion.middling(labels, probabilities) == [1]


def test_multiply_accumulates_are_those_of_the_layers(stored):
    convolutions = 24 * 24 * 32 * 25 + 8 * 8 * 64 * 25 * 32
    found = cost.multiply_accumulates(onnx.load(stored.folder / GRAPH))
    assert found == convolutions + 4 * 4 * 64 * 256 + 256 * 128 + 128 * 11


def test_served_pictures_and_arrays_agree_within_five_digits_in_ten_thousand():
    labels = np.zeros(10_000, np.uint8)
    read, read_raw = np.zeros(10_000, int), np.zeros(10_000, int)
    read[:5] = -1
    found = served(labels, read, read_raw)
    assert (found.accuracy, found.points_from_raw, found.agrees) == (0.9995, -0.05, True)
    assert found.interval == wilson(9995, 10_000)
    read[5] = -1
    assert not served(labels, read, read_raw).agrees
    few = served(labels[:100], read[5:105], read_raw[:100])  # one digit of a small set is no disagreement
    assert (few.points_from_raw, few.agrees) == (-1, True)


def test_all_trainings_of_a_recipe_are_found(stored, tmp_path):
    """The model store holds one, the card asked for is another, and a card that ships remembers two that are gone."""
    card = dataclasses.replace(stored.card, version="asked", seed=9)
    gone = SeedResult("gone", 7, validation_accuracy=0.98, test_accuracy=0.97, seconds=10.0)
    first = SeedResult("first", 0, validation_accuracy=0.99, test_accuracy=0.99, seconds=10.0)
    known = SeedResult(stored.card.version, 1, validation_accuracy=0, test_accuracy=0, seconds=0)
    stopped = dataclasses.replace(stored.card.training, interrupted=True)
    longer = dataclasses.replace(card, version="longer", settings={**card.settings, "epochs": 99})
    dataclasses.replace(card, version="ships", seed=8, seeds=[gone, first, known]).write(tmp_path / "digits-a.json")
    dataclasses.replace(card, version="stopped", training=stopped).write(tmp_path / "digits-b.json")
    longer.write(tmp_path / "digits-c.json")
    (tmp_path / "digits-d.json").write_text("{ cut off")
    found = seeds.same_recipe(card, tmp_path)
    assert [(each.seed, each.version) for each in found] == [
        (0, "first"), (stored.card.seed, stored.card.version), (7, "gone"), (8, "ships"), (9, "asked"),
    ]  # fmt: skip
    assert found[1].test_accuracy == stored.card.metrics["test"].accuracy  # its own card knows best
    assert [each.version for each in seeds.same_recipe(longer, tmp_path)] == ["longer"]


def test_the_spread_of_seeds():
    results = [SeedResult(name, 0, 0.9, test, 1.0) for name, test in (("a", 0.97), ("b", 0.99))]
    spread = seeds.spread(results)["test_accuracy"]
    assert (spread.mean, spread.worst) == (pytest.approx(0.98), 0.97)
    assert spread.standard_deviation == pytest.approx(0.01 * math.sqrt(2))
    assert seeds.spread(results[:1])["test_accuracy"].standard_deviation is None
    assert seeds.spread([]) == {}
