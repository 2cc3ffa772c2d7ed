"""Over-segmentation: a line of writing in every way it may be cut into digits, for the network to classify.

A component may be one digit, several that touch, or a part of one that the pen left in pieces. So each is taken whole
and, where little ink passes from left to right, in pieces; and neighbours are joined, whichever of them are cut.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.recognition.components import Component, join
from pipeline.recognition.cuts import LEAST_PIECE, Path, paths
from pipeline.recognition.foreground import Foreground

MOST_JOINED = 8  # pieces in one digit
LOW = 0.5  # of the tallest in its line: what is lower is a dash or a tilde, and not cut
WIDEST = 1.5  # times the line's height; wider pieces of writing, joined, are no single digit


class Piece(NamedTuple):
    """A part of the component numbered `owner` in its line, or, where `part` is None, all of it."""

    owner: int
    part: int | None


Span = tuple[Piece, ...]  # neighbours, from left to right


class Cut(NamedTuple):
    """A line of writing, `pieces` for each of its components, itself alone where nothing says that digits touch in it.

    The labels of all of them are those of `foreground`.
    """

    foreground: Foreground
    line: list[Component]
    pieces: list[list[Component]]


def cut(foreground: Foreground, line: Sequence[Component]) -> Cut:
    """Each component of a line in pieces, from left to right, that are labelled anew."""
    tallest = max(component.height for component in line)
    labels, whole, pieces = foreground.labels, [], []
    for component in line:
        inside = foreground.holds(component)
        low = component.height < LOW * tallest
        number_of = _numbered(inside, [] if low else paths(inside))
        numbers = range(1, int(number_of.max(initial=0)) + 1)
        if len(numbers) < 2:
            whole.append(component)
            pieces.append([component])
            continue
        if labels is foreground.labels:
            labels = labels.copy()
        first = int(labels.max())
        x0, y0, x1, y1 = component.box
        labels[y0:y1, x0:x1][inside] = first + number_of[inside]
        pieces.append([_piece(component, number_of == number, first + number) for number in numbers])
        whole.append(replace(component, labels=tuple(first + number for number in numbers)))
    return Cut(replace(foreground, labels=labels), whole, pieces)


def _numbered(inside: NDArray[np.bool_], found: Sequence[Path]) -> NDArray[np.int32]:
    """(h, w) which piece each pixel of ink is in, from 1; what is too small goes to the piece before it."""
    columns = np.arange(inside.shape[1])
    right = sum((columns >= path[:, None] for path in found), np.zeros(inside.shape, np.int32))
    sizes = np.bincount(right[inside], minlength=len(found) + 1)
    large = sizes >= LEAST_PIECE * sizes.sum()
    numbers = np.maximum(1, np.cumsum(large)).astype(np.int32)
    return np.where(inside, numbers[right], 0)


def _piece(component: Component, own: NDArray[np.bool_], label: int) -> Component:
    x, y, width, height = cv2.boundingRect(own.view(np.uint8))
    x0, y0 = component.box[0] + x, component.box[1] + y
    return Component((x0, y0, x0 + width, y0 + height), (label,), 0.0, 0)


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
