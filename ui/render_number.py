"""A number as HTML for people: its text, its digits one by one, and their boxes over the drawing."""

from html import escape

from pipeline.answer import Number, PlacedAnswer, percentage
from ui.render import Parts, message_html

LABEL_FRACTION = 0.12  # of a drawing's height: where less is free above a box, its label goes inside


def number_parts(number: Number | None) -> Parts:
    """All parts of the page for a number; empty ones as long as nobody has answered."""
    if number is None:
        return Parts(message_html(), "", "", "")
    return Parts(number_html(number), digits_html(number), "", boxes_html(number))


def number_html(number: Number) -> str:
    """The number, large, how many of its digits are unsure, and the lowest of their confidences."""
    if not number.digits:
        return message_html("Draw a number, its digits side by side.", title="Nothing to read")
    title = f"Not sure of {number.unsure} of {len(number.digits)} digits" if number.unsure else ""
    lowest = percentage(min(digit.confidence for digit in number.digits))
    return message_html(f"Lowest confidence {lowest}", title, large=number.text)


def digits_html(number: Number) -> str:
    """Each digit in reading order: what the model saw, the digit and its confidence."""
    return f'<ol class="digits">{"".join(map(_digit, number.digits))}</ol>' if number.digits else ""


def boxes_html(number: Number) -> str:
    """The boxes of the digits, each with its label, in per cent of the drawing's size."""
    return f'<div class="boxes" aria-hidden="true">{"".join(_box(digit, number) for digit in number.digits)}</div>'


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


def _box(digit: PlacedAnswer, number: Number) -> str:
    x0, y0, x1, y1 = digit.box
    left, width = x0 / number.width, (x1 - x0) / number.width
    top, height = y0 / number.height, (y1 - y0) / number.height
    high = " high" if top < LABEL_FRACTION else ""
    return (
        f'<div class="box {escape(digit.status)}{high}" '
        f'style="left: {left:.2%}; top: {top:.2%}; width: {width:.2%}; height: {height:.2%}">'
        f'<span class="label">{escape(label(digit))} <small>{percentage(digit.confidence)}</small></span></div>'
    )
