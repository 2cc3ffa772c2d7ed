"""What is answered, as a table: verified candidates in, Answer or Number out; no picture and no model."""

import numpy as np
import pytest

from pipeline.answer import Answer, Number
from pipeline.recognition.candidates import Candidate, Classified
from pipeline.recognition.components import Component
from pipeline.recognition.decide import BLANK, NO_DIGIT, Decision, DecisionOptions, decide_digit, decide_number
from pipeline.recognition.number_status import BLANK as NO_INK
from pipeline.recognition.number_status import NO_DIGITS

OPTIONS = DecisionOptions(unsure_below=0.7, no_digit_below=0.05)
NO_PICTURE = np.zeros((28, 28), np.uint8)
SIZE = 300, 100


def verified(
    digit: int, p_digit: float = 0.99, x: int = 0, *, y: int = 0, width: int = 60, height: int = 100,
    share: float = 0.99,
) -> Classified:  # fmt: skip
    """A candidate full of ink, which is that digit by `share` if it is one."""
    probabilities = np.full(10, (1 - share) / 9, np.float32)
    probabilities[digit] = share
    component = Component((x, y, x + width, y + height), (1,), 1.0, 0)
    own = np.ones((height, width), bool)
    return Classified(Candidate(NO_PICTURE, component, component.box, own), probabilities, 1.0, p_digit)


def decided(*found: Classified) -> Decision:
    return decide_digit(found[0] if found else None, found, OPTIONS, "digits:x")


def digit(*found: Classified) -> Answer:
    return decided(*found).answer


def number(*found: Classified, writings=(), inked: bool = True) -> Number:
    return decide_number(found, writings, SIZE, inked, OPTIONS, "digits:x").number


@pytest.mark.parametrize(
    ("share", "p_digit", "status", "label", "message"),
    [
        (0.99, 1.0, "digit", 7, None),
        (0.7001, 1.0, "digit", 7, None),
        (0.6, 1.0, "unsure", 7, None),
        (0.99, 0.86, "digit", 7, None),
        (0.99, 0.84, "unsure", 7, None),  # by what is known of the page
        (0.99, 0.5, "unsure", 7, None),
        (0.99, 0.04, "not_a_digit", None, NO_DIGIT),
    ],
)
def test_one_character(share, p_digit, status, label, message):
    answer = digit(verified(7, p_digit, share=share))
    assert (answer.status, answer.digit, answer.message, answer.model) == (status, label, message, "digits:x")
    assert answer.confidence == pytest.approx(share * p_digit if label else 0)
    assert answer.seen and answer.seen.startswith("data:image/png;base64,")


def test_an_empty_page_is_blank_and_holds_no_number():
    answer = digit()
    assert (answer.status, answer.seen, answer.message) == ("blank", None, BLANK)
    assert number(inked=False) == Number("", (), *SIZE, "blank", (), (), NO_INK)


def test_dirt_that_the_eye_takes_for_writing_leaves_a_page_blank():
    assert number(verified(1, 0.2), writings=[(5, 5, 9, 9)], inked=False).status == "blank"
    assert decide_digit(None, [verified(1, 0.2)], OPTIONS, "digits:x").answer.status == "blank"


def test_what_only_the_eye_sees_counts_where_it_is_likely_a_digit():
    assert number(verified(4, 0.9), inked=False).text == "4"
    assert decide_digit(None, [verified(4, 0.9)], OPTIONS, "digits:x").answer.digit == 4


def test_a_digit_that_the_pen_left_in_pieces():
    body, both = verified(6, 0.6), verified(5, 0.97, width=80)
    assert digit(body, both).digit == 5


def test_a_digit_with_its_underline_is_no_surer_than_the_digit_alone():
    both, alone = verified(2, 0.3, height=130), verified(7, 0.98)
    assert digit(both, alone).digit == 7


def test_two_digits_are_refused_and_named_in_reading_order():
    answer = digit(verified(2, x=100), verified(4))
    assert answer.status == "not_a_digit"
    assert answer.message == "There seem to be several digits: 42. Read them as a number (/read), or send one alone."


@pytest.mark.parametrize("p_digit", [0.001, 0.49])
def test_what_is_no_digit_beside_one_does_not_make_two(p_digit):
    assert digit(verified(4), verified(2, p_digit, 100)).digit == 4


@pytest.mark.parametrize(("height", "several"), [(49, False), (51, True)])
def test_what_is_low_beside_a_digit_does_not_make_two(height, several):
    answer = digit(verified(4), verified(0, x=100, height=height))
    assert ("several digits: 40" in (answer.message or "")) == several
    assert answer.digit == (None if several else 4)


@pytest.mark.parametrize(("p_one", "several"), [(0.89, False), (0.91, True)])
def test_one_digit_is_expected_a_second_must_be_likely(p_one, several):
    """A bracket or a slash may be a 1."""
    answer = digit(verified(1, p_one, 100), verified(7))
    assert ("several digits: 71" in (answer.message or "")) == several
    assert answer.digit == (None if several else 7)


def test_what_leaves_no_doubt():
    assert decided(verified(4)).settled
    assert decided(verified(4), verified(2, x=100)).settled
    assert not decided(verified(4, 0.6)).settled
    assert not decided(verified(4, 0.01)).settled
    assert not decided().settled


def test_where_no_digit_is_likely_the_main_character_is_answered_with():
    assert digit(verified(4, 0.4), verified(5, 0.45, 100)).status == "unsure"
    assert digit(verified(4, 0.01), verified(5, 0.02, 100)).status == "not_a_digit"


def test_a_number_is_read_from_left_to_right():
    read = number(verified(2, x=100), verified(4), verified(7, x=200))
    assert (read.text, read.lines, read.status, read.unread, read.message) == ("427", ("427",), "number", (), None)
    assert [each.box for each in read.digits] == [(0, 0, 60, 100), (100, 0, 160, 100), (200, 0, 260, 100)]
    assert (read.width, read.height) == SIZE


def test_lines_are_read_from_top_to_bottom():
    assert number(verified(2, y=200), verified(4), verified(7, x=100, y=200)).lines == ("4", "27")


def test_touching_digits_are_what_their_pieces_say_or_their_whole():
    whole, left, right = verified(8, 0.7, width=120), verified(1, 0.9), verified(3, 0.9, 60)
    assert number(whole, left, right).text == "13"
    assert number(verified(8, 0.99, width=120), verified(1, 0.6), verified(3, 0.6, 60)).text == "8"


def test_a_digit_below_the_threshold_makes_a_number_unsure():
    read = number(verified(4), verified(2, x=100, share=0.6))
    assert (read.text, read.status, read.message) == ("42", "unsure", "1 of 2 digits is unsure.")


@pytest.mark.parametrize(
    ("p_digit", "status"), [(0.001, "number"), (0.09, "number"), (0.11, "unsure"), (0.49, "unsure")]
)
def test_what_may_be_a_digit_and_was_not_read_is_said(p_digit, status):
    read = number(verified(4), verified(2, p_digit, 100))
    assert (read.text, read.status, read.unread) == ("4", status, ((100, 0, 160, 100),))


def test_what_was_not_read_is_told_once():
    left, right, whole = verified(1, 0.2, 100), verified(1, 0.1, 130, width=30), verified(0, 0.3, 100, width=70)
    assert number(verified(4), left, right, whole).unread == ((100, 0, 170, 100),)


def test_other_writing_is_told_but_where_it_was_read():
    read = number(verified(4), writings=[(10, 10, 20, 20), (200, 10, 220, 60)])
    assert (read.text, read.status, read.unread) == ("4", "number", ((200, 10, 220, 60),))


def test_a_page_without_digits_is_no_number():
    read = number(verified(4, 0.01), writings=[(200, 10, 220, 60)])
    assert (read.status, read.text, read.message) == ("not_a_number", "", NO_DIGITS)
    assert read.unread == ((0, 0, 60, 100), (200, 10, 220, 60))
