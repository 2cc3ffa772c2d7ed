"""MNIST's own digits with what other people add to them: zeros slashed, ones with a flag or a foot, sevens crossed."""

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.data.mnist import Images, Split
from pipeline.recognition.fit import SIDE, fit

FINE = 4  # samples a side of each pixel
MARGIN = 10  # pixels around the digit: what is added may be longer than it
BITS = 4  # OpenCV draws at 1/16 sample
LEAST_INK = 100  # of 255
LABELS = {0: 0.4, 1: 0.4, 7: 0.2}  # which digits, and how often
STEEPEST = np.radians(62)  # from upright: a flag rises; what lies is the bar of a seven
CROSS = 0.4, 0.6  # of a seven's height: where its bar is

RNG = np.random.Generator
Ink = NDArray[np.uint8]


def altered(digits: Split, n: int, rng: RNG) -> Split:
    """n of these digits with something added to each, framed as `fit` frames them. Same state of `rng`, same digits."""
    images, labels = np.empty((n, SIDE, SIDE), np.uint8), np.empty(n, np.uint8)
    rows = {label: np.flatnonzero(digits.labels == label) for label in LABELS}
    among = [label for label in LABELS if len(rows[label])]
    shares = np.array([LABELS[label] for label in among])
    for k in range(n if among else 0):
        label = among[rng.choice(len(among), p=shares / shares.sum())]
        images[k] = alter(digits.images[rng.choice(rows[label])], label, rng)
        labels[k] = label
    return Split(images, labels) if among else Split(images[:0], labels[:0])


def alter(digit: Images, label: int, rng: RNG) -> Images:
    """A (28, 28) uint8 digit with what people add to that label."""
    ink = cv2.resize(np.pad(digit, MARGIN), None, fx=FINE, fy=FINE, interpolation=cv2.INTER_CUBIC)
    rows, columns = np.nonzero(ink > LEAST_INK)
    if len(rows) < FINE**2:
        return digit
    inside = cv2.distanceTransform((ink > LEAST_INK).view(np.uint8), cv2.DIST_L2, 3)
    pen = max(2.0, 2 * float(np.percentile(inside, 97)))
    add = {0: _slash, 1: _flag_or_foot, 7: _bar}[label]
    for start, end in add(rows, columns, rng):
        _draw(ink, start, end, pen * rng.uniform(0.7, 1.1))
    return fit(ink.astype(np.float32) / 255)


def _draw(ink: Ink, start: NDArray[np.floating], end: NDArray[np.floating], width: float) -> None:
    stroke = np.zeros_like(ink)
    ends = np.round(np.stack([start, end]) * 2**BITS).astype(np.int32)
    cv2.polylines(stroke, [ends], False, 255, max(1, round(width)), cv2.LINE_AA, BITS)
    np.maximum(ink, stroke, out=ink)


Strokes = list[tuple[NDArray[np.floating], NDArray[np.floating]]]


def _slash(rows: NDArray[np.int64], columns: NDArray[np.int64], rng: RNG) -> Strokes:
    """At any slope, inside the ring or far beyond it."""
    low, high = np.array([columns.min(), rows.min()], float), np.array([columns.max(), rows.max()], float)
    middle, half = (low + high) / 2, (high - low) / 2 + 1
    slopes = [(35, 85), (12, 35), (95, 150)]  # degrees from level: as most do, flat, leaning back
    angle = np.radians(rng.uniform(*slopes[rng.choice(3, p=[0.7, 0.15, 0.15])]))
    way = np.array([np.cos(angle), -np.sin(angle)])
    reach = way / np.hypot(*(way / half))
    middle = middle + rng.normal(0, 0.06, 2) * half
    return [(middle + reach * rng.uniform(0.75, 1.5), middle - reach * rng.uniform(0.75, 1.5))]


def _flag_or_foot(rows: NDArray[np.int64], columns: NDArray[np.int64], rng: RNG) -> Strokes:
    top, foot = (np.array([columns[rows == row].mean(), row], float) for row in (rows.min() + FINE, rows.max() - FINE))
    stem = foot - top
    high = float(np.hypot(*stem))
    added: Strokes = []
    kind = rng.random()
    if kind < 0.8:
        length = high * (rng.uniform(0.12, 0.4) if rng.random() < 0.6 else rng.uniform(0.4, 0.85))
        angle = max(np.arctan2(stem[0], stem[1]) - np.radians(rng.uniform(18, 52)), -STEEPEST)
        added.append((top, top + length * np.array([np.sin(angle), np.cos(angle)])))
    if kind > 0.55:
        left, right = high * rng.uniform(0.12, 0.42, 2)
        level = np.array([1, rng.normal(0, 0.06)])
        added.append((foot - left * level, foot + right * level))
    return added


def _bar(rows: NDArray[np.int64], columns: NDArray[np.int64], rng: RNG) -> Strokes:
    level = int(rows.min() + rng.uniform(*CROSS) * np.ptp(rows))
    at = columns[np.abs(rows - level) <= 1]
    if not len(at):
        return []
    middle, half = np.array([at.mean(), level]), float(np.ptp(rows)) * rng.uniform(0.15, 0.35)
    tilt = rng.normal(0.05, 0.15)
    way = half * np.array([np.cos(tilt), -np.sin(tilt)])
    return [(middle - way, middle + way)]
