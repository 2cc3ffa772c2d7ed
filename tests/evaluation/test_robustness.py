"""How robustness is judged: the sample, the figures, the table, the report."""

import json

import numpy as np
import pytest

from pipeline.answer import Answer
from pipeline.data.mnist import Split
from pipeline.evaluation import conditions, report, robustness
from pipeline.evaluation.report import summary
from pipeline.evaluation.report.gallery import gallery

DIGITS = 5  # in each condition


@pytest.fixture(scope="module")
def few(splits):
    """A hundred test digits."""
    return robustness.sample(splits.test, 100)


@pytest.fixture(scope="module")
def result(recogniser, few):
    return robustness.measure(recogniser, few, DIGITS)


def by(rows, field):
    return {row[field]: row for row in rows}


def test_the_sample_is_stratified_and_always_the_same(splits):
    first, again = (robustness.sample(splits.test, 57) for _ in range(2))
    np.testing.assert_array_equal(first.images, again.images)
    assert np.bincount(first.labels).tolist() == [6] * 7 + [5] * 3


def test_a_condition_draws_the_same_whatever_else_is_judged(splits):
    ten, five = (robustness.sample(splits.test, 10), robustness.sample(splits.test, 10))
    five = Split(five.images[:5], five.labels[:5])
    all_ten = list(robustness.pictures("noise", 2, ten))
    assert list(robustness.pictures("noise", 2, five)) == all_ten[:5]
    assert len(set(all_ten)) == 10


def test_every_condition_and_severity_has_its_row(result):
    rows = result["conditions"]
    assert [(row["condition"], row["severity"]) for row in rows] == conditions.severities()
    assert len({row["condition"] for row in rows}) >= 23
    assert len(result["corruptions"]) == 15
    for row in [*rows, *result["corruptions"]]:
        assert 0 <= row["accuracy"] <= 1
        assert 0 <= row["answered"] <= 1


def test_the_shipped_model_reads_clean_moved_and_inverted_pictures(result):
    read = {(row["condition"], row["severity"]): row["accuracy"] for row in result["conditions"]}
    for each in (("clean", 1), ("off-centre", 3), ("small", 2), ("light on dark", 1), ("transparent", 1), ("JPEG", 1)):
        assert read[each] >= 0.8, each
    assert by(result["empty_pages"], "page")["clean"]["blank"] == 1


def test_points_are_differences_to_the_clean_accuracy(result):
    clean = result["conditions"][0]
    assert (clean["condition"], clean["points_from_clean"]) == ("clean", 0)
    for row in result["conditions"]:
        assert row["points_from_clean"] == pytest.approx(100 * (row["accuracy"] - clean["accuracy"]), abs=0.01)


class Scripted:
    """A recogniser that gives the answers it was handed, in turn."""

    def __init__(self, *answers: tuple[str, int | None]):
        self.answers = iter(answers)

    def recognise(self, picture: bytes) -> Answer:
        status, digit = next(self.answers)
        return Answer(status, digit, 0.5, (0.1,) * 10, None, "digits:scripted")


def test_the_figures_of_known_answers(splits):
    digits = Split(splits.test.images[:4], np.array([1, 2, 3, 4], np.uint8))
    scripted = Scripted(("digit", 1), ("digit", 9), ("unsure", 3), ("blank", None))
    (outcomes,) = robustness._condition([scripted], digits, "noise", 1)
    assert (outcomes.condition, outcomes.severity) == ("noise", 1)
    assert outcomes.right.tolist() == [True, False, True, False]
    assert outcomes.named.tolist() == [True, True, True, False]
    figures = robustness._figures(outcomes)
    # At a confidence of 0.5 a digit that is right, and one that is not, are 0.5 off each.
    assert figures == {"accuracy": 0.5, "answered": 0.5, "accuracy_answered": 0.5, "calibration_error": 0.5}
    silent = robustness._figures(*robustness._condition([Scripted(*[("unsure", 1)] * 4)], digits, "noise", 1))
    assert (silent["accuracy"], silent["answered"], silent["accuracy_answered"]) == (0.25, 0, None)
    assert "    25.0%      0.0%                  -              -75.0              50.0%" in summary._line(
        "noise", 1, {**silent, "points_from_clean": -75}
    )


def test_without_a_named_digit_there_is_no_calibration_error(splits):
    digits = Split(splits.test.images[:2], np.array([1, 2], np.uint8))
    nothing = robustness._figures(*robustness._condition([Scripted(*[("blank", None)] * 2)], digits, "noise", 1))
    assert nothing["calibration_error"] is None
    assert summary._line("noise", 1, {**nothing, "points_from_clean": -100}).endswith("-100.0                  -")


def test_the_table_has_a_line_for_each_row(result):
    lines = summary.robustness(result).splitlines()
    assert lines[0].startswith("5 digits in each condition: a share near 95 % has a standard deviation of 9.7 points")
    columns = "condition severity accuracy answered right if answered points from clean calibration error"
    assert " ".join(lines[1].split()) == columns
    assert len(lines) == 3 + len(result["conditions"]) + 15 + len(result["empty_pages"])
    assert "empty page, clean: called blank 100%, a digit 0%" in lines


def test_the_gallery_has_a_small_picture_for_each_row(result, few):
    shown = gallery(result, few)
    rows = [row for _, rows in shown["conditions"] for row in rows]
    assert len(rows) == len(result["conditions"])
    pictures = [row["picture"] for row in [*rows, *shown["corruptions"], *shown["empty_pages"]]]
    assert all(picture.startswith(("data:image/jpeg;base64,", "data:image/png;base64,")) for picture in pictures)
    assert sum(map(len, pictures)) < 1_000_000
    assert len(set(pictures)) >= len(pictures) - 2


def test_evaluate_puts_the_same_figures_into_report_metrics_and_output(few, result, model, tmp_path, capsys):
    assert report.evaluate(few, model.tag, tmp_path, as_json=True, robustness_digits=DIGITS) == 0
    printed = json.loads(capsys.readouterr().out)
    assert printed == json.loads((tmp_path / "metrics.json").read_text())
    assert printed["robustness"] == result
    html = (tmp_path / "report.html").read_text("utf-8")
    assert html.count('<img src="data:image/') >= len(conditions.severities()) + 15 + len(conditions.EMPTY_PAGES)
    assert "phone photo" in html
    assert len(html) < 4_000_000
    assert "://" not in html


def test_without_the_option_nothing_is_said_of_it(few, model, tmp_path, capsys):
    report.evaluate(few, model.tag, tmp_path, as_json=True)
    assert "robustness" not in json.loads(capsys.readouterr().out)
    assert "<h2>Robustness</h2>" not in (tmp_path / "report.html").read_text("utf-8")
