"""Whether what was read is a number that one may rely on, and if not, why: a rule that knows only what was found."""

from collections.abc import Sequence

from pipeline.answer import Answer, Box, NumberStatus

BLANK = "The page is blank: there is no ink on it. Send a picture with handwritten digits."
NO_DIGITS = "What is on the picture looks like no digit. Send a picture with handwritten digits."
PERHAPS = "No digit was read, but {something} may be {one}. Send a picture with handwritten digits."


def number_status(
    digits: Sequence[Answer], unread: Sequence[Box], possible: int, blank: bool
) -> tuple[NumberStatus, str | None]:
    """The status of a Number and its message; `possible` of the unread boxes may hold a digit, `blank` is no ink."""
    if blank:
        return "blank", BLANK
    if not digits:
        one = "one" if possible == 1 else "digits"
        return "not_a_number", PERHAPS.format(something=_places(possible), one=one) if possible else NO_DIGITS
    unsure = sum(digit.status != "digit" for digit in digits)
    if not unsure and not possible:
        return "number", None
    doubts = [_unsure(unsure, len(digits))] if unsure else []
    doubts += [_not_read(len(unread), possible)] if unread else []
    sentence = ", and ".join(doubts)
    return "unsure", f"{sentence[0].upper()}{sentence[1:]}."


def _unsure(unsure: int, digits: int) -> str:
    if digits == 1:
        return "the only digit is unsure"
    return f"{unsure} of {digits} digits {'is' if unsure == 1 else 'are'} unsure"


def _not_read(unread: int, possible: int) -> str:
    may = "a digit" if possible == 1 else "digits"
    if possible == unread:
        return f"{_places(unread)} was not read and may be {may}"
    return f"{_places(unread)} was not read" + (f", of which {possible} may be {may}" if possible else "")


def _places(count: int) -> str:
    return f"something at {count} place{'' if count == 1 else 's'}"
