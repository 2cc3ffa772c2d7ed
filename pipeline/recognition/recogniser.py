"""From a picture to an Answer or a Number: what serves, is evaluated, and makes training's examples."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import chain
from typing import TypeVar

import cv2

from pipeline.answer import Answer, Number
from pipeline.recognition.candidates import Classified
from pipeline.recognition.decide import Decision, DecisionOptions, Reading, answer, decide_digit, decide_number
from pipeline.recognition.decode import MAX_PIXELS, Picture, decode
from pipeline.recognition.eye import Eye
from pipeline.recognition.model import Model
from pipeline.recognition.proposals import Proposals, classify, propose
from pipeline.recognition.segment import Page, all_ink, find_pages, main_character
from pipeline.recognition.verifier import Verifier

ROOM = 64  # pixels of the longer side: on a smaller picture nothing stands beside a digit that an eye could tell
LIKELY, NEVER = 0.5, 0.0  # confidences: more than the first is likelier right than not; no digit has the second

Found = TypeVar("Found", Answer, Number)


def use_one_thread() -> None:
    """For programs that read pictures side by side: threads within one would only get in each other's way."""
    cv2.setNumThreads(1)


class Recogniser:
    """Reads digits with one eye, one classifier and one verifier; safe to share between threads."""

    def __init__(self, eye: Eye, model: Model, verifier: Verifier, options: DecisionOptions):
        self.eye, self.model, self.verifier, self.options = eye, model, verifier, options

    def recognise(self, picture: bytes) -> Answer:
        """The answer for one encoded picture (PNG, JPEG, …). Raises NotAPicture and TooLarge."""
        found = self.glance(picture)
        return found if isinstance(found, Answer) else found()

    def glance(self, picture: bytes, most_pixels: int = MAX_PIXELS) -> Answer | Callable[[], Answer]:
        """The answer for one encoded picture, or what finds it, a hundred times as long, where a glance does not tell.

        Where one character stands alone and is surely a digit, nothing else is looked at. What else may be the ink on
        it is looked at only where the likeliest shows neither a sure digit nor several.

        Raises NotAPicture and TooLarge; ManyPixels, within a millisecond, where there are more than `most_pixels`.
        """
        decoded = decode(picture, most_pixels)
        pages = find_pages(decoded)
        page = next(pages)
        alone = self._alone(page)
        if alone is not None:
            return _noted(alone, decoded.note)
        return lambda: _noted(_most_settled(self._digit(decoded, each) for each in chain([page], pages)), decoded.note)

    def read(self, picture: bytes) -> Number:
        """The digits of one encoded picture, in reading order. Raises NotAPicture and TooLarge."""
        decoded = decode(picture)
        readings = (self._number(decoded, page) for page in find_pages(decoded))
        return _noted(_most_evident(readings), decoded.note)

    def _alone(self, page: Page) -> Answer | None:
        """The answer to a page with one character that is clearly a digit, or all there is room for; None of others."""
        main = main_character(page)
        if main is None:
            return None
        character, several = main
        if max(page.width, page.height) < ROOM:  # where the bits of one digit are likelier than several digits
            character, least = (all_ink(page), LIKELY) if several else (character, NEVER)
        elif several:
            return None
        else:
            least = max(self.options.alone, self.options.unsure_below)
        (alone,) = classify([character], self.model)
        return answer(alone, self.options, self.model.tag) if alone.confidence >= least else None

    def _digit(self, picture: Picture, page: Page) -> Decision:
        verified = self._verified(propose(picture, page, self.eye, self.model))
        whole = verified[0] if page.foreground.components else None
        return decide_digit(whole, verified, self.options, self.model.tag)

    def _number(self, picture: Picture, page: Page) -> Reading:
        found = propose(picture, page, self.eye, self.model)
        size, inked = (picture.width, picture.height), bool(page.foreground.components)
        return decide_number(self._verified(found), found.writings, size, inked, self.options, self.model.tag)

    def _verified(self, found: Proposals) -> list[Classified]:
        """What was proposed, with how likely each is exactly one digit."""
        likely = self.verifier.likely(found.evidence)
        return [replace(each, p_one=float(p)) for each, p in zip(found.classified, likely, strict=True)]


def _most_settled(decisions: Iterator[Decision]) -> Answer:
    """The first that leaves no doubt; else, if the likeliest shows ink, the first likely digit, the first digit."""
    found: list[Answer] = []
    for decision in decisions:
        found.append(decision.answer)
        if decision.settled:
            return decision.answer
    first = found[0]
    if first.status == "blank":
        return first
    for least in (LIKELY, NEVER):
        for each in found:
            if each.confidence > least:
                return each
    return first


def _most_evident(readings: Iterator[Reading]) -> Number:
    """The first if it is complete and sure, or blank; else that with the most evidence."""
    first = next(readings)
    if first.number.status in ("number", "blank"):
        return first.number
    return max([first, *readings], key=lambda reading: reading.evidence).number


def _noted(found: Found, note: str | None) -> Found:
    """What was found, with what is to be said of how the file was read."""
    return found if note is None else replace(found, message=" ".join(filter(None, (found.message, note))))
