"""Which candidates are chosen: the likeliest set without shared ink, found exactly and in bounded time."""

import itertools

import numpy as np
import pytest

from pipeline.recognition import selection
from pipeline.recognition.candidates import Candidate, Classified
from pipeline.recognition.components import Component
from pipeline.recognition.selection import select, share_ink

SOME = np.full(10, 0.1, np.float32)


def at(x: int, width: int, p_digit: float = 0.9, ink: slice = slice(None)) -> Classified:
    own = np.zeros((10, width), bool)
    own[:, ink] = True
    box = x, 0, x + width, 10
    return Classified(Candidate(np.zeros((28, 28), np.uint8), Component(box, (), 1.0, 0), box, own), SOME, 1.0, p_digit)


def test_only_what_is_likelier_a_digit_than_not():
    assert select([at(0, 10, 0.49), at(20, 10, 0.51), at(40, 10, 0.99)]) == [1, 2]
    assert select([]) == []


def test_boxes_may_overlap_where_ink_does_not():
    left, right = at(0, 20, ink=slice(0, 9)), at(5, 20, ink=slice(8, 20))
    assert not share_ink(left, right)
    assert select([left, right]) == [0, 1]


@pytest.mark.parametrize(("common", "both"), [(2, True), (3, False)])
def test_a_fifth_of_the_smaller_ones_ink_may_be_shared(common, both):
    assert select([at(0, 30, 0.9), at(30 - common, 10, 0.8)]) == ([0, 1] if both else [0])


@pytest.mark.parametrize("seed", range(20))
def test_no_other_set_is_likelier(seed):
    rng = np.random.default_rng(seed)
    found = [at(int(x), int(rng.integers(5, 25)), float(rng.uniform(0.3, 0.99))) for x in rng.integers(0, 80, 11)]

    def odds(chosen) -> float:
        return sum(np.log(found[k].p_one / (1 - found[k].p_one)) for k in chosen)

    every = (c for n in range(len(found) + 1) for c in itertools.combinations(range(len(found)), n))
    possible = [c for c in every if not any(share_ink(found[i], found[j]) for i, j in itertools.combinations(c, 2))]
    chosen = select(found)
    assert tuple(chosen) in possible
    assert odds(chosen) == pytest.approx(max(map(odds, possible)))


def test_what_would_take_too_long_is_taken_the_surest_first(monkeypatch):
    monkeypatch.setattr(selection, "MOST_STATES", 30)
    rng = np.random.default_rng(1)
    found = [at(int(x), 40, float(rng.uniform(0.51, 0.99))) for x in rng.integers(0, 400, 240)]
    chosen = select(found)
    assert not any(share_ink(found[i], found[j]) for i, j in itertools.combinations(chosen, 2))
    assert max(range(240), key=lambda k: found[k].p_one) in chosen
