"""From a picture to an Answer or a Number: the one way that serves, evaluates and is tested."""

import numpy as np

from pipeline.answer import Answer, Number, PlacedAnswer, Status, data_url
from pipeline.recognition import layout
from pipeline.recognition.decide import Thresholds
from pipeline.recognition.encode import png
from pipeline.recognition.foreground import Mark, prominence
from pipeline.recognition.model import Model
from pipeline.recognition.reading import Candidate, candidates, read_line
from pipeline.recognition.segment import Page, look

NO_EVIDENCE = (0.1,) * 10
COMPARABLE = 0.1  # of the most prominent mark; fainter or smaller marks beside it do not make several digits
MOST_PIECES = 3  # that one digit may be in
MAIN = 0.75  # of all ink on a page; a mark with less is not what the picture shows
TALL = 0.5  # of the highest digit; lower ones beside it are no digits of their own
WIDE = 1.1  # times its height; a wider mark that is no digit may be several that touch

BLANK = "The page is blank: there is no ink on it. Send a picture with one handwritten digit."
NO_DIGIT = "What is on the picture looks like no digit. Send a picture with one handwritten digit."
SEVERAL = "There seem to be several digits: {text}. Read them as a number (/read), or send one alone."


class Recogniser:
    """Reads digits with one model; safe to share between threads."""

    def __init__(self, model: Model, thresholds: Thresholds):
        self.model = model
        self.unsure_below = thresholds.unsure_below
        self.no_digit_below = thresholds.no_digit_below

    def recognise(self, picture: bytes) -> Answer:
        """The answer for one encoded picture (PNG, JPEG, …). Raises NotAPicture and TooLarge."""
        page = look(picture)
        if page.marks is None:
            return Answer("blank", None, 0.0, NO_EVIDENCE, None, self.model.tag, BLANK)
        marks = page.marks.marks
        apart = [mark for mark in layout.characters(marks) if prominence(mark) >= COMPARABLE * prominence(marks[0])]
        joined = [layout.join(*apart)] if 1 < len(apart) <= MOST_PIECES else []
        whole, *together = candidates(page, [layout.broken_character(marks), *joined], self.model)
        if together and self._status(together[0]) == "digit":
            return self._answer(together[0])
        touching = whole.digitness < self.no_digit_below and whole.mark.width > WIDE * whole.mark.height
        if len(apart) > 1 or touching:
            found = [each for each in self._read(page) if self._status(each) == "digit"]
            no_digit = self._status(whole) == "not_a_digit"
            rivals = [each for each in found if no_digit or _beside(each.mark, whole.mark)]
            tall = [each for each in rivals if each.mark.height >= TALL * max(other.mark.height for other in rivals)]
            if len(tall) > no_digit:
                text = "".join(str(each.probabilities.argmax()) for each in found)
                return self._refused(whole, SEVERAL.format(text=text))
            # What lies around a digit may be no part of it; but a part of a letter is no digit.
            most = [each for each in tall if each.mark.mass >= MAIN * sum(mark.mass for mark in marks)]
            whole = max([whole, *together, *most], key=lambda each: each.confidence)
        return self._answer(whole)

    def read(self, picture: bytes) -> Number:
        """The digits of one encoded picture, in reading order. Raises NotAPicture and TooLarge."""
        page = look(picture)
        answers = [(self._answer(each), page.box(each.mark)) for each in self._read(page)]
        digits = tuple(PlacedAnswer(**answer.to_json(), box=box) for answer, box in answers if answer.digit is not None)
        return Number("".join(str(each.digit) for each in digits), digits, page.width, page.height)

    def _read(self, page: Page) -> list[Candidate]:
        if page.marks is None:
            return []
        rows = layout.lines(layout.characters(page.marks.marks))
        return [candidate for row in rows for candidate in read_line(page, row, self.model)]

    def _status(self, candidate: Candidate) -> Status:
        if candidate.digitness < self.no_digit_below:
            return "not_a_digit"
        return "digit" if candidate.confidence >= self.unsure_below else "unsure"

    def _answer(self, candidate: Candidate) -> Answer:
        status = self._status(candidate)
        if status == "not_a_digit":
            return self._refused(candidate, NO_DIGIT)
        digit, probabilities = int(candidate.probabilities.argmax()), tuple(map(float, candidate.probabilities))
        return Answer(status, digit, candidate.confidence, probabilities, _data_url(candidate.image), self.model.tag)

    def _refused(self, candidate: Candidate, message: str) -> Answer:
        probabilities = tuple(map(float, candidate.probabilities))
        return Answer("not_a_digit", None, 0.0, probabilities, _data_url(candidate.image), self.model.tag, message)


def _beside(mark: Mark, other: Mark) -> bool:
    """Whether a mark of about the other's height lies outside of it."""
    middle = (mark.box[0] + mark.box[2]) / 2, (mark.box[1] + mark.box[3]) / 2
    inside = other.box[0] <= middle[0] < other.box[2] and other.box[1] <= middle[1] < other.box[3]
    return not inside and mark.height >= TALL * other.height


def _data_url(seen: np.ndarray) -> str:
    return data_url(png(seen))
