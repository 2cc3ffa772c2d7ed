"""From a picture to an Answer or a Number: what serves, is evaluated, and makes training's examples."""

from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple, TypeVar

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.answer import Answer, Box, Number
from pipeline.recognition.candidates import Candidate, Classified
from pipeline.recognition.decide import DecisionOptions, answer, decide_digit, decide_number, status
from pipeline.recognition.decode import Picture, decode
from pipeline.recognition.evidence import evidence
from pipeline.recognition.eye import Eye
from pipeline.recognition.eye_reading import look
from pipeline.recognition.model import Model
from pipeline.recognition.segment import Page, candidates, find_page, main_character
from pipeline.recognition.verifier import Verifier

Found = TypeVar("Found", Answer, Number)


class Looked(NamedTuple):
    """Classified candidates of components and eye, (n, columns) of evidence, and the boxes of other writing."""

    classified: list[Classified]
    evidence: NDArray[np.float32]
    writings: list[Box]


def use_one_thread() -> None:
    """For programs that read pictures side by side: threads within one would only get in each other's way."""
    cv2.setNumThreads(1)


class Recogniser:
    """Reads digits with one eye, one classifier and one verifier; safe to share between threads."""

    def __init__(self, eye: Eye, model: Model, verifier: Verifier, options: DecisionOptions):
        self.eye, self.model, self.verifier, self.options = eye, model, verifier, options

    def recognise(self, picture: bytes) -> Answer:
        """The answer for one encoded picture (PNG, JPEG, …). Raises NotAPicture and TooLarge.

        Where one character stands alone and is surely a digit, nothing else is looked at.
        """
        decoded = decode(picture)
        page = find_page(decoded)
        main = main_character(page)
        if main is not None:
            whole, several = main
            (alone,) = self.classify([whole])
            if not several and status(alone, self.options) == "digit":
                return _noted(answer(alone, self.options, self.model.tag), decoded.note)
        verified = self._verified(self.look(decoded, page))
        first = verified[0] if main else None
        return _noted(decide_digit(first, verified, self.options, self.model.tag), decoded.note)

    def read(self, picture: bytes) -> Number:
        """The digits of one encoded picture, in reading order. Raises NotAPicture and TooLarge."""
        decoded = decode(picture)
        page = find_page(decoded)
        looked = self.look(decoded, page)
        size, inked = (decoded.width, decoded.height), bool(page.foreground.components)
        number = decide_number(self._verified(looked), looked.writings, size, inked, self.options, self.model.tag)
        return _noted(number, decoded.note)

    def classify(self, candidates: Sequence[Candidate]) -> list[Classified]:
        """All candidates in one batch through the network."""
        if not candidates:
            return []
        probabilities, p_digit = self.model.classify(np.stack([candidate.image for candidate in candidates]))
        return [Classified(*each) for each in zip(candidates, probabilities, p_digit, strict=True)]

    def look(self, picture: Picture, page: Page | None = None) -> Looked:
        """All that may be one digit on a picture, the main character first, and what is known of it."""
        page = find_page(picture) if page is None else page
        seen = look(picture, page.ink, self.eye)
        classified = self.classify([*candidates(page), *seen.candidates])
        return Looked(classified, evidence(classified, page.foreground, seen), seen.writings)

    def _verified(self, looked: Looked) -> list[Classified]:
        """The same with how likely each is exactly one digit."""
        likely = self.verifier.likely(looked.evidence)
        return [replace(each, p_digit=float(p)) for each, p in zip(looked.classified, likely, strict=True)]


def _noted(found: Found, note: str | None) -> Found:
    """What was found, with what is to be said of how the file was read."""
    return found if note is None else replace(found, message=" ".join(filter(None, (found.message, note))))
