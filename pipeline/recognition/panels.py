"""Light ink in dark panels on a lighter page: the windows of a meter, a label, a sticker."""

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.recognition.components import Intensity
from pipeline.recognition.decode import Pixels

LEAST_PICTURE = 64  # pixels of the longer side; a smaller picture may be filled by its digit
SIDE = 320  # pixels at most; panels are large, so they are looked for on a small copy
LEAST_SIDE = 14  # pixels of the small copy: in a smaller one no digit can be read
RECTANGULAR = 0.88  # of the least rectangle around it; an ellipse, as a thick 0 is one, has 0.79
SOLID = 0.4  # of a panel is dark at least; of a frame, or of a desk around a sheet, less is
RING = 0.8  # of a panel's edge is dark at least; digits may touch it
INKED = 0.02  # of a panel is light at least
WHOLE = 0.8  # of the picture: what covers more is the page
MARGIN = 2.0  # pixels of the small copy: so deep its soft edge reaches into a panel


def ink_in_panels(pixels: Pixels) -> tuple[Intensity, float] | None:
    """(h, w, 3) uint8 RGB -> (h, w) float32 how far each pixel is from its panel's colour, 0 outside of all; the noise.

    None where there is no dark panel with light ink.
    """
    if max(pixels.shape[:2]) < LEAST_PICTURE:
        return None
    times = -(-max(pixels.shape[:2]) // SIDE)
    grey = _small(cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY), times)
    _, dark = cv2.threshold(grey, 0, 255, cv2.THRESH_BINARY_INV | cv2.THRESH_OTSU)
    contours, _ = cv2.findContours(dark, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
    hulls = [hull for hull in map(cv2.convexHull, contours) if _is_panel(hull, dark)]
    if not hulls:
        return None
    small = _small(pixels, times)
    colours_of: list[Intensity] = []
    noises = []
    for hull in hulls:
        inside = _filled(hull, grey.shape) > 0
        colours = small[inside & (dark > 0)]
        colour = np.median(colours, axis=0)
        noises.append(float(np.median(np.abs(colours - colour))) * 1.4826 / 255)
        colours_of.append(colour)
    intensity = np.zeros(pixels.shape[:2], np.float32)
    for hull, colour in zip(hulls, colours_of, strict=True):
        scaled = ((hull + 0.5) * times - 0.5).round().astype(np.int32)
        x, y, width, height = cv2.boundingRect(scaled)
        part = np.s_[max(0, y) : y + height, max(0, x) : x + width]
        mask = _filled(scaled - [max(0, x), max(0, y)], intensity[part].shape)
        reach = 2 * round(MARGIN * times) + 1
        mask = cv2.erode(mask, np.ones((reach, reach), np.uint8), borderValue=0)
        away = cv2.absdiff(pixels[part], np.array([*colour, 0], np.float64)).max(axis=2)
        intensity[part] = np.maximum(intensity[part], np.where(mask > 0, away, 0) * np.float32(1 / 255))
    return intensity, max(0.5 / 255, max(noises))


def _small(picture: NDArray[np.uint8], times: int) -> NDArray[np.uint8]:
    """So many times smaller, by a whole number, which takes OpenCV a quarter of the time of any other."""
    height, width = (side // times for side in picture.shape[:2])
    if times == 1 or not height or not width:
        return picture
    return cv2.resize(picture[: height * times, : width * times], (width, height), interpolation=cv2.INTER_AREA)


def _is_panel(hull: NDArray[np.int32], dark: NDArray[np.uint8]) -> bool:
    """Whether it is a rectangle, dark all around, with something light in it."""
    _, sides, _ = cv2.minAreaRect(hull)
    area = cv2.contourArea(hull)
    if min(sides) < LEAST_SIDE or area < RECTANGULAR * sides[0] * sides[1] or area > WHOLE * dark.size:
        return False
    x, y, width, height = cv2.boundingRect(hull)
    part = dark[y : y + height, x : x + width] > 0
    mask = cv2.erode(_filled(hull - [x, y], part.shape), np.ones((3, 3), np.uint8), borderValue=0)
    within = cv2.erode(mask, np.ones((5, 5), np.uint8), borderValue=0)
    solid, ring = float(part[within > 0].mean()), float(part[(mask > 0) & (within == 0)].mean())
    return ring >= RING and SOLID <= solid <= 1 - INKED


def _filled(hull: NDArray[np.int32], shape: tuple[int, ...]) -> NDArray[np.uint8]:
    return cv2.fillConvexPoly(np.zeros(shape, np.uint8), hull, 255)
