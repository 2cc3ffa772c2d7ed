"""From a picture to an Answer or a Number: what serves, is evaluated, and makes training's examples."""

from dataclasses import replace
from typing import TypeVar

import cv2

from pipeline.answer import Answer, Number
from pipeline.recognition.candidates import Classified
from pipeline.recognition.decide import DecisionOptions, answer, decide_digit, decide_number, status
from pipeline.recognition.decode import decode
from pipeline.recognition.eye import Eye
from pipeline.recognition.model import Model
from pipeline.recognition.proposals import Proposals, classify, propose
from pipeline.recognition.segment import find_page, main_character
from pipeline.recognition.verifier import Verifier

Found = TypeVar("Found", Answer, Number)


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
            (alone,) = classify([whole], self.model)
            if not several and status(alone, self.options) == "digit":
                return _noted(answer(alone, self.options, self.model.tag), decoded.note)
        verified = self._verified(propose(decoded, page, self.eye, self.model))
        first = verified[0] if main else None
        return _noted(decide_digit(first, verified, self.options, self.model.tag), decoded.note)

    def read(self, picture: bytes) -> Number:
        """The digits of one encoded picture, in reading order. Raises NotAPicture and TooLarge."""
        decoded = decode(picture)
        page = find_page(decoded)
        found = propose(decoded, page, self.eye, self.model)
        size, inked = (decoded.width, decoded.height), bool(page.foreground.components)
        number = decide_number(self._verified(found), found.writings, size, inked, self.options, self.model.tag)
        return _noted(number, decoded.note)

    def _verified(self, found: Proposals) -> list[Classified]:
        """What was proposed, with how likely each is exactly one digit."""
        likely = self.verifier.likely(found.evidence)
        return [replace(each, p_one=float(p)) for each, p in zip(found.classified, likely, strict=True)]


def _noted(found: Found, note: str | None) -> Found:
    """What was found, with what is to be said of how the file was read."""
    return found if note is None else replace(found, message=" ".join(filter(None, (found.message, note))))
