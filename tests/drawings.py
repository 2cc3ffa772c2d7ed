"""What the tests of recognition draw, and how near two 28×28 pictures are to each other."""

from collections.abc import Iterable
from io import BytesIO

import cv2
import numpy as np
from PIL import Image

from pipeline.recognition.decode import decode
from pipeline.recognition.segment import Page, find_page, main_character

Colour = tuple[int, int, int]
BLACK, WHITE = (0, 0, 0), (255, 255, 255)

# Strokes as (x, y) on a square of 1; the pen leaves the paper between them.
ONE = [[(0.5, 0.1), (0.5, 0.9)]]
FOUR = [[(0.35, 0.1), (0.25, 0.55), (0.75, 0.55)], [(0.62, 0.35), (0.62, 0.9)]]
FIVE_BODY = [(0.33, 0.12), (0.31, 0.45), (0.55, 0.42), (0.7, 0.55), (0.7, 0.72), (0.55, 0.87), (0.3, 0.82)]
FIVE_BAR = [(0.4, 0.12), (0.7, 0.1)]
SEVEN = [[(0.2, 0.15), (0.8, 0.15), (0.42, 0.9)]]
ZERO = [[(0.5 + 0.27 * np.cos(t), 0.5 + 0.38 * np.sin(t)) for t in np.linspace(0, 2 * np.pi, 40)]]
LETTER_K = [[(0.3, 0.1), (0.3, 0.9)], [(0.75, 0.1), (0.3, 0.5), (0.78, 0.9)]]
EIGHT = [
    [(0.5 + 0.18 * np.cos(t), 0.3 + 0.19 * np.sin(t)) for t in np.linspace(0, 2 * np.pi, 40)],
    [(0.5 + 0.23 * np.cos(t), 0.7 + 0.21 * np.sin(t)) for t in np.linspace(0, 2 * np.pi, 40)],
]


def save(image: Image.Image | np.ndarray, form: str = "PNG", **options) -> bytes:
    out = BytesIO()
    (image if isinstance(image, Image.Image) else Image.fromarray(image)).save(out, form, **options)
    return out.getvalue()


def page(height: int = 300, width: int = 300, colour: Colour = WHITE) -> np.ndarray:
    return np.full((height, width, 3), colour, np.uint8)


def enlarged(digit: np.ndarray, side: int = 280) -> np.ndarray:
    """(28, 28) uint8 -> (side, side) uint8, smooth."""
    return cv2.resize(digit, (side, side), interpolation=cv2.INTER_CUBIC if side > 28 else cv2.INTER_AREA)


def write(onto: np.ndarray, digit: np.ndarray, x: int, y: int, side: int = 280, ink: Colour = BLACK) -> np.ndarray:
    """A digit written onto a page, its 28×28 with the corner at (x, y), `side` pixels wide; the page is changed."""
    part = onto[y : y + side, x : x + side]
    cover = enlarged(digit, side)[: part.shape[0], : part.shape[1], None] / 255
    part[:] = np.round(np.array(ink) * cover + part * (1 - cover))
    return onto


def written(digit: np.ndarray, ink: Colour = BLACK, paper: Colour = WHITE) -> np.ndarray:
    """A digit written with one colour on a page of another, 400×600, away from the middle."""
    return write(page(600, 400, paper), digit, 20, 290, 280, ink)


def draw(onto: np.ndarray, strokes: Iterable, x: int, y: int, side: int, pen: int, ink: Colour = BLACK) -> np.ndarray:
    """Strokes on a square of 1 drawn onto a page, the square's corner at (x, y) and enlarged to `side`."""
    lines = [np.round((np.array(stroke) * side + (x, y)) * 16).astype(np.int32) for stroke in strokes]
    cv2.polylines(onto, lines, False, ink, pen, cv2.LINE_AA, 4)
    return onto


def drawn(strokes: Iterable, pen: int = 12, height: int = 300, width: int = 300) -> np.ndarray:
    """Black strokes in the middle of a white page."""
    side = int(0.8 * min(height, width))
    return draw(page(height, width), strokes, (width - side) // 2, (height - side) // 2, side, pen)


def bitmap_touching_the_border(digit: np.ndarray, side: int) -> np.ndarray:
    """(28, 28) uint8 -> (side, side) uint8: white ink on black that reaches two opposite borders."""
    x, y, width, height = cv2.boundingRect(digit)
    scale = side / max(width, height)
    size = max(1, round(width * scale)), max(1, round(height * scale))
    ink = cv2.resize(digit[y : y + height, x : x + width], size, interpolation=cv2.INTER_AREA)
    picture = np.zeros((side, side), np.uint8)
    row, column = (side - size[1]) // 2, (side - size[0]) // 2
    picture[row : row + size[1], column : column + size[0]] = ink
    return picture


def number(
    digits: list[np.ndarray], gap: int = 20, slant: int = 0, side: int = 120, height: int = 300, top: int = 20
) -> np.ndarray:
    """Digits side by side on a white page, `gap` pixels between their ink, each `slant` pixels below the one before."""
    crops = [enlarged(digit, side) for digit in digits]
    boxes = [cv2.boundingRect((crop > 60).astype(np.uint8)) for crop in crops]
    onto = np.zeros((height, 40 + sum(box[2] for box in boxes) + gap * len(boxes)), np.uint8)
    x = 20
    for i, (crop, (left, _, width, _)) in enumerate(zip(crops, boxes, strict=True)):
        part = onto[top + i * slant :, x : x + width][:side]
        np.maximum(part, crop[:, left : left + width], out=part)
        x += width + gap
    return np.repeat(255 - onto[..., None], 3, axis=2)


def ruled(
    height: int = 400, width: int = 400, gap: int = 45, tilt: float = 0.0, upright: bool = False, squared: bool = False
) -> np.ndarray:
    """White paper with printed blue lines, tilted by that many degrees."""
    paper = page(height, width)
    for turned in (True, False) if squared else (upright,):
        length, across = (height, width) if turned else (width, height)
        rise = np.tan(np.radians(tilt)) * length
        for at in range(-across, 2 * across, gap):
            ends = np.array([(0, at), (length, at + rise)])
            fixed = np.round((ends[:, ::-1] if turned else ends) * 16).astype(int).tolist()
            cv2.line(paper, *map(tuple, fixed), (110, 140, 190), 1, cv2.LINE_AA, 4)
    return paper


def alike(seen: np.ndarray | None, expected: np.ndarray | None) -> float:
    """The correlation of two (28, 28) pictures, -1 to 1, where they fit best.

    One may be moved by a pixel: where the centre of mass lies between two, chance rounds it.
    """
    assert seen is not None
    assert expected is not None
    padded = np.pad(seen, 1)
    moved = [padded[y : y + 28, x : x + 28] for y in range(3) for x in range(3)]
    return max(float(np.corrcoef(each.ravel(), expected.ravel())[0, 1]) for each in moved)


def page_of(picture: bytes) -> Page:
    """What segmentation finds on an encoded picture."""
    return find_page(decode(picture))


def image_of(picture: bytes) -> np.ndarray | None:
    """The (28, 28) uint8 that the network sees of a picture of one digit; None of a blank page."""
    found = main_character(page_of(picture))
    return None if found is None else found[0].image
