"""Which of two readings counts, where the first is not sure: that of the components, or that of the eye. Pure."""

from dataclasses import dataclass

from pipeline.answer import Answer, Box, Number
from pipeline.recognition.candidates import Classified
from pipeline.recognition.decide import DecisionOptions, Unread, answer, number_of, status

APART = 0.85  # of the box of what the first reading took as one: the eye told a digit from what is around it
BARE = 0.95  # likeness 0-1: with less, what hangs together with a digit is writing, not a frame or a line

Choice = tuple[Classified, ...]  # what one digit may be: its own ink, and all that hangs together with it


@dataclass(frozen=True)
class Seen:
    """What the eye sees: the digits by lines of writing, classified, and other writing."""

    lines: list[list[Choice]]
    unread: list[Unread]


def digit(first: Answer, whole: Box, seen: Seen, options: DecisionOptions, model: str) -> Answer:
    """The first answer, or, where the eye tells one sure digit from what is around it, that.

    `whole` is the box of what the first reading took for one character: the same ink is not asked about again. What
    hangs together with other writing that makes it no digit is a part of a letter.
    """
    choices = [choice for line in seen.lines for choice in line]
    read = [_surest(choice) for choice in choices]
    highest = max((each.component.height for each in read), default=0)
    tall = [k for k, each in enumerate(read) if each.component.height >= options.tall * highest]
    if len(tall) == 1:
        one = read[tall[0]]
        sure = status(one, options) == "digit" and not _of_a_letter(choices[tall[0]], options)
        if sure and _area(one.candidate.box) < APART * _area(whole):
            return answer(one, options, model)
    return first


def number(first: Number, seen: Seen, options: DecisionOptions, model: str) -> Number:
    """The first reading, or the eye's where that is sure of each digit, or at least surer of the least sure one.

    A sure first reading that lacks a digit of a sure second one is not complete.
    """
    lines = [[_surest(choice) for choice in line] for line in seen.lines]
    second = number_of(lines, seen.unread, first.width, first.height, options, model)
    if first.status == "blank":  # one may be dirt
        return second if sum(each.status == "digit" for each in second.digits) > 1 else first
    if first.status == "number":
        return second if second.status == "number" and _lacks_one(first, second) else first
    return second if second.status == "number" or _least(second) > _least(first) else first


def _of_a_letter(choice: Choice, options: DecisionOptions) -> bool:
    return any(status(each, options) != "digit" and each.likeness < BARE for each in choice)


def _lacks_one(first: Number, second: Number) -> bool:
    """Whether the second reading has a digit where the first has none."""
    return any(not any(_inside(each.box, other.box) for other in first.digits) for each in second.digits)


def _inside(box: Box, other: Box) -> bool:
    """Whether a box's middle is in another."""
    x, y = (box[0] + box[2]) / 2, (box[1] + box[3]) / 2
    return other[0] <= x <= other[2] and other[1] <= y <= other[3]


def _surest(choice: Choice) -> Classified:
    """The candidate with the most evidence; the first of equals."""
    return max(choice, key=lambda each: each.confidence)


def _least(found: Number) -> float:
    """The lowest confidence of its digits; 0 where there is none."""
    return min((each.confidence for each in found.digits), default=0.0)


def _area(box: Box) -> int:
    return (box[2] - box[0]) * (box[3] - box[1])
