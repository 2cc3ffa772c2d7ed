"""Whether a number may be relied on, as a table: what was found in, status and message out."""

import pytest

from pipeline.answer import Answer
from pipeline.recognition.number_status import BLANK, NO_DIGITS, number_status


def answers(statuses: str) -> list[Answer]:
    """One for each letter: s is sure, u unsure."""
    kinds = {"s": "digit", "u": "unsure"}
    return [Answer(kinds[each], 7, 0.9, (0.1,) * 10, None, "digits:x") for each in statuses]


@pytest.mark.parametrize(
    ("digits", "unread", "possible", "status", "message"),
    [
        ("s", 0, 0, "number", None),
        ("sssss", 0, 0, "number", None),
        ("ss", 3, 0, "number", None),  # signs and letters alone do not make a number doubtful
        ("u", 0, 0, "unsure", "The only digit is unsure."),
        ("su", 0, 0, "unsure", "1 of 2 digits is unsure."),
        ("suusu", 0, 0, "unsure", "3 of 5 digits are unsure."),
        ("sussu", 3, 0, "unsure", "2 of 5 digits are unsure, and something at 3 places was not read."),
        ("su", 1, 1, "unsure", "1 of 2 digits is unsure, and something at 1 place was not read and may be a digit."),
        ("ss", 1, 1, "unsure", "Something at 1 place was not read and may be a digit."),
        ("ss", 2, 2, "unsure", "Something at 2 places was not read and may be digits."),
        ("ss", 3, 1, "unsure", "Something at 3 places was not read, of which 1 may be a digit."),
        ("ss", 3, 2, "unsure", "Something at 3 places was not read, of which 2 may be digits."),
        ("", 2, 0, "not_a_number", NO_DIGITS),
        (
            *("", 2, 1, "not_a_number"),
            "No digit was read, but something at 1 place may be one. Send a picture with handwritten digits.",
        ),
        (
            *("", 2, 2, "not_a_number"),
            "No digit was read, but something at 2 places may be digits. Send a picture with handwritten digits.",
        ),
    ],
)
def test_status_and_message(digits, unread, possible, status, message):
    assert number_status(answers(digits), [(0, 0, 9, 9)] * unread, possible, blank=False) == (status, message)


def test_no_ink_is_blank():
    assert number_status([], [], 0, blank=True) == ("blank", BLANK)
