"""The report's figures on constructed cases, and a whole evaluation of two models against an independent count."""

import hashlib
import json
import math
import os
import shutil
import subprocess
import sys
from pathlib import Path

import bentoml
import numpy as np
import onnx
import pytest
from datasets import write_folder
from servers import ROOT
from sklearn.metrics import precision_recall_fscore_support

from pipeline.data.mnist import Split
from pipeline.evaluation import intervals, robustness, seeds
from pipeline.evaluation.metrics import separation
from pipeline.evaluation.report import comparison, cost, coverage, doubtful, occlusion, rejection
from pipeline.recognition.calibration import calibration_error
from pipeline.recognition.model import CARD, GRAPH, Model
from pipeline.recognition.reading import Candidate
from pipeline.recognition.recogniser import Recogniser
from pipeline.registry import store


def test_wilson_intervals_of_known_counts():
    assert intervals.wilson(9, 10) == pytest.approx([0.59585, 0.98212], abs=1e-5)
    assert intervals.wilson(0, 10) == pytest.approx([0, 0.27753], abs=1e-5)
    assert intervals.wilson(9964, 10_000) == pytest.approx([0.9950204, 0.9973984], abs=1e-7)
    assert intervals.wilson(0, 0) == [0, 1]


def test_mcnemar_of_known_counts():
    assert intervals.mcnemar(10, 3) == pytest.approx(2 * (1 + 13 + 78 + 286) / 2**13)
    assert intervals.mcnemar(0, 6) == pytest.approx(2 / 2**6)
    assert intervals.mcnemar(4, 4) == intervals.mcnemar(0, 0) == 1


def test_holm_of_a_known_case():
    assert intervals.holm([0.01, 0.04, 0.03, 0.005]) == pytest.approx([0.03, 0.06, 0.06, 0.02])
    assert intervals.holm([]) == []


def test_macro_scores_are_those_of_scikit_learn():
    rng = np.random.default_rng(2)
    labels = rng.integers(0, 9, 300)  # no 9 at all
    read = np.where(rng.random(300) < 0.7, labels, rng.integers(0, 10, 300))
    counts = np.bincount(10 * labels + read, minlength=100).reshape(1, 10, 10)
    *expected, _ = precision_recall_fscore_support(labels, read, labels=range(10), average="macro", zero_division=0)
    assert intervals.macro_scores(counts)[:, 0] == pytest.approx(expected)


def test_the_bootstrap_is_as_wide_as_theory_says():
    """Ten classes of 100 with 90 right: macro recall has a standard deviation of √(0.9·0.1/100/10)."""
    labels = np.repeat(np.arange(10), 100)
    read = np.where(np.arange(1000) % 100 < 10, (labels + 1) % 10, labels)
    low, high = intervals.intervals(labels, np.eye(10)[read])["macro"]["recall"]
    assert (low + high) / 2 == pytest.approx(0.9, abs=0.003)
    assert high - low == pytest.approx(2 * 1.96 * math.sqrt(0.9 * 0.1 / 100 / 10), rel=0.08)


def test_the_interval_of_the_calibration_error():
    sure = np.full(1500, 0.9)
    right = np.arange(1500) % 2 == 0
    low, high = intervals.calibration_interval(right, sure)
    assert (low + high) / 2 == pytest.approx(0.4, abs=0.005)
    assert high - low == pytest.approx(2 * 1.96 * 0.5 / math.sqrt(1500), rel=0.08)
    assert intervals.calibration_interval(right | True, sure) == pytest.approx([0.1, 0.1])


def test_reliability_bins_hold_as_many_answers_each():
    confidence = np.linspace(0.5, 1, 1000)
    right = confidence > 0.6
    found = intervals.reliability(right, confidence)
    assert [each["count"] for each in found["bins"]] == [40] * 25
    assert [each["right"] for each in found["bins"]] == [0.0] * 5 + [1.0] * 20
    assert found["bins"][0]["confidence"] == pytest.approx(confidence[:40].mean())
    assert found["bins"][-1]["interval"] == intervals.wilson(40, 40)
    assert found["error"] == calibration_error(right, confidence)


def test_coverage_of_a_constructed_case():
    right = np.array([True, True, False, False, True])
    confidence = np.array([0.9, 0.8, 0.8, 0.5, coverage.NEVER])  # two are equally sure, one is no digit
    thresholds, shares, wrong = coverage.curve(right, confidence)
    assert thresholds.tolist() == [0.9, 0.8, 0.5]
    assert shares == pytest.approx([0.2, 0.6, 0.8])
    assert wrong == pytest.approx([0, 1 / 3, 1 / 2])
    point = coverage.operating_point(right, confidence, 0.8)
    assert (point["answered"], point["wrong"]) == pytest.approx((0.6, 1 / 3))
    assert point["wrong_interval"] == intervals.wilson(1, 3)
    assert point["counts"] == {"digits": 5, "answered": 3, "wrong": 1}
    assert coverage.operating_point(right, confidence, 0)["counts"]["answered"] == 4
    assert coverage.at_shares(right, confidence) == []  # nine in ten are never answered


def test_what_is_taken_for_no_digit_has_no_confidence():
    probabilities = np.array([[0.9, 0.1], [0.9, 0.1]])
    confidence = coverage.served_confidence(probabilities, np.array([0.5, 0.01]), 0.03)
    assert confidence.tolist() == [0.45, coverage.NEVER]


def test_statuses_are_those_that_the_recogniser_gives(model, splits):
    """Both for digits and for what is none; in all three states."""
    some = Split(splits.test.images[:100], splits.test.labels[:100])
    pictures = np.concatenate([some.images, rejection.others(some)])
    probabilities, digitness = model.judge(pictures)
    strict = Model(bentoml.models.get(model.tag).path, model.tag)
    strict.card["unsure_below"], strict.card["no_digit_below"] = 0.999, 0.3
    recogniser = Recogniser(strict)
    served = [
        recogniser._status(Candidate(None, *each)) for each in zip(pictures, probabilities, digitness, strict=True)
    ]
    found = rejection.statuses(probabilities, digitness, strict.card)
    assert found == {status: served.count(status) / 150 for status in ("digit", "unsure", "not_a_digit")}
    assert min(found.values()) > 0


def test_a_known_roc_curve():
    found = separation(np.array([3, 1, 4, 10, 10]), np.array([0.9, 0.8, 0.4, 0.7, 0.1]), 0.5)
    assert found == pytest.approx({"roc_auc": 5 / 6, "digits_lost": 1 / 3, "others_taken_for_digits": 1 / 2})


def test_doubtful_labels_of_constructed_cases():
    """A class' usual probability is 0.6 and 0.7 in the first case, 0.6 and 0.4 in the second."""
    first = np.array([[0.9, 0.1], [0.8, 0.2], [0.1, 0.9], [0.2, 0.8], [0.4, 0.6]])
    assert doubtful.doubtful(np.array([0, 0, 0, 1, 1]), first).tolist() == [False, False, True, False, False]
    second = np.array([[0.6, 0.4], [0.7, 0.3], [0.5, 0.5]])
    assert doubtful.doubtful(np.array([0, 1, 1]), second).tolist() == [False, True, False]
    figures = doubtful.figures(np.array([0, 0, 0, 1, 1]), first)
    assert (figures["rows"], figures["misread"], figures["accuracy_without"]) == ([2], 1, 1)


def test_occlusion_points_at_the_pixel_that_counts():
    def predict(images):
        probabilities = np.zeros((len(images), 10), np.float32)
        probabilities[:, 3] = images[:, 10, 13] / 255
        return probabilities

    image = np.zeros((28, 28), np.uint8)
    image[10, 13] = 255
    drops = occlusion.drops(predict, image, 3)
    assert drops.shape == (28, 28)
    assert drops[10, 13] == drops.max() == 1
    rows, columns = np.nonzero(drops)
    assert (rows.min(), rows.max(), columns.min(), columns.max()) == (8, 13, 10, 15)
    assert not occlusion.drops(predict, image, 4).any()


def test_the_digits_looked_at_are_right_and_of_middling_confidence():
    labels = np.array([5, 5, 5, 7])
    probabilities = np.zeros((4, 10))
    probabilities[[0, 1, 2, 3], [5, 5, 6, 1]] = [0.99, 0.88, 0.9, 0.9]
    assert occlusion.middling(labels, probabilities) == [1]


def test_multiply_accumulates_are_those_of_the_layers(model):
    graph = onnx.load(Path(bentoml.models.get(model.tag).path) / GRAPH)
    convolutions = 28 * 28 * 32 * 25 + 14 * 14 * 64 * 25 * 32
    assert cost.multiply_accumulates(graph) == convolutions + 7 * 7 * 64 * 256 + 256 * 128 + 128 * 11


def test_a_comparison_of_known_readings():
    labels = np.array([1] * 12 + [2] * 3)
    read_a, read_b = labels.copy(), labels.copy()
    read_b[:9], read_a[9], read_a[-1], read_b[-1] = 7, 7, 0, 0
    found = comparison.compare(("a:1", "b:1"), labels, (read_a, read_b))
    assert [found[name] for name in ("both_right", "only_a", "only_b", "both_wrong")] == [4, 9, 1, 1]
    assert found["p"] == pytest.approx(2 * (1 + 10) / 2**10)
    assert found["rows_only_a"] == list(range(9)) and found["rows_only_b"] == [9]
    assert [(row["digit"], row["only_a"], row["both_wrong"]) for row in found["classes"]] == [(1, 9, 0), (2, 0, 1)]
    assert found["classes"][0]["p_holm"] == pytest.approx(2 * found["p"])
    assert "conditions" not in found
    assert found["verdict"] == (
        "a:1 is better: of the test digits that just one of the two reads rightly, it is a:1 on 9 and b:1 on 1 "
        "(McNemar's exact p = 0.021)."
    )
    chance = comparison.verdict(("a:1", "b:1"), comparison.paired(np.array([True, False]), np.array([False, False])))
    assert chance.startswith("The difference is within chance: of the test digits")
    same = comparison.compare(("a:1", "b:1"), labels, (read_a, read_a))
    assert same["verdict"] == "a:1 and b:1 are right on the same test digits."


def outcomes(name: str, severity: int, right: list[int]) -> robustness.Outcomes:
    read = np.array(right, bool)
    return robustness.Outcomes(name, severity, read, read, read, read.astype(float))


def test_conditions_are_compared_over_all_their_severities():
    a = [outcomes("noise", 1, [1, 1, 1]), outcomes("noise", 2, [1, 1, 1]), outcomes("blur", 1, [0, 1, 0])]
    b = [outcomes("noise", 1, [0, 0, 0]), outcomes("noise", 2, [0, 0, 0]), outcomes("blur", 1, [0, 1, 1])]
    found = comparison.compare(("a:1", "b:1"), np.zeros(1), (np.zeros(1), np.zeros(1)), (a, b))
    noise, blur = found["conditions"]
    assert (noise["condition"], noise["only_a"], noise["only_b"], noise["p"]) == ("noise", 6, 0, 2 / 2**6)
    assert noise["p_holm"] == pytest.approx(2 * noise["p"])
    assert (blur["condition"], blur["both_right"], blur["only_b"], blur["both_wrong"]) == ("blur", 1, 1, 1)
    assert (found["all_conditions"]["only_a"], found["all_conditions"]["only_b"]) == (6, 1)


def test_seeds_come_from_the_shipped_card_too(model, monkeypatch, tmp_path):
    """The store holds the model itself; the card remembers two more, and one that is known already."""
    rows = [
        {"version": "other", "seed": 7, "validation_accuracy": 0.98, "test_accuracy": 0.97, "seconds": 10.0},
        {"version": "first", "seed": 0, "validation_accuracy": 0.99, "test_accuracy": 0.99, "seconds": 10.0},
        {"version": model.card["version"], "seed": 1, "validation_accuracy": 0, "test_accuracy": 0, "seconds": 0},
    ]
    (tmp_path / "digits-x.json").write_text(json.dumps({**model.card, "seeds": rows}))
    (tmp_path / "digits-y.json").write_text("{ cut off")
    monkeypatch.setattr(store, "SHIPPED", tmp_path)
    found = seeds.same_recipe(model.card)
    own = {
        "version": model.card["version"],
        "seed": model.card["seed"],
        **{f"{part}_accuracy": model.card["metrics"][part]["accuracy"] for part in ("validation", "test")},
        "seconds": model.card["training"]["seconds"],
    }
    assert found == [rows[1], own, rows[0]]
    other = {**model.card, "version": "elsewhere", "settings": {**model.card["settings"], "epochs": 1}}
    assert [row["version"] for row in seeds.same_recipe(other)] == ["elsewhere"]
    spread = seeds.spread([rows[0], rows[1]])["test_accuracy"]
    assert spread == pytest.approx({"mean": 0.98, "standard_deviation": 0.01 * math.sqrt(2), "worst": 0.97})
    assert seeds.spread([own])["test_accuracy"]["standard_deviation"] is None


def variant(source: Path, version: str, noise: float = 0, **changes) -> Path:
    """A stored model beside another: its weights disturbed by a share of their spread, its card changed."""
    folder = source.parent / version
    shutil.copytree(source, folder)
    described = (folder / "model.yaml").read_text("utf-8").replace(source.name, version)
    (folder / "model.yaml").write_text(described, "utf-8")
    graph, rng = onnx.load(folder / GRAPH), np.random.default_rng(0)
    for weights in graph.graph.initializer:
        values = onnx.numpy_helper.to_array(weights)
        if values.size > 1000:
            disturbed = values + rng.normal(0, noise * values.std(), values.shape).astype(np.float32)
            weights.CopyFrom(onnx.numpy_helper.from_array(disturbed, weights.name))
    onnx.save(graph, folder / GRAPH)
    card = json.loads((folder / CARD).read_text("utf-8"))
    card["files"][GRAPH] = hashlib.sha256((folder / GRAPH).read_bytes()).hexdigest()
    (folder / CARD).write_text(json.dumps({**card, "version": version, **changes}), "utf-8")
    return folder


@pytest.fixture(scope="module")
def few(splits):
    """300 test digits, as many of each label."""
    return robustness.sample(splits.test, 300)


@pytest.fixture(scope="module")
def models(model, tmp_path_factory) -> tuple[Path, Path]:
    """The shipped model and a worse one in a store of their own, with one of another recipe and a stopped one."""
    first = tmp_path_factory.mktemp("bentoml") / "models" / "digits" / model.card["version"]
    shutil.copytree(bentoml.models.get(model.tag).path, first)
    settings, training = model.card["settings"], model.card["training"]
    second = variant(first, "worse", noise=1.2, seed=0, settings={**settings, "seed": 0})
    variant(first, "longer", settings={**settings, "epochs": 99})
    variant(first, "stopped", training={**training, "interrupted": True})
    (first.parent / "latest").write_text(first.name)
    return first, second


@pytest.fixture(scope="module")
def evaluated(models, few, tmp_path_factory) -> tuple[dict, str, Path]:
    """What `evaluate --against --robustness-digits` prints and writes: metrics, text, folder."""
    data = write_folder(tmp_path_factory.mktemp("data"), few, few)
    out = tmp_path_factory.mktemp("out")
    done = subprocess.run(
        [
            *(sys.executable, "-m", "pipeline", "evaluate", models[0].name, "--against", models[1].name),
            *("--robustness-digits", "10", "--data", data, "--out", out),
        ],
        capture_output=True, text=True, cwd=ROOT, env={**os.environ, "BENTOML_HOME": str(models[0].parents[2])},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return json.loads((out / "metrics.json").read_text("utf-8")), done.stdout, out


def digits_read(folder: Path, images: np.ndarray) -> np.ndarray:
    """Each digit alone, as a service gets them."""
    model = Model(folder, f"digits:{folder.name}")
    return np.array([model.predict(image[None]).argmax() for image in images])


def test_the_pairs_are_those_of_an_independent_count(evaluated, models, few):
    result, _, _ = evaluated
    right = [digits_read(folder, few.images) == few.labels for folder in models]
    pairs = list(zip(*(each.tolist() for each in right), strict=True))
    against = result["against"]
    assert against["only_a"] == pairs.count((True, False)) > 3
    assert against["only_b"] == pairs.count((False, True))
    assert against["both_right"] == pairs.count((True, True))
    assert against["both_wrong"] == pairs.count((False, False))
    least, n = min(against["only_a"], against["only_b"]), against["only_a"] + against["only_b"]
    tail = sum(math.comb(n, k) for k in range(least + 1)) / 2**n
    assert against["p"] == pytest.approx(min(1, 2 * tail))
    assert against["rows_only_a"] == [row for row, pair in enumerate(pairs) if pair == (True, False)]
    assert sum(row["only_a"] for row in against["classes"]) == against["only_a"]
    assert result["intervals"]["accuracy"] == intervals.wilson(right[0].sum(), 300)


def test_conditions_are_paired_picture_by_picture(evaluated, models, few):
    digits = robustness.sample(few, 10)
    both = [Recogniser(Model(folder, f"digits:{folder.name}")) for folder in models]
    answers = [
        [recogniser.recognise(picture).digit for recogniser in both]
        for severity in (1, 2, 3)
        for picture in robustness.pictures("motion blur", severity, digits)
    ]
    right = [(a == label, b == label) for (a, b), label in zip(answers, np.tile(digits.labels, 3), strict=True)]
    (row,) = [row for row in evaluated[0]["against"]["conditions"] if row["condition"] == "motion blur"]
    names = {"both_right": (True, True), "only_a": (True, False), "only_b": (False, True), "both_wrong": (False, False)}
    assert {name: row[name] for name in names} == {name: right.count(pair) for name, pair in names.items()}
    assert row["both_right"] < 30


def test_the_operating_point_is_that_of_what_serves(evaluated, models, few):
    serving = Recogniser(Model(models[0], "digits:first"))
    judged = zip(few.images, *serving.model.judge(few.images), few.labels, strict=True)
    found = [(Candidate(None, image, p, d), label) for image, p, d, label in judged]
    given = [(each, label) for each, label in found if serving._status(each) == "digit"]
    wrong = [each for each, label in given if each.probabilities.argmax() != label]
    point = evaluated[0]["coverage"]["operating_point"]
    assert point["counts"] == {"digits": 300, "answered": len(given), "wrong": len(wrong)}


def test_all_trainings_of_the_recipe_are_listed(evaluated, models, model):
    """Those in the store, but the stopped one and that of another recipe, and those that the shipped card remembers."""
    found = {row["version"]: row["seed"] for row in evaluated[0]["seeds"]["models"]}
    assert found["worse"] == 0
    assert found[models[0].name] == model.card["seed"]
    assert not {"longer", "stopped"} & set(found)
    (shipped,) = store.SHIPPED.glob("*.json")
    remembered = json.loads(shipped.read_text("utf-8")).get("seeds", [])
    assert set(found) == {"worse", models[0].name, *(row["version"] for row in remembered)}


def test_the_robustness_rows_have_their_calibration_error(evaluated):
    found = evaluated[0]["robustness"]
    assert all(0 <= row["calibration_error"] <= 1 for row in found["conditions"])
    assert found["calibration"]["interval"][0] <= found["calibration"]["error"] <= found["calibration"]["interval"][1]
    assert sum(each["count"] for each in found["calibration"]["bins"]) <= 10 * len(found["conditions"])


def test_metrics_page_and_text_say_the_same(evaluated, models):
    result, text, out = evaluated
    page = (out / "report.html").read_text("utf-8")
    verdict = result["against"]["verdict"]
    assert verdict.startswith(f"digits:{models[0].name} is better: ")
    assert verdict in text.splitlines() and verdict.replace("'", "&#39;") in page
    low, high = (f"{100 * end:.2f}" for end in result["intervals"]["accuracy"])
    assert f"accuracy {low}-{high} %" in text and f"{low}–{high}\N{NO-BREAK SPACE}%" in page
    assert f"{result['cost']['multiply_accumulates']:,} a digit" in page
    assert text.splitlines()[-1] == f"wrote {out / 'report.html'}"


def test_the_page_has_all_its_pictures_and_needs_no_network(evaluated, model):
    result, _, out = evaluated
    page = (out / "report.html").read_text("utf-8")
    assert page.count('class="diagram"') == 5  # two of reliability, coverage, ROC, training
    assert page.count('<figure class="seen">') == 10 + min(6, len(result["mistakes"]))
    shown = [min(20, result["against"][name]) for name in ("only_a", "only_b")]
    assert page.count('<figure class="difference">') == sum(shown)
    doubtful_mistakes = [each for each in result["mistakes"] if each["doubtful"]]
    assert page.count('<figure class="mistake doubtful">') == len(doubtful_mistakes) == result["doubtful"]["misread"]
    code = model.card["code"]
    assert f"commit {code['commit']}, SHA-256 {code['sha256']}" in page
    assert "://" not in page
