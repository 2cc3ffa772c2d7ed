"""Which of two readings counts, as a table: no picture and no model."""

from dataclasses import replace

import numpy as np
import pytest

from pipeline.answer import Answer, Number, PlacedAnswer
from pipeline.recognition.candidates import Candidate, Classified
from pipeline.recognition.components import Component
from pipeline.recognition.decide import NO_DIGIT, NO_EVIDENCE, DecisionOptions, Unread
from pipeline.recognition.number_status import number_status
from pipeline.recognition.second_opinion import Seen, digit, number

OPTIONS = DecisionOptions(unsure_below=0.7, no_digit_below=0.05)
MODEL = "digits:x"
NO_PICTURE = np.zeros((28, 28), np.uint8)
FRAME = (0, 0, 200, 200)
REFUSED = Answer("not_a_digit", None, 0.0, NO_EVIDENCE, None, MODEL, NO_DIGIT)


def seen(
    label: int, confidence: float = 0.99, box=(60, 50, 120, 150), p_digit: float = 1.0, likeness: float = 1.0
) -> Classified:
    """A digit that the eye sees, and what the network says of it."""
    probabilities = np.full(10, (1 - confidence) / 9, np.float32)
    probabilities[label] = confidence
    return Classified(Candidate(NO_PICTURE, Component(box, (), 1.0, 0), box), probabilities, p_digit, likeness)


def read(text: str, confidence: float = 0.99, unread: int = 0) -> Number:
    """A first reading; what is less than sure is unsure."""
    status = "digit" if confidence >= OPTIONS.unsure_below else "unsure"
    digits = tuple(
        PlacedAnswer(status, int(each), confidence, NO_EVIDENCE, None, MODEL, box=(0, 0, 9, 9)) for each in text
    )
    boxes = ((0, 0, 5, 5),) * unread
    verdict, message = number_status(digits, boxes, unread, blank=False)
    return Number(text, digits, 500, 200, verdict, (text,) if text else (), boxes, message)


def test_a_sure_digit_apart_from_what_is_around_it_is_the_answer():
    found = digit(REFUSED, FRAME, Seen([[(seen(7),)]], [], 500), OPTIONS, MODEL)
    assert (found.status, found.digit, found.message) == ("digit", 7, None)
    assert found.confidence == pytest.approx(0.99)


@pytest.mark.parametrize(
    "lines",
    [
        [],
        [[(seen(7, 0.6),)]],  # not sure
        [[(seen(7, p_digit=0.01),)]],  # no digit
        [[(seen(7, box=(5, 5, 195, 195)),)]],  # the same ink again: a letter, say
        [[(seen(7), seen(7, p_digit=0.01, likeness=0.8))]],  # a part of a letter: the rest of its ink is writing
        [[(seen(7),), (seen(3, 0.6, box=(130, 50, 180, 150)),)]],  # another that may be one
        [[(seen(7),), (seen(3, box=(130, 50, 180, 150)),)]],  # two of a height
    ],
)
def test_else_the_first_answer_stays(lines):
    assert digit(REFUSED, FRAME, Seen(lines, [], 500), OPTIONS, MODEL) is REFUSED


def test_a_frame_that_hangs_together_with_a_digit_makes_it_no_letter():
    lines = [[(seen(7), seen(7, p_digit=0.01, likeness=0.98))]]
    assert digit(REFUSED, FRAME, Seen(lines, [], 500), OPTIONS, MODEL).digit == 7


def test_a_digit_elsewhere_than_what_was_read_counts():
    """Of a broken ring around it, say."""
    arc = (30, 140, 150, 190)
    assert digit(REFUSED, arc, Seen([[(seen(7),)]], [], 500), OPTIONS, MODEL).digit == 7


@pytest.mark.parametrize(("confidence", "expected"), [(0.4, 7), (0.995, 1)])
def test_of_the_same_ink_the_surer_answer_counts(confidence, expected):
    unsure = Answer("unsure", 1, confidence, NO_EVIDENCE, None, MODEL)
    same = Seen([[(seen(7, box=(5, 5, 195, 195)),)]], [], 500)
    assert digit(unsure, FRAME, same, OPTIONS, MODEL).digit == expected


@pytest.mark.parametrize(("size", "status"), [(190, "digit"), (500, "blank")])
def test_on_a_blank_page_what_fills_most_of_it_is_no_dirt(size, status):
    blank = Answer("blank", None, 0.0, NO_EVIDENCE, None, MODEL, "The page is blank.")
    found = digit(blank, None, Seen([[(seen(7),)]], [], size), OPTIONS, MODEL)
    assert (found.status, found.digit) == (status, 7 if status == "digit" else None)


def test_what_is_low_beside_a_digit_is_no_rival():
    lines = [[(seen(7),), (seen(1, box=(130, 130, 140, 150)),)]]
    assert digit(REFUSED, FRAME, Seen(lines, [], 500), OPTIONS, MODEL).digit == 7


def numbers(*labels: int, confidence: float = 0.99) -> list[tuple[Classified, ...]]:
    return [(seen(label, confidence, (70 * place, 0, 70 * place + 60, 100)),) for place, label in enumerate(labels)]


def test_of_the_candidates_of_one_digit_the_one_with_the_most_evidence_is_read():
    choice = (seen(3, 0.6), seen(8, 0.97), seen(0, p_digit=0.01))
    assert number(read("1", 0.5), Seen([[choice]], [], 500), OPTIONS, MODEL).text == "8"


@pytest.mark.parametrize(
    ("first", "second", "unread", "text", "status"),
    [
        (read("11411", 0.5), numbers(4), [], "4", "number"),  # a frame's sides are no 1s
        (read("", unread=1), numbers(4, 2), [], "42", "number"),
        (read("42", 0.5), numbers(4, 3), [Unread((0, 0, 9, 9), False)], "43", "number"),  # a sign beside is no doubt
        (read("42", 0.6), numbers(4, 3), [Unread((0, 0, 9, 9), True)], "43", "unsure"),  # surer of its least sure one
        (read("42", 0.6), numbers(4, 3, confidence=0.5), [], "42", "unsure"),
        (read("4", 0.99, unread=1), numbers(4, 2, confidence=0.9), [Unread((0, 0, 9, 9), True)], "42", "unsure"),
        (read("42", 0.6), [], [], "42", "unsure"),
    ],
)
def test_of_two_numbers_the_surer_one_is_read(first, second, unread, text, status):
    found = number(first, Seen([second] if second else [], unread, 500), OPTIONS, MODEL)
    assert (found.text, found.status, "".join(found.lines)) == (text, status, text)
    assert len(found.unread) == (len(first.unread) if found is first else len(unread))
    assert (found.width, found.height) == (500, 200)


@pytest.mark.parametrize(
    ("second", "text"),
    [
        (numbers(4, 2), "42"),
        ([*numbers(4, 2), (seen(3, 0.6, (200, 0, 260, 100)),)], "423"),
        (numbers(4), ""),  # may be dirt
        (numbers(4, 2, confidence=0.6), ""),
        ([], ""),
    ],
)
def test_where_nothing_was_found_two_sure_digits_count(second, text):
    blank = Number("", (), 500, 200, "blank", (), (), "The page is blank.")
    found = number(blank, Seen([second], [], 500), OPTIONS, MODEL)
    assert found.text == text
    assert (found is blank) == (text == "")


ELSEWHERE = (300, 0, 360, 100)


@pytest.mark.parametrize(
    ("second", "unread", "text", "status"),
    [
        (numbers(4, 2), [], "42", "number"),  # of which the first reading has but one
        (numbers(4), [Unread(ELSEWHERE, True)], "4", "unsure"),  # what is there may be a digit
        (numbers(4), [Unread(ELSEWHERE, False)], "4", "number"),  # a sign
        (numbers(4, 2, confidence=0.6), [], "4", "unsure"),
        (numbers(9), [], "4", "number"),  # nothing is missing
        ([], [], "4", "number"),
    ],
)
def test_a_sure_number_that_lacks_a_digit_is_not_complete(second, unread, text, status):
    first = read("4")
    first = replace(first, digits=(replace(first.digits[0], box=(0, 0, 60, 100)),))
    found = number(first, Seen([second] if second else [], unread, 500), OPTIONS, MODEL)
    assert (found.text, found.status, found.message is None) == (text, status, status == "number")
    if status == "unsure":
        assert len(found.unread) == 1
