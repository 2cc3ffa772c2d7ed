"""From amounts of ink to marks: connected ink of the pen's strength, without specks, paper edges and noise."""

from dataclasses import dataclass

import cv2
import numpy as np

from pipeline.preprocess.ink import Ink

LEAST_AMOUNT = 0.03  # of the page's light; fainter is no ink even on a page without noise
LEAST_NOISE = 4  # standard deviations of the page that ink must stand out by
STRONG, WEAK = 0.45, 0.35  # of the pen's strength: a mark has some strong ink, and goes on in weaker ink
PASSES = 4  # of finding the pen's strength among the ink that is as strong as found so far
SPECK = 0.12  # of the main mark's longer side; smaller marks apart from it are dirt
# The smaller a mark and the nearer to the page's noise, the likelier it is the page's grain. Chosen on rendered pages:
# 3 % of the faintest and smallest digits are lost, four in five empty photographed pages have no mark left.
EVIDENCE = 1.0  # least of (pen's strength / noise) · (longer side of the mark / of the picture)
SOFT = 0.05  # of the pen's strength: fainter than this is no longer a stroke's soft edge


@dataclass(frozen=True)
class Mark:
    """Connected ink: its box (x0, y0, x1, y1) in pixels, the numbers of its components and the sum of its ink."""

    box: tuple[int, int, int, int]
    components: tuple[int, ...]
    mass: float
    edge: int  # pixels along the picture's edge

    @property
    def width(self) -> int:
        return self.box[2] - self.box[0]

    @property
    def height(self) -> int:
        return self.box[3] - self.box[1]

    @property
    def size(self) -> int:
        return max(self.width, self.height)


@dataclass(frozen=True)
class Marks:
    """The marks of a picture, most prominent first; `ink` (h, w) float32 0-1 at the pen's strength, `labels` int32."""

    ink: np.ndarray
    labels: np.ndarray
    marks: tuple[Mark, ...]

    def crop(self, mark: Mark) -> np.ndarray:
        """(h, w) float32: the ink of this mark alone, with its soft edges, cut out at its box."""
        inside = self.holds(mark)
        soft = max(1, -(-mark.size // 24))
        x0, y0, x1, y1 = mark.box
        height, width = self.ink.shape
        around = np.s_[max(0, y0 - soft) : min(height, y1 + soft), max(0, x0 - soft) : min(width, x1 + soft)]
        chosen = np.zeros(self.ink[around].shape, np.uint8)
        top, left = min(soft, y0), min(soft, x0)
        chosen[top : top + inside.shape[0], left : left + inside.shape[1]] = inside
        near = cv2.dilate(chosen, np.ones((2 * soft + 1, 2 * soft + 1), np.uint8)) > 0
        others = (self.labels[around] > 0) & (chosen == 0)
        return np.where(near & ~others, self.ink[around], 0)

    def holds(self, mark: Mark) -> np.ndarray:
        """(h, w) bool inside the mark's box: which pixels are its own."""
        x0, y0, x1, y1 = mark.box
        return np.isin(self.labels[y0:y1, x0:x1], mark.components)


def common_box(*marks: Mark) -> tuple[int, int, int, int]:
    x0, y0, x1, y1 = zip(*(mark.box for mark in marks), strict=True)
    return min(x0), min(y0), max(x1), max(y1)


def find_marks(ink: Ink) -> Marks | None:
    """The marks of a page; None when it is blank."""
    floor = max(LEAST_AMOUNT, LEAST_NOISE * ink.noise)
    strength = _pen_strength(ink.amount, floor)
    if strength is None:
        return None
    labels, marks = _components(ink.amount, max(floor, WEAK * strength), STRONG * strength)
    if not marks:
        return None
    soft = max(SOFT * strength, min(2 * ink.noise, 0.3 * strength))
    values = np.where(ink.amount < soft, 0, np.minimum(ink.amount / strength, 1)).astype(np.float32)
    least = max(SPECK * marks[0].size, EVIDENCE * max(labels.shape) * ink.noise / strength)
    large = tuple(mark for mark in marks if mark.size >= least)
    return Marks(values, labels, large) if large else None


def _pen_strength(amount: np.ndarray, floor: float) -> float | None:
    """The amount of ink that the most prominent mark has where it is strong; None on a blank page."""
    least, strength = floor, None
    for _ in range(PASSES):
        labels, marks = _components(amount, least, least)
        if not marks:
            return strength
        x0, y0, x1, y1 = marks[0].box
        inside = labels[y0:y1, x0:x1] == marks[0].components[0]
        strength = float(np.percentile(amount[y0:y1, x0:x1][inside], 80))
        if WEAK * strength <= least:
            break
        least = WEAK * strength
    return strength


def _components(amount: np.ndarray, weak: float, strong: float) -> tuple[np.ndarray, list[Mark]]:
    """Labels (h, w) int32 of all ink above `weak` and, most prominent first, what has some above `strong`."""
    _, labels, boxes, _ = cv2.connectedComponentsWithStats((amount > weak).astype(np.uint8), connectivity=8)
    height, width = amount.shape
    marks = []
    for number in np.argsort(-boxes[1:, cv2.CC_STAT_AREA])[:200] + 1:
        x, y, w, h, _ = map(int, boxes[number])
        inside = labels[y : y + h, x : x + w] == number
        values = amount[y : y + h, x : x + w][inside]
        if values.max() < strong:
            continue
        edge = _along_edge(inside, x == 0, y == 0, x + w == width, y + h == height)
        mass = (
            float((values**2).sum())
            * min(1, _sharpness(amount[y : y + h, x : x + w], values) * max(height, width) / 6) ** 2
        )
        marks.append(Mark((x, y, x + w, y + h), (int(number),), mass, edge))
    return labels, sorted(marks, key=prominence, reverse=True)


def _sharpness(amount: np.ndarray, values: np.ndarray) -> float:
    """Squared slopes to squared ink, a pixel: high for a pen's strokes, low for broad and blurred shadows."""
    slopes = (np.diff(amount, axis=1) ** 2).sum() + (np.diff(amount, axis=0) ** 2).sum()
    return float(slopes / (values**2).sum())


def _along_edge(inside: np.ndarray, left: bool, top: bool, right: bool, bottom: bool) -> int:
    sides = (left, inside[:, 0]), (top, inside[0]), (right, inside[:, -1]), (bottom, inside[-1])
    return int(sum(side.sum() for touches, side in sides if touches))


def prominence(mark: Mark) -> float:
    """How much a mark is what the picture shows; what lies along the picture's edge is mostly surroundings."""
    if not mark.edge:
        return mark.mass
    return mark.mass * max(0.001, 0.5 - 1.5 * mark.edge / mark.size)
