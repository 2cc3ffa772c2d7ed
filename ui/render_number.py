"""A number as HTML for people: its lines, its digits one by one, what was not read, and all boxes over the drawing."""

from html import escape

from pipeline.answer import Box, Number, PlacedAnswer, percentage
from ui.render import Parts, message_html

LABEL_FRACTION = 0.12  # of a drawing's height: where less is free above a box, its label goes inside
NOT_READ = "×"  # marks a box of unread writing, where a digit would stand


def number_parts(number: Number | None) -> Parts:
    """All parts of the page for a number; empty ones as long as nobody has answered."""
    if number is None:
        return Parts(message_html(), "", "", "")
    return Parts(number_html(number), digits_html(number) + unread_html(number), "", boxes_html(number))


def number_html(number: Number) -> str:
    """The number, large, line by line; whether all of it is sure, or why not; the lowest of the confidences."""
    if number.status == "blank":
        return message_html("Draw a number, its digits side by side.", title="Nothing to read")
    if number.status == "not_a_number":
        return message_html(number.message or "", title="This is not a number")
    lowest = f"Lowest confidence {percentage(min(digit.confidence for digit in number.digits))}"
    large = "\n".join(number.lines)
    if number.status == "number":
        return message_html(f"All digits are sure. {lowest}", large=large)
    return message_html(f"{number.message} {lowest}", title="Not sure of this number", large=large)


def digits_html(number: Number) -> str:
    """Each digit in reading order: what the model saw, the digit and its confidence."""
    return f'<ol class="digits">{"".join(map(_digit, number.digits))}</ol>' if number.digits else ""


def unread_html(number: Number) -> str:
    """What the dotted boxes mean, also for those who do not see them."""
    if not number.unread:
        return ""
    count = len(number.unread)
    places = "1 place: it has a dotted outline" if count == 1 else f"{count} places: they have a dotted outline"
    return (
        f'<p class="unread">Not read at {places} and the mark {NOT_READ} in the drawing. '
        "Something is written there, but no digit was recognised in it.</p>"
    )


def boxes_html(number: Number) -> str:
    """The boxes of the digits and of what was not read, each with its label, in per cent of the drawing's size."""
    digits = (
        _box(digit.box, number, digit.status, label(digit), percentage(digit.confidence)) for digit in number.digits
    )
    unread = (_box(box, number, "unread", NOT_READ, "not read") for box in number.unread)
    return f'<div class="boxes" aria-hidden="true">{"".join((*digits, *unread))}</div>'


def label(digit: PlacedAnswer) -> str:
    """One digit for people: "7", "7?" when unsure."""
    return f"{digit.digit}" if digit.status == "digit" else f"{digit.digit}?"


def _digit(digit: PlacedAnswer) -> str:
    seen = f'<img src="{escape(digit.seen)}" alt="">' if digit.seen else ""
    doubt = "" if digit.status == "digit" else ", not sure"
    return (
        f'<li class="{escape(digit.status)}">{seen}<span class="name">{escape(label(digit))}</span>'
        f'<span class="confidence">{percentage(digit.confidence)}{doubt}</span></li>'
    )


def _box(box: Box, number: Number, kind: str, text: str, detail: str) -> str:
    x0, y0, x1, y1 = box
    left, width = x0 / number.width, (x1 - x0) / number.width
    top, height = y0 / number.height, (y1 - y0) / number.height
    high = " high" if top < LABEL_FRACTION else ""
    return (
        f'<div class="box {escape(kind)}{high}" '
        f'style="left: {left:.2%}; top: {top:.2%}; width: {width:.2%}; height: {height:.2%}">'
        f'<span class="label">{escape(text)} <small>{escape(detail)}</small></span></div>'
    )
