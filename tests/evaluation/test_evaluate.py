"""A whole evaluation of two models, against independent counts; its files and its text."""

import json
import math
import re
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import onnx
import pytest
from datasets import write_folder

from pipeline.__main__ import main
from pipeline.data.mnist import Split
from pipeline.evaluation import conditions, corruptions, evaluate, outcomes
from pipeline.evaluation.intervals import wilson
from pipeline.evaluation.pages.kinds import KINDS
from pipeline.evaluation.report import summary
from pipeline.evaluation.result import Evaluation
from pipeline.recognition.decide import DecisionOptions
from pipeline.recognition.encode import png
from pipeline.recognition.model import Model
from pipeline.recognition.recogniser import Recogniser
from pipeline.registry.store import GRAPH, StoredModel

IN_EACH_CONDITION = 4  # digits


@dataclass(frozen=True)
class Evaluated:
    """What an evaluation found and where its files are; the two models, the worse one second; the digits."""

    found: Evaluation
    folder: Path
    models: tuple[StoredModel, StoredModel]
    few: Split


@pytest.fixture(scope="module")
def few(splits):
    """100 test digits, as many of each label."""
    return outcomes.sample(splits.test, 100)


def disturbed(stored: StoredModel, noise: float) -> StoredModel:
    """The model with noise on its weights, as a fraction of their spread."""
    graph, rng = onnx.load(stored.folder / GRAPH), np.random.default_rng(0)
    for weights in graph.graph.initializer:
        values = onnx.numpy_helper.to_array(weights)
        if values.size > 1000:
            changed = values + rng.normal(0, noise * values.std(), values.shape).astype(np.float32)
            weights.CopyFrom(onnx.numpy_helper.from_array(changed, weights.name))
    model = Model(graph.SerializeToString(), "digits:worse", stored.card.temperature)
    thresholds = DecisionOptions(stored.card.unsure_below, stored.card.no_digit_below)
    recogniser = Recogniser(stored.recogniser.eye, model, stored.recogniser.verifier, thresholds)
    return StoredModel(stored.folder, stored.card, recogniser)


@pytest.fixture(scope="module")
def evaluated(stored, few, tmp_path_factory) -> Evaluated:
    worse, folder = disturbed(stored, noise=1.2), tmp_path_factory.mktemp("out")
    found, evidence = evaluate.evaluate(few, stored, IN_EACH_CONDITION, worse)
    assert evaluate.write(found, evidence, folder) == folder / "report.html"
    return Evaluated(found, folder, (stored, worse), few)


@pytest.fixture(scope="module")
def page(evaluated) -> str:
    return (evaluated.folder / "report.html").read_text("utf-8")


def test_the_pairs_are_those_of_an_independent_count(evaluated):
    """Each digit alone, as a service gets them."""
    few, against = evaluated.few, evaluated.found.against
    reads = [
        [stored.model.classify(image[None]).probabilities.argmax() for image in few.images]
        for stored in evaluated.models
    ]
    correct = [(a == label, b == label) for a, b, label in zip(*reads, few.labels, strict=True)]
    assert counts_of(against.whole) == Counter(correct)
    assert against.whole.only_a > 3
    least, n = min(against.whole.only_a, against.whole.only_b), against.whole.only_a + against.whole.only_b
    assert against.whole.p == pytest.approx(min(1, 2 * sum(math.comb(n, k) for k in range(least + 1)) / 2**n))
    assert against.rows_only_a == [row for row, pair in enumerate(correct) if pair == (True, False)]
    assert sum(row.only_a for row in against.classes) == against.whole.only_a
    assert evaluated.found.intervals.accuracy == wilson(sum(a for a, _ in correct), 100)


def test_conditions_are_paired_picture_by_picture(evaluated):
    digits = outcomes.sample(evaluated.few, IN_EACH_CONDITION)
    correct = [
        tuple(stored.recogniser.recognise(picture).digit == label for stored in evaluated.models)
        for severity in (1, 2, 3)
        for picture, label in zip(outcomes.pictures("motion blur", severity, digits), digits.labels, strict=True)
    ]
    (row,) = [row for row in evaluated.found.against.conditions if row.name == "motion blur"]
    assert counts_of(row) == Counter(correct)
    assert row.only_a > 0


def counts_of(pairs) -> Counter:
    """(whether A, whether B reads a digit correctly) -> how many."""
    return +Counter(
        {
            (True, True): pairs.both_correct,
            (True, False): pairs.only_a,
            (False, True): pairs.only_b,
            (False, False): pairs.both_wrong,
        }
    )


def test_what_serves_is_no_surer_than_the_operating_point(evaluated):
    """That is of the classifier alone; what is not clear to it must convince the verifier too."""
    few, (stored, _) = evaluated.few, evaluated.models
    answers = [stored.recogniser.recognise(png(image)) for image in few.images]
    given = [
        answer.digit == label for answer, label in zip(answers, few.labels, strict=True) if answer.status == "digit"
    ]
    point = evaluated.found.coverage.operating_point
    assert point.answered - 3 <= len(given) <= point.answered
    assert given.count(False) <= point.wrong
    assert evaluated.found.served.agrees


def test_every_condition_and_severity_has_its_row(evaluated):
    found = evaluated.found.robustness
    assert [(row.condition, row.severity) for row in found.conditions] == conditions.severities()
    assert [row.corruption for row in found.corruptions] == list(corruptions.CORRUPTIONS)
    assert [row.page for row in found.empty_pages] == list(conditions.EMPTY_PAGES)
    assert [(row.page, row.pages) for row in found.pages] == [(name, 2) for name in KINDS]
    clean, *others = found.conditions
    assert (clean.condition, clean.accuracy, clean.points_from_clean) == ("clean", 1, 0)
    assert all(row.points_from_clean == 100 * (row.accuracy - 1) for row in others)
    assert any(row.points_from_clean for row in found.corruptions)
    named = sum(each.count for each in found.calibration.bins)
    assert 0.9 * 4 * len(found.conditions) < named <= 4 * len(found.conditions)
    assert found.calibration.interval.low <= found.calibration.error <= found.calibration.interval.high


def test_the_shipped_model_reads_clean_moved_and_inverted_pictures(evaluated):
    found = evaluated.found.robustness
    read = {(row.condition, row.severity): row.accuracy for row in found.conditions}
    for each in (("off-centre", 3), ("small", 2), ("light on dark", 1), ("transparent", 1), ("JPEG", 1)):
        assert read[each] == 1, each
    assert {row.page: row.blank for row in found.empty_pages}["clean"] == 1


def test_metrics_page_and_text_say_the_same(evaluated, page):
    found, text = evaluated.found, summary.text(evaluated.found).splitlines()
    assert json.loads((evaluated.folder / "metrics.json").read_text("utf-8")) == json.loads(json.dumps(found.to_json()))
    assert found.against.whole.verdict.startswith(f"{found.model} is better: ")
    assert found.against.whole.verdict in text
    assert found.against.whole.verdict.replace("'", "&#39;") in page
    low, high = (f"{100 * end:.2f}" for end in found.intervals.accuracy)
    assert any(line.startswith(f"95 % intervals: accuracy {low}-{high} %; macro precision ") for line in text)
    assert f"{low}–{high}\N{NO-BREAK SPACE}%" in page
    assert f"{found.cost.multiply_accumulates:,} a digit" in page
    assert text[-1].startswith(f"{found.model}: accuracy {found.metrics.accuracy:.2%} on raw arrays, ")
    assert set(summary.robustness(found.robustness).splitlines()) < set(text)


def test_the_json_is_flat_at_the_top(evaluated):
    found = evaluated.found.to_json()
    assert list(found) == [
        "model", "count", "accuracy", "calibration_error", "log_loss", "per_class", "averages", "confusion_matrix",
        "intervals", "served", "seeds", "calibration", "coverage", "rejection", "label_errors", "mistakes", "cost",
        "robustness", "against",
    ]  # fmt: skip
    assert np.trace(found["confusion_matrix"]) == 100 - len(found["mistakes"])


def test_the_page_has_all_its_pictures_and_needs_no_network(evaluated, page):
    found = evaluated.found
    assert page.count('class="diagram"') == 5  # two of reliability, coverage, ROC, training
    assert page.count('<figure class="seen">') == 10 + min(6, len(found.mistakes))
    shown = [min(20, count) for count in (found.against.whole.only_a, found.against.whole.only_b)]
    assert page.count('<figure class="difference">') == sum(shown)
    assert page.count('<figure class="mistake') == len(found.mistakes)
    with_label_error = sum(mistake.label_error for mistake in found.mistakes)
    assert page.count('<figure class="mistake label-error">') == with_label_error == found.label_errors.misread
    for row in [*found.robustness.conditions, *found.robustness.corruptions]:
        assert f'alt="{getattr(row, "condition", None) or row.corruption}"'.replace("'", "&#39;") in page
    for row in found.robustness.pages:
        start = page.index(f'<tr class="page"><th>{row.page}</th>')
        rates = [f"{100 * rate:.1f}\N{NO-BREAK SPACE}%" for rate in (row.right, row.unsure, row.sure_and_wrong)]
        assert re.findall(r"<td>(?:<b>)?([\d.]+\s%)", page[start : page.index("</tr>", start)]) == rates
    assert page.count('alt="empty page: ') == len(conditions.EMPTY_PAGES)
    pictures = page.count('<img src="data:image/')
    assert pictures >= len(conditions.severities()) + 15 + len(conditions.EMPTY_PAGES)
    code = evaluated.models[0].card.code
    assert f"commit {code.commit}, SHA-256 {code.sha256}" in page
    assert len(page) < 4_000_000
    assert "://" not in page


@pytest.mark.slow
@pytest.mark.long
def test_the_command_compares_with_a_stored_model_and_says_nothing_of_robustness(stored, splits, tmp_path, capsys):
    few = outcomes.sample(splits.test, 120)
    data, out = write_folder(tmp_path / "data", few, outcomes.sample(few, 50)), tmp_path / "out"
    assert main(["evaluate", stored.tag, "--against", stored.tag, "--data", str(data), "--out", str(out)]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert f"{stored.tag} and {stored.tag} read the same test digits correctly." in lines
    assert lines[-1] == f"wrote {out / 'report.html'}"
    assert "robustness" not in json.loads((out / "metrics.json").read_text("utf-8"))
    assert "<h2>Robustness</h2>" not in (out / "report.html").read_text("utf-8")
