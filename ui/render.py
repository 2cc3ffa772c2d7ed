"""An answer, or a failure to get one, as what the page's script shows: words for people, lengths, places."""

from typing import Any

from pipeline.answer import Answer, Box, Number, PlacedAnswer, percentage
from pipeline.errors import DigitsError
from pipeline.faces.words import (
    NOT_READ,
    Words,
    answer_words,
    failure_words,
    number_words,
    several_digits,
    short,
    short_number,
    unread_words,
)

Shown = dict[str, Any]


def shown(found: Answer | Number) -> Shown:
    """What was found, in words and as it came: `answer` holds the service's own fields."""
    about = _about_answer(found) if isinstance(found, Answer) else _about_number(found)
    return {"status": found.status, **about, "answer": found.to_json()}


def failure(error: DigitsError) -> Shown:
    """Why there is no answer, and whether the script should ask again by itself."""
    said = failure_words(error)
    return {"status": "failure", **_words(Words(title=said.title, detail=said.detail)), "retry": said.retry}


def _about_answer(answer: Answer) -> Shown:
    return {
        **_words(answer_words(answer)),
        "short": short(answer),
        "model": answer.model,
        "seen": answer.seen,
        "bars": answer.probabilities if answer.digit is not None else None,
        "best": answer.digit,
        "number": several_digits(answer),
    }


def _about_number(number: Number) -> Shown:
    return {
        **_words(number_words(number)),
        "short": short_number(number),
        "model": number.digits[0].model if number.digits else "",
        "text": number.text,
        "digits": [_digit(digit, number) for digit in number.digits],
        "mark": NOT_READ,
        "unread": [_box(box, number) for box in number.unread],
        "unreadWords": unread_words(number, outlined=True) if number.unread else "",
    }


def _words(words: Words) -> Shown:
    return words._asdict()


def _digit(digit: PlacedAnswer, number: Number) -> Shown:
    return {
        "text": short(digit),
        "confidence": percentage(digit.confidence),
        "sure": digit.status == "digit",
        "seen": digit.seen,
        "box": _box(digit.box, number),
    }


def _box(box: Box, number: Number) -> tuple[float, float, float, float]:
    """Left, top, width and height as fractions of the picture."""
    x0, y0, x1, y1 = box
    return x0 / number.width, y0 / number.height, (x1 - x0) / number.width, (y1 - y0) / number.height
