"""Over-segmentation: a line of writing in every way it may be cut into digits, for the network to classify.

A component may be one digit, several that touch, or a part of one that the pen left in pieces. So each is taken whole
and, where little ink passes from left to right, in pieces; and neighbours are joined, whichever of them are cut.
"""

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from pipeline.recognition.components import Component, join
from pipeline.recognition.foreground import Foreground

CUT_FROM = 0.75  # of the height: narrower components are one digit
MOST_CUT = 0.35  # of the height; no more ink than this is cut through
MOST_JOINED = 8  # pieces in one digit
WIDEST = 1.5  # times the line's height; wider pieces of writing, joined, are no single digit


class Piece(NamedTuple):
    """A part of the component numbered `owner` in its line, or, where `part` is None, all of it."""

    owner: int
    part: int | None


Span = tuple[Piece, ...]  # neighbours, from left to right


def pieces(foreground: Foreground, component: Component) -> list[Component]:
    """A component cut where touching digits may meet, from left to right; itself where nothing says they do."""
    inside = foreground.holds(component)
    found = []
    for start, end in pairwise([0, *_cuts(inside), component.width]):
        columns = inside[:, start:end]
        rows = np.flatnonzero(columns.any(axis=1))
        across = np.flatnonzero(columns.any(axis=0))
        if not len(rows):
            continue
        x0, y0 = component.box[0] + start, component.box[1]
        box = x0 + int(across[0]), y0 + int(rows[0]), x0 + int(across[-1]) + 1, y0 + int(rows[-1]) + 1
        found.append(Component(box, component.labels, component.energy * float(columns.sum() / inside.sum()), 0))
    return found if len(found) > 1 else [component]


def _cuts(inside: NDArray[np.bool_]) -> list[int]:
    """Columns of (h, w) where little ink passes from left to right."""
    height, width = inside.shape
    if width < CUT_FROM * height:
        return []
    profile = inside.sum(axis=0)
    reach = max(1, height // 10)
    places: list[int] = []
    for x in range(2 * reach, width - 2 * reach):
        around = profile[x - reach : x + reach + 1]
        if profile[x] <= MOST_CUT * height and profile[x] == around.min() and (not places or x - places[-1] > reach):
            places.append(x)
    return places


def spans(
    line: Sequence[Component], cut: Sequence[Sequence[Component]], most: int | None = None
) -> list[Component] | None:
    """Every run of neighbours that may be one digit, whichever components are cut, as one component each.

    `cut` are the pieces of each component, itself alone where it is not cut. None where there are more than `most`.
    """
    alternatives: dict[Piece, Component] = {}
    for owner, (component, parts) in enumerate(zip(line, cut, strict=True)):
        alternatives[Piece(owner, None)] = component
        if len(parts) > 1:
            alternatives |= {Piece(owner, number): part for number, part in enumerate(parts)}
    order = sorted(alternatives, key=lambda piece: alternatives[piece].box[0] + alternatives[piece].box[2])
    widest = WIDEST * max(component.height for component in line)
    found: dict[Span, Component] = {}
    for first in range(len(order)):
        for span in _runs(order, first, alternatives, widest):
            found.setdefault(span, join(*(alternatives[piece] for piece in span)))
            if most is not None and len(found) > most:
                return None
    return list(found.values())


def _runs(
    order: list[Piece], first: int, alternatives: dict[Piece, Component], widest: float, run: Span = (),
    is_cut: dict[int, bool] | None = None,
) -> Iterator[Span]:  # fmt: skip
    """Runs on from the piece at `first`, which is in them; `is_cut` tells it of the components decided on so far."""
    piece = order[first]
    run, is_cut = (*run, piece), {**(is_cut or {}), piece.owner: piece.part is not None}
    if len(run) > 1 and join(*(alternatives[each] for each in run)).width > widest:
        return
    yield run
    if len(run) == MOST_JOINED:
        return
    for following in range(first + 1, len(order)):
        owner, part = order[following]
        if is_cut.get(owner, part is not None) != (part is not None):
            continue  # belongs to a component that is taken the other way
        yield from _runs(order, following, alternatives, widest, run, is_cut)
        if owner in is_cut or Piece(owner, 0) not in alternatives:
            return  # nothing may be passed over
        is_cut = {**is_cut, owner: part is None}
