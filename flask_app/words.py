"""Answers in words."""

from collections.abc import Sequence

from flask_app.readings import Reading
from pipeline.answer import Answer

WORDS = {
    "digit": "{digit}",
    "unsure": "Probably {digit}, not sure",
    "blank": "Blank: nothing to read",
    "not_a_digit": "Not a digit",
}
SHORT = {"digit": "{digit}", "unsure": "{digit}?", "blank": "blank", "not_a_digit": "not a digit"}


def answer_in_words(answer: Answer) -> str:
    return WORDS[answer.status].format(digit=answer.digit)


def summary(readings: Sequence[Reading]) -> str:
    """One line over all readings in the order sent: "3 pictures: 7, 4?, refused"."""
    if not any(reading.answer for reading in readings):
        return "Nothing was read."
    count = "1 picture" if len(readings) == 1 else f"{len(readings)} pictures"
    return f"{count}: {', '.join(map(short, readings))}"


def short(reading: Reading) -> str:
    if reading.answer:
        return SHORT[reading.answer.status].format(digit=reading.answer.digit)
    return "not read" if reading.service_down else "refused"
