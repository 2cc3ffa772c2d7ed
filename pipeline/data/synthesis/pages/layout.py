"""What stands on a page and where, in heights of a digit: glyphs of a bank and strokes. No pixels yet."""

from dataclasses import dataclass, field
from enum import Enum

import numpy as np
from numpy.typing import NDArray

from pipeline.data.synthesis.pages.bank import Bank

RNG = np.random.Generator
Points = NDArray[np.floating]  # (k, 2): x, y


class Role(Enum):
    """What a stroke is: writing beside the digits, drawn with their pen; print; or the ground that print stands on."""

    WRITING = "writing"
    PRINT = "print"
    GROUND = "ground"


@dataclass(frozen=True)
class Glyph:
    """Entry `index` of the bank: its canvas' middle at `place`, `matrix` (2, 2) from glyph to page directions.

    Both are in heights of a digit; a matrix of 1 gives a glyph whose longer side is 1.
    """

    index: int
    place: NDArray[np.floating]
    matrix: NDArray[np.floating]
    digit: bool


@dataclass(frozen=True)
class Stroke:
    """A polyline; `width` in heights of a digit, None: the pen's; filled: the area inside.

    `colour` is RGB 0-255; None: as all of its role.
    """

    points: Points
    role: Role
    width: float | None = None
    filled: bool = False
    own_ink: bool = False  # print that was drawn with the pen's ink
    colour: tuple[int, int, int] | None = None


@dataclass(frozen=True)
class Thing:
    """What lies on the desk: from one point to the other, (2, 2), so wide, in heights of a digit."""

    ends: Points
    width: float
    colour: tuple[int, int, int]


@dataclass
class Layout:
    """All that stands on one page, in drawing order; `inverted`: the digits are light, in dark windows.

    `sheet` (4, 2): the corners of the paper, None where it fills the picture; `things` lie under it on the desk,
    `rings` bind it.
    """

    glyphs: list[Glyph] = field(default_factory=list)
    strokes: list[Stroke] = field(default_factory=list)
    boxes: list[tuple[float, float, float, float]] = field(default_factory=list)  # of the digits: x0, y0, x1, y1
    inverted: bool = False
    sheet: Points | None = None
    things: list[Thing] = field(default_factory=list)
    rings: list[Thing] = field(default_factory=list)

    def extent(self) -> tuple[float, float, float, float]:
        """The box of everything."""
        points = [np.array(box).reshape(2, 2) for box in self.boxes] + [stroke.points for stroke in self.strokes]
        points += [np.stack([g.place - 0.5, g.place + 0.5]) for g in self.glyphs if not g.digit]
        every = np.concatenate(points) if points else np.array([[-0.5, -0.5], [0.5, 0.5]])
        return *every.min(0), *every.max(0)

    def digits_extent(self) -> tuple[float, float, float, float]:
        every = np.array(self.boxes).reshape(-1, 2)
        return *every.min(0), *every.max(0)


class Hand:
    """A handwriting: how large, slanted and unsteady its glyphs are; places them into a layout."""

    def __init__(self, bank: Bank, rng: RNG):
        self.bank, self.rng = bank, rng
        self.digits, self.letters = bank.where(True), bank.where(False)
        self.ones = np.flatnonzero(bank.labels == 1)  # they differ from slashes, bars and teeth by what is beside them
        self.more_ones = rng.uniform(0, 0.5) if len(self.ones) and rng.random() < 0.3 else 0.0
        self.slant = rng.normal(0, 0.18)
        self.unsteady = rng.uniform(0, 0.12)
        self.stretch = rng.lognormal(0, 0.12)

    def random_digit(self) -> int:
        return int(self.rng.choice(self.ones if self.rng.random() < self.more_ones else self.digits))

    def digit_like(self, label: int) -> int:
        """Some digit of that label; any letter where the bank has none."""
        some = np.flatnonzero(self.bank.labels == label)
        return int(self.rng.choice(some)) if len(some) else self.random_letter()

    def random_letter(self) -> int:
        return int(self.rng.choice(self.letters))

    def matrix(self, height: float) -> NDArray[np.floating]:
        """From a glyph's directions to the page's: scaled, slanted and turned a little."""
        rng = self.rng
        angle = rng.normal(0, 0.05)
        size = height * rng.lognormal(0, self.unsteady)
        turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
        return size * turn @ np.array([[self.stretch, -self.slant], [0, 1]])

    def extent(self, index: int, matrix: NDArray[np.floating]) -> tuple[float, float, float, float]:
        """The box of a glyph placed at 0, 0."""
        x0, y0, x1, y1 = self.bank.boxes[index]
        corners = np.array([[x0, y0], [x1, y0], [x1, y1], [x0, y1]]) @ matrix.T
        return *corners.min(0), *corners.max(0)

    def put(self, layout: Layout, index: int, centre: tuple[float, float], height: float, digit: bool) -> None:
        """The glyph with its box's middle at `centre`, its longer side about `height`."""
        self._add(layout, index, self.matrix(height), np.array(centre), digit)

    def put_after(self, layout: Layout, index: int, left: float, y: float, height: float, digit: bool) -> float:
        """The glyph with its box's left side at `left` and its middle at `y`; returns where it ends."""
        matrix = self.matrix(height)
        x0, _, x1, _ = self.extent(index, matrix)
        self._add(layout, index, matrix, np.array([left + (x1 - x0) / 2, y]), digit)
        return left + x1 - x0

    def _add(
        self, layout: Layout, index: int, matrix: NDArray[np.floating], centre: NDArray[np.floating], digit: bool
    ) -> None:
        x0, y0, x1, y1 = self.extent(index, matrix)
        place = centre - np.array([x0 + x1, y0 + y1]) / 2
        layout.glyphs.append(Glyph(index, place, matrix, digit))
        if digit:
            layout.boxes.append((place[0] + x0, place[1] + y0, place[0] + x1, place[1] + y1))
