"""The third step: classified candidates to an Answer or a Number. No pixels, no model: a table tells what comes out."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain
from math import log
from typing import NamedTuple

from pipeline.answer import Answer, Box, Number, PlacedAnswer, Status
from pipeline.recognition.candidates import WIDE, Classified, Line, Piece, Segmentation, in_order
from pipeline.recognition.components import Component
from pipeline.recognition.number_status import number_status

NO_EVIDENCE = (0.1,) * 10

BLANK = "The page is blank: there is no ink on it. Send a picture with one handwritten digit."
NO_DIGIT = "What is on the picture looks like no digit. Send a picture with one handwritten digit."
SEVERAL = "There seem to be several digits: {text}. Read them as a number (/read), or send one alone."


@dataclass(frozen=True)
class DecisionOptions:
    """From where on to answer, and what a reading costs beside minus the logarithm of each digit's confidence.

    The two thresholds are of the model's card, chosen in pipeline/training/thresholds.py. The rest was set by hand,
    and but for the last two no measurement of it was kept: it is to be learned from rendered pages.
    """

    unsure_below: float  # confidence 0-1; an answer with less is "unsure"
    no_digit_below: float  # P(digit) 0-1; what has less is "not_a_digit"
    whole_from: float = 0.5  # confidence 0-1; what is one digit is not cut
    skip_cost: float = 3.0  # nats, for leaving out a component as high as the line
    least_skip: float = 0.3  # of the line's height; lower components cost as much as that to leave out
    cut_cost: float = 2.5  # nats, for cutting through connected ink
    join_cost: float = 1.0  # nats, for joining what the pen left apart
    main: float = 0.75  # of all energy on a page; a component with less is not what the picture shows
    tall: float = 0.5  # of the highest digit; lower ones beside it are no digits of their own
    rival_from: float = 0.5  # likeness 0-1; with less it is no digit beside the one that was asked for
    # Likeness 0-1; ink of which the eye says less is a sign's, a letter's or a frame's. What looks like a 1 may be a
    # slash, a bracket or a bar: on pages that are full of them, 89 of 123 misread 1s are below 0.25, and 19 of 251 true
    # ones. Of other digits 12 of 54 misread ones are below 0.04, and 6 of 1748 true ones.
    one_below: float = 0.25
    other_below: float = 0.04


class Unread(NamedTuple):
    """Where something is written that was read as no digit, and whether it may hold one all the same."""

    box: Box
    possible: bool


def status(each: Classified, options: DecisionOptions) -> Status:
    """Of an answer with this candidate: digit, unsure or not_a_digit."""
    if each.p_digit < options.no_digit_below:
        return "not_a_digit"
    return "digit" if each.confidence >= options.unsure_below else "unsure"


def is_other(each: Classified, options: DecisionOptions) -> bool:
    """Whether the eye takes this for a sign, a letter or a frame."""
    return each.likeness < (options.one_below if each.digit == 1 else options.other_below)


def decide_digit(
    segmentation: Segmentation, classified: Sequence[Classified], options: DecisionOptions, model: str
) -> Answer:
    """The answer to a picture of one digit; `classified` are its candidates in order, `model` is the tag."""
    if segmentation.whole is None:
        return Answer("blank", None, 0.0, NO_EVIDENCE, None, model, BLANK)
    whole, together = classified[segmentation.whole], None
    if segmentation.together is not None:
        together = classified[segmentation.together]
        if status(together, options) == "digit" and together.evidence > whole.evidence:
            return answer(together, options, model)
    if not segmentation.several and (whole.p_digit >= options.no_digit_below or not segmentation.lines):
        return answer(whole, options, model)
    read = chain.from_iterable(read_line(line, classified, options)[0] for line in segmentation.lines)
    found = [each for each in read if status(each, options) == "digit" and each.likeness >= options.rival_from]
    no_digit = status(whole, options) == "not_a_digit" or is_other(whole, options)
    rivals = [each for each in found if no_digit or _beside(each.component, whole.component, options)]
    highest = max((each.component.height for each in rivals), default=0)
    tall = [each for each in rivals if each.component.height >= options.tall * highest]
    if len(tall) > no_digit:
        return _refused(whole, SEVERAL.format(text="".join(str(each.digit) for each in found)), model)
    # What lies around a digit may be no part of it; but a part of a letter is no digit.
    most = [
        each for each in tall if each.component.energy >= options.main * segmentation.energy or is_other(whole, options)
    ]
    either = [whole, *([together] if together else []), *most]
    return answer(max(either, key=lambda each: each.evidence), options, model)


def decide_number(
    segmentation: Segmentation, classified: Sequence[Classified], options: DecisionOptions, model: str
) -> Number:
    """The digits of a picture in reading order; arguments as for `decide_digit`."""
    read = [read_line(line, classified, options) for line in segmentation.lines]
    highest = max((component.height for line in segmentation.lines for component in line.components), default=0)
    apart = [_unread(classified[index], highest, options) for index in segmentation.apart]
    unread = [*chain.from_iterable(left for _, left in read), *apart]
    digits = tuple(
        PlacedAnswer(**vars(answer(each, options, model)), box=each.candidate.box)
        for found, _ in read
        for each in found
    )
    lines = tuple("".join(str(each.digit) for each in found) for found, _ in read if found)
    boxes = tuple(each.box for each in unread)
    verdict, message = number_status(digits, boxes, sum(each.possible for each in unread), blank=not segmentation.lines)
    return Number("".join(lines), digits, segmentation.width, segmentation.height, verdict, lines, boxes, message)


def _beside(component: Component, other: Component, options: DecisionOptions) -> bool:
    """Whether a component of about the other's height lies outside of it."""
    x, y = (component.box[0] + component.box[2]) / 2, (component.box[1] + component.box[3]) / 2
    inside = other.box[0] <= x < other.box[2] and other.box[1] <= y < other.box[3]
    return not inside and component.height >= options.tall * other.height


def read_line(
    line: Line, classified: Sequence[Classified], options: DecisionOptions
) -> tuple[list[Classified], list[Unread]]:
    """Of all ways to cut and join a line's components the one believed most: its digits and the rest.

    Dynamic programming: the cheapest way to account for all pieces before each place.
    """
    pieces = _pieces(line, classified, options)
    order, height = in_order(pieces), max(component.height for component in line.components)
    longest = max(map(len, line.spans))
    best: list[tuple[float, list[Classified], list[Piece]]] = [(0.0, [], [])]  # cost, characters, what is left out
    for end in range(1, len(order) + 1):
        skip = options.skip_cost * max(options.least_skip, pieces[order[end - 1]].height / height)
        cost, characters, left = best[end - 1]
        ways = [(cost + skip, characters, [*left, order[end - 1]])]
        for start in range(max(0, end - longest), end):
            index = line.spans.get(tuple(order[start:end]))
            if index is not None:
                each = classified[index]
                evidence = 0.0 if is_other(each, options) else each.evidence
                cost = -log(max(evidence, 1e-4)) + _cut_and_join_cost(order, start, end, options)
                ways.append((best[start][0] + cost, [*best[start][1], each], best[start][2]))
        best.append(min(ways, key=lambda way: way[0]))
    _, characters, left = best[-1]
    digits = [each for each in characters if status(each, options) != "not_a_digit"]
    others = [each for each in characters if status(each, options) == "not_a_digit"]
    others += _left_out(line, left, classified)
    return digits, sorted(_unread(each, height, options) for each in others)


def _left_out(line: Line, left: Sequence[Piece], classified: Sequence[Classified]) -> list[Classified]:
    """The candidates of these pieces; of a component whose pieces are all among them, itself."""
    count = Counter(piece.owner for piece in left)
    found = dict.fromkeys(Piece(p.owner, None) if count[p.owner] == len(line.cut[p.owner]) else p for p in left)
    return [classified[line.spans[piece,]] for piece in found]


def _unread(each: Classified, height: int, options: DecisionOptions) -> Unread:
    """As high as `height`, what is wide may be several digits that touch, which the network takes for none."""
    component = each.component
    several = component.width > WIDE * component.height and component.height >= options.tall * height
    # What /predict would answer with a digit, if only an unsure one, may be one here too.
    digit = status(each, options) != "not_a_digit" and each.likeness >= options.other_below
    return Unread(each.candidate.box, several or digit)


def _pieces(line: Line, classified: Sequence[Classified], options: DecisionOptions) -> dict[Piece, Component]:
    """The line's components, those in pieces that are no clear digit."""
    pieces: dict[Piece, Component] = {}
    for owner, (component, cut) in enumerate(zip(line.components, line.cut, strict=True)):
        whole = Piece(owner, None)
        if len(cut) == 1 or classified[line.spans[whole,]].confidence >= options.whole_from:
            pieces[whole] = component
        else:
            pieces |= {Piece(owner, number): part for number, part in enumerate(cut)}
    return pieces


def _cut_and_join_cost(order: list[Piece], start: int, end: int, options: DecisionOptions) -> float:
    """Of the cut at the end of a span, and of the joints inside it."""
    cut = options.cut_cost if end < len(order) and order[end].owner == order[end - 1].owner else 0.0
    return cut + options.join_cost * (len({piece.owner for piece in order[start:end]}) - 1)


def number_of(
    lines: Sequence[Sequence[Classified]],
    unread: Sequence[Unread],
    width: int,
    height: int,
    options: DecisionOptions,
    model: str,
) -> Number:
    """A Number of digits by lines, each the only candidate for its place; what looks like none is unread too."""
    rows = [[each for each in line if status(each, options) != "not_a_digit"] for line in lines]
    left = [each.candidate.box for line in lines for each in line if status(each, options) == "not_a_digit"]
    digits = tuple(
        PlacedAnswer(**vars(answer(each, options, model)), box=each.candidate.box) for row in rows for each in row
    )
    texts = tuple("".join(str(each.digit) for each in row) for row in rows if row)
    boxes = (*left, *(each.box for each in unread))
    possible = len(left) + sum(each.possible for each in unread)
    verdict, message = number_status(digits, boxes, possible, blank=False)
    return Number("".join(texts), digits, width, height, verdict, texts, boxes, message)


def answer(each: Classified, options: DecisionOptions, model: str) -> Answer:
    """The answer with one candidate."""
    found = status(each, options)
    if found == "not_a_digit":
        return _refused(each, NO_DIGIT, model)
    probabilities = tuple(map(float, each.probabilities))
    return Answer(found, each.digit, each.confidence, probabilities, each.candidate.seen, model)


def _refused(each: Classified, message: str, model: str) -> Answer:
    probabilities = tuple(map(float, each.probabilities))
    return Answer("not_a_digit", None, 0.0, probabilities, each.candidate.seen, model, message)
