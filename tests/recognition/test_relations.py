"""How candidates stand to those that they share ink with: each column says what its name says."""

import numpy as np
import pytest

from pipeline.recognition import relations as module
from pipeline.recognition.calibration import log_odds
from pipeline.recognition.candidates import Candidate, Classified
from pipeline.recognition.components import Component
from pipeline.recognition.relations import NONE


def at(x0: int, x1: int, p_digit: float) -> Classified:
    """A block of ink 10 high from x to x, of which the classifier is as sure as that."""
    box = x0, 0, x1, 10
    candidate = Candidate(np.zeros((28, 28), np.uint8), Component(box, (), 1.0, 0), box, np.ones((10, x1 - x0), bool))
    sure = np.zeros(10, np.float32)
    sure[3] = 1
    return Classified(candidate, sure, p_digit)


def relations(classified: list[Classified]) -> list[dict[str, float]]:
    """Without what `explanations` adds, which has tests of its own."""
    return [{k: v for k, v in each.items() if "explained" not in k} for each in module.relations(classified)]


ALONE = {
    "same_confidence": NONE, "rival_confidence": NONE, "more_confidence": NONE, "more_p_digit": NONE,
    "part_confidence": NONE, "other_part_confidence": NONE,
}  # fmt: skip


def test_what_shares_no_ink_is_no_relation():
    assert relations([at(0, 10, 0.9), at(10, 20, 0.8)]) == [ALONE, ALONE]
    assert relations([at(0, 10, 0.9)]) == [ALONE]


def test_a_part_and_what_it_is_part_of():
    whole, left, right = relations([at(0, 20, 0.2), at(0, 8, 0.9), at(8, 20, 0.7)])
    assert whole["part_confidence"] == pytest.approx(log_odds(0.9))
    assert whole["other_part_confidence"] == pytest.approx(log_odds(0.7))
    assert whole["part_size"] == pytest.approx(0.4)
    assert "in_more" not in whole
    for part, size in ((left, 8), (right, 12)):
        assert part["in_more"] == 1
        assert part["more_confidence"] == pytest.approx(log_odds(0.2))
        assert part["more_p_digit"] == pytest.approx(log_odds(0.2))
        assert part["more_size"] == pytest.approx(np.log(20 / size))
        assert part["part_confidence"] == NONE


def test_the_same_ink_found_twice():
    one, other = relations([at(0, 20, 0.6), at(1, 20, 0.9)])
    assert one["same_confidence"] == pytest.approx(log_odds(0.9))
    assert other["same_confidence"] == pytest.approx(log_odds(0.6))
    assert one["rival_confidence"] == other["more_confidence"] == NONE


def test_a_rival_has_some_of_the_ink():
    one, other = relations([at(0, 20, 0.6), at(10, 30, 0.9)])
    assert one["rival_confidence"] == pytest.approx(log_odds(0.9))
    assert other["rival_confidence"] == pytest.approx(log_odds(0.6))
    assert relations([at(0, 20, 0.6), at(17, 37, 0.9)]) == [ALONE, ALONE]  # less than a fifth


def test_specks_are_no_parts():
    whole, speck = relations([at(0, 40, 0.6), at(0, 4, 0.9)])
    assert whole == ALONE
    assert speck["in_more"] == 1


def test_certainty_is_bounded():
    assert log_odds(1) == pytest.approx(-log_odds(0)) == pytest.approx(np.log(999))
    assert log_odds(0) > NONE
