"""From a picture to an Answer or a Number in three steps: what serves, is evaluated, and makes training's examples."""

from collections.abc import Callable
from dataclasses import replace
from typing import TypeVar

import cv2
import numpy as np

from pipeline.answer import Answer, Number
from pipeline.recognition.candidates import Classified, Segmentation
from pipeline.recognition.decide import DecisionOptions, decide_digit, decide_number
from pipeline.recognition.decode import decode
from pipeline.recognition.eye import Eye
from pipeline.recognition.model import Model
from pipeline.recognition.segment import segment

Found = TypeVar("Found", Answer, Number)
Decide = Callable[[Segmentation, list[Classified], DecisionOptions, str], Found]


def use_one_thread() -> None:
    """For programs that read pictures side by side: threads within one would only get in each other's way."""
    cv2.setNumThreads(1)


class Recogniser:
    """Reads digits with one eye and one model; safe to share between threads."""

    def __init__(self, eye: Eye, model: Model, options: DecisionOptions):
        self.eye, self.model, self.options = eye, model, options

    def recognise(self, picture: bytes) -> Answer:
        """The answer for one encoded picture (PNG, JPEG, …). Raises NotAPicture and TooLarge."""
        return self._found(picture, decide_digit)

    def read(self, picture: bytes) -> Number:
        """The digits of one encoded picture, in reading order. Raises NotAPicture and TooLarge."""
        return self._found(picture, decide_number)

    def _found(self, picture: bytes, decide: Decide[Found]) -> Found:
        decoded = decode(picture)
        segmentation = segment(decoded, self.eye)
        found = decide(segmentation, self.classify(segmentation), self.options, self.model.tag)
        return found if decoded.note is None else _noted(found, decoded.note)

    def classify(self, segmentation: Segmentation) -> list[Classified]:
        """The second step: all candidates in one batch through the network."""
        candidates = segmentation.candidates
        if not candidates:
            return []
        probabilities, p_digit = self.model.classify(np.stack([candidate.image for candidate in candidates]))
        return [Classified(*each) for each in zip(candidates, probabilities, p_digit, strict=True)]


def _noted(found: Found, note: str) -> Found:
    """What was found, with what is to be said of how the file was read."""
    return replace(found, message=" ".join(filter(None, (found.message, note))))
