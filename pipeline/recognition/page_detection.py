"""A page of paper on a darker table: the paper goes on where the table was, in its own light, so that it is no ink."""

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.recognition.decode import Pixels

SMALL_SIDE = 160  # pixels
LEAST_FRACTION = 0.2, 0.97  # of the picture that a page covers; more is the page alone, less may be a drawing
LEAST_STEP = 30  # grey levels between the page's rim and what it lies on
LEAST_FILL = 0.9  # of its convex hull, ink on it aside
LEAST_STRAIGHT = 0.93  # of the hull that lies between its corners: a page has straight edges, a light 0 has not (0.83)
CORNERS = 3, 6  # of a page that may be cut off by the picture
WIDEST_PEN = 15  # small pixels; what is narrower and darker than the paper near the rim does not go on beyond it
EVEN = 4.0  # small pixels, standard deviation: the paper's grain does not go on beyond the rim as streaks
GRAIN = np.random.default_rng(1).standard_normal((256, 256), np.float32)
RIM = 3  # small pixels, also cut off the page: paper is never quite flat
# Shadow on the page itself, over which nothing may be painted, keeps at least so much of each colour's light, and of
# all three nearly the same fraction.
DARKEST_SHADOW = 0.3
SAME_COLOUR = 0.1


def remove_table(pixels: Pixels) -> Pixels:
    """(h, w, 3) uint8 -> the same, what surrounds a light page replaced; unchanged where there is none."""
    factor = min(1, SMALL_SIDE / max(pixels.shape))
    if factor == 1:
        return pixels
    grey = _small(cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY), factor)
    smooth = cv2.GaussianBlur(grey, (5, 5), 1)
    hulls = (_page(smooth, threshold) for threshold in _thresholds(smooth))
    hull = next((hull for hull in hulls if hull is not None and _lies_on_a_table(pixels, factor, hull)), None)
    if hull is None:
        return pixels
    page = cv2.fillConvexPoly(np.zeros(grey.shape, np.uint8), hull, 1)
    inner = cv2.erode(page, np.ones((2 * RIM + 1, 2 * RIM + 1), np.uint8), borderValue=1)
    size = pixels.shape[1::-1]
    beyond = cv2.resize(_paper_beyond(_small(pixels, factor), inner), size, interpolation=cv2.INTER_LINEAR)
    inner = cv2.resize(inner, size, interpolation=cv2.INTER_NEAREST)
    return np.where(inner[..., None] > 0, pixels, _with_grain(beyond, pixels, inner))


def _with_grain(beyond: NDArray[np.uint8], pixels: Pixels, inner: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """With as much noise as the paper has, which is measured over the whole picture later on."""
    grey = cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY)
    rough = cv2.absdiff(grey, cv2.GaussianBlur(grey, (0, 0), 2))[inner > 0]
    deviation = 1.25 * float(rough[::3].mean())  # of a normal distribution
    height, width = grey.shape
    grain = np.tile(GRAIN, (-(-height // len(GRAIN)), -(-width // len(GRAIN))))[:height, :width]
    return np.clip(np.round(beyond + deviation * grain[..., None]), 0, 255).astype(np.uint8)


def _small(picture: NDArray[np.uint8], factor: float) -> NDArray[np.uint8]:
    # All pixels count: a thin stroke that is sampled here and there may look like the edge of a page.
    return cv2.resize(picture, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA)


def _paper_beyond(small: NDArray[np.uint8], inner: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """(h, w, 3) uint8: at each place the colour of the nearest paper, so that its light and shadow go on."""
    alone = np.where(inner[..., None] > 0, small, np.uint8(0))
    paper = cv2.morphologyEx(alone, cv2.MORPH_CLOSE, np.ones((WIDEST_PEN, WIDEST_PEN), np.uint8))
    _, nearest = cv2.distanceTransformWithLabels(1 - inner, cv2.DIST_L2, 5, labelType=cv2.DIST_LABEL_PIXEL)
    colours = np.zeros((nearest.max() + 1, 3), np.uint8)
    colours[nearest[inner > 0]] = _even(paper, inner)[inner > 0]
    return cv2.GaussianBlur(colours[nearest], (0, 0), EVEN)


def _even(paper: NDArray[np.uint8], inner: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """(h, w, 3) uint8: the mean of the paper around each place, what is not paper left out."""
    weight = cv2.GaussianBlur(inner.astype(np.float32), (0, 0), EVEN)[..., None]
    mean = cv2.GaussianBlur(paper * inner[..., None].astype(np.float32), (0, 0), EVEN) / np.maximum(weight, 1e-3)
    return np.round(mean).astype(np.uint8)


def _thresholds(grey: NDArray[np.uint8]) -> tuple[float, float]:
    """Otsu's of the darker half, then of all: a page half in shadow, on a table, has three levels."""
    both, _ = cv2.threshold(grey, 0, 1, cv2.THRESH_BINARY | cv2.THRESH_OTSU)
    low, _ = cv2.threshold(grey[grey <= both], 0, 1, cv2.THRESH_BINARY | cv2.THRESH_OTSU)
    return low, both


def _page(grey: NDArray[np.uint8], threshold: float) -> NDArray[np.int32] | None:
    """The corners (n, 1, 2) int32 of a light page, at least one of them in the picture; None where there is none."""
    light = (grey > threshold).view(np.uint8)
    contours, _ = cv2.findContours(light, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
    largest = max(contours, key=cv2.contourArea, default=None)
    if largest is None:
        return None
    hull = cv2.convexHull(largest)
    area, (low, high) = cv2.contourArea(hull), LEAST_FRACTION
    if not low * grey.size <= area <= high * grey.size or cv2.contourArea(largest) < LEAST_FILL * area:
        return None
    corners = cv2.approxPolyDP(hull, 0.03 * cv2.arcLength(hull, True), True)
    if cv2.contourArea(corners) < LEAST_STRAIGHT * area:
        return None
    height, width = grey.shape
    x, y = corners[:, 0].T
    inside = (x > RIM) & (x < width - 1 - RIM) & (y > RIM) & (y < height - 1 - RIM)
    return corners if CORNERS[0] <= len(corners) <= CORNERS[1] and inside.any() else None


def _lies_on_a_table(pixels: Pixels, factor: float, corners: NDArray[np.int32]) -> bool:
    """Whether what lies just outside of the page is darker than its rim, and not the page's own shadowed part."""
    small = _small(pixels, factor)
    page = cv2.fillConvexPoly(np.zeros(small.shape[:2], np.uint8), corners, 1)
    kernel = np.ones((2 * RIM + 1, 2 * RIM + 1), np.uint8)
    within = (page > 0) & (cv2.erode(page, kernel, borderValue=1) == 0)
    without = (page == 0) & (cv2.dilate(page, kernel) > 0)
    if not within.any() or not without.any():
        return False
    paper, beyond = (np.median(small[rim], axis=0) for rim in (within, without))
    kept = beyond / np.maximum(paper, 1)
    shadow = kept.min() >= DARKEST_SHADOW and np.ptp(kept) <= SAME_COLOUR
    return bool((paper - beyond).mean() >= LEAST_STEP and not shadow)
