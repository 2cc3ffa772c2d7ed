"""Two models on the same digits: who reads correctly what the other misreads, and whether that is more than chance.

McNemar 1947 for pairs, Holm 1979 for several tests at once.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

import numpy as np
from numpy.typing import NDArray
from scipy.stats import binomtest

from pipeline.evaluation.intervals import Correct
from pipeline.evaluation.metrics import DIGITS, Labels
from pipeline.evaluation.outcomes import Outcomes
from pipeline.evaluation.pages.outcomes import PageOutcomes

BEYOND_CHANCE = 0.05  # p


@dataclass(frozen=True)
class Pairs:
    """How many digits both, one or none of two models reads correctly, and McNemar's exact `p`."""

    both_correct: int
    only_a: int
    only_b: int
    both_wrong: int
    p: float

    @property
    def same(self) -> bool:
        """Whether both read the same digits correctly."""
        return self.only_a + self.only_b == 0


@dataclass(frozen=True)
class Verdict(Pairs):
    """Pairs, and in one sentence who is better, or that it may be chance."""

    verdict: str


@dataclass(frozen=True)
class Row(Pairs):
    """A line of a table: the pairs of one class or condition; `p_holm` is corrected for the lines of the table."""

    name: str
    p_holm: float

    @property
    def beyond_chance(self) -> bool:
        """Whether the models differ, however many lines the table has."""
        return self.p_holm < BEYOND_CHANCE


@dataclass(frozen=True)
class Comparison:
    """Models A and B by tag: accuracies 0-1, all test digits, each class, the rows of the split that one alone reads.

    `conditions`, each with all its severities, then the kinds of page, and `all_conditions` are there where robustness
    was measured.
    """

    a: str
    b: str
    accuracy_a: float
    accuracy_b: float
    whole: Verdict
    classes: list[Row]
    rows_only_a: list[int]
    rows_only_b: list[int]
    conditions: list[Row]
    all_conditions: Verdict | None


def compare(
    tags: tuple[str, str],
    labels: Labels,
    reads: tuple[NDArray[np.integer], NDArray[np.integer]],
    outcomes: Sequence[Sequence[Outcomes | PageOutcomes]] = (),
) -> Comparison:
    """Models A and B: (n,) labels 0-9, the (n,) digits that each reads, the outcomes of each, of the same pictures."""
    correct_a, correct_b = (read == labels for read in reads)
    by_class = {str(digit): (correct_a[labels == digit], correct_b[labels == digit]) for digit in DIGITS}
    by_condition = _by_condition(*outcomes) if outcomes else {}
    together = [np.concatenate(each) for each in zip(*by_condition.values(), strict=True)]
    return Comparison(
        a=tags[0],
        b=tags[1],
        accuracy_a=float(correct_a.mean()),
        accuracy_b=float(correct_b.mean()),
        whole=_verdict(tags, paired(correct_a, correct_b), "test digits"),
        classes=_table({name: pair for name, pair in by_class.items() if len(pair[0])}),
        rows_only_a=np.flatnonzero(correct_a & ~correct_b).tolist(),
        rows_only_b=np.flatnonzero(correct_b & ~correct_a).tolist(),
        conditions=_table(by_condition),
        all_conditions=_verdict(tags, paired(*together), "pictures of all conditions") if together else None,
    )


def paired(correct_a: Correct, correct_b: Correct) -> Pairs:
    """Of (n,) digits: which A and which B reads correctly."""
    only_a, only_b = int((correct_a & ~correct_b).sum()), int((correct_b & ~correct_a).sum())
    both, none = int((correct_a & correct_b).sum()), int((~correct_a & ~correct_b).sum())
    return Pairs(both, only_a, only_b, none, mcnemar(only_a, only_b))


def mcnemar(only_a: int, only_b: int) -> float:
    """McNemar's exact two-sided p: could a coin decide which of two is correct where just one of them is?"""
    return float(binomtest(only_a, only_a + only_b).pvalue) if only_a + only_b else 1.0


def holm(p_values: Sequence[float]) -> list[float]:
    """The p values of several tests, corrected such that one false alarm in all of them is as rare as in one."""
    order = np.argsort(p_values)
    steps = np.asarray(p_values, np.float64)[order] * np.arange(len(order), 0, -1)
    corrected = np.empty(len(order))
    corrected[order] = np.minimum(1, np.maximum.accumulate(steps))
    return corrected.tolist()


def _verdict(tags: tuple[str, str], pairs: Pairs, digits: str) -> Verdict:
    """The sentence on pairs of such `digits`."""
    (most, better), (least, worse) = sorted(zip((pairs.only_a, pairs.only_b), tags, strict=True), key=lambda x: -x[0])
    told = f"of the {digits} that just one of the two reads correctly, it is {better} on {most} and {worse} on {least}"
    chance = f"(McNemar's exact p = {pairs.p:.2g})."
    if pairs.same:
        sentence = f"{tags[0]} and {tags[1]} read the same {digits} correctly."
    elif pairs.p < BEYOND_CHANCE:
        sentence = f"{better} is better: {told} {chance}"
    else:
        sentence = f"The difference is within chance: {told} {chance}"
    return Verdict(**vars(pairs), verdict=sentence)


def _table(correct: dict[str, tuple[Correct, Correct]]) -> list[Row]:
    pairs = {name: paired(*each) for name, each in correct.items()}
    corrected = holm([each.p for each in pairs.values()])
    return [Row(**vars(each), name=name, p_holm=p) for (name, each), p in zip(pairs.items(), corrected, strict=True)]


def _by_condition(
    a: Sequence[Outcomes | PageOutcomes], b: Sequence[Outcomes | PageOutcomes]
) -> dict[str, tuple[Correct, Correct]]:
    """Condition or kind of page -> what A and what B reads correctly of the pictures of all its severities."""
    found = {}
    for name, group in groupby(zip(a, b, strict=True), lambda pair: pair[0].condition):
        of_a, of_b = zip(*group, strict=True)
        found[name] = tuple(np.concatenate([each.correct for each in of]) for of in (of_a, of_b))
    return found  # type: ignore[return-value]
