"""Any picture's bytes to the 28×28 digit that the model knows, a stage a module, one way through.

bytes --decode--> (h, w, 3) uint8, upright --sheet--> without the table --ink--> how much ink, light and page colour
      divided out --ruling--> without the paper's lines --marks--> connected ink --layout--> characters
      --fit--> (28, 28) uint8 with the pen's width, size and place that MNIST's digits have
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from pipeline.recognition import layout
from pipeline.recognition.components import Mark
from pipeline.recognition.decode import Picture, decode
from pipeline.recognition.fit import fit, with_usual_pen
from pipeline.recognition.foreground import Marks, find_marks
from pipeline.recognition.ink import Ink, find_ink
from pipeline.recognition.page_detection import without_table
from pipeline.recognition.ruled_lines import remove_ruling


@dataclass(frozen=True)
class Page:
    """What is on a picture: its marks, None when it is blank; `width`, `height` of the upright picture, in pixels."""

    marks: Marks | None
    width: int
    height: int

    def digit(self, mark: Mark) -> np.ndarray:
        """(28, 28) uint8: one mark as the model wants to see it."""
        assert self.marks is not None
        return fit(self.marks.crop(mark))

    def box(self, mark: Mark) -> tuple[int, int, int, int]:
        """A mark's (x0, y0, x1, y1) in pixels of the upright picture."""
        assert self.marks is not None
        height, width = self.marks.labels.shape
        across, down = self.width / width, self.height / height
        x0, y0, x1, y1 = mark.box
        return round(x0 * across), round(y0 * down), round(x1 * across), round(y1 * down)


def look(picture: bytes) -> Page:
    """Find what is on a picture. Raises NotAPicture and TooLarge."""
    return page_of(decode(picture))


def page_of(picture: Picture) -> Page:
    """Find what is on a decoded picture."""
    return Page(dict(_steps(picture))["marks"], picture.width, picture.height)


def preprocess(picture: bytes) -> np.ndarray | None:
    """The most prominent digit in a picture: (28, 28) uint8, white ink on black, or None when the page is blank.

    Raises NotAPicture and TooLarge.
    """
    page = look(picture)
    return None if page.marks is None else page.digit(layout.broken_character(page.marks.marks))


def stages(picture: bytes) -> Iterator[tuple[str, np.ndarray]]:
    """Each stage's name and the picture after it, (h, w, 3) or (h, w) uint8, for people to look at; then it is blank
    or ends with the digit. Raises NotAPicture and TooLarge.
    """
    decoded, marks = decode(picture), None
    yield "decoded", decoded.pixels
    for name, found in _steps(decoded):
        yield name, _as_picture(found)
        marks = found if name == "marks" else None
    if marks is not None:
        ink = marks.crop(layout.broken_character(marks.marks))
        yield "character", _grey(ink)
        yield "pen", _grey(with_usual_pen(ink))
        yield "digit", fit(ink)


def _steps(picture: Picture) -> Iterator[tuple[str, Any]]:
    pixels = without_table(picture.pixels)
    yield "sheet", pixels
    ink = find_ink(pixels)
    yield "ink", ink
    ink = Ink(remove_ruling(ink.amount, ink.noise), ink.noise)
    yield "ruling", ink
    yield "marks", find_marks(ink)


def _as_picture(found: np.ndarray | Ink | Marks | None) -> np.ndarray:
    if isinstance(found, np.ndarray):
        return found
    if isinstance(found, Ink):
        return _grey(found.amount / max(float(found.amount.max()), 1e-6))
    return np.zeros((1, 1), np.uint8) if found is None else _grey(found.ink * (found.labels > 0))  # 1×1: blank


def _grey(share: np.ndarray) -> np.ndarray:
    return (np.clip(share, 0, 1) * 255 + 0.5).astype(np.uint8)
