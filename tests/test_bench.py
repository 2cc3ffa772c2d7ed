"""The benchmark runs, and both sides of it read the digit."""

import json

import pytest

from bench import reading


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
