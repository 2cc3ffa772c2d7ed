"""A sheet of paper on a darker table: the table is painted over with the paper's colour, so that it is no ink."""

import cv2
import numpy as np

SMALL_SIDE = 160  # pixels
LEAST_SHARE = 0.2, 0.97  # of the picture that a sheet covers; more is the page alone, less may be a drawing
LEAST_STEP = 30  # grey levels between the sheet's rim and what it lies on
LEAST_FILL = 0.9  # of its convex hull: a sheet has straight edges, ink on it aside
CORNERS = 3, 6  # of a sheet that may be cut off by the picture
RIM = 3  # small pixels, also cut off the sheet: paper is never quite flat


def without_table(pixels: np.ndarray) -> np.ndarray:
    """(h, w, 3) uint8 -> the same, what surrounds a light sheet painted over; unchanged where there is none."""
    factor = min(1, SMALL_SIDE / max(pixels.shape))
    if factor == 1:
        return pixels
    # All pixels count: a thin stroke that is sampled here and there may look like the edge of a sheet.
    grey = cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY)
    grey = cv2.resize(grey, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA)
    hull = _sheet(grey)
    if hull is None:
        return pixels
    sheet = cv2.fillConvexPoly(np.zeros(grey.shape, np.uint8), hull, 1)
    inner = cv2.erode(sheet, np.ones((2 * RIM + 1, 2 * RIM + 1), np.uint8), borderValue=1)
    inner = cv2.resize(inner, pixels.shape[1::-1], interpolation=cv2.INTER_NEAREST)
    colour = [int(np.median(channel[inner > 0][::7])) for channel in cv2.split(pixels)]
    return np.where(inner[..., None] > 0, pixels, np.array(colour, np.uint8))


def _sheet(grey: np.ndarray) -> np.ndarray | None:
    """The corners (n, 1, 2) int32 of a light sheet, at least one of them in the picture; None where there is none."""
    _, light = cv2.threshold(cv2.GaussianBlur(grey, (5, 5), 1), 0, 1, cv2.THRESH_BINARY | cv2.THRESH_OTSU)
    contours, _ = cv2.findContours(light, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
    largest = max(contours, key=cv2.contourArea, default=None)
    if largest is None:
        return None
    hull = cv2.convexHull(largest)
    area, (low, high) = cv2.contourArea(hull), LEAST_SHARE
    if not low * grey.size <= area <= high * grey.size or cv2.contourArea(largest) < LEAST_FILL * area:
        return None
    corners = cv2.approxPolyDP(hull, 0.03 * cv2.arcLength(hull, True), True)
    height, width = grey.shape
    x, y = corners[:, 0].T
    inside = (x > RIM) & (x < width - 1 - RIM) & (y > RIM) & (y < height - 1 - RIM)
    if not CORNERS[0] <= len(corners) <= CORNERS[1] or not inside.any():
        return None
    return corners if _step(grey, corners) >= LEAST_STEP else None


def _step(grey: np.ndarray, corners: np.ndarray) -> float:
    """How much lighter the rim of the sheet is than what lies just outside of it."""
    sheet = cv2.fillConvexPoly(np.zeros(grey.shape, np.uint8), corners, 1)
    kernel = np.ones((2 * RIM + 1, 2 * RIM + 1), np.uint8)
    within = (sheet > 0) & (cv2.erode(sheet, kernel, borderValue=1) == 0)
    without = (sheet == 0) & (cv2.dilate(sheet, kernel) > 0)
    return float(np.median(grey[within]) - np.median(grey[without])) if within.any() and without.any() else 0.0
