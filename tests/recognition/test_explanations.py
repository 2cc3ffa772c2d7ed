"""How well ink can be read with a candidate, and without it."""

import numpy as np
import pytest

from pipeline.recognition.calibration import log_odds
from pipeline.recognition.candidates import Candidate, Classified
from pipeline.recognition.components import Component
from pipeline.recognition.explanations import explanations
from pipeline.recognition.relations import relations

HEIGHT = 10


def classified(start: int, end: int, confidence: float, top: int = 0) -> Classified:
    """A solid block of ink, as wide as from one column to the other."""
    box = start, top, end, top + HEIGHT
    own = np.ones((HEIGHT, end - start), bool)
    candidate = Candidate(np.zeros((28, 28), np.uint8), Component(box, (1,), 1.0, 0), box, own)
    probabilities = np.full(10, (1 - confidence) / 9, np.float32)
    probabilities[3] = confidence
    return Classified(candidate, probabilities, 1.0)


def shared(found: list[Classified]) -> np.ndarray:
    table = np.array([[float(one.candidate.shared(other.candidate)) for other in found] for one in found])
    np.fill_diagonal(table, 0)
    return table


def test_the_parts_of_a_whole_explain_it_together():
    whole, left, right = (classified(*each) for each in ((0, 40, 0.2), (0, 20, 0.9), (20, 40, 0.8)))
    found = explanations([whole, left, right], shared([whole, left, right]))
    assert [each["explained"] for each in found] == pytest.approx([0.2, 0.85, 0.85])
    assert [each["explained_digits"] for each in found] == [1, 2, 2]
    assert [each["rival_explained"] for each in found] == pytest.approx([0.85, 0.2, 0.2])
    assert found[1]["explained_least"] == found[2]["explained_least"] == pytest.approx(log_odds(0.8), abs=1e-4)
    assert found[0]["rival_explained_least"] == pytest.approx(log_odds(0.8), abs=1e-4)


def test_a_chain_is_the_best_of_those_that_share_no_ink():
    """The two that lie side by side explain more than the surer one that overlaps both."""
    pieces = [classified(*each) for each in ((0, 10, 0.9), (10, 20, 0.9), (5, 20, 0.95))]
    found = explanations(pieces, shared(pieces))
    assert [each["explained"] for each in found] == pytest.approx([0.9, 0.9, 0.95 * 15 / 20])
    assert [each["rival_explained"] for each in found] == pytest.approx([0.95 * 15 / 20, 0.95 * 15 / 20, 0.9])


def test_ink_apart_says_nothing():
    near, far = classified(0, 10, 0.9), classified(50, 60, 0.1)
    one, other = explanations([near, far], shared([near, far]))
    assert (one["explained"], one["rival_explained"]) == (pytest.approx(0.9), 0)
    assert (other["explained"], other["explained_digits"]) == (pytest.approx(0.1), 1)


def test_they_are_among_the_relations():
    pieces = [classified(0, 10, 0.9), classified(0, 30, 0.4)]
    assert relations(pieces)[1].items() >= explanations(pieces, shared(pieces))[1].items()
