"""From amounts of ink to marks: connected ink of the pen's strength, without specks, paper edges and noise."""

from dataclasses import dataclass

import cv2
import numpy as np

from pipeline.preprocess.ink import Ink

LEAST_AMOUNT = 0.03  # of the page's light; fainter is no ink even on a page without noise
LEAST_NOISE = 4  # standard deviations of the page that ink must stand out by
STRONG, WEAK = 0.45, 0.35  # of the pen's strength: a mark has some strong ink, and goes on in weaker ink
PASSES = 5  # of finding the pen's strength among the ink that is as strong as found so far
SETTLED = 1.1  # times the threshold before: no need to look again
SAMPLED_FROM = 300  # pixels; of a larger picture every second pixel tells the pen's strength
SHARP = 6  # squared slopes to squared ink, a picture's side; from here on a mark is a pen's, not a shadow
MOST_MARKS = 200  # the largest alone are looked at
SPECK = 0.12  # of the main mark's longer side; smaller marks apart from it are dirt
# The smaller a mark and the nearer to the page's noise, the likelier it is the page's grain. Chosen on rendered pages:
# 3 % of the faintest and smallest digits are lost, four in five empty photographed pages have no mark left.
EVIDENCE = 1.0  # least of (pen's strength / noise) · (longer side of the mark / of the picture) · sharpness
FRAME = 1.5  # of its longer side: a mark that runs along the picture's edge for more is what the page lies on
MARGIN = 0.025  # of the picture's longer side: what lies within that of an edge is no digit either
FRAMED_FROM = 64  # pixels; a smaller picture may be filled by its digit
SOFT = 0.05  # of the pen's strength: fainter than this is no longer a stroke's soft edge


@dataclass(frozen=True)
class Mark:
    """Connected ink: its box (x0, y0, x1, y1) in pixels, the numbers of its components and the sum of its ink."""

    box: tuple[int, int, int, int]
    components: tuple[int, ...]
    mass: float
    edge: int  # pixels along the picture's edge
    strongest: float = 1.0  # amount of ink
    sharpness: float = 1.0  # 1 for strokes of a pen, near 0 for blurred shadows

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
    amount, floor = ink.amount, max(LEAST_AMOUNT, LEAST_NOISE * ink.noise)
    strength = _pen_strength(amount if max(amount.shape) < SAMPLED_FROM else amount[::2, ::2], floor)
    labels, marks = _components(amount, max(floor, WEAK * strength))
    if not marks:
        return None
    strength = strength or float(amount.max())  # of specks too small for the sample
    soft = max(SOFT * strength, min(2 * ink.noise, 0.3 * strength))
    _, values = cv2.threshold(amount * np.float32(1 / strength), soft / strength, 1, cv2.THRESH_TOZERO)
    values = np.minimum(values, 1, dtype=np.float32)
    least = EVIDENCE * max(amount.shape) * ink.noise / strength
    large = tuple(
        mark
        for mark in marks
        if mark.size >= SPECK * marks[0].size
        and mark.size * mark.sharpness >= least
        and mark.strongest >= STRONG * strength
        and (max(amount.shape) < FRAMED_FROM or not _is_surroundings(mark, *amount.shape))
    )
    return Marks(values, labels, large) if large else None


def _is_surroundings(mark: Mark, height: int, width: int) -> bool:
    """Whether a mark is what the page lies on, or what is left of it and of the page's lines along the edge."""
    x0, y0, x1, y1 = mark.box
    margin = MARGIN * max(height, width)
    return mark.edge > FRAME * mark.size or min(x1, y1, width - x0, height - y0) <= margin


def _pen_strength(amount: np.ndarray, floor: float) -> float:
    """The amount of ink that the most prominent mark has where it is strong; 0 on a blank page."""
    weak, strength = floor, 0.0
    for _ in range(PASSES):
        labels, marks = _components(amount, weak)
        if not marks:
            break
        x0, y0, x1, y1 = marks[0].box
        inside = labels[y0:y1, x0:x1] == marks[0].components[0]
        strength = float(np.percentile(amount[y0:y1, x0:x1][inside], 80))
        if WEAK * strength <= weak * SETTLED:
            break
        weak = WEAK * strength
    return strength


def _components(amount: np.ndarray, weak: float) -> tuple[np.ndarray, list[Mark]]:
    """Labels (h, w) int32 of all connected ink above `weak`, and the largest as marks, most prominent first."""
    height, width = amount.shape
    inked = (amount > weak).view(np.uint8)
    left, top, across, down = cv2.boundingRect(inked)
    labels = np.zeros(amount.shape, np.int32)
    if not across:
        return labels, []
    window = np.s_[top : top + down, left : left + across]
    _, labels[window], boxes, _ = cv2.connectedComponentsWithStats(np.ascontiguousarray(inked[window]), connectivity=8)
    marks = []
    for number in np.argsort(-boxes[1:, cv2.CC_STAT_AREA])[:MOST_MARKS] + 1:
        x, y, w, h, _ = map(int, boxes[number] + (left, top, 0, 0, 0))
        inside = labels[y : y + h, x : x + w] == number
        values = amount[y : y + h, x : x + w][inside]
        around = amount[max(0, y - 1) : y + h + 1, max(0, x - 1) : x + w + 1]
        squares = float((values**2).sum())
        sharp = min(1.0, _sharpness(around, squares) * max(height, width) / SHARP)
        edge = _along_edge(inside, x == 0, y == 0, x + w == width, y + h == height)
        marks.append(Mark((x, y, x + w, y + h), (int(number),), squares * sharp**2, edge, float(values.max()), sharp))
    return labels, sorted(marks, key=prominence, reverse=True)


def _sharpness(amount: np.ndarray, squares: float) -> float:
    """Squared slopes to squared ink, a pixel: high for a pen's strokes, low for broad and blurred shadows."""
    slopes = (np.diff(amount, axis=1) ** 2).sum() + (np.diff(amount, axis=0) ** 2).sum()
    return float(slopes / squares)


def _along_edge(inside: np.ndarray, left: bool, top: bool, right: bool, bottom: bool) -> int:
    sides = (left, inside[:, 0]), (top, inside[0]), (right, inside[:, -1]), (bottom, inside[-1])
    return int(sum(side.sum() for touches, side in sides if touches))


def prominence(mark: Mark) -> float:
    """How much a mark is what the picture shows; what lies along the picture's edge is mostly surroundings."""
    if not mark.edge:
        return mark.mass
    return mark.mass * max(0.001, 0.5 - 1.5 * mark.edge / mark.size)
