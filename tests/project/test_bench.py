"""The benchmarks run, and both sides of each read the digit."""

import json

import pytest

from bench import pages, reading, training
from pipeline.data import mnist


@pytest.fixture(autouse=True)
def small(monkeypatch):
    """A small photograph instead of twelve megapixels, and no pinning of the tests themselves."""
    monkeypatch.setattr(reading, "PHOTO", reading.SKETCH)
    monkeypatch.setattr(reading, "one_core", lambda: None)


def test_the_benchmark_reads_and_times_every_stage(model, monkeypatch, capsys):
    monkeypatch.setattr("sys.argv", ["reading", "--repeats", "2", "--json"])
    assert reading.main() == 0
    found = json.loads(capsys.readouterr().out)
    assert list(found)[-1] == "PNG of 28×28"
    for row in found.values():
        assert (row["reads"], row["peer_reads"]) == (7, 7)
        assert 0 < row["p50_ms"] <= row["p90_ms"]
        assert row["times_the_peer"] == pytest.approx(row["p50_ms"] / row["peer_p50_ms"])
        assert {"decoded", "digit", "model"} <= set(row["stages_ms"])


def test_the_benchmark_prints_a_line_for_people(model, monkeypatch, capsys):
    monkeypatch.setattr("sys.argv", ["reading", "--repeats", "2"])
    assert reading.main() == 0
    printed = capsys.readouterr().out
    assert "PNG of 28×28: p50 " in printed
    assert "model " in printed


@pytest.mark.slow
@pytest.mark.long
def test_the_training_benchmark_stops_both_where_asked(splits, monkeypatch):
    """At 60 %, so that a few steps do; and says so where it is not reached."""
    part = mnist.Split(splits.train.images[:8000], splits.train.labels[:8000])
    some = mnist.Split(splits.validation.images[:200], splits.validation.labels[:200])
    monkeypatch.setattr(training, "EVERY", 10)
    monkeypatch.setattr(training, "TIMED_STEPS", 3)
    found = training.measure(mnist.Splits(part, some, some, ""), released=False, asked=0.6, epochs=3)
    for row in (found["peer"], found["quick"]):
        assert 0.6 <= row["accuracy"] < 0.995
        assert 0 < row["steps"] <= 140
        assert row["steps"] % 10 == 0
    printed = training.describe(found).splitlines()
    assert printed[1].startswith(f"Keras' example: 60% after {found['peer']['seconds']:.1f} s, ")
    assert printed[1].endswith("steps: 1.00 times the example's time")
    assert " s for making examples" in printed[2]
    found["quick"]["accuracy"] = 0.55
    assert training.describe(found).splitlines()[2].startswith("train --quick: only 55.00% in ")


def test_the_pages_benchmark_keeps_what_is_misread(model, monkeypatch, tmp_path, capsys):
    kinds, out = ["blot beside", "joined boxes"], tmp_path / "pages"
    monkeypatch.setattr("sys.argv", ["pages", "--pages", "4", "--kinds", *kinds, "--out", str(out), "--json"])
    assert pages.main() == 0
    found = json.loads(capsys.readouterr().out)
    assert list(found) == [*kinds, "mean"]
    for name in kinds:
        misread = [file.stem.split("-") for file in out.glob(f"{name.replace(' ', '_')}-*.png")]
        assert len(misread) == round(4 * (1 - found[name]["right"]))
        assert all(expected != got for _, _, expected, got in misread)
