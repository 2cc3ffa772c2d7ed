"""The report's diagrams, each as the bytes of a PNG file on white; Matplotlib without a window."""

from collections.abc import Callable
from io import BytesIO

import numpy as np
from matplotlib import colormaps
from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.figure import Figure
from matplotlib.layout_engine import ConstrainedLayoutEngine
from matplotlib.ticker import FuncFormatter, LogLocator, NullFormatter
from numpy.typing import NDArray
from sklearn.metrics import roc_curve

from pipeline.evaluation.coverage import OperatingPoint
from pipeline.evaluation.intervals import ConfidenceBin, Correct
from pipeline.recognition.encode import png

DOTS_PER_INCH = 144
BLUE, ORANGE, GREY = "#1f6fb2", "#d2560e", "#777777"
LEAST_DOUBT = 2e-6  # a mean confidence nearer to 1 is drawn there
OVERLAY_SIDE = 140  # pixels of a picture of what the network looks at


def reliability(bins: list[ConfidenceBin]) -> bytes:
    """Fraction correct against confidence, both on a scale of what is missing to 100 %."""
    figure, axes = _figure(7.0, 4.6)
    doubt = np.array([max(1 - each.confidence, LEAST_DOUBT) for each in bins])
    wrong = np.array([1 - each.correct for each in bins])
    low, high = np.array([[1 - each.interval.high, 1 - each.interval.low] for each in bins]).T
    floor = min(doubt.min(), wrong[wrong > 0].min(initial=1), high.min() / 2) / 1.5
    axes.plot([floor, 1], [floor, 1], color=GREY, linestyle="--", linewidth=1, label="confidence = fraction correct")
    axes.vlines(doubt, np.maximum(low, floor), high, color=BLUE, linewidth=1.5, alpha=0.7, label="95 % interval")
    some = wrong > 0
    axes.plot(doubt[some], wrong[some], "o", color=BLUE, markersize=5, label=f"{bins[0].count:,} answers")
    if (~some).any():
        axes.plot(
            doubt[~some], np.full((~some).sum(), floor), "v", color=BLUE, markersize=6, markerfacecolor="white",
            clip_on=False, zorder=5, label="as many, all correct",
        )  # fmt: skip
    axes.set(xscale="log", yscale="log", xlim=(1, floor), ylim=(1, floor))
    axes.set(xlabel="confidence", ylabel="fraction correct")
    _percent(axes.xaxis, lambda value: 1 - value)
    _percent(axes.yaxis, lambda value: 1 - value)
    axes.legend(fontsize=8, loc="upper left")
    return _bytes(figure)


def coverage(fractions: np.ndarray, wrong: np.ndarray, point: OperatingPoint) -> bytes:
    """Risk against coverage, (k,) each, as `coverage.risk_coverage` gives them; `point` marked with its intervals."""
    figure, axes = _figure(6.4, 4.0)
    some = wrong > 0
    axes.plot(100 * fractions[some], wrong[some], color=BLUE, linewidth=1.6, label="all confidence thresholds")
    x, y = 100 * point.coverage, point.risk
    across = 100 * np.array([point.coverage_interval])
    lowest = wrong[some].min(initial=max(point.risk_interval.high / 10, 1e-6))
    if y > 0:
        sides = [[y - point.risk_interval.low], [point.risk_interval.high - y]]
        axes.errorbar(
            x, y, yerr=sides, xerr=abs(across.T - x), fmt="o", color=ORANGE, capsize=3, label="operating point",
        )  # fmt: skip
    else:
        axes.plot([x], [lowest], "v", color=ORANGE, label="operating point: none wrong")
    axes.set(yscale="log", xlabel="digits answered (%)", ylabel="wrong among those answered")
    axes.set_ylim(bottom=lowest / 2)
    _percent(axes.yaxis, lambda value: value, (1, 2, 5))
    axes.legend(fontsize=8, loc="upper left")
    return _bytes(figure)


def roc(is_digit: Correct, p_digit: np.ndarray, threshold: float) -> bytes:
    """Digits kept against non-digits taken for digits, whole and the corner magnified; `threshold` marked.

    (n,) which are digits, and their P(digit).
    """
    kept_at, taken_at = (p_digit[is_digit] >= threshold).mean(), (p_digit[~is_digit] >= threshold).mean()
    taken, kept, _ = roc_curve(is_digit, p_digit)
    figure = Figure(figsize=(8.6, 4.0), layout=ConstrainedLayoutEngine(wspace=0.06), dpi=DOTS_PER_INCH)
    whole, corner = figure.subplots(1, 2)
    for axes in (whole, corner):
        axes.plot(100 * taken, 100 * kept, color=BLUE, linewidth=1.6, label="all thresholds")
        axes.plot(100 * taken_at, 100 * kept_at, "o", color=ORANGE, label=f"“not a digit” below {threshold:.3f}")
        axes.set(xlabel="non-digits taken for digits (%)", ylabel="digits taken for digits (%)")
        axes.grid(alpha=0.3)
    bottom = 1 - max(0.01, 3 * (1 - kept_at))
    corner.set(xlim=(0, 100 * max(0.1, 1.5 * taken_at)), ylim=(100 * bottom, 100 + 3 * (1 - bottom)))
    corner.set_title("the corner, magnified", fontsize=10)
    whole.plot([0, 100], [0, 100], color=GREY, linestyle="--", linewidth=1, label="guessing")
    whole.legend(fontsize=8, loc="lower right")
    return _bytes(figure)


def overlay(image: NDArray[np.uint8], drops: NDArray[np.float32]) -> bytes:
    """A (28, 28) digit as dark ink, red where hiding it costs probability, blue where hiding it adds some.

    `drops` (28, 28), -1 to 1, are those of `occlusion`; the colour is strongest where they are largest in this picture.
    """
    strength = drops / max(abs(drops).max(), 0.02)
    colours = colormaps["RdBu_r"](0.5 + strength / 2)[..., :3]
    paper = (255 - image.astype(np.float32) * 0.5)[..., None] / 255
    # Multiplied: paper takes the colour in full, ink a darker one, so that both can be seen.
    mixed = (255 * paper * colours).astype(np.uint8)
    return png(np.kron(mixed, np.ones((OVERLAY_SIDE // len(image),) * 2 + (1,), np.uint8)))


def _figure(width: float, height: float) -> tuple[Figure, Axes]:
    """Sizes in inches."""
    figure = Figure(figsize=(width, height), layout="constrained", dpi=DOTS_PER_INCH)
    axes = figure.subplots()
    axes.grid(alpha=0.3)
    return figure, axes


def _percent(axis: Axis, shown: Callable[[float], float], steps: tuple[int, ...] = (1,)) -> None:
    """Powers of ten, and these multiples, on a logarithmic axis, written as the percentages that they stand for."""
    axis.set_major_locator(LogLocator(base=10, subs=steps))
    axis.set_tick_params(labelsize=8)
    axis.set_major_formatter(FuncFormatter(lambda value, _: f"{100 * shown(value):.8g} %"))
    axis.set_minor_formatter(NullFormatter())


def _bytes(figure: Figure) -> bytes:
    out = BytesIO()
    figure.savefig(out, format="png", facecolor="white")
    return out.getvalue()
