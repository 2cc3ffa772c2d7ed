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
NOT_READ = "×"  # marks a box of unread writing, where a digit would stand
SHORT = {"digit": "{digit}", "unsure": "{digit}?", "blank": "blank", "not_a_digit": "not a digit"}
NUMBERS = {"blank": "Blank: nothing to read", "not_a_number": "Not a number"}  # without a digit


def in_words(found: Answer | Number) -> str:
    if isinstance(found, Number):
        return "\n".join(found.lines) or NUMBERS[found.status]
    return WORDS[found.status].format(digit=found.digit)


def in_short(answer: Answer) -> str:
    return SHORT[answer.status].format(digit=answer.digit)


def in_short_number(number: Number) -> str:
    if not number.digits:
        return number.status.replace("_", " ")
    return f"{number.text}?" if number.status == "unsure" else number.text


def not_read(number: Number, outlined: bool) -> str:
    """What is said of a number's unread boxes, where there are any; `outlined` tells whether they are shown."""
    count = len(number.unread)
    places = "1 place" if count == 1 else f"{count} places"
    where = f", outlined with dots and marked {NOT_READ} in the picture" if outlined else ""
    return f"Not read at {places}{where}: something is written there, but no digit was recognised in it."


def summary(readings: Sequence[Reading]) -> str:
    """One line over all readings in the order sent: "3 pictures: 7, 4?, refused"."""
    if not any(reading.found for reading in readings):
        return "Nothing was read."
    count = "1 picture" if len(readings) == 1 else f"{len(readings)} pictures"
    return f"{count}: {', '.join(map(short, readings))}"


def short(reading: Reading) -> str:
    if reading.number:
        return in_short_number(reading.number)
    if reading.answer:
        return in_short(reading.answer)
    return "not read" if reading.service_down else "refused"
