"""An answer, or a failure to get one, as HTML for people."""

from collections.abc import Sequence
from html import escape
from typing import NamedTuple

from pipeline.answer import Answer, percentage
from pipeline.errors import DigitsError, ServiceDown

LABELS = 10


class Parts(NamedTuple):
    """What the page shows in each of its places, as HTML."""

    answer: str
    details: str
    seen: str
    boxes: str  # over the drawing


def answer_parts(answer: Answer | None) -> Parts:
    return Parts(answer_html(answer), probabilities_html(answer), seen_html(answer), "")


def answer_html(answer: Answer | None) -> str:
    """What was read, in words; nothing as long as nobody has answered."""
    if answer is None:
        return message_html()
    confidence = f"Confidence {percentage(answer.confidence)}"
    match answer.status:
        case "digit":
            return message_html(confidence, large=f"{answer.digit}")
        case "unsure":
            return message_html(confidence, title=f"Probably {answer.digit}, but not sure", large=f"{answer.digit}?")
        case "blank":
            return message_html(answer.message or "Draw a digit from 0 to 9.", title="Nothing drawn yet")
        case _:
            return message_html(answer.message or "Draw a single digit from 0 to 9.", title="This is not a digit")


def message_html(detail: str = "", title: str = "", large: str = "", kind: str = "message") -> str:
    """The live region: what was read, large, beside a title and a detail; each may be missing."""
    parts = (("strong", "digit", large), ("p", "title", title), ("p", "detail", detail))
    inner = "".join(f'<{tag} class="{name}">{escape(text)}</{tag}>' for tag, name, text in parts if text)
    return f'<div class="{kind}" aria-live="polite" aria-atomic="true">{inner}</div>'


def failure_html(error: DigitsError, retry_seconds: float | None = None) -> str:
    """The error's own message in place of an answer, and whether the page tries again by itself."""
    if retry_seconds is None:
        return message_html(f"{error}", title="No answer for this drawing", kind="message failure")
    title = "The digit service is down" if isinstance(error, ServiceDown) else "No answer at the moment"
    retry = f"The page tries again every {retry_seconds:g} seconds; your drawing is kept."
    return message_html(f"{error} {retry}", title=title, kind="message failure")


def probabilities_html(answer: Answer | None) -> str:
    """Ten bars; all empty while there is nothing to read."""
    if answer is None or answer.status == "blank":
        return _bars([None] * LABELS, best=None)
    return _bars(answer.probabilities, answer.digit)


def seen_html(answer: Answer | None) -> str:
    """The 28×28 picture that the model saw, enlarged by the browser; an empty frame where there is none."""
    picture = '<span class="nothing"></span>'
    if answer and answer.seen:
        picture = f'<img src="{escape(answer.seen)}" alt="The drawing as the model saw it, 28 by 28 pixels">'
    return f"<figure>{picture}<figcaption>What the model saw</figcaption></figure>"


def _bars(probabilities: Sequence[float | None], best: int | None) -> str:
    rows = "".join(_bar(digit, probability, digit == best) for digit, probability in enumerate(probabilities))
    return f'<h2>Probabilities</h2><ol class="bars">{rows}</ol>'


def _bar(digit: int, probability: float | None, best: bool) -> str:
    width, text = ("0", "") if probability is None else (f"{probability:.2%}", percentage(probability))
    return (
        f'<li{" class=best" if best else ""}><span class="name">{digit}</span>'
        f'<span class="track"><span class="fill" style="width: {width}"></span></span>'
        f'<span class="probability">{text}</span></li>'
    )
