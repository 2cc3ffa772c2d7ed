"""How the components of a page belong together: strokes to characters, characters to lines of writing."""

import numpy as np

from pipeline.recognition.components import Component, join

# Of a character's height (an underline has none): only smaller components are parts of it that the pen left apart.
PART_SIZE = 0.6
PART_GAP = 0.3  # of the character's height, above or below it
CLOSE_GAP = 0.06  # of the character's height, in any direction
BROKEN_GAP = 0.15  # of a broken character's longer side, between its pieces
PIECE_ENERGY = 0.05  # of the most prominent component: less is dirt, not a piece of a broken character
LEAST_HEIGHT = 0.35  # of the tallest character; smaller ones apart from it are points, commas or dirt
LEAST_PROMINENCE = 0.02  # of the most prominent component
SAME_LINE = 0.4  # of the lower height, shared by two characters of one line
STACK = 1.2  # of the tallest other character's height: two components above each other that reach no further are one


def characters(components: tuple[Component, ...]) -> list[Component]:
    """Each component with the small parts that belong to it (the bar of a 5, a dot), most prominent first."""
    found: list[Component] = []
    for component in sorted(components, key=lambda each: each.size, reverse=True):
        owners = [i for i, owner in enumerate(found) if _is_part(component, owner)]
        if owners:
            nearest = min(owners, key=lambda i: max(_gaps(component, found[i])))
            found[nearest] = join(found[nearest], component)
        else:
            found.append(component)
    return sorted(found, key=_prominence, reverse=True)


def _prominence(component: Component) -> float:
    return component.prominence


def _is_part(component: Component, owner: Component) -> bool:
    across, down = _gaps(component, owner)
    if component.size > PART_SIZE * owner.height:
        return False
    if max(across, down) <= CLOSE_GAP * owner.height:
        return True
    return _shared(component, owner) >= 0.5 * component.width and down <= PART_GAP * owner.height


def _gaps(one: Component, other: Component) -> tuple[int, int]:
    """Pixels between two boxes, across and down; 0 where they overlap."""
    across = max(one.box[0], other.box[0]) - min(one.box[2], other.box[2])
    down = max(one.box[1], other.box[1]) - min(one.box[3], other.box[3])
    return max(0, across), max(0, down)


def broken_character(components: tuple[Component, ...]) -> Component:
    """The most prominent component with all that lies near it, as if the pen had left one digit in pieces."""
    whole, rest = components[0], list(components[1:])
    while near := [component for component in rest if _is_piece(component, whole, components[0])]:
        whole = join(whole, *near)
        rest = [component for component in rest if component not in near]
    return whole


def _is_piece(component: Component, whole: Component, first: Component) -> bool:
    surroundings = component.edge and not first.edge and component.energy > 0.3 * first.energy
    if surroundings or component.energy < PIECE_ENERGY * first.energy:
        return False
    across, down = _gaps(component, whole)
    underline = component.box[1] >= whole.box[3] and component.height <= 0.2 * component.width
    if underline and down > CLOSE_GAP * whole.size:
        return False
    # Two strokes above each other are more likely one broken digit than two beside each other are.
    stacked = _shared(component, whole) >= 0.5 * min(component.width, whole.width)
    return max(across, down) <= BROKEN_GAP * (join(whole, component) if stacked else whole).size


def _shared(one: Component, other: Component) -> int:
    """Columns that two boxes have in common; negative where there is a gap."""
    return min(one.box[2], other.box[2]) - max(one.box[0], other.box[0])


def lines(found: list[Component]) -> list[list[Component]]:
    """Characters in reading order: lines from top to bottom, each from left to right, even where it slants."""
    found = _with_stacks(found)
    tallest = max(component.height for component in found if component.prominence >= 0.1 * found[0].prominence)
    least = LEAST_PROMINENCE * found[0].prominence
    large = [m for m in found if m.height >= LEAST_HEIGHT * tallest and m.prominence >= least]
    rows: list[list[Component]] = []
    for component in sorted(large, key=lambda each: each.box[0]):
        fitting = [row for row in rows if _overlap(row[-1], component) >= SAME_LINE]
        if fitting:
            max(fitting, key=lambda row: _overlap(row[-1], component)).append(component)
        else:
            rows.append([component])
    return sorted(rows, key=lambda row: float(np.median([(m.box[1] + m.box[3]) / 2 for m in row])))


def _with_stacks(found: list[Component]) -> list[Component]:
    """The same with two above each other as one where they fit a line of writing: the circles of an 8, say."""
    highest = sorted(found, key=lambda each: -each.height)[:3]
    for i, upper in enumerate(found):
        for lower in found[i + 1 :]:
            if _shared(upper, lower) < 0.5 * max(upper.width, lower.width) or _overlap(upper, lower) > 0:
                continue
            whole = join(upper, lower)
            height = next((each.height for each in highest if each is not upper and each is not lower), 0)
            if whole.height <= STACK * height:
                others = [each for each in found if each is not upper and each is not lower]
                return _with_stacks(sorted([whole, *others], key=_prominence, reverse=True))
    return found


def _overlap(one: Component, other: Component) -> float:
    """Of the lower of two heights, the fraction that both have in common."""
    shared = min(one.box[3], other.box[3]) - max(one.box[1], other.box[1])
    return shared / max(1, min(one.height, other.height))
