"""Which pixels are ink, and how much: polarity and colour decided by evidence, not by assumption."""

import numpy as np

LEAST_CONTRAST = 28  # of 255; less than this between the page and its strongest mark is no ink
NOISE_WIDTHS = 6  # a mark must stand out of the page's own noise by this many standard deviations
LEAST_SHARE_OF_STRONGEST = 0.05  # fainter than this share of the strongest ink is what enlarging left around it


def find_ink(pixels: np.ndarray) -> np.ndarray | None:
    """(h, w, 3) uint8 -> (h, w) float32: 0 on the page, 1 at the strongest ink; None when there is none."""
    page = _page(pixels.mean(axis=2))
    colour = np.median(pixels[page], axis=0)
    distance = np.abs(pixels - colour.astype(np.float32)).max(axis=2)
    strongest = distance.max()
    noise = 1.4826 * np.median(distance[page])  # standard deviation of a normal distribution with this median
    if strongest < max(LEAST_CONTRAST, NOISE_WIDTHS * noise):
        return None
    floor = max(LEAST_SHARE_OF_STRONGEST * strongest, NOISE_WIDTHS / 2 * noise)
    return np.where(distance >= floor, distance / strongest, 0).astype(np.float32)


def _page(grey: np.ndarray) -> np.ndarray:
    """(h, w) float -> (h, w) bool: the pixels of the page, the rest being ink.

    Of the dark and the light half (Otsu 1979) the page is the one that holds more of the border and of the whole
    picture, both with the same weight: either alone errs, on frames and on thick pens.
    """
    light = grey > _otsu(grey)
    ring = np.ones(grey.shape, bool)
    margin = max(1, min(grey.shape) // 50)
    ring[margin:-margin, margin:-margin] = False
    return light if light.mean() + light[ring].mean() >= 1 else ~light


def _otsu(grey: np.ndarray) -> float:
    """The grey level that splits a histogram into the two most different halves."""
    counts = np.bincount(grey.astype(np.uint8).ravel(), minlength=256).astype(np.float64)
    levels = np.arange(256)
    below, mass_below = np.cumsum(counts), np.cumsum(counts * levels)
    above, mass_above = below[-1] - below, mass_below[-1] - mass_below
    with np.errstate(divide="ignore", invalid="ignore"):
        variance = below * above * (mass_below / below - mass_above / above) ** 2
    variance = np.nan_to_num(variance)
    if not variance.any():
        return -1.0  # a single grey: all of it is page
    return float(levels[variance >= variance.max() * (1 - 1e-9)].mean())  # the middle of a flat top
