"""From mix of ink to marks: connected ink of the pen's strength, without specks, paper edges and noise."""

from dataclasses import dataclass

import cv2
import numpy as np

from pipeline.recognition.components import Connected, Mark, prominence
from pipeline.recognition.ink import Ink

LEAST_AMOUNT = 0.03  # of the page's light; fainter is no ink even on a page without noise
LEAST_NOISE = 4  # standard deviations of the page that ink must stand out by
STRONG, WEAK = 0.45, 0.35  # of the pen's strength: a mark has some strong ink, and goes on in weaker ink
PASSES = 5  # of finding the pen's strength among the ink that is as strong as found so far
SETTLED = 1.1  # times the threshold before: no need to look again
SAMPLED_FROM = 300  # pixels; of a larger picture every second pixel tells the pen's strength
SPECK = 0.12  # of the main mark's longer side; smaller marks apart from it are dirt
# The smaller a mark and the nearer to the page's noise, the likelier it is the page's grain. Chosen on rendered pages:
# 3 % of the faintest and smallest digits are lost, four in five empty photographed pages have no mark left.
EVIDENCE = 1.0  # least of (pen's strength / noise) · (longer side of the mark / of the picture) · sharpness
FRAME = 1.5  # of its longer side: a mark that runs along the picture's edge for more is what the page lies on
MARGIN = 0.025  # of the picture's longer side: what lies within that of an edge is no digit either
STRIP = 0.95, 0.5  # of the picture's sides: a mark along that much of one and up to so deep is what the page lies on
FRAMED_FROM = 64  # pixels; a smaller picture may be filled by its digit
# Sharpness below which what comes in from the picture's edge is a finger's shadow: on rendered pages they have up to
# 0.25 and digits 0.9 or more; one that is as blurred as a shadow (0.1 to 0.3) must keep off the edge.
SHADOW = 0.3
SOFT = 0.05  # of the pen's strength: fainter than this is no longer a stroke's soft edge


@dataclass(frozen=True)
class Marks:
    """The marks of a picture, most prominent first; (h, w) float32 `amount` of ink, `labels` int32 of their components.

    Less ink than `soft` is none, as much as `strength` is all that the pen leaves.
    """

    amount: np.ndarray
    labels: np.ndarray
    marks: tuple[Mark, ...]
    soft: float
    strength: float

    @property
    def ink(self) -> np.ndarray:
        """(h, w) float32 0-1: the ink at the pen's strength."""
        return self._at_pen_strength(self.amount)

    def _at_pen_strength(self, amount: np.ndarray) -> np.ndarray:
        least = self.soft / self.strength
        _, share = cv2.threshold(amount * np.float32(1 / self.strength), least, 1, cv2.THRESH_TOZERO)
        return cv2.threshold(share, 1, 1, cv2.THRESH_TRUNC)[1]

    def crop(self, mark: Mark) -> np.ndarray:
        """(h, w) float32: the ink of this mark alone, with its soft edges, cut out at its box."""
        inside = self.holds(mark)
        soft = max(1, -(-mark.size // 24))
        x0, y0, x1, y1 = mark.box
        height, width = self.labels.shape
        around = np.s_[max(0, y0 - soft) : min(height, y1 + soft), max(0, x0 - soft) : min(width, x1 + soft)]
        chosen = np.zeros(self.labels[around].shape, np.uint8)
        top, left = min(soft, y0), min(soft, x0)
        chosen[top : top + inside.shape[0], left : left + inside.shape[1]] = inside
        near = cv2.dilate(chosen, np.ones((2 * soft + 1, 2 * soft + 1), np.uint8))
        others = (self.labels[around] > 0) & (chosen == 0)
        return cv2.copyTo(self._at_pen_strength(self.amount[around]), near & ~others)

    def holds(self, mark: Mark) -> np.ndarray:
        """(h, w) bool inside the mark's box: which pixels are its own."""
        x0, y0, x1, y1 = mark.box
        labels = self.labels[y0:y1, x0:x1]
        if len(mark.components) == 1:
            return labels == mark.components[0]
        return np.isin(labels, mark.components)


def common_box(*marks: Mark) -> tuple[int, int, int, int]:
    x0, y0, x1, y1 = zip(*(mark.box for mark in marks), strict=True)
    return min(x0), min(y0), max(x1), max(y1)


def find_marks(ink: Ink) -> Marks | None:
    """The marks of a page; None when it is blank."""
    amount, floor = ink.amount, max(LEAST_AMOUNT, LEAST_NOISE * ink.noise)
    sample = amount if max(amount.shape) < SAMPLED_FROM else np.ascontiguousarray(amount[::2, ::2])
    strength = _pen_strength(sample, floor)
    connected = Connected(amount, max(floor, WEAK * strength))
    main = connected.most_prominent()
    if main is None:
        return None
    strength = strength or float(amount.max())  # of specks too small for the sample
    marks = [connected.mark(each) for each in connected.numbers if connected.size(each) >= SPECK * main.size]
    least = EVIDENCE * max(amount.shape) * ink.noise / strength
    large = (
        mark
        for mark in marks
        if mark.size * mark.sharpness >= least
        and mark.strongest >= STRONG * strength
        and (max(amount.shape) < FRAMED_FROM or not _is_surroundings(mark, *amount.shape))
    )
    found = tuple(sorted(large, key=prominence, reverse=True))
    if not found:
        return None
    labels = np.zeros(amount.shape, np.int32)
    labels[connected.window] = connected.labels
    soft = max(SOFT * strength, min(2 * ink.noise, 0.3 * strength))
    return Marks(amount, labels, found, soft, strength)


def _is_surroundings(mark: Mark, height: int, width: int) -> bool:
    """Whether a mark is what the page lies on, what is left of it along the edge, of lines there, or a shadow."""
    x0, y0, x1, y1 = mark.box
    margin = MARGIN * max(height, width)
    shadow = mark.edge > 0 and mark.sharpness < SHADOW
    along, deep = STRIP
    upright = min(mark.height, mark.edge) >= along * height and mark.width <= deep * width
    level = min(mark.width, mark.edge) >= along * width and mark.height <= deep * height
    return shadow or upright or level or mark.edge > FRAME * mark.size or min(x1, y1, width - x0, height - y0) <= margin


def _pen_strength(amount: np.ndarray, floor: float) -> float:
    """The amount of ink that the most prominent mark has where it is strong; 0 on a blank page."""
    weak, strength = floor, 0.0
    for _ in range(PASSES):
        connected = Connected(amount, weak)
        main = connected.most_prominent()
        if main is None:
            break
        values = connected.values(*main.components)
        rank = int(0.8 * (len(values) - 1))
        strength = float(np.partition(values, rank)[rank])
        if WEAK * strength <= weak * SETTLED:
            break
        weak = WEAK * strength
    return strength
