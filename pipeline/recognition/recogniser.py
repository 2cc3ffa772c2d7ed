"""From a picture to an Answer or a Number in three steps: what serves, is evaluated, and makes training's examples."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import islice
from typing import TypeVar

import cv2
import numpy as np

from pipeline.answer import Answer, Number
from pipeline.recognition import second_opinion
from pipeline.recognition.candidates import Candidate, Classified
from pipeline.recognition.decide import DecisionOptions, decide_digit, decide_number
from pipeline.recognition.decode import Picture, decode
from pipeline.recognition.eye import Eye
from pipeline.recognition.eye_reading import EyeReading, look
from pipeline.recognition.model import Model
from pipeline.recognition.second_opinion import Seen
from pipeline.recognition.segment import Page, find_page, segment_digit, segment_number

Found = TypeVar("Found", Answer, Number)


def use_one_thread() -> None:
    """For programs that read pictures side by side: threads within one would only get in each other's way."""
    cv2.setNumThreads(1)


class Recogniser:
    """Reads digits with one model and one eye; safe to share between threads."""

    def __init__(self, eye: Eye, model: Model, options: DecisionOptions):
        self.eye, self.model, self.options = eye, model, options

    def recognise(self, picture: bytes) -> Answer:
        """The answer for one encoded picture (PNG, JPEG, …). Raises NotAPicture and TooLarge."""
        decoded = decode(picture)
        page = find_page(decoded)
        segmentation = segment_digit(page)
        classified = self.classify(segmentation.candidates)
        found = decide_digit(segmentation, classified, self.options, self.model.tag)
        if segmentation.several or found.status != "digit":
            eye = look(decoded, page.ink, self.eye)
            found = decide_digit(segmentation, _weighed(classified, page, eye), self.options, self.model.tag)
            if found.status != "digit":
                whole = None if segmentation.whole is None else segmentation.candidates[segmentation.whole].box
                found = second_opinion.digit(found, whole, self._seen(eye, decoded), self.options, self.model.tag)
        return _noted(found, decoded.note)

    def read(self, picture: bytes) -> Number:
        """The digits of one encoded picture, in reading order. Raises NotAPicture and TooLarge."""
        decoded = decode(picture)
        page = find_page(decoded)
        eye = look(decoded, page.ink, self.eye)
        segmentation = segment_number(page)
        classified = _weighed(self.classify(segmentation.candidates), page, eye)
        found = decide_number(segmentation, classified, self.options, self.model.tag)
        found = second_opinion.number(found, self._seen(eye, decoded), self.options, self.model.tag)
        return _noted(found, decoded.note)

    def classify(self, candidates: Sequence[Candidate]) -> list[Classified]:
        """The second step: all candidates in one batch through the network."""
        if not candidates:
            return []
        probabilities, p_digit = self.model.classify(np.stack([candidate.image for candidate in candidates]))
        return [Classified(*each) for each in zip(candidates, probabilities, p_digit, strict=True)]

    def _seen(self, eye: EyeReading, picture: Picture) -> Seen:
        every = [seen for line in eye.lines for choice in line for seen in choice]
        found = self.classify([seen.candidate for seen in every])
        weighed = (replace(each, likeness=seen.likeness) for each, seen in zip(found, every, strict=True))
        lines = [[tuple(islice(weighed, len(choice))) for choice in line] for line in eye.lines]
        return Seen(lines, eye.unread, max(picture.width, picture.height))


def _weighed(classified: Sequence[Classified], page: Page, eye: EyeReading) -> list[Classified]:
    """With how far the eye takes each for a digit."""
    foreground = page.foreground
    return [replace(each, likeness=eye.likeness(each.component, foreground)) for each in classified]


def _noted(found: Found, note: str | None) -> Found:
    """What was found, with what is to be said of how the file was read."""
    return found if note is None else replace(found, message=" ".join(filter(None, (found.message, note))))
