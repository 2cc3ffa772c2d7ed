"""The table and the plot of the services' benchmark say what was measured."""

from pathlib import Path

from bench.serving import load, report
from bench.serving.peers import naive
from bench.serving.servers import COMMANDS


def measured() -> dict:
    figures = {"cpu": 2.0, "p50": 3.0, "p90": 4.0, "p99": 5.0, "memory": 300.0, "failed": 0}
    loads = [
        {"service": service, "kind": "28×28", "connections": 8, "round": turn, "rate": rate} | figures
        for turn, rates in enumerate(((100.0, 50.0), (200.0, 300.0), (100.0, 80.0)))
        for service, rate in zip(("digits", "other"), rates, strict=True)
    ]
    return {"starts": {"digits": 2.5, "other": 1.0}, "loads": loads}


def test_ratios_are_taken_within_each_round():
    lines = report.table(measured()).splitlines()
    assert lines[2] == "| 28×28 | 8 | digits | 100 | 1.00 (1.00 to 1.00) | 2.00 | 3.0 | 4.0 | 5.0 | 300 | 0 |"
    assert lines[3] == "| 28×28 | 8 | other | 80 | 0.80 (0.50 to 1.50) | 2.00 | 3.0 | 4.0 | 5.0 | 300 | 0 |"
    assert lines[-1] == "Seconds from start to the first right answer: digits 2.5, other 1.0."


def test_the_plot_is_a_picture(tmp_path):
    report.plot(measured(), tmp_path / "plot.png")
    assert (tmp_path / "plot.png").read_bytes().startswith(b"\x89PNG")


def test_what_is_sent_is_read_right_by_both_ways(model, tmp_path):
    found = load.pictures(tmp_path)
    assert {kind: len(files) for kind, files in found.items()} == {"28×28": load.PICTURES, "480×480": load.PICTURES}
    for files in found.values():
        with files[-1].open("rb") as file:
            assert naive.recognise(model, file)["digit"] == load.DIGIT


def test_every_peer_that_is_run_is_there():
    peers = {path.stem for path in Path(naive.__file__).parent.glob("*.py")} - {"__init__", "naive"}
    assert {peer for peer in peers if any(peer in command for command in COMMANDS.values())} == peers
