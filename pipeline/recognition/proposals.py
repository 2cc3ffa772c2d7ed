"""All that may be one digit on a page, found by components and by the eye, classified, with what is known of each."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from pipeline.answer import Box
from pipeline.recognition.candidates import Candidate, Classified
from pipeline.recognition.decode import Picture
from pipeline.recognition.evidence import evidence
from pipeline.recognition.eye import Eye
from pipeline.recognition.eye_reading import look
from pipeline.recognition.model import Model
from pipeline.recognition.segment import Page, candidates


class Proposals(NamedTuple):
    """Classified candidates, the main character first where there is ink; (n, columns) float32 of evidence for them.

    `writings` are the boxes of what the eye takes for other writing.
    """

    classified: list[Classified]
    evidence: NDArray[np.float32]
    writings: list[Box]


def propose(picture: Picture, page: Page, eye: Eye, model: Model) -> Proposals:
    """What may be one digit; `page` is what is on the picture."""
    seen = look(picture, page.ink, eye)
    classified = classify([*candidates(page), *seen.candidates], model)
    return Proposals(classified, evidence(classified, page.foreground, seen), seen.writings)


def classify(found: Sequence[Candidate], model: Model) -> list[Classified]:
    """All candidates in one batch through the network."""
    if not found:
        return []
    probabilities, p_digit = model.classify(np.stack([candidate.image for candidate in found]))
    return [Classified(*each) for each in zip(found, probabilities, p_digit, strict=True)]
