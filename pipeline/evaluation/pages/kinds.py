"""The kinds of page that the reading is measured on, and a page of one."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from pipeline.data.mnist import Split
from pipeline.evaluation.outcomes import rng_of
from pipeline.evaluation.pages import around, forms, numbers, photographs, surfaces
from pipeline.evaluation.pages.ink import Digit
from pipeline.evaluation.pages.look import Picture
from pipeline.recognition.encode import png

Endpoint = Literal["/predict", "/read"]
Draw = Callable[[Sequence[Digit], np.random.Generator], Picture]


@dataclass(frozen=True)
class Kind:
    """How a page is drawn, what is asked to read it, and how many digits may stand on it, in reading order."""

    draw: Draw
    endpoint: Endpoint = "/read"
    counts: tuple[int, ...] = (1,)


@dataclass(frozen=True)
class Page:
    """A picture file, the endpoint that is to read it, and the digits that it is to find, as text."""

    file: bytes
    endpoint: Endpoint
    expected: str


def _one(draw: Draw) -> Kind:
    return Kind(draw, "/predict")


KINDS: dict[str, Kind] = {
    "frame": _one(around.framed),
    "circle": _one(around.circled),
    "underline": _one(around.underlined),
    "sign beside": _one(around.with_sign),
    "cropped to the ink": _one(surfaces.tight),
    "graph paper": _one(surfaces.graph_paper),
    "paper darker than desk": _one(photographs.on_dark_paper),
    "light ink on sticker": _one(photographs.on_a_sticker),
    "things on the desk": _one(photographs.with_things),
    "boxes": Kind(forms.boxes, counts=(2, 3, 4, 5, 6, 8)),
    "joined boxes": Kind(forms.joined_boxes, counts=(2, 3, 4, 5, 6, 8)),
    "comb": Kind(forms.comb, counts=(1, 2, 3, 4, 6, 8)),
    "dark windows": Kind(forms.windows, counts=(3, 4, 5, 6, 7)),
    "date": Kind(numbers.date, counts=numbers.lengths(numbers.DATES)),
    "phone number": Kind(numbers.phone, counts=numbers.lengths(numbers.PHONES)),
    "amount": Kind(numbers.amount, counts=numbers.lengths(numbers.AMOUNTS)),
    "letters beside": Kind(numbers.labelled, counts=numbers.lengths(numbers.LABELLED)),
    "touching": Kind(numbers.touching_digits, counts=(2, 2, 3, 4, 5)),
    "long and tight": Kind(numbers.long_and_tight, counts=tuple(range(8, 17))),
    "sum in a column": Kind(numbers.column, counts=tuple(range(5, 13))),
    "tilted line": Kind(numbers.tilted, counts=(3, 4, 5, 6, 8)),
    "blot beside": Kind(numbers.beside_a_blot, counts=(1, 2, 3, 4, 5)),
    "lined paper, photographed": Kind(photographs.on_ruled_paper, counts=(2, 3, 4, 5, 6)),
}


def page(name: str, index: int, digits: Split) -> Page:
    """A page of that kind with some of the digits; the same for the same kind, index and digits."""
    kind, rng = KINDS[name], rng_of(name, 0, index)
    rows = rng.integers(len(digits), size=rng.choice(kind.counts))
    picture = kind.draw(digits.images[rows], rng)
    return Page(png(picture), kind.endpoint, "".join(map(str, digits.labels[rows])))
