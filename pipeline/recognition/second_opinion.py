"""Which of two readings counts, where the first is not sure: that of the components, or that of the eye. Pure."""

from dataclasses import dataclass

from pipeline.answer import Answer, Box, Number
from pipeline.recognition.candidates import Classified
from pipeline.recognition.decide import DecisionOptions, Unread, answer, number_of, status

APART = 0.85  # of the box of what the first reading took as one: the eye told a digit from what is around it


@dataclass(frozen=True)
class Seen:
    """What the eye sees: the digits by lines of writing, classified, and other writing."""

    lines: list[list[Classified]]
    unread: list[Unread]


def digit(first: Answer, whole: Box, seen: Seen, options: DecisionOptions, model: str) -> Answer:
    """The first answer, or, where the eye tells one sure digit from what is around it, that.

    `whole` is the box of what the first reading took for one character: the same ink is not asked about again.
    """
    sure = [each for line in seen.lines for each in line if status(each, options) == "digit"]
    highest = max((each.component.height for each in sure), default=0)
    tall = [each for each in sure if each.component.height >= options.tall * highest]
    if len(tall) == 1 and _area(tall[0].candidate.box) < APART * _area(whole):
        return answer(tall[0], options, model)
    return first


def number(first: Number, seen: Seen, options: DecisionOptions, model: str) -> Number:
    """The first reading, or the eye's where that is sure of each digit, or at least surer of the least sure one."""
    second = number_of(seen.lines, seen.unread, first.width, first.height, options, model)
    return second if second.status == "number" or _least(second) > _least(first) else first


def _least(found: Number) -> float:
    """The lowest confidence of its digits; 0 where there is none."""
    return min((each.confidence for each in found.digits), default=0.0)


def _area(box: Box) -> int:
    return (box[2] - box[0]) * (box[3] - box[1])
