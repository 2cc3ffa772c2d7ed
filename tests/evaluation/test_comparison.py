"""Comparisons of two models whose readings are known."""

import numpy as np
import pytest

from pipeline.evaluation.comparison import compare, holm, mcnemar
from pipeline.evaluation.outcomes import Outcomes


def outcomes(condition: str, severity: int, correct: list[int]) -> Outcomes:
    read = np.array(correct, bool)
    return Outcomes(condition, severity, read, read, read, read.astype(float))


def test_mcnemar_of_known_counts():
    assert mcnemar(10, 3) == pytest.approx(2 * (1 + 13 + 78 + 286) / 2**13)
    assert mcnemar(0, 6) == pytest.approx(2 / 2**6)
    assert mcnemar(4, 4) == mcnemar(0, 0) == 1


def test_holm_of_a_known_case():
    assert holm([0.01, 0.04, 0.03, 0.005]) == pytest.approx([0.03, 0.06, 0.06, 0.02])
    assert holm([]) == []


def test_a_comparison_of_known_readings():
    labels = np.array([1] * 12 + [2] * 3)
    read_a, read_b = labels.copy(), labels.copy()
    read_b[:9], read_a[9], read_a[-1], read_b[-1] = 7, 7, 0, 0
    found = compare(("a:1", "b:1"), labels, (read_a, read_b))
    whole = found.whole
    assert (whole.both_correct, whole.only_a, whole.only_b, whole.both_wrong) == (4, 9, 1, 1)
    assert whole.p == pytest.approx(2 * (1 + 10) / 2**10)
    assert (found.rows_only_a, found.rows_only_b) == (list(range(9)), [9])
    assert [(row.name, row.only_a, row.both_wrong) for row in found.classes] == [("1", 9, 0), ("2", 0, 1)]
    assert [row.p_holm for row in found.classes] == pytest.approx([2 * 22 / 2**10, 1])
    assert [row.beyond_chance for row in found.classes] == [True, False]
    assert [row.same for row in found.classes] == [False, True]
    assert whole.verdict == (
        "a:1 is better: of the test digits that just one of the two reads correctly, it is a:1 on 9 and b:1 on 1 "
        "(McNemar's exact p = 0.021)."
    )
    assert (found.conditions, found.all_conditions) == ([], None)


def test_what_chance_may_do_is_called_chance():
    labels = np.array([1, 1, 1, 1])
    read_a, read_b = np.array([1, 1, 1, 7]), np.array([7, 7, 1, 1])
    assert compare(("a:1", "b:1"), labels, (read_b, read_a)).whole.verdict == (
        "The difference is within chance: of the test digits that just one of the two reads correctly, it is b:1 on 2 "
        "and a:1 on 1 (McNemar's exact p = 1)."
    )
    assert compare(("a:1", "b:1"), labels, (labels, labels)).whole.verdict == (
        "a:1 and b:1 read the same test digits correctly."
    )


def test_conditions_are_compared_over_all_their_severities():
    a = [outcomes("noise", 1, [1, 1, 1]), outcomes("noise", 2, [1, 1, 1]), outcomes("blur", 1, [0, 1, 0])]
    b = [outcomes("noise", 1, [0, 0, 0]), outcomes("noise", 2, [0, 0, 0]), outcomes("blur", 1, [0, 1, 1])]
    found = compare(("a:1", "b:1"), np.zeros(1), (np.zeros(1), np.zeros(1)), (a, b))
    noise, blur = found.conditions
    assert (noise.name, noise.only_a, noise.only_b, noise.p) == ("noise", 6, 0, 2 / 2**6)
    assert noise.p_holm == pytest.approx(2 * noise.p)
    assert (blur.name, blur.both_correct, blur.only_b, blur.both_wrong) == ("blur", 1, 1, 1)
    assert (found.all_conditions.only_a, found.all_conditions.only_b) == (6, 1)
    assert "of the pictures of all conditions that just one of the two" in found.all_conditions.verdict
