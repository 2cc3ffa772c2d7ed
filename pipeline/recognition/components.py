"""Connected components of ink, measured only where they matter."""

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

Intensity = NDArray[np.float32]  # (h, w) foreground intensity 0-1, see ink.py; or relative to that of the strokes
Labels = NDArray[np.int32]
Box = tuple[int, int, int, int]  # x0, y0, x1, y1 in pixels, x1 and y1 past it

SHARP = 6  # squared slopes to squared intensity, a picture's side; from here on it is a pen's ink, not a shadow
MOST_COMPONENTS = 200  # the largest alone are looked at
CONTOURS = 500  # up to so many, contours tell the boxes faster than statistics: in 0.03 ms in place of 0.3 for a digit


@dataclass(frozen=True)
class Component:
    """A connected component of ink, several of them taken as one, or a piece that one was cut to.

    `labels` number its connected components; `energy` is the sum of its squared intensity, times its squared sharpness;
    `edge` counts pixels along the picture's edge; `peak` is its highest intensity; `sharpness` is 1 for strokes of a
    pen, near 0 for blurred shadows.
    """

    box: Box
    labels: tuple[int, ...]
    energy: float
    edge: int
    peak: float = 1.0
    sharpness: float = 1.0

    @property
    def width(self) -> int:
        return self.box[2] - self.box[0]

    @property
    def height(self) -> int:
        return self.box[3] - self.box[1]

    @property
    def size(self) -> int:
        """Pixels of the longer side."""
        return max(self.width, self.height)

    @property
    def prominence(self) -> float:
        """How much it is what the picture shows; what lies along the picture's edge is mostly surroundings."""
        if not self.edge:
            return self.energy
        return self.energy * max(0.001, 0.5 - 1.5 * self.edge / self.size)


def join(*components: Component) -> Component:
    """Several as one: boxes united, labels, energies and edges added up, `peak` and `sharpness` not measured (1)."""
    labels = tuple(label for component in components for label in component.labels)
    x0, y0, x1, y1 = zip(*(component.box for component in components), strict=True)
    box = min(x0), min(y0), max(x1), max(y1)
    return Component(box, labels, sum(c.energy for c in components), sum(c.edge for c in components))


class ConnectedComponents:
    """All connected components of an intensity above `weak`.

    `labels` are those of `window`, the part of the picture that holds them; `numbers` are the largest, in order.
    """

    def __init__(self, intensity: Intensity, weak: float):
        self.intensity = intensity
        inked = (intensity > weak).view(np.uint8)
        self._left, self._top, across, down = cv2.boundingRect(inked)
        self.window = np.s_[self._top : self._top + down, self._left : self._left + across]
        self.labels, self._boxes = _labels_and_boxes(np.ascontiguousarray(inked[self.window]))
        areas = {number: width * height for number, (_, _, width, height) in self._boxes.items()}
        self.numbers = sorted(areas, key=lambda number: -areas[number])[:MOST_COMPONENTS]
        self._measured: dict[int, Component] = {}

    def size(self, number: int) -> int:
        """Pixels of a component's longer side."""
        return max(self._boxes[number][2:])

    def values(self, number: int) -> NDArray[np.float32]:
        """(n,) the intensities in one component."""
        x, y, w, h = self._boxes[number]
        inside = self.labels[y : y + h, x : x + w] == number
        return self.intensity[self.window][y : y + h, x : x + w][inside]

    def most_prominent(self) -> Component | None:
        """None where there is no ink."""
        best, strongest = None, float(self.intensity[self.window].max(initial=0))
        for number in self.numbers:
            _, _, w, h = self._boxes[number]
            if best and w * h * strongest**2 <= best.prominence:
                break  # were they full of the strongest ink, no smaller ones would be more prominent
            component = self.component(number)
            if not best or component.prominence > best.prominence:
                best = component
        return best

    def component(self, number: int) -> Component:
        """Measured when it is first asked for."""
        if number not in self._measured:
            self._measured[number] = self._measure(number)
        return self._measured[number]

    def _measure(self, number: int) -> Component:
        x, y, w, h = self._boxes[number]
        inside = self.labels[y : y + h, x : x + w] == number
        x, y, (height, width) = x + self._left, y + self._top, self.intensity.shape
        values = self.intensity[y : y + h, x : x + w][inside]
        around = self.intensity[max(0, y - 1) : y + h + 1, max(0, x - 1) : x + w + 1]
        squares = cv2.norm(values, cv2.NORM_L2SQR)
        sharp = min(1.0, _slopes(around) / squares * max(height, width) / SHARP)
        edge = _along_edge(inside, x == 0, y == 0, x + w == width, y + h == height)
        return Component((x, y, x + w, y + h), (number,), squares * sharp**2, edge, float(values.max()), sharp)


def _labels_and_boxes(inked: NDArray[np.uint8]) -> tuple[Labels, dict[int, Sequence[int]]]:
    """Labels of connected ink, and the (x, y, width, height) of each."""
    if not inked.size:
        return np.zeros(inked.shape, np.int32), {}
    # BBDT, as the statistics of the default take two to three times as long.
    count, labels = cv2.connectedComponentsWithAlgorithm(inked, 8, cv2.CV_32S, cv2.CCL_BBDT)
    if count > CONTOURS:
        boxes = cv2.connectedComponentsWithStatsWithAlgorithm(inked, 8, cv2.CV_32S, cv2.CCL_BBDT)[2]
        return labels, {number: boxes[number, :4].tolist() for number in range(1, count)}
    contours, hierarchy = cv2.findContours(inked, cv2.RETR_CCOMP, cv2.CHAIN_APPROX_SIMPLE)
    outer = (contour for contour, (_, _, _, parent) in zip(contours, hierarchy[0], strict=True) if parent < 0)
    return labels, {int(labels[each[0, 0, 1], each[0, 0, 0]]): cv2.boundingRect(each) for each in outer}


def _slopes(intensity: Intensity) -> float:
    """The sum of squared slopes; to squared ink it is high for a pen's strokes, low for broad and blurred shadows."""
    across = cv2.norm(intensity[:, 1:], intensity[:, :-1], cv2.NORM_L2SQR) if intensity.shape[1] > 1 else 0.0
    return across + (cv2.norm(intensity[1:], intensity[:-1], cv2.NORM_L2SQR) if intensity.shape[0] > 1 else 0.0)


def _along_edge(inside: NDArray[np.bool_], left: bool, top: bool, right: bool, bottom: bool) -> int:
    sides = (left, inside[:, 0]), (top, inside[0]), (right, inside[:, -1]), (bottom, inside[-1])
    return int(sum(side.sum() for touches, side in sides if touches))
