"""Whole answers by the shipped model: a digit, a blank page, no digit, several digits; and numbers with their boxes."""

from dataclasses import replace

import cv2
import numpy as np
import pytest
from drawings import (
    BLACK,
    FIVE_BAR,
    FIVE_BODY,
    FOUR,
    SEVEN,
    ZERO,
    bitmap_touching_the_border,
    draw,
    drawn,
    enlarged,
    number,
    page,
    save,
    write,
    written,
)
from PIL import Image

from pipeline.answer import Answer, Number
from pipeline.evaluation.outcomes import sample
from pipeline.evaluation.pages.kinds import page as page_of_kind
from pipeline.recognition.decide import BLANK, NO_DIGIT, Decision, Reading, blank
from pipeline.recognition.number_status import BLANK as NO_INK
from pipeline.recognition.number_status import NO_DIGITS
from pipeline.recognition.recogniser import _most_evident, _most_settled

T = np.linspace(0, 2 * np.pi, 40)
FACE = np.stack([0.5 + 0.4 * np.cos(T), 0.5 + 0.4 * np.sin(T)], 1)
MOUTH = np.stack([0.5 + 0.2 * np.cos(T[:20]), 0.55 + 0.15 * np.sin(T[:20])], 1)
NOT_DIGITS = {
    "smiley": [FACE, MOUTH, [(0.37, 0.35), (0.37, 0.42)], [(0.63, 0.35), (0.63, 0.42)]],
    "scribble": [np.random.default_rng(5).uniform(0.1, 0.9, (25, 2))],
    "A": [[(0.2, 0.9), (0.5, 0.1), (0.8, 0.9)], [(0.32, 0.6), (0.68, 0.6)]],
    "K": [[(0.3, 0.1), (0.3, 0.9)], [(0.75, 0.1), (0.3, 0.5), (0.78, 0.9)]],
    "M": [[(0.15, 0.9), (0.2, 0.1), (0.5, 0.6), (0.8, 0.1), (0.85, 0.9)]],
    "W": [[(0.1, 0.1), (0.3, 0.9), (0.5, 0.3), (0.7, 0.9), (0.9, 0.1)]],
    "#": [[(0.35, 0.1), (0.3, 0.9)], [(0.65, 0.1), (0.6, 0.9)], [(0.1, 0.35), (0.9, 0.35)], [(0.1, 0.65), (0.9, 0.65)]],
    "star": [[(0.5 + 0.4 * np.sin(4 * np.pi * i / 5), 0.5 - 0.4 * np.cos(4 * np.pi * i / 5)) for i in range(6)]],
}


@pytest.mark.parametrize("label", range(10))
def test_a_digit(test_digit, recogniser, label):
    for picture in (test_digit(label), 255 - test_digit(label), written(test_digit(label))):
        answer = recogniser.recognise(save(picture))
        assert (answer.status, answer.digit, answer.message) == ("digit", label, None)
        assert answer.confidence >= recogniser.options.unsure_below
        assert sum(answer.probabilities) == pytest.approx(1, abs=1e-5)
        assert answer.seen.startswith("data:image/png;base64,")


@pytest.mark.parametrize(
    ("strokes", "digit"), [(FOUR, 4), (SEVEN, 7), (ZERO, 0), ([FIVE_BODY, FIVE_BAR], 5)], ids=["4", "7", "0", "5"]
)
@pytest.mark.parametrize("pen", [3, 12, 30])
def test_a_digit_drawn_with_any_pen(recogniser, strokes, digit, pen):
    assert recogniser.recognise(save(drawn(strokes, pen))).digit == digit


@pytest.mark.parametrize("side", [18, 28, 40, 100, 500, 2000])
def test_a_digit_of_any_size(test_digit, recogniser, side):
    for label in (0, 3, 6):
        picture = np.pad(enlarged(test_digit(label), side), side // 4)
        assert recogniser.recognise(save(picture)).digit == label


@pytest.mark.parametrize("side", [16, 28, 32])
def test_a_tiny_picture(test_digit, recogniser, side):
    picture = bitmap_touching_the_border(test_digit(3), side)
    for tiny in (picture, 255 - picture):
        assert recogniser.recognise(save(tiny)).digit == 3


@pytest.mark.parametrize("label", range(10))
def test_the_bits_of_a_digit_that_fills_a_tiny_picture(test_digit, recogniser, label):
    """Where there is no room for a second digit, all ink is one: what the classifier reads in MNIST's own form."""
    for row in range(8, 20):
        broken = test_digit(label).copy()
        broken[row : row + 2] = 0
        (probabilities,), (p_digit,) = recogniser.model.classify(broken[None])
        if probabilities[label] * p_digit >= 0.9:
            assert recogniser.recognise(save(broken)).digit == label


def test_two_digits_on_a_tiny_picture(test_digit, recogniser):
    answer = recogniser.recognise(save(np.hstack([test_digit(4), test_digit(7)])))
    assert (answer.status, answer.digit) == ("not_a_digit", None)
    assert "47" in answer.message


def test_a_blank_page(recogniser):
    answer = recogniser.recognise(save(page()))
    assert (answer.status, answer.digit, answer.confidence, answer.seen) == ("blank", None, 0.0, None)
    assert answer.probabilities == (0.1,) * 10
    assert answer.message == BLANK
    number = recogniser.read(save(page(200, 300)))
    assert number == Number("", (), 300, 200, "blank", (), (), NO_INK)


@pytest.mark.parametrize("name", NOT_DIGITS)
def test_what_is_no_digit(recogniser, name):
    answer = recogniser.recognise(save(drawn(NOT_DIGITS[name], 10)))
    assert (answer.status, answer.digit, answer.confidence) == ("not_a_digit", None, 0.0)
    assert answer.message == NO_DIGIT
    assert answer.seen is not None


@pytest.mark.parametrize("labels", [(4, 2), (1, 7, 3)], ids=str)
def test_several_digits_are_no_digit_and_the_message_names_what_reads_them(test_digit, recogniser, labels):
    text = "".join(map(str, labels))
    side_by_side = np.hstack([test_digit(label) for label in labels])
    for picture in (side_by_side, number([test_digit(label) for label in labels])):
        answer = recogniser.recognise(save(picture))
        assert (answer.status, answer.digit) == ("not_a_digit", None)
        assert (
            answer.message
            == f"There seem to be several digits: {text}. Read them as a number (/read), or send one alone."
        )


@pytest.mark.parametrize(
    "layout",
    [{}, {"gap": 60}, {"slant": 15}, {"slant": -10, "top": 100}, {"side": 60}],
    ids=["close", "spaced", "falling", "rising", "small"],
)
def test_a_number(test_digit, recogniser, layout):
    read = recogniser.read(save(number([test_digit(label) for label in (4, 0, 7, 1, 3)], **layout)))
    assert read.text == "40713"
    assert read.text == "".join(str(digit.digit) for digit in read.digits)
    assert all(digit.status in ("digit", "unsure") for digit in read.digits)


def test_two_lines(test_digit, recogniser):
    upper, lower = (number([test_digit(label) for label in part], height=160) for part in ((4, 0, 7), (1, 2, 9)))
    width = max(upper.shape[1], lower.shape[1])
    both = [np.pad(part, ((0, 0), (0, width - part.shape[1]), (0, 0)), constant_values=255) for part in (upper, lower)]
    read = recogniser.read(save(np.vstack(both)))
    assert (read.text, read.lines, read.status) == ("407129", ("407", "129"), "number")


def test_touching_digits(test_digit, recogniser):
    for labels in ((3, 0), (2, 6)):
        picture = number([test_digit(label) for label in labels], gap=-4)
        assert recogniser.read(save(picture)).text == "".join(map(str, labels))


def test_one_digit_is_a_number_too(test_digit, recogniser):
    assert recogniser.read(save(test_digit(7))).text == "7"


@pytest.mark.parametrize("turned", [False, True], ids=["upright", "on its side"])
@pytest.mark.parametrize("scale", [1, 4])
def test_boxes_are_where_a_person_sees_the_digits(test_digit, recogniser, scale, turned):
    upright, expected = page(200 * scale, 400 * scale), []
    for i, label in enumerate((6, 2, 9)):
        alone = write(page(*upright.shape[:2]), test_digit(label), (20 + 125 * i) * scale, 40 * scale, 110 * scale)
        upright = np.minimum(upright, alone)
        x, y, width, height = cv2.boundingRect((alone[..., 0] < 128).astype(np.uint8))
        expected.append((x, y, x + width, y + height))
    picture, exif = Image.fromarray(upright), Image.Exif()
    if turned:
        exif[0x0112] = 6
        picture = picture.transpose(Image.Transpose.ROTATE_90)
    read = recogniser.read(save(picture, "JPEG", exif=exif, quality=95))
    assert (read.text, read.width, read.height) == ("629", 400 * scale, 200 * scale)
    for digit, box in zip(read.digits, expected, strict=True):
        assert digit.box == pytest.approx(box, abs=3 * scale)


def test_a_line_below_a_digit_is_no_digit_of_a_number(test_digit, recogniser):
    picture = number([test_digit(4), test_digit(2)])
    picture = cv2.line(picture, (20, 180), (picture.shape[1] - 20, 175), BLACK, 5)
    assert recogniser.read(save(picture)).text == "42"


def test_letters_between_digits_are_left_out(test_digit, recogniser):
    picture = page(200, 500)
    write(picture, test_digit(4), 20, 40, 120)
    draw(picture, NOT_DIGITS["K"], 190, 40, 110, 7)
    write(picture, test_digit(2), 340, 40, 120)
    read = recogniser.read(save(picture))
    assert (read.text, read.status, read.message) == ("42", "number", None)
    (unread,) = read.unread
    assert unread == pytest.approx((190 + 33, 40 + 11, 190 + 86, 40 + 99), abs=8)


def test_writing_too_small_for_the_line_is_unread(test_digit, recogniser):
    """A point is not told from a small digit by the network, but by the eye."""
    picture = page(200, 500)
    for label, x in ((3, 20), (1, 160), (4, 260)):
        write(picture, test_digit(label), x, 40, 120)
    minus = draw(picture.copy(), [[(0, 0.5), (1, 0.45)]], 420, 90, 50, 9)
    read = recogniser.read(save(minus))
    assert (read.text, read.status, len(read.unread)) == ("314", "number", 1)
    point = cv2.circle(picture.copy(), (150, 150), 5, BLACK, -1, cv2.LINE_AA)
    read = recogniser.read(save(point))
    assert (read.text, read.status, read.message) == ("314", "number", None)
    [point] = read.unread
    assert point == pytest.approx((145, 145, 156, 156), abs=10)


@pytest.mark.parametrize("name", ["K", "scribble"])
def test_ink_without_a_digit_is_no_number(recogniser, name):
    read = recogniser.read(save(drawn(NOT_DIGITS[name], 10)))
    assert (read.text, read.digits, read.lines, read.status, read.message) == ("", (), (), "not_a_number", NO_DIGITS)
    assert len(read.unread) == 1


def test_digits_that_cannot_be_separated_are_no_sure_number(test_digit, recogniser):
    """A heap of digits over each other beside a digit."""
    picture = write(page(200, 500), test_digit(4), 20, 40, 120)
    for label, x in ((3, 200), (8, 230), (6, 265)):
        write(picture, test_digit(label), x, 40, 120)
    read = recogniser.read(save(picture))
    assert (read.text[0], read.status) == ("4", "unsure"), read
    assert read.message


@pytest.mark.parametrize(
    ("kind", "index"),
    [*(("light ink on sticker", index) for index in (11, 14, 18, 20, 21, 22)), ("cropped to the ink", 1),
     ("cropped to the ink", 2), ("cropped to the ink", 7)],
)  # fmt: skip
def test_what_else_may_be_the_ink_is_looked_at(splits, recogniser, kind, index):
    """To what is likeliest the ink these stickers are ink themselves, and these digits are a shadow."""
    digits = sample(splits.validation, 1000)
    drawn = page_of_kind(kind, index, digits)
    assert str(recogniser.recognise(drawn.file).digit) == drawn.expected


def decisions(*found: Decision, asked: list[int]):
    for place, each in enumerate(found):
        asked.append(place)
        yield each


@pytest.fixture(scope="module")
def answers(test_digit, recogniser) -> dict[str, Answer]:
    """By status, and 'other' and 'unlikely' more that are unsure."""
    sure = recogniser.recognise(save(test_digit(7)))
    return {
        "digit": sure,
        "unlikely": replace(sure, status="unsure", confidence=0.4),
        "unsure": replace(sure, status="unsure", confidence=0.6),
        "other": replace(sure, status="unsure", digit=2, confidence=0.7),
        "not_a_digit": replace(sure, status="not_a_digit", digit=None, confidence=0.0),
        "blank": blank("digits:x"),
    }


@pytest.mark.parametrize(
    ("names", "chosen", "looked_at"),
    [
        (["digit", "other"], "digit", 1),
        (["unsure", "digit"], "digit", 2),
        (["not_a_digit", "other", "digit"], "digit", 3),
        (["unsure", "other"], "unsure", 2),
        (["unlikely", "other"], "other", 2),
        (["not_a_digit", "unlikely"], "unlikely", 2),
        (["not_a_digit", "other"], "other", 2),
        (["blank", "other"], "blank", 2),  # dirt
        (["blank", "digit"], "digit", 2),
        (["not_a_digit", "blank"], "not_a_digit", 2),
    ],
)
def test_which_of_several_inks_is_answered_with(answers, names, chosen, looked_at):
    asked: list[int] = []
    found = [Decision(answers[name], settled=name == "digit") for name in names]
    assert _most_settled(decisions(*found, asked=asked)) == answers[chosen]
    assert len(asked) == looked_at


def test_of_several_readings_of_a_number_that_with_the_most_evidence_counts(test_digit, recogniser):
    one = recogniser.read(save(number([test_digit(4), test_digit(2)], gap=30)))
    unsure, blank_page = replace(one, status="unsure"), replace(one, status="blank")
    other = replace(one, text="423")
    assert _most_evident(iter([Reading(one, 3.0), Reading(other, 9.0)])) is one
    assert _most_evident(iter([Reading(unsure, 3.0), Reading(other, 9.0)])) is other
    assert _most_evident(iter([Reading(unsure, 3.0), Reading(other, 2.0)])) is unsure
    assert _most_evident(iter([Reading(blank_page, 0.0), Reading(other, 9.0)])) is blank_page
