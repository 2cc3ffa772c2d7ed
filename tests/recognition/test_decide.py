"""What is answered, as a table: classified candidates in, Answer or Number out; no picture and no model."""

import numpy as np
import pytest

from pipeline.answer import Answer, Box, Number
from pipeline.recognition.candidates import Candidate, Classified, Segmentation
from pipeline.recognition.decide import BLANK, NO_DIGIT, DecisionOptions, decide_digit, decide_number, status
from pipeline.recognition.number_status import BLANK as NO_INK
from pipeline.recognition.number_status import NO_DIGITS

OPTIONS = DecisionOptions(unsure_below=0.7, no_digit_below=0.05)
NO_PICTURE = np.zeros((28, 28), np.uint8)
SEVERAL = "There seem to be several digits: {}. Read them as a number (/read), or send one alone."


def classified(
    digit: int, confidence: float = 0.99, p_digit: float = 1.0, x: int = 0, height: int = 100, eye: float = 0.9
) -> Classified:
    """A candidate that is that digit with `confidence`, given that it is one; `x` pixels from the left."""
    probabilities = np.full(10, (1 - confidence) / 9, np.float32)
    probabilities[digit] = confidence
    return Classified(Candidate(NO_PICTURE, (x, 0, x + 60, height), eye), probabilities, p_digit)


def nothing(x: int = 0, p_digit: float = 0.001, eye: float = 0.0, height: int = 100) -> Classified:
    """A candidate that looks like no digit."""
    return classified(0, 0.2, p_digit, x, height, eye)


Choice = Classified | tuple[Classified, ...]


def page(*lines: tuple[Choice, ...], unread: tuple[Box, ...] = (), together: Classified | None = None):
    """The segmentation of a page with these lines of digits, each one candidate or several, and all classified."""
    every: list[Classified] = []
    rows = []
    for line in lines:
        row = []
        for digit in line:
            choice = digit if isinstance(digit, tuple) else (digit,)
            row.append(tuple(range(len(every), len(every) + len(choice))))
            every += choice
        rows.append(tuple(row))
    place = len(every) if together else None
    every += [together] if together else []
    candidates = tuple(each.candidate for each in every)
    return Segmentation(300, 100, candidates, tuple(rows), place, unread), every


def digit_of(*lines, **kinds) -> Answer:
    """The answer to a page as a picture of one digit."""
    return decide_digit(*page(*lines, **kinds), OPTIONS, "digits:x")


def number_of(*lines, **kinds) -> Number:
    return decide_number(*page(*lines, **kinds), OPTIONS, "digits:x")


def box(x: int, height: int = 100) -> Box:
    return x, 0, x + 60, height


def test_of_the_candidates_of_one_digit_the_one_with_the_most_evidence_is_read():
    choice = (classified(3, 0.6), classified(8, 0.97), nothing())
    assert (digit_of((choice,)).digit, digit_of((choice,)).confidence) == (8, pytest.approx(0.97))
    assert number_of((choice, classified(1, x=100))).text == "81"


TABLE = [
    (0.99, 1.0, "digit", 7, None),
    (0.7001, 1.0, "digit", 7, None),
    (0.6, 1.0, "unsure", 7, None),
    (0.99, 0.5, "unsure", 7, None),
    (0.99, 0.0501, "unsure", 7, None),
    (0.99, 0.04, "not_a_digit", None, NO_DIGIT),
]


@pytest.mark.parametrize(("confidence", "p_digit", "expected", "digit", "message"), TABLE)
def test_one_digit(confidence, p_digit, expected, digit, message):
    answer = digit_of((classified(7, confidence, p_digit),))
    assert (answer.status, answer.digit, answer.message, answer.model) == (expected, digit, message, "digits:x")
    assert answer.confidence == pytest.approx(confidence * p_digit if digit else 0)
    assert answer.probabilities[7] == pytest.approx(confidence)
    assert answer.seen and answer.seen.startswith("data:image/png;base64,")


@pytest.mark.parametrize(("confidence", "p_digit", "expected"), [row[:3] for row in TABLE])
def test_the_status_of_a_candidate(confidence, p_digit, expected):
    assert status(classified(7, confidence, p_digit), OPTIONS) == expected


def test_an_empty_page_is_blank_and_holds_no_number():
    answer = decide_digit(Segmentation(9, 9), [], OPTIONS, "digits:x")
    assert (answer.status, answer.digit, answer.seen, answer.message) == ("blank", None, None, BLANK)
    assert (answer.confidence, answer.probabilities) == (0, (0.1,) * 10)
    number = decide_number(Segmentation(30, 20), [], OPTIONS, "digits:x")
    assert number == Number("", (), 30, 20, "blank", (), (), NO_INK)


def test_a_digit_that_the_pen_left_in_pieces():
    """Both pieces pass for doubtful digits; together they are a sure one."""
    pieces = classified(6, 0.5), classified(1, 0.6, x=70)
    answer = digit_of(pieces, together=classified(5, 0.9))
    assert (answer.status, answer.digit) == ("digit", 5)
    apart = digit_of(pieces, together=classified(5, 0.2))  # no surer than what they are apart
    assert (apart.status, apart.message) == ("not_a_digit", SEVERAL.format("61"))


def test_pieces_that_look_like_nothing_are_what_they_are_together():
    pieces = nothing(0, eye=0.5), nothing(70, eye=0.5)
    assert digit_of(pieces, together=classified(5, 0.9)).digit == 5
    assert digit_of(pieces, together=classified(5, 0.6)).status == "unsure"
    none = digit_of(pieces, together=nothing())
    assert (none.status, none.message) == ("not_a_digit", NO_DIGIT)


def test_two_sure_digits_are_not_taken_together():
    answer = digit_of((classified(1), classified(1, x=70)), together=classified(4, 0.9))
    assert (answer.status, answer.message) == ("not_a_digit", SEVERAL.format("11"))


@pytest.mark.parametrize(
    ("lines", "text"),
    [
        ([(classified(4), classified(2, x=100))], "42"),
        ([(classified(4), classified(2, x=100), classified(0, x=200))], "420"),
        ([(classified(4),), (classified(2),)], "42"),
        ([(classified(4), classified(2, 0.4, x=100))], "42"),  # an unsure one counts as well
    ],
    ids=["two", "three", "two lines", "one unsure"],
)
def test_several_digits_are_refused_and_named(lines, text):
    answer = digit_of(*lines)
    assert (answer.status, answer.digit, answer.confidence) == ("not_a_digit", None, 0)
    assert answer.message == SEVERAL.format(text)


@pytest.mark.parametrize("beside", [nothing(100), nothing(100, eye=0.9)], ids=["unseen", "seen"])
def test_what_is_no_digit_beside_one_does_not_make_two(beside):
    for line in ((classified(4), beside), (beside, classified(4))):
        answer = digit_of(line)
        assert (answer.status, answer.digit, answer.message) == ("digit", 4, None)


def test_other_writing_beside_a_digit_does_not_make_two():
    answer = digit_of((classified(4),), unread=(box(100), box(200)))
    assert (answer.status, answer.digit) == ("digit", 4)


@pytest.mark.parametrize(("height", "digit"), [(20, 4), (40, 4), (80, None)])
def test_what_is_low_beside_a_digit_does_not_make_two(height, digit):
    assert digit_of((classified(4), classified(1, x=100, height=height))).digit == digit


def test_ink_that_is_no_digit():
    """Shown is what would soonest have been taken for one."""
    for line in ((nothing(0, 0.001, eye=0.9), nothing(100, 0.04, eye=0.5)), (nothing(0, 0.03, eye=0.9),)):
        answer = digit_of(line)
        assert (answer.status, answer.digit, answer.message) == ("not_a_digit", None, NO_DIGIT)
        assert answer.seen == max(line, key=lambda each: each.candidate.eye * each.p_digit).candidate.seen


def test_writing_that_the_network_takes_for_no_digit_either():
    answer = digit_of(together=nothing(), unread=(box(0),))
    assert (answer.status, answer.digit, answer.message) == ("not_a_digit", None, NO_DIGIT)


@pytest.mark.parametrize(("eye", "expected"), [(0.9, "digit"), (0.5, "unsure"), (0.1, "unsure")])
def test_what_the_eye_says_against_writing_counts(eye, expected):
    """The network takes it for a 6."""
    answer = digit_of(together=classified(6, 0.99, eye=eye), unread=(box(0),))
    assert (answer.status, answer.digit) == (expected, 6)
    assert answer.confidence == pytest.approx(0.99 * eye)


def test_a_number_is_read_line_by_line_from_left_to_right():
    found = number_of((classified(4), classified(0, x=100)), (classified(7, x=50),))
    assert (found.text, found.lines, found.status, found.message) == ("407", ("40", "7"), "number", None)
    assert [each.box for each in found.digits] == [box(0), box(100), box(50)]
    assert [each.digit for each in found.digits] == [4, 0, 7]
    assert (found.width, found.height, found.unread) == (300, 100, ())


def test_a_number_of_one_digit_is_that_digit():
    found = number_of((classified(7),))
    (digit,) = found.digits
    assert (found.text, found.lines, found.status) == ("7", ("7",), "number")
    assert digit.confidence == pytest.approx(0.99)
    assert (digit.status, digit.model) == ("digit", "digits:x")


def test_an_unsure_digit_makes_a_number_unsure_and_is_read_all_the_same():
    found = number_of((classified(4), classified(0, 0.6, x=100)))
    assert (found.text, found.status, found.message) == ("40", "unsure", "1 of 2 digits is unsure.")
    assert [each.status for each in found.digits] == ["digit", "unsure"]


@pytest.mark.parametrize(
    ("p_digit", "text", "unread"), [(0.001, "42", (box(100),)), (0.0499, "42", (box(100),)), (0.05, "402", ())]
)
def test_what_looks_like_nothing_is_unread_and_from_the_threshold_on_it_is_a_digit(p_digit, text, unread):
    """What the eye took for a digit may be one, however little the network thinks of it."""
    found = number_of((classified(4), nothing(100, p_digit, eye=0.9), classified(2, x=200)))
    assert (found.text, found.unread, found.status) == (text, unread, "unsure")


def test_other_writing_is_unread_and_leaves_a_number_sure():
    found = number_of((classified(4), classified(2, x=200)), unread=(box(100), box(150)))
    assert (found.text, found.unread, found.status, found.message) == ("42", (box(100), box(150)), "number", None)


def test_the_two_kinds_of_what_is_unread_are_told_apart():
    found = number_of((classified(4), nothing(100, eye=0.9)), unread=(box(150), box(200)))
    assert (found.status, found.unread) == ("unsure", (box(100), box(150), box(200)))
    assert found.message == "Something at 3 places was not read, of which 1 may be a digit."


def test_a_line_without_a_digit_is_no_line_of_the_number():
    found = number_of((classified(4),), (nothing(0),), (classified(0),))
    assert (found.text, found.lines, len(found.unread)) == ("40", ("4", "0"), 1)


def test_what_is_together_is_no_digit_of_a_number():
    found = number_of((classified(1), classified(1, x=100)), together=classified(4))
    assert (found.text, found.unread) == ("11", ())


def test_ink_without_a_digit_is_no_number():
    for together in (None, nothing()):  # what could not be fitted is ink all the same
        found = number_of(together=together, unread=(box(0),))
        assert (found.text, found.lines, found.digits, found.status) == ("", (), (), "not_a_number")
        assert (found.message, found.unread) == (NO_DIGITS, (box(0),))
    perhaps = number_of((nothing(0, eye=0.9),))
    assert perhaps.status == "not_a_number"
    assert perhaps.message == (
        "No digit was read, but something at 1 place may be one. Send a picture with handwritten digits."
    )
