"""What is known of a candidate: each column says what its name says, on pages where that is plain."""

import numpy as np
import pytest
from drawings import number, page, save, write

from pipeline.recognition.calibration import log_odds
from pipeline.recognition.candidates import Source
from pipeline.recognition.decode import decode
from pipeline.recognition.evidence import COLUMNS, evidence
from pipeline.recognition.eye_reading import look
from pipeline.recognition.proposals import propose
from pipeline.recognition.segment import find_page


@pytest.fixture(scope="module")
def known(eye, model):
    """Of an encoded picture: its candidates, and a function from column name and index to what is known."""

    def of(picture: bytes):
        decoded = decode(picture)
        found = propose(decoded, find_page(decoded), eye, model)
        return found.classified, lambda name, k: float(found.evidence[k, COLUMNS.index(name)])

    return of


def test_a_digit_alone(test_digit, known):
    classified, say = known(save(write(page(200, 200), test_digit(3), 60, 60, 80)))
    k = 0  # the main character comes first
    assert (say("3", k), sum(say(str(d), k) for d in range(10))) == (1, 1)
    assert say("confidence", k) == pytest.approx(log_odds(classified[k].confidence))
    assert say("confidence", k) > 2
    assert say("like_digit", k) > 1 > -1 > say("like_writing", k)
    assert say("purity", k) == 1
    assert say("completeness", k) > 0.6
    assert say("swallowed", k) == 0
    assert (say("whole", k), say("joined", k), say("strokes", k), say("of_eye", k)) == (1, 0, 1, 0)
    assert (say("alone", k), say("gap_left", k), say("gap_right", k)) == (1, 4, 4)
    assert say("of_picture", k) == pytest.approx(np.log(classified[k].component.size / 200))
    assert say("height", k) == pytest.approx(0, abs=0.1)
    of_eye = [j for j, each in enumerate(classified) if each.candidate.source is Source.EYE]
    assert [say("of_eye", j) for j in of_eye] == [1]


def test_neighbours_and_what_is_higher_than_they(test_digit, known):
    classified, say = known(save(number([test_digit(label) for label in (4, 0, 7)], gap=30)))
    left, middle, right = (
        next(k for k, each in enumerate(classified) if each.digit == label and say("whole", k) == 1)
        for label in (4, 0, 7)
    )
    assert say("alone", middle) == 0
    assert say("gap_left", left) == say("gap_right", right) == 4
    assert 0 < say("gap_right", left) == pytest.approx(say("gap_left", middle), abs=0.1)
    assert abs(say("above", middle)) < 0.2 > abs(say("below", middle))
    assert say("digits_around", middle) > 0.5


def test_two_digits_as_one_swallow_another(test_digit, known):
    classified, say = known(save(number([test_digit(label) for label in (3, 5)], gap=6)))
    both = [k for k, each in enumerate(classified) if say("whole", k) == 1 and each.component.width > 150]
    assert both
    assert all(say("swallowed", k) > 0.5 and say("purity", k) < 0.8 for k in both)


def test_a_page_without_candidates_has_no_rows(eye, model):
    blank = decode(save(page(100, 100)))
    found = find_page(blank)
    assert evidence([], found.foreground, look(blank, found.ink, eye)).shape == (0, len(COLUMNS))
    assert propose(blank, found, eye, model).classified == []
