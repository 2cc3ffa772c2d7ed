"""How much ink each pixel holds: polarity decided by evidence, the light and the page's own colour divided out.

(h, w, 3) uint8 --possible_inks--> Ink: (h, w) float32 foreground intensity 0-1. On a page of one colour that is how
far a pixel is from it, in the channel where it is farthest; on one that is lit unevenly, the fraction of the light
around that the ink takes away.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.recognition.components import Intensity
from pipeline.recognition.decode import Pixels
from pipeline.recognition.panels import ink_in_panels

SAMPLE_SIDE = 200  # pixels; the page's colour is read off every second, third, … pixel of a larger one
SMALL_SIDE = 128  # pixels; light and page colour change slowly, so they are measured on a small copy
WIDEST_PEN = 0.2  # of the shorter side; whatever is narrower and darker than its surroundings may be ink
FLAT_SPREAD = 0.12  # of the contrast between page and ink: below it the page has one colour
EDGE = 11  # pixels of the sample: the page is judged where it is so far from ink's soft edges, which are neither
LEAST_BARE = 0.2  # of the page; where less is so far from ink, all of it is judged
DOME = 1.05  # times the closing: how far the light may rise above it on a page that is lit unevenly
LEAST_INK = 0.002  # of a picture; less is no third level beside the page and its shadow
UNDECIDED = 0.5  # of 1, the weight of evidence for one half being the page; below it connectedness is asked as well
DARKEST_PAGE = 16  # of 255; a darker page holds no more information to divide by
DIMMEST = 0.5  # of the page's brightest light; what lies in deeper shade counts for less
SMOOTH_FROM = 100  # pixels; smaller pictures have no detail to spare for smoothing, nor room for changing light

Grey = NDArray[np.uint8]  # (h, w)
Half = NDArray[np.bool_]  # (h, w): which pixels belong to one of Otsu's two classes


@dataclass(frozen=True)
class Ink:
    """`intensity` is 0 on the page, 1 at most; `noise` is the standard deviation of the page in the same unit.

    `in_panels`: it is what stands in dark panels on the page, and nothing else.
    """

    intensity: Intensity
    noise: float
    in_panels: bool = False


def find_ink(pixels: Pixels) -> Ink:
    """(h, w, 3) uint8 RGB -> Ink, whether it is dark on light, light on dark or a colour on another."""
    return next(possible_inks(pixels))


def possible_inks(pixels: Pixels) -> Iterator[Ink]:
    """(h, w, 3) uint8 RGB -> all that may be the ink on it, the likeliest first, each worked out when it is asked for.

    A page of one colour leaves no doubt. One that is lit unevenly may be a dark sticker with light ink, which is then
    told from its surroundings instead; or a digit with soft edges and broader than any pen fills the picture, which
    dividing the light out takes for shadow.
    """
    panels = ink_in_panels(pixels)
    if panels is not None:
        yield Ink(*panels, in_panels=True)
    sample = _shrunk(pixels, SAMPLE_SIDE, cv2.INTER_NEAREST)
    grey = cv2.cvtColor(sample, cv2.COLOR_RGB2GRAY)
    page = _page_half(grey)
    if _is_flat(grey, page):
        yield _on_flat_page(pixels, sample, page)
        return
    light_ink = _is_light_ink(cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY))
    yield _on_uneven_page(255 - pixels if light_ink else pixels)
    yield _on_uneven_page(pixels if light_ink else 255 - pixels)
    yield _on_flat_page(pixels, sample, page)


def _page_half(grey: Grey) -> Half:
    """(h, w) bool: which pixels are page, if the page has one colour."""
    threshold, _ = cv2.threshold(grey, 0, 255, cv2.THRESH_BINARY | cv2.THRESH_OTSU)
    light = grey > threshold
    return light if _is_page(light) else ~light


def _is_flat(grey: Grey, page: Half) -> bool:
    """Whether that half has one colour; else its light changes too much."""
    if page.all() or max(grey.shape) < SMOOTH_FROM:
        return True
    bare = cv2.erode(page.view(np.uint8), np.ones((EDGE, EDGE), np.uint8), borderValue=1) > 0
    judged = bare if _fraction(bare) > LEAST_BARE * _fraction(page) else page
    low, middle, high = _quantiles(grey, judged, (0.05, 0.5, 0.95))
    ink = _quantiles(grey, ~page, (0.5,))[0]
    contrast = abs(middle - ink)
    return high - low <= FLAT_SPREAD * contrast and not _is_shadowed(grey, page, sorted((middle, ink)))


def _is_shadowed(grey: Grey, page: Half, levels: list[int]) -> bool:
    """Whether the two halves are light and shadow: broader than a pen's stroke both, and ink is darker than either."""
    beyond = (levels[1] - levels[0]) // 4
    if _fraction((grey < levels[0] - beyond) | (grey > levels[1] + beyond)) < LEAST_INK:
        return False
    other = cv2.copyMakeBorder((~page).astype(np.uint8), 1, 1, 1, 1, cv2.BORDER_CONSTANT, value=0)
    return 2 * float(cv2.distanceTransform(other, cv2.DIST_L2, 3).max()) > WIDEST_PEN * min(grey.shape)


def _is_page(half: Half) -> bool:
    """Whether of the two halves of a picture (Otsu 1979) this one is the page.

    The page holds more of the border and of the whole picture: either alone errs, on frames and on thick pens. Where
    a digit fills the picture neither says much, but its strokes hang together and cut the page into pieces.
    """
    margin = max(1, min(half.shape) // 50)
    edges = half[:margin], half[-margin:], half[:, :margin], half[:, -margin:]
    border = np.concatenate([edge.ravel() for edge in edges])
    evidence = _fraction(half) + _fraction(border) - 1
    if abs(evidence) < UNDECIDED:
        evidence += _largest_piece(~half) - _largest_piece(half)
    return bool(evidence >= 0)


def _fraction(half: Half) -> float:
    return np.count_nonzero(half) / half.size


def _largest_piece(half: Half) -> float:
    """The fraction of these pixels that the largest connected piece holds."""
    boxes = cv2.connectedComponentsWithStats(half.astype(np.uint8), connectivity=4)[2]
    return float(boxes[1:, cv2.CC_STAT_AREA].max(initial=0) / max(1, half.sum()))


def _quantiles(values: Grey, where: Half, fractions: tuple[float, ...]) -> list[int]:
    """Quantiles of the uint8 values at some places, read off a histogram: many times faster than sorting."""
    below = np.cumsum(cv2.calcHist([values], [0], where.view(np.uint8), [256], [0, 256]))
    return [int(np.searchsorted(below, fraction * below[-1])) for fraction in fractions]


def _on_flat_page(pixels: Pixels, sample: Pixels, page: Half) -> Ink:
    colour = [_quantiles(channel, page, (0.5,))[0] for channel in cv2.split(sample)]
    distance = _distance(pixels, colour)
    sampled = _shrunk(distance, SAMPLE_SIDE, cv2.INTER_NEAREST)
    noise = 1.4826 * _quantiles(sampled, page, (0.5,))[0] / 255  # of a normal distribution
    return Ink(distance * np.float32(1 / 255), max(noise, 0.5 / 255))


def _distance(pixels: Pixels, colour: list[int]) -> Grey:
    """(h, w) uint8: how far pixels are from a colour, in the channel where they are farthest."""
    red, green, blue = cv2.split(cv2.absdiff(pixels, np.array([*colour, 0], np.float64)))
    return cv2.max(cv2.max(red, green), blue)


def _is_light_ink(grey: Grey) -> bool:
    """Whether what stands out with sharp edges, both from its neighbours and from its wider surroundings, is light."""
    small = cv2.GaussianBlur(_shrunk(grey, 2 * SMALL_SIDE), (0, 0), 0.7)
    reach = _odd(WIDEST_PEN * min(small.shape))
    coarse = _shrunk(small, SMALL_SIDE // 2)
    wide = _odd(0.4 * min(coarse.shape))
    around = cv2.medianBlur(_padded(coarse, wide), wide)[wide:-wide, wide:-wide]
    around = cv2.resize(around, small.shape[::-1], interpolation=cv2.INTER_LINEAR)
    shape = np.ones((reach, reach), np.uint8)
    padded, inside = _padded(small, reach), np.s_[reach:-reach, reach:-reach]
    above = cv2.min(cv2.morphologyEx(padded, cv2.MORPH_TOPHAT, shape)[inside], cv2.subtract(small, around))
    below = cv2.min(cv2.morphologyEx(padded, cv2.MORPH_BLACKHAT, shape)[inside], cv2.subtract(around, small))
    edges = cv2.morphologyEx(small, cv2.MORPH_GRADIENT, np.ones((3, 3), np.uint8)).astype(np.float32)
    return bool((above * edges).sum() > (below * edges).sum())


def _on_uneven_page(pixels: Pixels) -> Ink:
    """Dark ink: the light it takes away, measured against the page around it."""
    page = _page_under_ink(pixels)
    if max(pixels.shape) > SMOOTH_FROM:
        pixels = cv2.GaussianBlur(pixels, (0, 0), 0.8)
    # In the darkest corners noise is as strong as ink would be.
    taken = (page - pixels) / np.maximum(page, max(DARKEST_PAGE, DIMMEST * float(page.max())))
    strongest = cv2.max(cv2.max(taken[..., 0], taken[..., 1]), taken[..., 2])
    deviation_below, median = np.percentile(strongest[::4, ::4], (15.9, 50))  # ink can only raise what is above
    intensity = np.clip(strongest - median, 0, 1)
    return Ink(intensity, max(float(median - deviation_below), 1 / 255))


def _page_under_ink(pixels: Pixels) -> NDArray[np.float32]:
    """(h, w, 3) float32: the colour that the page would have without ink."""
    small = _shrunk(pixels, SMALL_SIDE)
    reach = _odd(WIDEST_PEN * min(small.shape[:2]))
    small = cv2.GaussianBlur(_padded(small, reach), (0, 0), 1)
    filled = cv2.morphologyEx(small, cv2.MORPH_CLOSE, np.ones((reach, reach), np.uint8))
    inside = np.s_[reach:-reach, reach:-reach]
    taken = ((filled.astype(np.float32) - small) / np.maximum(filled, DARKEST_PAGE)).max(axis=-1)
    bare = (taken < max(0.04, 0.3 * np.percentile(taken[inside], 99.5))).astype(np.float32)
    # The closing keeps to the edges of shadows and sheets, but follows the page's lightest grain; the mean of the bare
    # page around knows the light better, but mixes what lies on both sides of an edge.
    width = 0.06 * max(small.shape[:2])
    weight = cv2.GaussianBlur(bare, (0, 0), width)[..., None]
    mean = cv2.GaussianBlur(small * bare[..., None], (0, 0), width) / np.maximum(weight, 1e-3)
    grain = 2 * float((taken[bare > 0]).mean()) if bare.any() else 0.0
    mean = np.clip(mean, filled * (1 - grain), filled * DOME)
    page = np.where(weight > 0.02, mean, filled)[inside].astype(np.float32)
    # An edge between two levels, blurred by enlarging, is no ink.
    return cv2.resize(cv2.erode(page, np.ones((5, 5), np.uint8)), pixels.shape[1::-1], interpolation=cv2.INTER_LINEAR)


def _shrunk(image: NDArray[np.uint8], side: int, interpolation: int = cv2.INTER_AREA) -> NDArray[np.uint8]:
    factor = side / max(image.shape[:2])
    return image if factor >= 1 else cv2.resize(image, None, fx=factor, fy=factor, interpolation=interpolation)


def _padded(image: NDArray[np.uint8], pixels: int) -> NDArray[np.uint8]:
    return cv2.copyMakeBorder(image, pixels, pixels, pixels, pixels, cv2.BORDER_REPLICATE)


def _odd(length: float) -> int:
    return max(3, int(length) // 2 * 2 + 1)
