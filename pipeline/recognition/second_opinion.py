"""Which of two readings counts, that of the components or that of the eye, where they are not both sure. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from pipeline.answer import Answer, Box, Number
from pipeline.recognition.candidates import Classified
from pipeline.recognition.decide import DecisionOptions, Unread, answer, number_of, status
from pipeline.recognition.number_status import number_status

APART = 0.85  # shared with the box of what the first reading took as one: with less, it was told from what is around
LARGE = 0.5  # of the picture's longer side: dirt is smaller
BARE = 0.95  # likeness 0-1: with less, what hangs together with a digit is writing, not a frame or a line

Choice = tuple[Classified, ...]  # what one digit may be: its own ink, and all that hangs together with it


@dataclass(frozen=True)
class Seen:
    """What the eye sees: the digits by lines of writing, classified, and other writing; `size` is the picture's longer
    side in pixels.
    """

    lines: list[list[Choice]]
    unread: list[Unread]
    size: int


def digit(first: Answer, whole: Box | None, seen: Seen, options: DecisionOptions, model: str) -> Answer:
    """The first answer, or, where the eye tells one sure digit from what is around it, that.

    `whole` is the box of what the first reading took for one character: the same ink is not asked about again. Where it
    found nothing, what fills most of the picture is no dirt. What hangs together with other writing that makes it no
    digit is a part of a letter.
    """
    choices = [choice for line in seen.lines for choice in line]
    read = [_surest(choice) for choice in choices]
    highest = max((each.component.height for each in read), default=0)
    tall = [k for k, each in enumerate(read) if each.component.height >= options.tall * highest]
    if len(tall) == 1:
        one = read[tall[0]]
        sure = status(one, options) == "digit" and not _of_a_letter(choices[tall[0]], options)
        box = one.candidate.box
        if whole is None:
            counts = max(box[2] - box[0], box[3] - box[1]) >= LARGE * seen.size
        else:
            surer = first.status == "unsure" and one.confidence > first.confidence
            counts = surer or _shared(box, whole) < APART
        if sure and counts:
            return answer(one, options, model)
    return first


def number(first: Number, seen: Seen, options: DecisionOptions, model: str) -> Number:
    """The first reading where it is sure and complete; else the eye's where that is sure or has more sure digits.

    A first reading that lacks what may be a digit to the eye is not complete, and at least in doubt.
    """
    lines = [[_surest(choice) for choice in line] for line in seen.lines]
    second = number_of(lines, seen.unread, first.width, first.height, options, model)
    if first.status == "blank":  # one may be dirt
        return second if sum(each.status == "digit" for each in second.digits) > 1 else first
    missing: list[Box] = []
    if first.status == "number":
        places = [each.candidate.box for line in lines for each in line]
        places += [each.box for each in seen.unread if each.possible]
        missing = [box for box in places if not any(_middle_in(box, each.box) for each in first.digits)]
        if not missing:
            return first
    if second.status == "number" or _evidence(second) > _evidence(first):
        return second
    return _in_doubt(first, missing) if missing else first


def _of_a_letter(choice: Choice, options: DecisionOptions) -> bool:
    return any(status(each, options) != "digit" and each.likeness < BARE for each in choice)


def _in_doubt(number: Number, missing: Sequence[Box]) -> Number:
    """The number, with places where it may have a digit more."""
    already = [box for box in number.unread if not any(_middle_in(box, place) for place in missing)]
    unread = (*already, *missing)
    verdict, message = number_status(number.digits, unread, len(missing), blank=False)
    return replace(number, status=verdict, unread=unread, message=message)


def _middle_in(box: Box, other: Box) -> bool:
    """Whether a box's middle is in another."""
    x, y = (box[0] + box[2]) / 2, (box[1] + box[3]) / 2
    return other[0] <= x <= other[2] and other[1] <= y <= other[3]


def _surest(choice: Choice) -> Classified:
    """The candidate with the most evidence; the first of equals."""
    return max(choice, key=lambda each: each.confidence)


def _evidence(found: Number) -> tuple[int, float]:
    """How many of its digits are sure, then the lowest confidence of all."""
    sure = sum(each.status == "digit" for each in found.digits)
    return sure, min((each.confidence for each in found.digits), default=0.0)


def _shared(one: Box, other: Box) -> float:
    """Of what two boxes cover together, the part that both cover."""
    across, down = min(one[2], other[2]) - max(one[0], other[0]), min(one[3], other[3]) - max(one[1], other[1])
    both = max(0, across) * max(0, down)
    return both / max(1, _area(one) + _area(other) - both)


def _area(box: Box) -> int:
    return (box[2] - box[0]) * (box[3] - box[1])
