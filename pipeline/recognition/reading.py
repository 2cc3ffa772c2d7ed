"""A line of writing to its digits: of all ways to cut and join its marks, the one that the model believes most."""

from dataclasses import dataclass
from math import log

import numpy as np

from pipeline.recognition import layout
from pipeline.recognition.foreground import Mark
from pipeline.recognition.model import Model
from pipeline.recognition.segment import Page

MOST_JOINED = 8  # pieces in one digit
CLEAR = 0.5  # confidence; what is one digit is not cut
WIDEST = 1.5  # times the line's height; a wider piece of writing is no single digit
MOST_MARKS = 200  # of one line; a page with more is no handwriting
# What the alternatives cost beside minus the logarithm of each digit's confidence.
SKIP_COST = 3.0  # leaving out a mark as high as the line
CUT_COST = 2.5  # cutting through connected ink
JOIN_COST = 1.0  # joining what the pen left apart


@dataclass(frozen=True)
class Candidate:
    """A mark as the model sees it: (28, 28) uint8, (10,) probabilities given a digit, the probability of being one."""

    mark: Mark
    image: np.ndarray
    probabilities: np.ndarray
    digitness: float

    @property
    def confidence(self) -> float:
        return float(self.probabilities.max() * self.digitness)


def candidates(page: Page, marks: list[Mark], model: Model) -> list[Candidate]:
    """Each mark as the model sees it."""
    images = np.stack([page.digit(mark) for mark in marks])
    return [Candidate(*row) for row in zip(marks, images, *model.classify(images), strict=True)]


def read_line(page: Page, row: list[Mark], model: Model) -> list[Candidate]:
    """The characters of one line from left to right, without those that are best left out."""
    assert page.marks is not None
    row = row[:MOST_MARKS]
    clear = [each.confidence >= CLEAR for each in candidates(page, row, model)]
    whole = {m: [m] if is_clear else layout.pieces(page.marks, m) for m, is_clear in zip(row, clear, strict=True)}
    atoms = [(piece, mark) for mark, parts in whole.items() for piece in parts]
    atoms.sort(key=lambda atom: atom[0].box[0] + atom[0].box[2])
    height = max(mark.height for mark in row)
    spans = [
        (start, end)
        for start in range(len(atoms))
        for end in range(start + 1, min(start + MOST_JOINED, len(atoms)) + 1)
    ]
    joined = {span: layout.join(*(piece for piece, _ in atoms[slice(*span)])) for span in spans}
    fitting = {span: mark for span, mark in joined.items() if span[1] - span[0] == 1 or mark.width <= WIDEST * height}
    seen = dict(zip(fitting, candidates(page, list(fitting.values()), model), strict=True))
    owners = [owner for _, owner in atoms]
    # Dynamic programming over the atoms: the cheapest way to account for all before each of them.
    best: list[tuple[float, list[Candidate]]] = [(0.0, [])]
    for end in range(1, len(atoms) + 1):
        skipped = best[end - 1][0] + SKIP_COST * max(0.3, atoms[end - 1][0].height / height)
        ways = [(skipped, best[end - 1][1])]
        for start in range(max(0, end - MOST_JOINED), end):
            if (start, end) in seen:
                candidate = seen[start, end]
                cost = best[start][0] - log(max(candidate.confidence, 1e-4)) + _surgery(owners, start, end)
                ways.append((cost, [*best[start][1], candidate]))
        best.append(min(ways, key=lambda way: way[0]))
    return best[-1][1]


def _surgery(owners: list[Mark], start: int, end: int) -> float:
    """The cost of the cuts at the end of a span, and of the joints inside it."""
    cut = CUT_COST if end < len(owners) and owners[end] is owners[end - 1] else 0.0
    return cut + JOIN_COST * (len({id(owner) for owner in owners[start:end]}) - 1)
