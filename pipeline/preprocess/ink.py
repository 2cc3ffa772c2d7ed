"""Which pixels are ink, and how much: polarity and colour decided by evidence, not by assumption.

Medians are read off histograms of 256 counts, and differences are taken by Pillow: both many times faster here than
NumPy on floats.
"""

import numpy as np
from PIL import Image, ImageChops

LEAST_CONTRAST = 28  # of 255; less than this between the page and its strongest mark is no ink
NOISE_WIDTHS = 6  # a mark must stand out of the page's own noise by this many standard deviations
LEAST_SHARE_OF_STRONGEST = 0.05  # fainter than this share of the strongest ink is what enlarging left around it
LEVELS = np.arange(256)


def find_ink(pixels: np.ndarray) -> np.ndarray | None:
    """(h, w, 3) uint8 -> (h, w) float32: 0 on the page, 1 at the strongest ink; None when there is none."""
    image = Image.fromarray(pixels)
    page = _page(np.asarray(image.convert("L")))
    colour = tuple(_median(channel[page]) for channel in np.moveaxis(pixels, -1, 0))
    difference = ImageChops.difference(image, Image.new("RGB", image.size, colour)).split()
    distance = np.asarray(ImageChops.lighter(ImageChops.lighter(difference[0], difference[1]), difference[2]))
    strongest = int(distance.max())
    noise = 1.4826 * _median(distance[page])  # standard deviation of a normal distribution with this median
    if strongest < max(LEAST_CONTRAST, NOISE_WIDTHS * noise):
        return None
    floor = max(LEAST_SHARE_OF_STRONGEST * strongest, NOISE_WIDTHS / 2 * noise)
    amount = np.where(floor <= LEVELS, LEVELS / strongest, 0).astype(np.float32)
    return amount[distance]


def _page(grey: np.ndarray) -> np.ndarray:
    """(h, w) uint8 -> (h, w) bool: the pixels of the page, the rest being ink.

    Of the dark and the light half (Otsu 1979) the page is the one that holds more of the border and of the whole
    picture, both with the same weight: either alone errs, on frames and on thick pens.
    """
    light = grey > _otsu(grey)
    margin = max(1, min(grey.shape) // 50)
    edges = light[:margin], light[-margin:], light[:, :margin], light[:, -margin:]
    border = np.concatenate([edge.ravel() for edge in edges])
    return light if light.mean() + border.mean() >= 1 else ~light


def _median(values: np.ndarray) -> int:
    """The median of uint8 values."""
    below = np.cumsum(np.bincount(values.ravel(), minlength=256))
    return int(np.searchsorted(below, below[-1] / 2))


def _otsu(grey: np.ndarray) -> float:
    """The grey level that splits a histogram into the two most different halves."""
    counts = np.bincount(grey.ravel(), minlength=256).astype(np.float64)
    below, mass_below = np.cumsum(counts), np.cumsum(counts * LEVELS)
    above, mass_above = below[-1] - below, mass_below[-1] - mass_below
    with np.errstate(divide="ignore", invalid="ignore"):
        variance = np.nan_to_num(below * above * (mass_below / below - mass_above / above) ** 2)
    if not variance.any():
        return -1.0  # a single grey: all of it is page
    return float(LEVELS[variance >= variance.max() * (1 - 1e-9)].mean())  # the middle of a flat top
