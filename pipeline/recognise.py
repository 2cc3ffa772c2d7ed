"""From a picture to an Answer or a Number: the one way that serves, evaluates and is tested."""

import base64
from io import BytesIO

import numpy as np
from PIL import Image

from pipeline.answer import Answer, Number, PlacedAnswer, Status
from pipeline.model import Model
from pipeline.preprocess import Page, layout, look
from pipeline.preprocess.marks import prominence
from pipeline.reading import Candidate, candidates, read_line

NO_EVIDENCE = (0.1,) * 10
COMPARABLE = 0.1  # of the most prominent mark; fainter or smaller marks beside it do not make several digits
WIDE = 1.1  # times its height; a wider mark that is no digit may be several that touch

BLANK = "The page is blank: there is no ink on it. Send a picture with one handwritten digit."
NO_DIGIT = "What is on the picture looks like no digit. Send a picture with one handwritten digit."
SEVERAL = "There seem to be several digits: {text}. /read reads them all; here, send one."


class Recogniser:
    """Reads digits with one model; safe to share between threads."""

    def __init__(self, model: Model):
        self.model = model
        self.unsure_below = float(model.card["unsure_below"])
        self.no_digit_below = float(model.card["no_digit_below"])

    def recognise(self, picture: bytes) -> Answer:
        """The answer for one encoded picture (PNG, JPEG, …). Raises NotAPicture and TooLarge."""
        page = look(picture)
        if page.marks is None:
            return Answer("blank", None, 0.0, NO_EVIDENCE, None, self.model.tag, BLANK)
        marks = page.marks.marks
        [whole] = candidates(page, [layout.broken_character(marks)], self.model)
        apart = [mark for mark in layout.characters(marks) if prominence(mark) >= COMPARABLE * prominence(marks[0])]
        touching = whole.digitness < self.no_digit_below and whole.mark.width > WIDE * whole.mark.height
        if len(apart) > 1 or touching:
            found = [each for each in self._read(page) if self._status(each) == "digit"]
            if len(found) > 1:
                text = "".join(str(each.probabilities.argmax()) for each in found)
                return self._refused(whole, SEVERAL.format(text=text))
            if found and found[0].confidence > whole.confidence:
                whole = found[0]
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


def _data_url(seen: np.ndarray) -> str:
    out = BytesIO()
    Image.fromarray(seen).save(out, "PNG", compress_level=1)
    return "data:image/png;base64," + base64.b64encode(out.getvalue()).decode("ascii")
