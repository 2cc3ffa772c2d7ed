"""How robustness is measured: the sample, the scores of known answers, their table."""

import numpy as np

from pipeline.answer import Answer
from pipeline.data.mnist import Split
from pipeline.evaluation import outcomes
from pipeline.evaluation.intervals import ConfidenceBin, Interval, Reliability
from pipeline.evaluation.report import summary
from pipeline.evaluation.robustness import (
    ConditionScores,
    CorruptionScores,
    EmptyPageScores,
    PageScores,
    PictureScores,
    Robustness,
    scores,
)


def test_the_sample_is_stratified_and_always_the_same(splits):
    first, again = (outcomes.sample(splits.test, 57) for _ in range(2))
    np.testing.assert_array_equal(first.images, again.images)
    assert np.bincount(first.labels).tolist() == [6] * 7 + [5] * 3


def test_a_condition_draws_the_same_whatever_else_is_drawn(splits):
    ten = outcomes.sample(splits.test, 10)
    all_ten = list(outcomes.pictures("noise", 2, ten))
    assert list(outcomes.pictures("noise", 2, Split(ten.images[:5], ten.labels[:5]))) == all_ten[:5]
    assert len(set(all_ten)) == 10


class Scripted:
    """A reader that gives the answers it was handed, in turn, each at a confidence of 0.5."""

    def __init__(self, *answers: tuple[str, int | None]):
        self.answers = iter(answers)

    def recognise(self, picture: bytes) -> Answer:
        status, digit = next(self.answers)
        return Answer(status, digit, 0.5, (0.1,) * 10, None, "digits:scripted")


def test_the_scores_of_known_answers(splits):
    digits = Split(splits.test.images[:4], np.array([1, 2, 3, 4], np.uint8))
    some = Scripted(("digit", 1), ("digit", 9), ("unsure", 3), ("blank", None))
    unsure, silent = (Scripted(*[answer] * 4) for answer in (("unsure", 1), ("blank", None)))
    found = outcomes.read_condition([some, unsure, silent], digits, "noise", 1)
    assert (found[0].condition, found[0].severity) == ("noise", 1)
    assert found[0].correct.tolist() == [True, False, True, False]
    assert found[0].named.tolist() == [True, True, True, False]
    # At a confidence of 0.5 a digit that is correct, and one that is not, are 0.5 off each.
    assert [scores(each, clean=1.0) for each in found] == [
        PictureScores(accuracy=0.5, answered=0.5, accuracy_answered=0.5, calibration_error=0.5, points_from_clean=-50),
        PictureScores(accuracy=0.25, answered=0, accuracy_answered=None, calibration_error=0.5, points_from_clean=-75),
        PictureScores(accuracy=0, answered=0, accuracy_answered=None, calibration_error=None, points_from_clean=-100),
    ]


def test_the_table_of_known_scores():
    found = Robustness(
        digits=5,
        seed=1,
        conditions=[
            ConditionScores(1.0, 1.0, 1.0, 0.001, 0.0, "clean", 1),
            ConditionScores(0.25, 0.0, None, None, -75.0, "noise", 3),
        ],
        calibration=Reliability(0.0123, Interval(0.01, 0.02), [ConfidenceBin(0.9, 1.0, Interval(0.9, 1.0), 8)]),
        pages=[PageScores("comb", 4, 0.5, Interval(0.15, 0.85), unsure=0.25, sure_and_wrong=0.25)],
        empty_pages=[EmptyPageScores("shadow", pages=4, blank=0.75, answered=0.25)],
        corruptions=[CorruptionScores(0.8, 0.6, 1.0, 0.05, -20.0, "fog", 0.4)],
    )
    columns = "condition                   severity  accuracy  answered  correct if answered  points from clean"
    clean = "clean                              1    100.0%    100.0%               100.0%               +0.0"
    noise = "noise                              3     25.0%      0.0%                    -              -75.0"
    fog = "MNIST-C fog                              80.0%     60.0%               100.0%              -20.0"
    kinds = "kind of page                   pages     right       95 % interval    unsure  sure and wrong"
    comb = "comb                               4     50.0%         15.0-85.0 %     25.0%           25.0%"
    assert summary.robustness(found).splitlines() == [
        "5 digits in each condition: a fraction near 95 % has a standard deviation of 9.7 points",
        columns + "  calibration error",
        clean + "               0.1%",
        noise + "                  -",
        fog + "               5.0%  (raw array 40.0%)",
        "calibration error of all conditions: 1.23% (1.00-2.00 %)",
        kinds,
        comb,
        "empty page, shadow: called blank 75%, a digit 25%",
    ]
