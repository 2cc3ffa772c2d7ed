"""The first step: a picture to the candidates on it, each a piece of writing that may be one digit.

bytes --decode--> (h, w, 3) uint8, upright --remove_table--> --find_ink--> foreground intensity, light divided out
      --remove_ruled_lines--> --find_foreground--> connected components --layout--> characters, lines of writing
      --over_segmentation--> candidates --fit--> (28, 28) uint8 each
"""

from dataclasses import dataclass

from pipeline.recognition import layout, over_segmentation
from pipeline.recognition.candidates import WIDE, Candidate, Line, Piece, Segmentation
from pipeline.recognition.components import Box, Component, join
from pipeline.recognition.decode import Picture
from pipeline.recognition.fit import fit
from pipeline.recognition.foreground import Foreground, find_foreground
from pipeline.recognition.ink import Ink, find_ink
from pipeline.recognition.page_detection import remove_table
from pipeline.recognition.ruled_lines import remove_ruled_lines

COMPARABLE = 0.1  # of the most prominent character; less prominent ones beside it do not make several digits
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
    """What is on a decoded picture."""
    pixels = remove_table(picture.pixels)
    ink = find_ink(pixels)
    everything = ink if pixels is picture.pixels else None
    return Page(find_foreground(remove_ruled_lines(ink)), everything, picture.width, picture.height)


def segment_digit(page: Page) -> Segmentation:
    """The candidates for one digit; lines of writing only where there may be more than one."""
    components = page.foreground.components
    if not components:
        return Segmentation(page.width, page.height)
    characters = layout.characters(components)
    apart = [each for each in characters if each.prominence >= COMPARABLE * components[0].prominence]
    candidates = _Candidates(page)
    whole = candidates.index(layout.broken_character(components))
    together = candidates.index(join(*apart)) if 1 < len(apart) <= MOST_PIECES else None
    character = candidates.found[whole].component
    lines = _lines(candidates, characters) if len(apart) > 1 or character.width > WIDE * character.height else ()
    return Segmentation(
        page.width, page.height, tuple(candidates.found), whole, together, len(apart) > 1, lines,
        energy=sum(component.energy for component in components),
    )  # fmt: skip


def segment_number(page: Page) -> Segmentation:
    """The candidates for any number of digits, in lines of writing, and what is in none."""
    components = page.foreground.components
    if not components:
        return Segmentation(page.width, page.height)
    candidates, characters = _Candidates(page), layout.characters(components)
    lines = _lines(candidates, characters)
    apart = _apart(candidates, characters, lines)
    return Segmentation(page.width, page.height, tuple(candidates.found), lines=lines, apart=apart)


class _Candidates:
    """Candidates by index; what looks the same is one."""

    def __init__(self, page: Page):
        self.page = page
        self.found: list[Candidate] = []
        self._indices: dict[tuple[Box, frozenset[int]], int] = {}

    def index(self, component: Component) -> int:
        key = component.box, frozenset(component.labels)
        if key not in self._indices:
            self._indices[key] = len(self.found)
            image = fit(self.page.foreground.crop(component))
            self.found.append(Candidate(image, component, self.page.box(component)))
        return self._indices[key]


def _lines(candidates: _Candidates, characters: list[Component]) -> tuple[Line, ...]:
    return tuple(_line(candidates, components) for components in layout.lines(characters))


def _apart(candidates: _Candidates, characters: list[Component], lines: tuple[Line, ...]) -> tuple[int, ...]:
    """What is in no line, but is as prominent as a line's characters are: not dirt."""
    placed = {label for line in lines for component in line.components for label in component.labels}
    least = layout.LEAST_PROMINENCE * characters[0].prominence
    left = [each for each in characters if each.prominence >= least and placed.isdisjoint(each.labels)]
    return tuple(candidates.index(each) for each in sorted(left, key=lambda each: each.box[0]))


def _line(candidates: _Candidates, components: list[Component]) -> Line:
    """The line in every way it may be cut; where that is more than may be looked at, uncut, at last not even joined."""
    cut = [tuple(over_segmentation.pieces(candidates.page.foreground, component)) for component in components]
    most = MOST_CANDIDATES - len(candidates.found)
    spans = over_segmentation.spans(components, cut, most)
    if spans is None:
        cut = [(component,) for component in components]
        spans = over_segmentation.spans(components, cut, most)
    if spans is None:
        spans = {(Piece(owner, None),): component for owner, component in enumerate(components)}
    return Line(tuple(components), tuple(cut), {span: candidates.index(each) for span, each in spans.items()})
