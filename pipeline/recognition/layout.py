"""How the marks of a page belong together: strokes to characters, characters to lines of writing."""

from itertools import pairwise

import numpy as np

from pipeline.recognition.components import Mark, prominence
from pipeline.recognition.foreground import Marks, common_box

PART_SIZE = (
    0.6  # of a character's height (an underline has none); only smaller marks are parts of it that the pen left apart
)
PART_GAP = 0.3  # of the character's height, above or below it
CLOSE_GAP = 0.06  # of the character's height, in any direction
BROKEN_GAP = 0.15  # of a broken character's longer side, between its pieces
PIECE_MASS = 0.05  # of the most prominent mark: less is dirt, not a piece of a broken character
LEAST_HEIGHT = 0.35  # of the tallest character; smaller ones apart from it are points, commas or dirt
LEAST_MASS = 0.02  # of the most prominent mark
CUT_FROM = 0.75  # of the height: narrower marks are one digit
MOST_CUT = 0.35  # of the height; no more ink than this is cut through
SAME_LINE = 0.4  # of the lower height, shared by two characters of one line
STACK = 1.2  # of the tallest other character's height: two marks above each other that reach no further are one


def join(*marks: Mark) -> Mark:
    """Several marks as one."""
    components = tuple(number for mark in marks for number in mark.components)
    return Mark(common_box(*marks), components, sum(m.mass for m in marks), sum(m.edge for m in marks))


def characters(marks: tuple[Mark, ...]) -> list[Mark]:
    """Each mark with the small parts that belong to it (the bar of a 5, a dot), most prominent first."""
    found: list[Mark] = []
    for mark in sorted(marks, key=lambda each: each.size, reverse=True):
        owners = [i for i, owner in enumerate(found) if _is_part(mark, owner)]
        if owners:
            nearest = min(owners, key=lambda i: max(_gaps(mark, found[i])))
            found[nearest] = join(found[nearest], mark)
        else:
            found.append(mark)
    return sorted(found, key=prominence, reverse=True)


def _is_part(mark: Mark, owner: Mark) -> bool:
    across, down = _gaps(mark, owner)
    if mark.size > PART_SIZE * owner.height:
        return False
    if max(across, down) <= CLOSE_GAP * owner.height:
        return True
    return _shared(mark, owner) >= 0.5 * mark.width and down <= PART_GAP * owner.height


def _gaps(one: Mark, other: Mark) -> tuple[int, int]:
    """Pixels between two boxes, across and down; 0 where they overlap."""
    across = max(one.box[0], other.box[0]) - min(one.box[2], other.box[2])
    down = max(one.box[1], other.box[1]) - min(one.box[3], other.box[3])
    return max(0, across), max(0, down)


def broken_character(marks: tuple[Mark, ...]) -> Mark:
    """The most prominent mark with all that lies near it, as if the pen had left one digit in pieces."""
    whole, rest = marks[0], list(marks[1:])
    while near := [mark for mark in rest if _is_piece(mark, whole, marks[0])]:
        whole = join(whole, *near)
        rest = [mark for mark in rest if mark not in near]
    return whole


def _is_piece(mark: Mark, whole: Mark, first: Mark) -> bool:
    surroundings = mark.edge and not first.edge and mark.mass > 0.3 * first.mass
    if surroundings or mark.mass < PIECE_MASS * first.mass:
        return False
    across, down = _gaps(mark, whole)
    underline = mark.box[1] >= whole.box[3] and mark.height <= 0.2 * mark.width
    if underline and down > CLOSE_GAP * whole.size:
        return False
    # Two strokes above each other are more likely one broken digit than two beside each other are.
    stacked = _shared(mark, whole) >= 0.5 * min(mark.width, whole.width)
    return max(across, down) <= BROKEN_GAP * (join(whole, mark) if stacked else whole).size


def _shared(one: Mark, other: Mark) -> int:
    """Columns that two boxes have in common; negative where there is a gap."""
    return min(one.box[2], other.box[2]) - max(one.box[0], other.box[0])


def lines(found: list[Mark]) -> list[list[Mark]]:
    """Characters in reading order: lines from top to bottom, each from left to right, even where it slants."""
    found = _with_stacks(found)
    tallest = max(mark.height for mark in found if prominence(mark) >= 0.1 * prominence(found[0]))
    least = LEAST_MASS * prominence(found[0])
    large = [m for m in found if m.height >= LEAST_HEIGHT * tallest and prominence(m) >= least]
    rows: list[list[Mark]] = []
    for mark in sorted(large, key=lambda each: each.box[0]):
        fitting = [row for row in rows if _overlap(row[-1], mark) >= SAME_LINE]
        if fitting:
            max(fitting, key=lambda row: _overlap(row[-1], mark)).append(mark)
        else:
            rows.append([mark])
    return sorted(rows, key=lambda row: float(np.median([(m.box[1] + m.box[3]) / 2 for m in row])))


def _with_stacks(found: list[Mark]) -> list[Mark]:
    """The same with two marks above each other as one where they fit a line of writing: the circles of an 8, say."""
    for i, upper in enumerate(found):
        for lower in found[i + 1 :]:
            others = [mark for mark in found if mark not in (upper, lower)]
            stacked = _shared(upper, lower) >= 0.5 * max(upper.width, lower.width) and not _overlap(upper, lower) > 0
            whole = join(upper, lower)
            if stacked and whole.height <= STACK * max((mark.height for mark in others), default=0):
                return _with_stacks(sorted([whole, *others], key=prominence, reverse=True))
    return found


def _overlap(one: Mark, other: Mark) -> float:
    """Of the lower of two heights, the share that both have in common."""
    shared = min(one.box[3], other.box[3]) - max(one.box[1], other.box[1])
    return shared / max(1, min(one.height, other.height))


def pieces(marks: Marks, mark: Mark) -> list[Mark]:
    """A mark cut where touching digits may meet, from left to right; the mark itself where nothing says they do."""
    inside = marks.holds(mark)
    places = _cuts(inside)
    found = []
    for start, end in pairwise([0, *places, mark.width]):
        columns = inside[:, start:end]
        rows = np.flatnonzero(columns.any(axis=1))
        across = np.flatnonzero(columns.any(axis=0))
        if not len(rows):
            continue
        x0, y0 = mark.box[0] + start, mark.box[1]
        box = x0 + int(across[0]), y0 + int(rows[0]), x0 + int(across[-1]) + 1, y0 + int(rows[-1]) + 1
        found.append(Mark(box, mark.components, mark.mass * float(columns.sum() / inside.sum()), 0))
    return found if len(found) > 1 else [mark]


def _cuts(inside: np.ndarray) -> list[int]:
    """Columns of (h, w) bool where little ink passes from left to right."""
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
