"""The third step: classified candidates to an Answer or a Number. No pixels, no model: a table tells what comes out."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import prod

from pipeline.answer import Answer, Number, PlacedAnswer, Status
from pipeline.recognition.candidates import Classified, Segmentation
from pipeline.recognition.number_status import number_status

NO_EVIDENCE = (0.1,) * 10
MOSTLY = 0.5  # confidence; what is no digit more likely than not does not stand for several pieces

BLANK = "The page is blank: there is no ink on it. Send a picture with one handwritten digit."
NO_DIGIT = "What is on the picture looks like no digit. Send a picture with one handwritten digit."
SEVERAL = "There seem to be several digits: {text}. Read them as a number (/read), or send one alone."


@dataclass(frozen=True)
class DecisionOptions:
    """From where on to answer; the thresholds are of the model's card, chosen in pipeline/training/thresholds.py."""

    unsure_below: float  # confidence 0-1; an answer with less is "unsure"
    no_digit_below: float  # P(digit) 0-1; what has less is "not_a_digit"
    tall: float = 0.5  # of the highest digit's height; lower ones beside it are no rivals of it


def status(each: Classified, options: DecisionOptions) -> Status:
    """Of an answer with this candidate: digit, unsure or not_a_digit."""
    if each.p_digit < options.no_digit_below:
        return "not_a_digit"
    return "digit" if each.confidence >= options.unsure_below else "unsure"


def decide_digit(
    segmentation: Segmentation, classified: Sequence[Classified], options: DecisionOptions, model: str
) -> Answer:
    """The answer to a picture of one digit; `classified` are its candidates in order, `model` is the tag."""
    if not classified:
        return Answer("blank", None, 0.0, NO_EVIDENCE, None, model, BLANK)
    digits = [_surest(classified, digit) for line in segmentation.lines for digit in line]
    together = None if segmentation.together is None else classified[segmentation.together]
    if together and not digits:  # writing that the eye took for no digit: what it says against it counts
        return _answer(together, options, model, together.candidate.eye)
    read = [each for each in digits if status(each, options) != "not_a_digit"]
    highest = max((each.candidate.height for each in read), default=0)
    rivals = [each for each in read if each.candidate.height >= options.tall * highest]
    if together and together.confidence > max(prod(each.confidence for each in rivals) if rivals else 0.0, MOSTLY):
        return _answer(together, options, model)
    if len(rivals) > 1:
        return _refused(rivals[0], SEVERAL.format(text="".join(str(each.digit) for each in read)), model)
    return _answer(max(rivals or digits, key=lambda each: each.candidate.eye * each.p_digit), options, model)


def decide_number(
    segmentation: Segmentation, classified: Sequence[Classified], options: DecisionOptions, model: str
) -> Number:
    """The digits of a picture in reading order; arguments as for `decide_digit`."""
    rows = [[_surest(classified, digit) for digit in line] for line in segmentation.lines]
    read = [[each for each in row if status(each, options) != "not_a_digit"] for row in rows]
    digits = tuple(
        PlacedAnswer(**vars(_answer(each, options, model)), box=each.candidate.box) for row in read for each in row
    )
    left = tuple(each.candidate.box for row in rows for each in row if status(each, options) == "not_a_digit")
    unread = left + segmentation.unread
    lines = tuple("".join(str(each.digit) for each in row) for row in read if row)
    blank = not classified and not unread
    verdict, message = number_status(digits, unread, len(left), blank)
    return Number("".join(lines), digits, segmentation.width, segmentation.height, verdict, lines, unread, message)


def _surest(classified: Sequence[Classified], indices: Sequence[int]) -> Classified:
    """The candidate with the most evidence; the first of equals."""
    return max((classified[index] for index in indices), key=lambda each: each.confidence)


def _answer(each: Classified, options: DecisionOptions, model: str, eye: float = 1.0) -> Answer:
    found = status(each, options)
    if found == "not_a_digit":
        return _refused(each, NO_DIGIT, model)
    confidence = each.confidence * eye
    if confidence < options.unsure_below:
        found = "unsure"
    probabilities = tuple(map(float, each.probabilities))
    return Answer(found, each.digit, confidence, probabilities, each.candidate.seen, model)


def _refused(each: Classified, message: str, model: str) -> Answer:
    probabilities = tuple(map(float, each.probabilities))
    return Answer("not_a_digit", None, 0.0, probabilities, each.candidate.seen, model, message)
