"""What is answered, as a table: classified candidates in, Answer or Number out; no picture and no model."""

import numpy as np
import pytest

from pipeline.answer import Number
from pipeline.recognition.candidates import Candidate, Classified, Line, Piece, Segmentation
from pipeline.recognition.components import Component
from pipeline.recognition.decide import BLANK, NO_DIGIT, DecisionOptions, decide_digit, decide_number
from pipeline.recognition.number_status import BLANK as NO_INK
from pipeline.recognition.over_segmentation import spans

OPTIONS = DecisionOptions(unsure_below=0.7, no_digit_below=0.05)
NO_PICTURE = np.zeros((28, 28), np.uint8)


def component(x: int = 0, width: int = 60, height: int = 100, energy: float = 1.0) -> Component:
    return Component((x, 0, x + width, height), (1,), energy, 0)


def nothing(of: Component, p_digit: float = 0.001) -> Classified:
    """A candidate that looks like no digit."""
    return classified(0, 0.2, p_digit, of)


def classified(
    digit: int, confidence: float, p_digit: float = 1.0, of: Component | None = None, likeness: float = 1.0
) -> Classified:
    """A candidate that is that digit with `confidence`, given that it is one."""
    probabilities = np.full(10, (1 - confidence) / 9, np.float32)
    probabilities[digit] = confidence
    of = of or component()
    return Classified(Candidate(NO_PICTURE, of, of.box), probabilities, p_digit, likeness)


def line(*parts: Component, cut: dict[int, list[Component]] | None = None) -> tuple[Line, dict]:
    """A line of these components, with the candidate's number of each span."""
    pieces = [(cut or {}).get(owner, [part]) for owner, part in enumerate(parts)]
    numbers = {span: number for number, span in enumerate(spans(list(parts), pieces))}
    return Line(parts, tuple(map(tuple, pieces)), numbers), numbers


def number(line: Line, numbers: dict, believed: dict[tuple[Piece, ...], Classified]) -> Number:
    """What a page with one line says in which these spans look like digits, and all others like none."""
    of = [believed.get(span, classified(0, 0.2, 0.001)) for span in numbers]
    return decide_number(Segmentation(300, 100, lines=(line,)), of, OPTIONS, "digits:x")


def read(line: Line, numbers: dict, believed: dict[tuple[Piece, ...], Classified]) -> str:
    """The text of such a page."""
    return number(line, numbers, believed).text


@pytest.mark.parametrize(
    ("confidence", "p_digit", "status", "digit", "message"),
    [
        (0.99, 1.0, "digit", 7, None),
        (0.7001, 1.0, "digit", 7, None),
        (0.6, 1.0, "unsure", 7, None),
        (0.99, 0.5, "unsure", 7, None),
        (0.99, 0.04, "not_a_digit", None, NO_DIGIT),
    ],
)
def test_one_character(confidence, p_digit, status, digit, message):
    answer = decide_digit(Segmentation(9, 9, whole=0), [classified(7, confidence, p_digit)], OPTIONS, "digits:x")
    assert (answer.status, answer.digit, answer.message, answer.model) == (status, digit, message, "digits:x")
    assert answer.confidence == pytest.approx(confidence * p_digit if digit else 0)
    assert answer.seen and answer.seen.startswith("data:image/png;base64,")


def test_an_empty_page_is_blank_and_holds_no_number():
    answer = decide_digit(Segmentation(9, 9), [], OPTIONS, "digits:x")
    assert (answer.status, answer.seen, answer.message) == ("blank", None, BLANK)
    number = decide_number(Segmentation(30, 20), [], OPTIONS, "digits:x")
    assert number == Number("", (), 30, 20, "blank", (), (), NO_INK)


def test_a_digit_that_the_pen_left_in_pieces():
    body, both = classified(6, 0.5), classified(5, 0.9)
    answer = decide_digit(Segmentation(9, 9, whole=0, together=1, several=True), [body, both], OPTIONS, "digits:x")
    assert (answer.status, answer.digit) == ("digit", 5)


def test_a_digit_with_its_underline_is_no_surer_than_the_digit_alone():
    alone, both = classified(7, 0.98, likeness=0.95), classified(2, 0.99, likeness=0.6)
    page = Segmentation(9, 9, whole=0, together=1, several=True)
    assert decide_digit(page, [alone, both], OPTIONS, "digits:x").digit == 7


def several(first: Classified, second: Classified):
    """The answer where two characters stand side by side, the first of which is the most prominent."""
    of_line, numbers = line(first.component, second.component)
    of = {(Piece(0, None),): first, (Piece(1, None),): second}
    rest = [of.get(span, classified(0, 0.2, 0.001)) for span in numbers]
    energy = first.component.energy + second.component.energy
    page = Segmentation(300, 100, whole=0, several=True, lines=(of_line,), energy=energy)
    assert numbers[Piece(0, None),] == 0
    return decide_digit(page, rest, OPTIONS, "digits:x")


def test_two_digits_are_refused_and_named():
    answer = several(classified(4, 0.99), classified(2, 0.99, of=component(100)))
    assert answer.status == "not_a_digit"
    assert answer.message == "There seem to be several digits: 42. Read them as a number (/read), or send one alone."


def test_what_is_no_digit_beside_one_does_not_make_two():
    assert several(classified(4, 0.99), classified(2, 0.99, 0.001, component(100))).digit == 4


def test_what_is_low_beside_a_digit_does_not_make_two():
    assert several(classified(4, 0.99), classified(1, 0.99, of=component(100, 10, height=40))).digit == 4


@pytest.mark.parametrize(("likeness", "digit"), [(0.6, None), (0.4, 4)])
def test_what_the_eye_takes_for_a_sign_does_not_make_two(likeness, digit):
    """A bracket looks like a 1."""
    assert several(classified(4, 0.99), classified(1, 0.99, of=component(100), likeness=likeness)).digit == digit


@pytest.mark.parametrize(("likeness", "digit"), [(0.02, 7), (0.3, 0)])
def test_a_ring_around_a_digit_is_no_0(likeness, digit):
    ring = classified(0, 0.99, of=component(0, 160, 180, energy=5.0), likeness=likeness)
    inside = classified(7, 0.95, of=component(50))
    assert several(ring, inside).digit == digit


def test_a_part_of_a_letter_is_no_digit_but_most_of_the_ink_is():
    letter = classified(4, 0.99, 0.001)
    assert several(letter, classified(1, 0.99, of=component(100, energy=1.0))).status == "not_a_digit"
    assert several(letter, classified(1, 0.99, of=component(100, energy=9.0))).digit == 1


def test_a_wide_character_that_is_no_digit_may_be_two():
    whole = component(0, 120)
    parts = [component(0, 60), component(60, 60)]
    of_line, numbers = line(whole, cut={0: parts})
    of = {(Piece(0, 0),): classified(4, 0.99, of=parts[0]), (Piece(0, 1),): classified(2, 0.99, of=parts[1])}
    rest = [of.get(span, classified(0, 0.2, 0.001, whole)) for span in numbers]
    page = Segmentation(300, 100, whole=numbers[Piece(0, None),], lines=(of_line,), energy=1.0)
    assert "several digits: 42" in (decide_digit(page, rest, OPTIONS, "digits:x").message or "")


def test_a_number_is_read_from_left_to_right():
    parts = component(0), component(100), component(200)
    of_line, numbers = line(*parts)
    believed = {(Piece(i, None),): classified(digit, 0.9) for i, digit in enumerate((4, 0, 7))}
    assert read(of_line, numbers, believed) == "407"


def test_a_component_is_cut_where_it_is_no_clear_digit():
    parts = [component(0, 60), component(60, 60)]
    of_line, numbers = line(component(0, 120), cut={0: parts})
    halves = {(Piece(0, 0),): classified(4, 0.9), (Piece(0, 1),): classified(2, 0.9)}
    assert read(of_line, numbers, halves) == "42"
    assert read(of_line, numbers, {**halves, (Piece(0, None),): classified(8, 0.6)}) == "8"  # from 0.5 on it is whole


def test_parts_that_the_pen_left_apart_are_joined_where_that_is_believed_more():
    of_line, numbers = line(component(0, 50), component(60, 50))
    apart = {(Piece(0, None),): classified(1, 0.9), (Piece(1, None),): classified(1, 0.9)}
    both = {(Piece(0, None), Piece(1, None)): classified(4, 0.9)}
    assert read(of_line, numbers, apart | both) == "11"
    doubted = {span: classified(1, 0.3) for span in apart}
    assert read(of_line, numbers, doubted | both) == "4"


def test_what_looks_like_nothing_is_left_out():
    of_line, numbers = line(component(0), component(100), component(200))
    believed = {(Piece(0, None),): classified(4, 0.9), (Piece(2, None),): classified(2, 0.9)}
    assert read(of_line, numbers, believed) == "42"


THREE = component(0), component(100), component(200)
FOUR_AND_TWO = {(Piece(0, None),): classified(4, 0.9), (Piece(2, None),): classified(2, 0.9)}


@pytest.mark.parametrize(
    ("digit", "likeness", "text"),
    [(1, 0.02, "47"), (1, 0.3, "417"), (5, 0.2, "457"), (5, 0.02, "47")],
    ids=["a slash", "a 1", "a 5", "a letter"],
)
def test_a_sign_is_left_out_where_the_eye_takes_it_for_one(digit, likeness, text):
    of_line, numbers = line(component(), component(100, 20), component(200))
    found = number(
        of_line,
        numbers,
        {
            (Piece(0, None),): classified(4, 0.99),
            (Piece(1, None),): classified(digit, 0.99, of=component(100, 20), likeness=likeness),
            (Piece(2, None),): classified(7, 0.99, of=component(200)),
        },
    )
    assert (found.text, found.status, len(found.unread)) == (text, "number", 3 - len(text))


def test_what_is_left_out_as_a_sign_but_is_not_surely_one_leaves_a_doubt():
    of_line, numbers = line(component(), component(100, 20))
    of = {
        (Piece(0, None),): classified(4, 0.99),
        (Piece(1, None),): classified(1, 0.99, of=component(100, 20), likeness=0.15),
    }
    found = number(of_line, numbers, of)
    assert (found.text, found.status, len(found.unread)) == ("4", "unsure", 1)


@pytest.mark.parametrize(
    ("width", "p_digit", "status"),
    [
        (60, 0.001, "number"),
        (60, 0.0499, "number"),
        (60, 0.05, "unsure"),  # from here on /predict would call it a digit
        (120, 0.001, "unsure"),  # wider than high: digits that touch look like none
    ],
)
def test_what_is_unread_makes_a_number_unsure_where_it_may_be_a_digit(width, p_digit, status):
    between = component(100, width)
    of_line, numbers = line(THREE[0], between, THREE[2])
    found = number(of_line, numbers, {**FOUR_AND_TWO, (Piece(1, None),): nothing(between, p_digit)})
    assert (found.text, found.lines, found.unread, found.status) == ("42", ("42",), (between.box,), status)
    assert (found.message is None) == (status == "number")


def test_a_sure_number_and_one_with_an_unsure_digit():
    of_line, numbers = line(THREE[0], THREE[1])
    sure = {(Piece(0, None),): classified(4, 0.9), (Piece(1, None),): classified(0, 0.9)}
    assert number(of_line, numbers, sure).status == "number"
    found = number(of_line, numbers, {**sure, (Piece(1, None),): classified(0, 0.6)})
    assert (found.text, found.status, found.message) == ("40", "unsure", "1 of 2 digits is unsure.")


def test_a_component_that_is_left_out_in_pieces_is_unread_once():
    letter = component(100, 80)
    parts = [component(100, 40), component(140, 40)]
    of_line, numbers = line(THREE[0], letter, THREE[2], cut={1: parts})
    pieces = {(Piece(1, None),): nothing(letter)}
    pieces |= {(Piece(1, part),): nothing(of) for part, of in enumerate(parts)}
    assert number(of_line, numbers, {**FOUR_AND_TWO, **pieces}).unread == (letter.box,)


def test_of_a_component_of_which_a_digit_was_read_the_rest_is_unread():
    whole, parts = component(0, 120), [component(0, 60), component(60, 60)]
    of_line, numbers = line(whole, cut={0: parts})
    pieces = {(Piece(0, 0),): classified(4, 0.99, of=parts[0]), (Piece(0, 1),): nothing(parts[1])}
    found = number(of_line, numbers, pieces)
    assert (found.text, found.unread) == ("4", (parts[1].box,))


def test_each_line_by_itself_and_what_is_in_none():
    boxes = [component(0), component(100), component(0), component(150, 10, 10)]
    of = [classified(4, 0.9, of=boxes[0]), classified(0, 0.9, of=boxes[1]), nothing(boxes[2]), nothing(boxes[3])]
    lines = [
        Line((each,), ((each,),), {(Piece(0, None),): index})
        for index, each in ((0, boxes[0]), (2, boxes[2]), (1, boxes[1]))
    ]
    page = Segmentation(300, 300, lines=tuple(lines), apart=(3,))
    found = decide_number(page, of, OPTIONS, "digits:x")
    assert (found.text, found.lines) == ("40", ("4", "0"))  # a line of letters is no line of the number
    assert (found.unread, found.status) == ((boxes[2].box, boxes[3].box), "number")


def test_ink_without_a_digit_is_no_number():
    of_line, numbers = line(component(0))
    found = number(of_line, numbers, {(Piece(0, None),): nothing(component(0))})
    assert (found.text, found.lines, found.status) == ("", (), "not_a_number")
    assert found.unread == (component(0).box,)
