"""The last step: verified candidates to an Answer or a Number. No pixels, no model: a table tells what comes out."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from pipeline.answer import Answer, Box, Number, PlacedAnswer, Status
from pipeline.recognition.calibration import log_odds
from pipeline.recognition.candidates import Classified, Source
from pipeline.recognition.number_status import number_status
from pipeline.recognition.reading_order import reading_order
from pipeline.recognition.selection import CERTAIN, select, share_ink

NO_EVIDENCE = (0.1,) * 10

BLANK = "The page is blank: there is no ink on it. Send a picture with one handwritten digit."
NO_DIGIT = "What is on the picture looks like no digit. Send a picture with one handwritten digit."
SEVERAL = "There seem to be several digits: {text}. Read them as a number (/read), or send one alone."


@dataclass(frozen=True)
class DecisionOptions:
    """From where on to answer. The first two are of the model's card, chosen in pipeline/training/thresholds.py."""

    unsure_below: float  # confidence 0-1; an answer with less is "unsure"
    no_digit_below: float  # P(digit) 0-1; what has less is "not_a_digit"
    tall: float = 0.5  # of the highest digit; lower ones beside it are not what the picture shows
    alone: float = 0.95  # confidence, from which on a character that stands alone is not verified
    sure: float = 0.85  # P(one digit); a verified answer with less is "unsure"
    # P(one digit), from which on a second one beside the likeliest counts: one is expected (docs/experiments.md)
    beside: float = 0.9
    possible: float = 0.1  # P(digit) 0-1, from which on what was not read may be a digit


class Decision(NamedTuple):
    """An answer, and whether it leaves no doubt: one sure digit, or several."""

    answer: Answer
    settled: bool


class Reading(NamedTuple):
    """A number, and the evidence for its digits: how much likelier they are there than not, as log odds."""

    number: Number
    evidence: float


class Unread(NamedTuple):
    """Where something is written that was read as no digit, and whether it may hold one all the same."""

    box: Box
    possible: bool


def status(each: Classified, options: DecisionOptions) -> Status:
    """Of an answer with this candidate: digit, unsure or not_a_digit."""
    if min(each.p_digit, each.p_one) < options.no_digit_below:
        return "not_a_digit"
    sure = each.confidence >= options.unsure_below and each.p_one >= options.sure
    return "digit" if sure else "unsure"


def blank(model: str) -> Answer:
    """The answer to a page without ink; `model` is the tag."""
    return Answer("blank", None, 0.0, NO_EVIDENCE, None, model, BLANK)


def answer(each: Classified, options: DecisionOptions, model: str) -> Answer:
    """The answer with one candidate."""
    found = status(each, options)
    if found == "not_a_digit":
        return _refused(each, NO_DIGIT, model)
    return Answer(found, each.digit, rounded(each.confidence), _probabilities(each), each.candidate.seen, model)


def decide_digit(
    whole: Classified | None, verified: Sequence[Classified], options: DecisionOptions, model: str
) -> Decision:
    """The answer to a picture of one digit, which is the only tall one on it.

    `whole` is the main character with all that lies near it, verified; it is answered with where no digit is likely, or
    what is likeliest where it cannot be one.
    """
    chosen = [verified[k] for k in select(verified)]
    highest = max((each.component.height for each in chosen), default=0)
    tall = [each for each in chosen if each.component.height >= options.tall * highest]
    if not tall:
        if whole is None:
            return Decision(blank(model), settled=False)
        best = max([whole, *verified], key=lambda each: each.p_one)
        possible = best if whole.p_one < options.possible <= best.p_one else whole
        return Decision(answer(possible, options, model), settled=False)
    likeliest = max(tall, key=lambda each: each.p_one)
    counted = [each for each in tall if each is likeliest or each.p_one >= options.beside]
    if len(counted) == 1:
        found = answer(likeliest, options, model)
        return Decision(found, found.status == "digit")
    text = "".join(str(each.digit) for row in _rows(counted) for each in row)
    return Decision(_refused(whole or likeliest, SEVERAL.format(text=text), model), settled=True)


def decide_number(
    verified: Sequence[Classified], writings: Sequence[Box], size: tuple[int, int], inked: bool,
    options: DecisionOptions, model: str,
) -> Reading:  # fmt: skip
    """The digits of a picture in reading order; `size` is its width and height.

    `writings` are the boxes of what the eye takes for other writing; `inked`: there is ink as strong as a pen's.
    """
    chosen = [verified[k] for k in select(verified)]
    unread = _unread(verified, chosen, writings, options) if chosen or inked else []
    rows = _rows(chosen)
    digits = tuple(
        PlacedAnswer(**vars(answer(each, options, model)), box=each.candidate.box) for row in rows for each in row
    )
    lines = tuple("".join(str(each.digit) for each in row) for row in rows)
    boxes = tuple(each.box for each in unread)
    possible = sum(each.possible for each in unread)
    verdict, message = number_status(digits, boxes, possible, blank=not (chosen or inked))
    number = Number("".join(lines), digits, *size, verdict, lines, boxes, message)
    return Reading(number, sum(log_odds(each.p_one, CERTAIN) for each in chosen))


def _rows(chosen: Sequence[Classified]) -> list[list[Classified]]:
    """In reading order, by lines of writing."""
    return [[chosen[k] for k in row] for row in reading_order([each.candidate.box for each in chosen])]


def _unread(
    verified: Sequence[Classified], chosen: Sequence[Classified], writings: Sequence[Box], options: DecisionOptions
) -> list[Unread]:
    """What is written beside the digits: the likeliest candidates for what is left, then what only the eye saw.

    Of those that cannot be a digit, the largest: a scribble is one, however it may be cut. What lies within a digit
    that was read is a bit of it.

    What the eye takes for a digit may be one, even where no way to cut it out can be read.
    """
    places, found = list(chosen), []

    def likelier(each: Classified) -> tuple[float, int]:
        return (-each.p_one if each.p_one >= options.possible else 0.0), -each.candidate.amount

    for each in sorted(verified, key=likelier):
        if any(share_ink(each, other) for other in places):
            continue
        possible = each.p_one >= options.possible or each.candidate.source is not Source.COMPONENTS
        if possible or not any(_middle_in(each.candidate.box, digit.candidate.box) for digit in chosen):
            places.append(each)
            found.append(Unread(each.candidate.box, possible))
    boxes = [each.candidate.box for each in places]
    found += [Unread(box, False) for box in writings if not any(_middle_in(box, other) for other in boxes)]
    return sorted(found)


def _middle_in(box: Box, other: Box) -> bool:
    """Whether a box's middle is in another."""
    x, y = (box[0] + box[2]) / 2, (box[1] + box[3]) / 2
    return other[0] <= x <= other[2] and other[1] <= y <= other[3]


def _refused(each: Classified, message: str, model: str) -> Answer:
    return Answer("not_a_digit", None, 0.0, _probabilities(each), each.candidate.seen, model, message)


def _probabilities(each: Classified) -> tuple[float, ...]:
    return tuple(map(rounded, each.probabilities.tolist()))


def rounded(probability: float) -> float:
    """To the six significant digits that are told: float32 has seven, and a double of it is written with 17."""
    return float(f"{probability:.6g}")
