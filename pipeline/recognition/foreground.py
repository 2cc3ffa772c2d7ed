"""From foreground intensity to components: connected ink as strong as the strokes, without specks, edges and noise."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.recognition.components import Component, ConnectedComponents, Intensity, Labels
from pipeline.recognition.ink import Ink

LEAST_INTENSITY = 0.03  # of the page's light; fainter is no ink even on a page without noise
LEAST_NOISE = 4  # standard deviations of the page that ink must stand out by
STRONG, WEAK = 0.45, 0.35  # of the strokes' intensity: a component has some strong ink, and goes on in weaker ink
PASSES = 5  # of finding the strokes' intensity among the ink that is as strong as found so far
SETTLED = 1.1  # times the threshold before: no need to look again
SAMPLED_FROM = 300  # pixels; of a larger picture every second pixel tells the strokes' intensity
SPECK = 0.12  # of the main component's longer side; smaller components apart from it are dirt
# The smaller a component and the nearer to the page's noise, the likelier it is the page's grain. Chosen on rendered
# pages: 3 % of the faintest and smallest digits are lost, four in five empty photographed pages have none left.
EVIDENCE = 1.0  # least of (strokes' intensity / noise) · (longer side of the component / of the picture) · sharpness
FRAME = 1.5  # of its longer side: a component that runs along the picture's edge for more is what the page lies on
MARGIN = 0.025  # of the picture's longer side: what lies within that of an edge is no digit either
STRIP = 0.95, 0.5  # of the picture's sides: what runs along that much of one, up to so deep, is what the page lies on
FRAMED_FROM = 64  # pixels; a smaller picture may be filled by its digit
# Sharpness below which what comes in from the picture's edge is a finger's shadow: on rendered pages they have up to
# 0.25 and digits 0.9 or more; one that is as blurred as a shadow (0.1 to 0.3) must keep off the edge.
SHADOW = 0.3
SOFT = 0.05  # of the strokes' intensity: fainter than this is no longer a stroke's soft edge


@dataclass(frozen=True)
class Foreground:
    """The components of a picture, most prominent first; none where it is blank.

    `labels` number the pixels of all connected ink, also of what was left out; 0 elsewhere. Less intensity than `soft`
    is no ink, as much as `strength` is all that the strokes have.
    """

    intensity: Intensity
    labels: Labels
    components: tuple[Component, ...] = ()
    soft: float = 0.0
    strength: float = 1.0

    @property
    def ink(self) -> Intensity:
        """(h, w) 0-1: the intensity relative to that of the strokes."""
        return self._relative(self.intensity)

    def _relative(self, intensity: Intensity) -> Intensity:
        least = self.soft / self.strength
        _, fraction = cv2.threshold(intensity * np.float32(1 / self.strength), least, 1, cv2.THRESH_TOZERO)
        return cv2.threshold(fraction, 1, 1, cv2.THRESH_TRUNC)[1]

    def crop(self, component: Component) -> Intensity:
        """(h, w) 0-1: the ink of this component alone, with its soft edges, cut out at its box."""
        inside = self.holds(component)
        soft = max(1, -(-component.size // 24))
        x0, y0, x1, y1 = component.box
        height, width = self.labels.shape
        around = np.s_[max(0, y0 - soft) : min(height, y1 + soft), max(0, x0 - soft) : min(width, x1 + soft)]
        chosen = np.zeros(self.labels[around].shape, np.uint8)
        top, left = min(soft, y0), min(soft, x0)
        chosen[top : top + inside.shape[0], left : left + inside.shape[1]] = inside
        near = cv2.dilate(chosen, np.ones((2 * soft + 1, 2 * soft + 1), np.uint8))
        others = (self.labels[around] > 0) & (chosen == 0)
        return cv2.copyTo(self._relative(self.intensity[around]), near & ~others)

    def holds(self, component: Component) -> NDArray[np.bool_]:
        """(h, w) inside the component's box: which pixels are its own."""
        x0, y0, x1, y1 = component.box
        labels = self.labels[y0:y1, x0:x1]
        if len(component.labels) == 1:
            return labels == component.labels[0]
        return np.isin(labels, component.labels)


def find_foreground(ink: Ink) -> Foreground:
    """The components of a page."""
    intensity, floor = ink.intensity, max(LEAST_INTENSITY, LEAST_NOISE * ink.noise)
    labels = np.zeros(intensity.shape, np.int32)
    sample = intensity if max(intensity.shape) < SAMPLED_FROM else np.ascontiguousarray(intensity[::2, ::2])
    strength = _strength(sample, floor)
    connected = ConnectedComponents(intensity, max(floor, WEAK * strength))
    main = connected.most_prominent()
    if main is None:
        return Foreground(intensity, labels)
    strength = strength or float(intensity.max())  # of specks too small for the sample
    components = [connected.component(each) for each in connected.numbers if connected.size(each) >= SPECK * main.size]
    least = EVIDENCE * max(intensity.shape) * ink.noise / strength
    large = (
        component
        for component in components
        if component.size * component.sharpness >= least
        and component.peak >= STRONG * strength
        and (max(intensity.shape) < FRAMED_FROM or not _is_surroundings(component, *intensity.shape))
    )
    labels[connected.window] = connected.labels
    soft = max(SOFT * strength, min(2 * ink.noise, 0.3 * strength))
    found = sorted(large, key=lambda component: component.prominence, reverse=True)
    return Foreground(intensity, labels, tuple(found), soft, strength)


def _is_surroundings(component: Component, height: int, width: int) -> bool:
    """Whether a component is what the page lies on, what is left of it along the edge, of lines there, or a shadow."""
    x0, y0, x1, y1 = component.box
    margin = MARGIN * max(height, width)
    shadow = component.edge > 0 and component.sharpness < SHADOW
    along, deep = STRIP
    upright = min(component.height, component.edge) >= along * height and component.width <= deep * width
    level = min(component.width, component.edge) >= along * width and component.height <= deep * height
    at_margin = min(x1, y1, width - x0, height - y0) <= margin
    return shadow or upright or level or component.edge > FRAME * component.size or at_margin


def _strength(intensity: Intensity, floor: float) -> float:
    """The foreground intensity that the most prominent component has where it is strong; 0 on a blank page."""
    weak, strength = floor, 0.0
    for _ in range(PASSES):
        connected = ConnectedComponents(intensity, weak)
        main = connected.most_prominent()
        if main is None:
            break
        values = connected.values(*main.labels)
        rank = int(0.8 * (len(values) - 1))
        strength = float(np.partition(values, rank)[rank])
        if WEAK * strength <= weak * SETTLED:
            break
        weak = WEAK * strength
    return strength
