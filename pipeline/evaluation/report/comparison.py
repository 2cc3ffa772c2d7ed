"""Two models on the same digits: who reads rightly what the other misreads, and whether that is more than chance."""

from collections.abc import Sequence
from itertools import groupby
from typing import Any

import numpy as np

from pipeline.evaluation.intervals import holm, mcnemar
from pipeline.evaluation.robustness import Outcomes

BEYOND_CHANCE = 0.05  # p


def paired(right_a: np.ndarray, right_b: np.ndarray) -> dict[str, Any]:
    """How many of (n,) digits both, one or none of two models reads right; McNemar's exact `p`; `same`: none apart."""
    only_a, only_b = int((right_a & ~right_b).sum()), int((right_b & ~right_a).sum())
    return {
        "both_right": int((right_a & right_b).sum()),
        "only_a": only_a,
        "only_b": only_b,
        "both_wrong": int((~right_a & ~right_b).sum()),
        "same": only_a + only_b == 0,
        "p": mcnemar(only_a, only_b),
    }


def compare(
    tags: tuple[str, str], labels: np.ndarray, reads: tuple[np.ndarray, np.ndarray],
    outcomes: Sequence[list[Outcomes]] = (),
) -> dict[str, Any]:  # fmt: skip
    """Models A and B, JSON-ready: all test digits, each class, and each condition where `outcomes` are given.

    `reads` are the (n,) digits that each reads. Corrected p values, `p_holm`, are over the rows of their own table.
    """
    right_a, right_b = (read == labels for read in reads)
    whole = paired(right_a, right_b)
    classes = [
        {"digit": digit, **paired(right_a[labels == digit], right_b[labels == digit])} for digit in np.unique(labels)
    ]
    found = {
        "a": tags[0],
        "b": tags[1],
        **whole,
        "accuracy_a": float(right_a.mean()),
        "accuracy_b": float(right_b.mean()),
        "verdict": verdict(tags, whole),
        "classes": _corrected([{**row, "digit": int(row["digit"])} for row in classes]),
        "rows_only_a": [int(row) for row in np.flatnonzero(right_a & ~right_b)],
        "rows_only_b": [int(row) for row in np.flatnonzero(right_b & ~right_a)],
    }
    return found | (_by_condition(tags, *outcomes) if outcomes else {})


def verdict(tags: tuple[str, str], pairs: dict[str, Any], digits: str = "test digits") -> str:
    """Who is better, or that it may be chance, in one sentence."""
    better, worse = tags if pairs["only_a"] >= pairs["only_b"] else tags[::-1]
    most, least = max(pairs["only_a"], pairs["only_b"]), min(pairs["only_a"], pairs["only_b"])
    if not most:
        return f"{tags[0]} and {tags[1]} are right on the same {digits}."
    told = f"of the {digits} that just one of the two reads rightly, it is {better} on {most} and {worse} on {least}"
    if pairs["p"] < BEYOND_CHANCE:
        return f"{better} is better: {told} (McNemar's exact p = {pairs['p']:.2g})."
    return f"The difference is within chance: {told} (McNemar's exact p = {pairs['p']:.2g})."


def _corrected(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    corrected = holm([row["p"] for row in rows])
    return [{**row, "p_holm": p} for row, p in zip(rows, corrected, strict=True)]


def _by_condition(tags: tuple[str, str], a: list[Outcomes], b: list[Outcomes]) -> dict[str, Any]:
    """Each condition with all its severities, and all conditions together."""
    pairs = [(each.condition, each.right, other.right) for each, other in zip(a, b, strict=True)]
    rows = []
    for name, group in groupby(pairs, lambda pair: pair[0]):
        _, *rights = zip(*group, strict=True)
        rows.append({"condition": name, **paired(*map(np.concatenate, rights))})
    _, *rights = zip(*pairs, strict=True)
    together = paired(*map(np.concatenate, rights))
    sentence = verdict(tags, together, "pictures of all conditions")
    return {"conditions": _corrected(rows), "all_conditions": {**together, "verdict": sentence}}
