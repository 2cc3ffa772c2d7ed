"""A table and a plot of what was measured, as ratios to this project within each round."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import matplotlib
import numpy as np

matplotlib.use("Agg")
from matplotlib import pyplot  # which reads the backend when it is imported

FIGURES = ("rate", "cpu", "p50", "p90", "p99", "memory")


def table(measured: dict[str, Any]) -> str:
    """Markdown: medians of the rounds; beside the rate its ratio to the first service's, from least to most."""
    titles = ["picture", "connections", "service", "right/s", "of the first", *FIGURES[1:-1], "MiB", "failed"]
    lines = [f"| {' | '.join(titles)} |", "|---" * len(titles) + "|"]
    services = list(measured["starts"])
    for kind, connections in dict.fromkeys((row["kind"], row["connections"]) for row in measured["loads"]):
        of = _of(measured, kind, connections)
        for service in services:
            ratios = of(service, "rate") / of(services[0], "rate")
            rate, cpu, p50, p90, p99, memory = (np.median(of(service, figure)) for figure in FIGURES)
            lines.append(
                f"| {kind} | {connections} | {service} | {rate:.0f} "
                f"| {np.median(ratios):.2f} ({ratios.min():.2f} to {ratios.max():.2f}) | {cpu:.2f} "
                f"| {p50:.1f} | {p90:.1f} | {p99:.1f} | {memory:.0f} | {of(service, 'failed').sum():.0f} |"
            )
    starts = ", ".join(f"{name} {seconds:.1f}" for name, seconds in measured["starts"].items())
    return "\n".join([*lines, "", f"Seconds from start to the first right answer: {starts}.", ""])


def _of(measured: dict[str, Any], kind: str, connections: int) -> Callable[[str, str], np.ndarray]:
    """(service, figure) -> (rounds,) of it."""

    def values(service: str, figure: str) -> np.ndarray:
        wanted = (service, kind, connections)
        rows = (row for row in measured["loads"] if (row["service"], row["kind"], row["connections"]) == wanted)
        return np.array([row[figure] for row in rows])

    return values


def plot(measured: dict[str, Any], path: Path) -> None:
    """Right answers a second by connections, a panel for each kind of picture; bars from the least to the most."""
    kinds = list(dict.fromkeys(row["kind"] for row in measured["loads"]))
    connections = sorted({row["connections"] for row in measured["loads"]})
    figure, panels = pyplot.subplots(1, len(kinds), figsize=(5.5 * len(kinds), 4), squeeze=False, layout="constrained")
    for panel, kind in zip(panels[0], kinds, strict=True):
        for service in measured["starts"]:
            rates = [_of(measured, kind, count)(service, "rate") for count in connections]
            middle = np.array([np.median(each) for each in rates])
            spread = [[m - each.min() for m, each in zip(middle, rates, strict=True)],
                      [each.max() - m for m, each in zip(middle, rates, strict=True)]]  # fmt: skip
            panel.errorbar(connections, middle, spread, marker="o", capsize=3, label=service)
        panel.set(title=f"{kind} PNG", xlabel="connections", ylabel="right answers a second", xscale="log", ylim=0)
        panel.set_xticks(connections, map(str, connections))
        panel.grid(alpha=0.3)
    panels[0][-1].legend(fontsize="small")
    figure.savefig(path, dpi=110)
    pyplot.close(figure)
