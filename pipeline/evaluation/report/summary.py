"""The report's figures as text for a terminal."""

import math
from typing import Any


def text(result: dict[str, Any]) -> str:
    """What `evaluate` prints, apart from where the report is."""
    return "\n".join(
        [
            *_classes(result),
            *([robustness(result["robustness"])] if "robustness" in result else []),
            *_figures(result),
            *(_comparison(result["against"]) if "against" in result else []),
            f"{result['model']}: accuracy {result['accuracy']:.2%} on raw arrays, {result['served']['accuracy']:.2%} "
            f"on PNG files through what serves; {len(result['mistakes'])} of {result['count']:,} wrong",
        ]
    )


def between(interval: list[float], digits: int = 2) -> str:
    """An interval of shares as percentages: "99.50-99.74 %"."""
    low, high = (f"{100 * end:.{digits}f}" for end in interval)
    return f"{low}-{high} %"


def _classes(result: dict[str, Any]) -> list[str]:
    lines = ["digit  precision   recall       F1  support  recall between"]
    intervals = result["intervals"]
    for digit, row in result["per_class"].items():
        recall = between(intervals["per_class"][digit]["recall"])
        lines.append(
            f"{digit:>5}  {row['precision']:9.4f}{row['recall']:9.4f}{row['f1']:9.4f}{row['support']:9.0f}  {recall}"
        )
    for name, row in result["averages"].items():
        lines.append(f"{name:>8}{row['precision']:8.4f}{row['recall']:9.4f}{row['f1']:9.4f}{result['count']:9}")
    return lines


def _figures(result: dict[str, Any]) -> list[str]:
    intervals, point, none = result["intervals"], result["coverage"]["operating_point"], result["no_digit"]
    doubt, seeds = result["doubtful"], result["seeds"]
    macro = ", ".join(f"{name} {low:.4f}-{high:.4f}" for name, (low, high) in intervals["macro"].items())
    lines = [
        f"95 % intervals: accuracy {between(intervals['accuracy'])}; macro {macro}",
        f"calibration error {result['calibration_error']:.2%} ({between(intervals['calibration_error'])})",
        f"answered with status digit: {point['answered']:.2%} ({between(point['answered_interval'])}), of these wrong: "
        f"{point['wrong']:.2%} ({between(point['wrong_interval'])})",
        f"{none['others']:,} non-digits: area under the ROC curve {none['roc_auc']:.5f}; answered as a digit: "
        f"{none['answered']['digit']:.1%} ({between(none['called_digit_interval'], 1)})",
        f"doubtful labels: {len(doubt['rows'])}, {doubt['misread']} of them among the mistakes",
    ]
    if len(seeds["models"]) > 1:
        test = seeds["spread"]["test_accuracy"]
        lines.append(
            f"{len(seeds['models'])} trainings of this recipe: test accuracy {test['mean']:.2%} on average, "
            f"standard deviation {100 * test['standard_deviation']:.2f} points, worst {test['worst']:.2%}"
        )
    return lines


def _comparison(pairs: dict[str, Any]) -> list[str]:
    counts = f"both right {pairs['both_right']:,}, only A {pairs['only_a']}, only B {pairs['only_b']}, "
    lines = [f"A = {pairs['a']}, B = {pairs['b']}: {counts}both wrong {pairs['both_wrong']}", pairs["verdict"]]
    for row in [*pairs["classes"], *pairs.get("conditions", [])]:
        if row["p_holm"] < 0.05:
            name = f"digit {row['digit']}" if "digit" in row else row["condition"]
            lines.append(f"{name}: only A {row['only_a']}, only B {row['only_b']} (p = {row['p_holm']:.2g} after Holm)")
    return lines + ([pairs["all_conditions"]["verdict"]] if "all_conditions" in pairs else [])


def robustness(result: dict[str, Any]) -> str:
    """The figures of pipeline.evaluation.robustness as a table."""
    heading = f"{'condition':<28}severity  accuracy  answered  right if answered  points from clean  calibration error"
    deviation = 100 * math.sqrt(0.05 * 0.95 / result["digits"])  # of the binomial distribution
    precision = f"a share near 95 % has a standard deviation of {deviation:.1f} points"
    lines = [f"{result['digits']} digits in each condition: {precision}", heading]
    lines += [_line(row["condition"], row["severity"], row) for row in result["conditions"]]
    lines += [
        _line(f"MNIST-C {row['corruption']}", "", row) + f"  (raw array {row['accuracy_raw']:.1%})"
        for row in result["corruptions"]
    ]
    pooled = result["calibration"]
    lines.append(f"calibration error of all conditions: {pooled['error']:.2%} ({between(pooled['interval'])})")
    lines += [
        f"empty page, {row['page']}: called blank {row['blank']:.0%}, a digit {row['answered']:.0%}"
        for row in result["empty_pages"]
    ]
    return "\n".join(lines)


def _line(name: str, severity: object, row: dict[str, Any]) -> str:
    among = "-" if row["accuracy_answered"] is None else f"{row['accuracy_answered']:.1%}"
    error = "-" if row["calibration_error"] is None else f"{row['calibration_error']:.1%}"
    return (
        f"{name:<28}{severity:>8}{row['accuracy']:>10.1%}{row['answered']:>10.1%}{among:>19}"
        f"{row['points_from_clean']:>+19.1f}{error:>19}"
    )
