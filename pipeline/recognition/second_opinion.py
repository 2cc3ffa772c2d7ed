"""Which of two readings counts, where the first is not sure: that of the components, or that of the eye. Pure."""

from dataclasses import dataclass

from pipeline.answer import Answer, Box, Number
from pipeline.recognition.candidates import Classified
from pipeline.recognition.decide import DecisionOptions, Unread, answer, number_of, status

APART = 0.85  # of the box of what the first reading took as one: the eye told a digit from what is around it


Choice = tuple[Classified, ...]  # what one digit may be: its own ink, and all that hangs together with it


@dataclass(frozen=True)
class Seen:
    """What the eye sees: the digits by lines of writing, classified, and other writing."""

    lines: list[list[Choice]]
    unread: list[Unread]


def digit(first: Answer, whole: Box, seen: Seen, options: DecisionOptions, model: str) -> Answer:
    """The first answer, or, where the eye tells one sure digit from what is around it, that.

    `whole` is the box of what the first reading took for one character: the same ink is not asked about again. What
    hangs together with ink that makes it no digit is a part of a letter.
    """
    choices = [choice for line in seen.lines for choice in line]
    sure = [_surest(choice) for choice in choices if all(status(each, options) == "digit" for each in choice)]
    highest = max((each.component.height for each in sure), default=0)
    tall = [each for each in sure if each.component.height >= options.tall * highest]
    if len(tall) == 1 and _area(tall[0].candidate.box) < APART * _area(whole):
        return answer(tall[0], options, model)
    return first


def number(first: Number, seen: Seen, options: DecisionOptions, model: str) -> Number:
    """The first reading, or the eye's where that is sure of each digit, or at least surer of the least sure one."""
    lines = [[_surest(choice) for choice in line] for line in seen.lines]
    second = number_of(lines, seen.unread, first.width, first.height, options, model)
    return second if second.status == "number" or _least(second) > _least(first) else first


def _surest(choice: Choice) -> Classified:
    """The candidate with the most evidence; the first of equals."""
    return max(choice, key=lambda each: each.confidence)


def _least(found: Number) -> float:
    """The lowest confidence of its digits; 0 where there is none."""
    return min((each.confidence for each in found.digits), default=0.0)


def _area(box: Box) -> int:
    return (box[2] - box[0]) * (box[3] - box[1])
