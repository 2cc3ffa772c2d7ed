"""The words of both pages, said of real kinds of answers and refusals."""

import pytest

from pipeline.answer import Answer, Number, PlacedAnswer
from pipeline.client import Refused
from pipeline.errors import Busy, DigitsError, NotAPicture, ServiceDown
from pipeline.faces.words import (
    HEIC_REMEDY,
    MOST_MEBIBYTES,
    MOST_MEGAPIXELS,
    Failure,
    Words,
    answer_words,
    failure_words,
    number_words,
    short,
    short_number,
    unread_words,
)
from pipeline.recognition.decide import SEVERAL
from pipeline.recognition.decode import MAX_BYTES, MAX_PIXELS, decode
from pipeline.recognition.file_kinds import READ

EVEN = (0.1,) * 10


def answer(status="digit", digit=7, confidence=0.998, message=None):
    return Answer(status, digit, confidence, EVEN, None, "digits:test", message)


def number(status, *digits, lines=(), unread=(), message=None):
    placed = tuple(
        PlacedAnswer(kind, digit, confidence, EVEN, None, "digits:test", box=(0, 0, 9, 9))
        for kind, digit, confidence in digits
    )
    text = "".join(f"{digit.digit}" for digit in placed)
    return Number(text, placed, 100, 50, status, lines, unread, message)


@pytest.mark.parametrize(
    ("found", "words", "brief"),
    [
        (answer(), Words("7", "", "Confidence 99.8 %"), "7"),
        (
            answer("unsure", confidence=0.078),
            Words("7?", "Probably 7, but not sure", "Confidence 7.8 %"),
            "7?",
        ),
        (answer("blank", None, 0), Words("", "Nothing to read", "There is no ink."), "blank"),
        (
            answer("not_a_digit", None, 0, "It looks like a letter."),
            Words("", "This is not a digit", "It looks like a letter."),
            "not a digit",
        ),
        (
            answer(message="Only the first frame was read."),
            Words("7", "", "Confidence 99.8 % Only the first frame was read."),
            "7",
        ),
    ],
)
def test_an_answer_in_words(found, words, brief):
    assert answer_words(found) == words
    assert short(found) == brief


def test_a_number_in_words():
    sure = number("number", ("digit", 4, 0.999), ("digit", 2, 0.97), lines=("42",))
    assert number_words(sure) == Words("42", "", "All digits are sure. Lowest confidence 97.0 %")
    assert short_number(sure) == "42"

    doubtful = number("unsure", ("digit", 4, 0.999), ("unsure", 2, 0.4), lines=("42",), message="1 digit is unsure.")
    assert number_words(doubtful) == Words(
        "42", "Not sure of this number", "1 digit is unsure. Lowest confidence 40.0 %"
    )
    assert short_number(doubtful) == "42?"

    assert number_words(number("blank")) == Words("", "Nothing to read", "There is no ink.")
    assert short_number(number("not_a_number", message="Letters.")) == "not a number"


def test_what_was_not_read_is_said_with_its_count():
    found = number("unsure", ("digit", 4, 0.9), lines=("4",), unread=((0, 0, 5, 5), (9, 9, 12, 12)), message="Unread.")
    assert unread_words(found, outlined=False) == (
        "Not read at 2 places: something is written there, but no digit was recognised in it."
    )
    assert "outlined with dots and marked × in the picture" in unread_words(found, outlined=True)


def test_a_refusal_in_words_says_whether_waiting_helps():
    assert failure_words(ServiceDown("No service at http://127.0.0.1:3000.")) == Failure(
        "The digit service is down", "Your picture is kept and read when it is back.", retry=True
    )
    assert failure_words(Busy("The queue is full.")).title == "Many are asking at the moment"
    assert failure_words(NotAPicture("This is a PDF. Send a page of it as PNG.")) == Failure(
        "This picture was not read", "This is a PDF. Send a page of it as PNG.", retry=False
    )
    assert failure_words(Refused("Something failed.", "internal", 500)).retry


def test_the_limits_that_are_said_are_those_of_the_service():
    assert (MOST_MEBIBYTES * 2**20, MOST_MEGAPIXELS * 1_000_000) == (MAX_BYTES, MAX_PIXELS)


HEIC = b"\0\0\0\x18ftypheic" + bytes(40)
DAMAGED = f"The picture is damaged, or part of it is missing. Open and save it again as {READ}."


@pytest.mark.parametrize(
    ("picture", "file", "detail"),
    [
        (
            b"%PDF-1.7",
            "a.pdf",
            f"This is a PDF document, which is not read. Save the page with the digit as {READ}, or",
        ),
        (b"PK\3\4" + bytes(40), "a.zip", "This is a zip archive, which is not read. Unpack it and send one picture,"),
        (
            b"<svg xmlns='http://www.w3.org/2000/svg'/>",
            "a.svg",
            "This is an SVG drawing, which is not read. Export it as",
        ),
        (b"no picture", "a.txt", "This is not a picture that is read. Send one of PNG, JPEG,"),
        (b"", "a.png", "The file is empty. Choose another, or save the picture again."),
        (HEIC, "a.png", DAMAGED),
        (HEIC, "IMG_1.HEIC", f"{DAMAGED} {HEIC_REMEDY}"),
    ],
)
def test_what_decoding_says_to_developers_is_said_to_people_without_bytes_and_codes(picture, file, detail):
    with pytest.raises(NotAPicture) as refused:
        decode(picture)
    words = failure_words(refused.value, file)
    assert words._replace(detail="") == Failure("This picture was not read", "", retry=False)
    assert words.detail.startswith(detail)
    assert "bytes" not in words.detail and "(" not in words.detail


def test_people_are_told_of_no_endpoint():
    several = answer("not_a_digit", None, 0, SEVERAL.format(text="42"))
    assert answer_words(several).detail == "There seem to be several digits: 42. Read them as a number, or one alone."
    for code in ("too_large", "internal", "too_often", "no_key"):
        words = failure_words(Refused("The request has 21,000,000 bytes; /predict takes at most 20.", code, 413))
        assert "/predict" not in words.detail and "bytes" not in words.detail
    assert failure_words(DigitsError("of a kind that is not known, 500")).retry
