"""An evaluation as text for a terminal."""

import math

from pipeline.evaluation.comparison import Comparison
from pipeline.evaluation.intervals import Interval
from pipeline.evaluation.result import Evaluation
from pipeline.evaluation.robustness import PageScores, PictureScores, Robustness


def text(found: Evaluation) -> str:
    """What `evaluate` prints, apart from where the report is."""
    return "\n".join(
        [
            *_classes(found),
            *([robustness(found.robustness)] if found.robustness else []),
            *_metrics(found),
            *(_comparison(found.against) if found.against else []),
            f"{found.model}: accuracy {found.metrics.accuracy:.2%} on raw arrays, {found.served.accuracy:.2%} "
            f"on PNG files through what serves; {len(found.mistakes)} of {found.metrics.count:,} wrong",
        ]
    )


def between(interval: Interval, decimals: int = 2) -> str:
    """An interval of fractions as percentages: "99.50-99.74 %"."""
    low, high = (f"{100 * end:.{decimals}f}" for end in interval)
    return f"{low}-{high} %"


def _classes(found: Evaluation) -> list[str]:
    lines = ["digit  precision   recall       F1  support  recall between"]
    for digit, row in found.metrics.per_class.items():
        recall = between(found.intervals.per_class[digit].recall)
        lines.append(f"{digit:>5}  {row.precision:9.4f}{row.recall:9.4f}{row.f1:9.4f}{row.support:9.0f}  {recall}")
    for name, average in found.metrics.averages.items():
        scores = f"{average.precision:8.4f}{average.recall:9.4f}{average.f1:9.4f}"
        lines.append(f"{name:>8}{scores}{found.metrics.count:9}")
    return lines


def _metrics(found: Evaluation) -> list[str]:
    intervals, point, told = found.intervals, found.coverage.operating_point, found.rejection
    macro = ", ".join(f"{name} {low:.4f}-{high:.4f}" for name, (low, high) in vars(intervals.macro).items())
    lines = [
        f"95 % intervals: accuracy {between(intervals.accuracy)}; macro {macro}",
        f"calibration error {found.metrics.calibration_error:.2%} ({between(intervals.calibration_error)})",
        f"answered with status digit: {point.coverage:.2%} ({between(point.coverage_interval)}), of these wrong: "
        f"{point.risk:.2%} ({between(point.risk_interval)})",
        f"{told.nondigits:,} non-digits: area under the ROC curve {told.roc_auc:.5f}; answered as a digit: "
        f"{told.answered.digit:.1%} ({between(told.called_digit_interval, 1)})",
        f"likely label errors: {len(found.label_errors.rows)}, {found.label_errors.misread} of them among the mistakes",
    ]
    if len(found.seeds.models) > 1:
        test = found.seeds.spread["test_accuracy"]
        lines.append(
            f"{len(found.seeds.models)} trainings of this recipe: test accuracy {test.mean:.2%} on average, "
            f"standard deviation {100 * (test.standard_deviation or 0):.2f} points, worst {test.worst:.2%}"
        )
    return lines


def _comparison(pairs: Comparison) -> list[str]:
    whole = pairs.whole
    counts = f"both correct {whole.both_correct:,}, only A {whole.only_a}, only B {whole.only_b}"
    lines = [f"A = {pairs.a}, B = {pairs.b}: {counts}, both wrong {whole.both_wrong}", whole.verdict]
    rows = [(f"digit {row.name}", row) for row in pairs.classes] + [(row.name, row) for row in pairs.conditions]
    for name, row in rows:
        if row.beyond_chance:
            lines.append(f"{name}: only A {row.only_a}, only B {row.only_b} (p = {row.p_holm:.2g} after Holm)")
    return lines + ([pairs.all_conditions.verdict] if pairs.all_conditions else [])


def robustness(found: Robustness) -> str:
    """The scores of all conditions as a table."""
    deviation = 100 * math.sqrt(0.05 * 0.95 / found.digits)  # of the binomial distribution
    precision = f"a fraction near 95 % has a standard deviation of {deviation:.1f} points"
    lines = [
        f"{found.digits} digits in each condition: {precision}",
        f"{'condition':<28}severity  accuracy  answered  correct if answered  points from clean  calibration error",
    ]
    lines += [_line(row.condition, str(row.severity), row) for row in found.conditions]
    lines += [
        _line(f"MNIST-C {row.corruption}", "", row) + f"  (raw array {row.accuracy_raw:.1%})"
        for row in found.corruptions
    ]
    pooled = found.calibration
    lines.append(f"calibration error of all conditions: {pooled.error:.2%} ({between(pooled.interval)})")
    lines.append(f"{'kind of page':<28}   pages     right       95 % interval    unsure  sure and wrong")
    lines += [_page(row) for row in found.pages]
    lines += [
        f"empty page, {row.page}: called blank {row.blank:.0%}, a digit {row.answered:.0%}" for row in found.empty_pages
    ]
    return "\n".join(lines)


def _line(name: str, severity: str, row: PictureScores) -> str:
    among = "-" if row.accuracy_answered is None else f"{row.accuracy_answered:.1%}"
    error = "-" if row.calibration_error is None else f"{row.calibration_error:.1%}"
    return (
        f"{name:<28}{severity:>8}{row.accuracy:>10.1%}{row.answered:>10.1%}{among:>21}"
        f"{row.points_from_clean:>+19.1f}{error:>19}"
    )


def _page(row: PageScores) -> str:
    rates = f"{row.right:>10.1%}{between(row.right_interval, 1):>20}{row.unsure:>10.1%}{row.sure_and_wrong:>16.1%}"
    return f"{row.page:<28}{row.pages:>8}{rates}"
