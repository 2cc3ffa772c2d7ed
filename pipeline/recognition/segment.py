"""The first step: a picture to the candidates on it, each a piece of writing that may be one digit.

bytes --decode--> (h, w, 3) uint8, upright --remove_table--> --possible_inks--> foreground intensity, light divided out
      --remove_ruled_lines--> --find_foreground--> connected components --layout--> characters, lines of writing
      --over_segmentation--> candidates --fit--> (28, 28) uint8 each
"""

from collections.abc import Iterator
from dataclasses import dataclass

from pipeline.recognition import layout, over_segmentation
from pipeline.recognition.candidates import Candidate
from pipeline.recognition.components import Box, Component, join
from pipeline.recognition.decode import Picture
from pipeline.recognition.fit import fit
from pipeline.recognition.foreground import Foreground, find_foreground
from pipeline.recognition.ink import Ink, possible_inks
from pipeline.recognition.page_detection import remove_table
from pipeline.recognition.ruled_lines import remove_ruled_lines

COMPARABLE = 0.1  # of the most prominent character; less prominent ones beside it do not make several digits
WIDE = 1.1  # times its height; a wider character may be several digits that touch
MOST_PIECES = 3  # that one digit may be in
MOST_CANDIDATES = 250  # of a page, besides its components one by one; 3 ms each on one core


@dataclass(frozen=True)
class Page:
    """What is on a picture; `width` and `height` are the upright picture's, in pixels.

    `ink` is that of all of the picture, ruled lines included; None where what surrounds the paper was taken away.
    """

    foreground: Foreground
    ink: Ink | None
    width: int
    height: int

    def box(self, component: Component) -> Box:
        """Where a component is, in pixels of the upright picture."""
        height, width = self.foreground.labels.shape
        across, down = self.width / width, self.height / height
        x0, y0, x1, y1 = component.box
        return round(x0 * across), round(y0 * down), round(x1 * across), round(y1 * down)


def find_page(picture: Picture) -> Page:
    """What is most likely on a decoded picture."""
    return next(find_pages(picture))


def find_pages(picture: Picture) -> Iterator[Page]:
    """What may be on a decoded picture, by what may be its ink; the likeliest first."""
    pixels = remove_table(picture.pixels)
    whole = pixels is picture.pixels
    for ink in possible_inks(pixels):
        foreground = find_foreground(remove_ruled_lines(ink))
        if ink.in_panels and not foreground.components:
            continue
        yield Page(foreground, ink if whole else None, picture.width, picture.height)


def main_character(page: Page) -> tuple[Candidate, bool] | None:
    """The most prominent character with all that lies near it; whether it may not be the only one; None: no ink."""
    components = page.foreground.components
    if not components:
        return None
    whole = _Place(page.foreground, layout.broken_character(components)).candidate(page)
    several = len(_comparable(components)) > 1 or whole.component.width > WIDE * whole.component.height
    return whole, several


def all_ink(page: Page) -> Candidate:
    """All of a page that has ink, as one character."""
    return _Place(page.foreground, join(*page.foreground.components)).candidate(page)


def candidates(page: Page) -> list[Candidate]:
    """All that may be one digit: the main character, every line cut and joined in every way, what is in no line."""
    components = page.foreground.components
    if not components:
        return []
    found = [layout.broken_character(components)]
    apart = _comparable(components)
    if 1 < len(apart) <= MOST_PIECES:
        found.append(join(*apart))
    characters = layout.characters(components)
    lines = layout.lines(characters)
    found += _apart(characters, lines)
    places = [_Place(page.foreground, each) for each in found]
    for line in lines:
        places += _spans(page.foreground, line, MOST_CANDIDATES - len(places))
    different = {(place.component.box, place.own.tobytes()): place for place in places}
    return [place.candidate(page) for place in different.values()]


class _Place:
    """A component of a page, or a piece of one, that is labelled in a foreground."""

    def __init__(self, foreground: Foreground, component: Component):
        self.foreground, self.component, self.own = foreground, component, foreground.holds(component)

    def candidate(self, page: Page) -> Candidate:
        return Candidate(fit(self.foreground.crop(self.component)), self.component, page.box(self.component), self.own)


def _comparable(components: tuple[Component, ...]) -> list[Component]:
    """The characters that are about as prominent as the main one."""
    characters = layout.characters(components)
    return [each for each in characters if each.prominence >= COMPARABLE * components[0].prominence]


def _apart(characters: list[Component], lines: list[list[Component]]) -> list[Component]:
    """What is in no line, but is as prominent as a line's characters are: not dirt."""
    placed = {label for line in lines for component in line for label in component.labels}
    least = layout.LEAST_PROMINENCE * characters[0].prominence
    return [each for each in characters if each.prominence >= least and placed.isdisjoint(each.labels)]


def _spans(foreground: Foreground, line: list[Component], most: int) -> list[_Place]:
    """The line in every way it may be cut; where that is more than may be looked at, uncut, at last not even joined."""
    found = None
    if len(line) < most:
        cut = over_segmentation.cut(foreground, line)
        found = over_segmentation.spans(cut.line, cut.pieces, most)
    if found is None:
        found = over_segmentation.spans(line, [[component] for component in line], most)
        return [_Place(foreground, each) for each in found or line]
    return [_Place(cut.foreground, each) for each in found]
