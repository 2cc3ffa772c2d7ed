"""Answers and numbers in words."""

from collections.abc import Sequence

from flask_app.readings import Reading
from pipeline.answer import Answer, Number

WORDS = {
    "digit": "{digit}",
    "unsure": "Probably {digit}, not sure",
    "blank": "Blank: nothing to read",
    "not_a_digit": "Not a digit",
}
SHORT = {"digit": "{digit}", "unsure": "{digit}?", "blank": "blank", "not_a_digit": "not a digit"}
NO_DIGITS = "Nothing to read"


def in_words(found: Answer | Number) -> str:
    if isinstance(found, Number):
        return found.text or NO_DIGITS
    return WORDS[found.status].format(digit=found.digit)


def in_short(answer: Answer) -> str:
    return SHORT[answer.status].format(digit=answer.digit)


def summary(readings: Sequence[Reading]) -> str:
    """One line over all readings in the order sent: "3 pictures: 7, 4?, refused"."""
    if not any(reading.found for reading in readings):
        return "Nothing was read."
    count = "1 picture" if len(readings) == 1 else f"{len(readings)} pictures"
    return f"{count}: {', '.join(map(short, readings))}"


def short(reading: Reading) -> str:
    if reading.number:
        doubt = "?" if reading.number.unsure else ""
        return f"{reading.number.text}{doubt}" or NO_DIGITS.lower()
    if reading.answer:
        return in_short(reading.answer)
    return "not read" if reading.service_down else "refused"
