"""A random handwriting: strokes slanted, stretched, turned, shaken; then drawn as by mouse, finger, quill, scanner."""

import math

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.data.synthesis.polylines import Points, Strokes
from pipeline.data.synthesis.styles.template import RNG, GlyphTemplate

Ink = NDArray[np.float32]
Mask = NDArray[np.uint8]

CANVAS = 112  # pixels a side
INK = 100  # pixels of the longer side: so many that hard edges, three times as fast to draw, end up soft
STROKE_WIDTHS = 1.2, 5.5  # least and most, in twentieths of the longer side: MNIST's pixels
COUNTER = 0.55  # of a counter's width may go to the stroke: the rest stays white
CARELESS, JAGGED, BITMAPS, UNEVEN, BLURRED = 0.3, 0.25, 0.08, 0.2, 0.4  # fractions of the digits
CARELESS_BY = 0.045  # of the height: how far ends overshoot or fall short (one standard deviation)


def written(template: GlyphTemplate, rng: RNG) -> Ink:
    """A template in a random handwriting: (CANVAS, CANVAS) float32 0-1."""
    strokes = _careless(template.strokes, rng) if rng.random() < CARELESS else template.strokes
    ends = np.cumsum([len(stroke) for stroke in strokes])[:-1]
    points, narrowed = _posture(np.concatenate(strokes) - 0.5, template, rng)
    points = _shaken(points, rng)
    low, high = points.min(0), points.max(0)
    side = float((high - low).max())
    stroke_width = max(
        min(rng.lognormal(0.9, 0.4), 20 * COUNTER * template.narrowest_gap * narrowed / side, STROKE_WIDTHS[1]),
        STROKE_WIDTHS[0],
    )
    lines = np.split((points - (low + high) / 2) * (INK * (1 - stroke_width / 20) / side), ends)
    if rng.random() < JAGGED:
        lines = _jagged(lines, rng)
    tool = rng.random()
    if tool < BITMAPS:
        return _bitmap(lines, stroke_width, 24 if template.narrowest_gap < 0.28 else int(rng.choice([16, 20, 24])))
    ink = _uneven(lines, stroke_width, rng) if tool < BITMAPS + UNEVEN else _even(lines, stroke_width)
    if rng.random() < BLURRED:
        ink = np.asarray(cv2.blur(ink, (int(rng.integers(2, 6)),) * 2), np.uint8)
    return ink * np.float32(1 / 255)


def _careless(strokes: Strokes, rng: RNG) -> Strokes:
    """Ends that overshoot or fall short."""
    ends = rng.normal(0, 1, (len(strokes), 2)).tolist()
    return [_begun(_begun(s, begin)[::-1], end)[::-1] for s, (begin, end) in zip(strokes, ends, strict=True)]


def _begun(stroke: Points, early: float) -> Points:
    if early < 0:
        away = np.abs(stroke[:12] - stroke[0]).max(1)
        return stroke[np.count_nonzero(away < min(-early, 1.5) * CARELESS_BY) - 1 :]
    step = stroke[0] - stroke[2]
    return np.concatenate([stroke[:1] + step * (early * CARELESS_BY / (math.hypot(*step) + 1e-9)), stroke])


def _posture(points: Points, template: GlyphTemplate, rng: RNG) -> tuple[Points, float]:
    """Points stretched, slanted and turned; and what that multiplies narrow gaps by."""
    width = min(max(rng.lognormal(-0.05, 0.24), template.width[0]), template.width[1])
    turn = rng.normal(0, 6 if rng.random() < 0.93 else 11)
    lean = min(max(rng.normal(8, 12) + turn, template.lean[0]), template.lean[1])
    turn = min(max(turn, -20, template.lean[0]), 20, template.lean[1])
    shear, angle = math.tan(math.radians(lean - turn)), math.radians(turn)
    cosine, sine = math.cos(angle), math.sin(angle)
    matrix = np.array([[cosine * width, sine * width], [-cosine * shear - sine, cosine - sine * shear]])
    return points @ matrix, min(width, 1) * math.cos(math.radians(lean))


def _shaken(points: Points, rng: RNG) -> Points:
    """Bent as a whole, so that strokes which meet still do; then each place a little, as an unsteady hand would."""
    bend, phase = rng.normal(0, 1, (2, 2, 2)), rng.uniform(0, 6.3, (2, 2))
    for waves, size, how, where in zip((3.5, 7), (0.022, 0.008), bend, phase, strict=True):
        points = points + np.sin(waves * points + where) @ (size * how)
    if (unsteady := rng.random()) < 0.4:
        return points
    knots = rng.normal(0, 0.006 if unsteady < 0.75 else 0.013 if unsteady < 0.92 else 0.02, (len(points) // 8 + 2, 2))
    at = np.arange(len(points)) / 8
    i = at.astype(int)
    fraction = (at - i)[:, None]
    return points + knots[i] * (1 - fraction) + knots[i + 1] * fraction


def _jagged(lines: Strokes, rng: RNG) -> Strokes:
    """Polylines with few corners, as a slow mouse leaves them."""
    error = float(rng.uniform(1, 6))
    halves = [half for line in lines for half in (line[: len(line) // 2 + 1], line[len(line) // 2 :])]
    corners = (cv2.approxPolyDP(half.astype(np.float32)[:, None], error, False)[:, 0] for half in halves)
    return [np.asarray(each, np.float32) for each in corners]


def _even(lines: Strokes, stroke_width: float) -> Mask:
    canvas = np.zeros((CANVAS, CANVAS), np.uint8)
    fixed = [_fixed(line + CANVAS / 2) for line in lines]
    cv2.polylines(canvas, fixed, False, 255, max(1, round(stroke_width * INK / 20)), cv2.LINE_8, 4)
    return canvas


def _fixed(places: Points) -> NDArray[np.int32]:
    """OpenCV's fixed-point coordinates, in sixteenths of a pixel."""
    return (places * 16 + 0.5).astype(np.int32)


def _uneven(lines: Strokes, stroke_width: float, rng: RNG) -> Mask:
    """By pressure that comes and goes, or a broad nib, whose width depends on the direction."""
    canvas = np.zeros((CANVAS, CANVAS), np.uint8)
    nib, swing, phase = rng.random() < 0.5, rng.uniform(0.2, 0.6), rng.uniform(0, 6.3)
    for line in lines:
        places = _fixed(line + CANVAS / 2)
        if len(line) > 24:
            places = np.concatenate([places[:-1:2], places[-1:]])
        step = np.diff(places, axis=0)
        way = np.arctan2(step[:, 1], step[:, 0]) + 0.7 if nib else phase + np.linspace(0, 4, len(step))
        widths = stroke_width * INK / 20 * (1 - swing * (1 - np.abs(np.sin(way))))
        ends = places.tolist()
        for start, end, width in zip(ends[:-1], ends[1:], widths.tolist(), strict=True):
            cv2.line(canvas, start, end, 255, max(1, round(width)), cv2.LINE_8, 4)
    return canvas


def _bitmap(lines: Strokes, stroke_width: float, side: int) -> Ink:
    """Two levels and few pixels, as icon editors and old scanners leave it."""
    if stroke_width * side / 20 > 1.7:
        small = cv2.resize(_even(lines, stroke_width), (side, side), interpolation=cv2.INTER_AREA)
        small = cv2.copyMakeBorder((small > 110).astype(np.uint8), 2, 2, 2, 2, cv2.BORDER_CONSTANT, value=0)
    else:
        small = np.zeros((side + 4, side + 4), np.uint8)
        fixed = [_fixed(line * ((side - 2) / INK) + side / 2 + 1.5) for line in lines]
        cv2.polylines(small, fixed, False, 1, 1, cv2.LINE_8, 4)
    return cv2.resize(small, (CANVAS, CANVAS), interpolation=cv2.INTER_NEAREST).astype(np.float32)
