"""Ruled and squared paper taken off the ink, without cutting what is written across the lines."""

from dataclasses import replace

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.recognition.components import Intensity
from pipeline.recognition.ink import Ink

SLOPES = np.tan(np.radians(np.arange(-12, 12.1, 0.75)))  # of lines on a page that was held about upright
SLOPE_SIDE = 160  # pixels; enough to find the slope
SIDE = 400  # pixels; enough to find the lines
EDGE = 2  # of these pixels along the edge of the picture
LEVELS = 65535  # of ink; lines are found in whole numbers, several times faster than in fractions
LEAST_SIDE = 64  # pixels; on a smaller picture no line is thin enough to be told from a stroke
LEAST_LENGTH = 0.2  # of the picture: what runs straight for that long may be a line
ACROSS = 0.97  # of the picture: what runs straight for that long is one
FAMILY = 3  # lines
ACROSS_IN_A_FAMILY = 0.5  # of the picture: a family's lines may be shorter, as paper ends and light fades
ALIKE = 1.15  # times the strength of its sisters: no line is stronger
LINE_NOISE = 3  # standard deviations of the page; a line is fainter than ink, but goes on and on
PRINTED = 0.6  # a single stroke from edge to edge that takes more of the light, with nothing beside it, was written
WRITING = 1.3, 1.55  # times the line's own strength: from here on it may be, and certainly is, ink across it


def remove_ruled_lines(ink: Ink) -> Ink:
    """The same without lines that run across the picture, about level or upright."""
    return replace(ink, intensity=_without_lines(ink.intensity, ink.noise))


def _without_lines(intensity: Intensity, noise: float) -> Intensity:
    if min(intensity.shape) < LEAST_SIDE or not _reaches_two_edges(intensity, LINE_NOISE * noise):
        return intensity
    small = _shrunk(intensity)
    lines = np.maximum(_lines(small, noise), _lines(np.ascontiguousarray(small.T), noise).T)
    if not lines.any():
        return intensity
    lines = cv2.resize(lines, intensity.shape[::-1], interpolation=cv2.INTER_LINEAR)
    low, high = WRITING
    left, on_line = intensity.copy(), lines > 0
    crossing = intensity[on_line]
    left[on_line] = crossing * np.clip((crossing / np.maximum(lines[on_line], 1e-6) - low) / (high - low), 0, 1)
    strength = float(lines.max())
    alone = left.max() < 0.5 * strength and cv2.connectedComponents(on_line.view(np.uint8))[0] == 2
    return intensity if alone and strength > PRINTED else left


def _shrunk(intensity: Intensity) -> Intensity:
    """At most SIDE pixels; thin lines keep their strength, which a mean would lower."""
    factor = SIDE / max(intensity.shape)
    if factor >= 1:
        return intensity
    reach = round(1 / factor)
    fat = cv2.dilate(intensity, np.ones((reach, reach), np.uint8)) if reach > 1 else intensity
    return cv2.resize(fat, None, fx=factor, fy=factor, interpolation=cv2.INTER_NEAREST)


def _reaches_two_edges(intensity: Intensity, least: float) -> bool:
    edge = max(EDGE, round(EDGE * max(intensity.shape) / SIDE))
    top, bottom, left, right = intensity[:edge], intensity[-edge:], intensity[:, :edge], intensity[:, -edge:]
    return min(top.max(), bottom.max()) > least or min(left.max(), right.max()) > least


def _lines(intensity: Intensity, noise: float) -> Intensity:
    """The strength of about level lines where there are some, else 0."""
    height, width = intensity.shape
    slope = _slope(intensity)
    thickness = max(1, round(max(height, width) / 250))
    room = int(np.ceil(abs(slope) * width / 2))  # rows, so that the corners stay in the picture when it is sheared
    roomy = np.pad(intensity, ((room, room), (0, 0)))
    levels = (_sheared(roomy, slope) * LEVELS).astype(np.uint16)
    fat = cv2.dilate(levels, np.ones((2 * thickness + 1, 1), np.uint8))
    fat = cv2.morphologyEx(fat, cv2.MORPH_CLOSE, np.ones((1, 6 * thickness + 1), np.uint8))
    straight = cv2.morphologyEx(fat, cv2.MORPH_OPEN, np.ones((1, max(9, int(LEAST_LENGTH * width))), np.uint8))
    found = (straight > LEVELS * max(LINE_NOISE * noise, 0.02)).view(np.uint8)
    count, labels, boxes, _ = cv2.connectedComponentsWithStats(found)
    starts, lengths = boxes[:, cv2.CC_STAT_LEFT], boxes[:, cv2.CC_STAT_WIDTH]
    at_side, long = (starts == 0) | (starts + lengths == width), lengths > ACROSS_IN_A_FAMILY * width
    thicknesses, strengths = np.zeros(count), np.zeros(count, np.float32)
    for line in np.flatnonzero((at_side | long)[1:]) + 1:
        x, y, w, h = boxes[line, :4]
        inside = labels[y : y + h, x : x + w] == line
        # Along the line's length, as what is written across it says nothing about the line, nor the bar of a 7 on it.
        thicknesses[line] = _quantile(inside.sum(axis=0), 0.25)
        strengths[line] = _quantile((fat[y : y + h, x : x + w] * inside).max(axis=0), 0.5) / LEVELS
    thin = (strengths > 0) & (thicknesses < 6 * thickness + 0.03 * height)
    chosen = thin & long
    if chosen.sum() >= FAMILY:  # and its shorter sisters, which leave a tilted picture at a corner
        chosen |= thin & at_side & (strengths < ALIKE * np.median(strengths[chosen]))
    else:
        chosen &= lengths > ACROSS * width
    if not chosen.any():
        return np.zeros_like(intensity)
    # A stroke of the pen may run along a line for most of its way: no line is much stronger than its sisters.
    strengths = np.where(chosen, np.minimum(strengths, np.median(strengths[chosen & long])), 0)
    return _sheared(strengths[labels], slope, back=True)[room : room + height]


def _quantile(values: NDArray[np.generic], fraction: float) -> float:
    """One of the values; NumPy's own takes five times as long for as many as a line has."""
    rank = int(fraction * (len(values) - 1))
    return float(np.partition(values, rank)[rank])


def _slope(intensity: Intensity) -> float:
    """The slope at which the profile of the rows is sharpest."""
    factor = min(1, SLOPE_SIDE / max(intensity.shape))
    small = cv2.resize(intensity, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA)
    small = np.minimum(small, np.percentile(small, 97))  # ink must not outvote the lines
    profiles = (cv2.reduce(_sheared(small, slope), 1, cv2.REDUCE_AVG)[:, 0] for slope in SLOPES)
    sharpness = [cv2.norm(profile[1:], profile[:-1], cv2.NORM_L2SQR) for profile in profiles]
    return float(SLOPES[int(np.argmax(sharpness))])


def _sheared(intensity: Intensity, slope: float, back: bool = False) -> Intensity:
    """Each column moved down by `slope` times its distance from the middle, or back again."""
    height, width = intensity.shape
    matrix = np.array([[1, 0, 0], [slope, 1, -slope * width / 2]], np.float32)
    flags = cv2.INTER_LINEAR | (cv2.WARP_INVERSE_MAP if back else 0)
    return cv2.warpAffine(intensity, matrix, (width, height), flags=flags, borderMode=cv2.BORDER_REPLICATE)
