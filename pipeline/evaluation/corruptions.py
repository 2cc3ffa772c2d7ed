"""The fifteen corruptions of MNIST-C on 28×28 digits, seeded; written anew after the description in the paper.

Norman Mu and Justin Gilmer, "MNIST-C: A Robustness Benchmark for Computer Vision" (2019). The strengths are ours, near
the paper's, so results compare with each other rather than with published ones.

Each function takes (28, 28) float32 0-1, white on black, and returns the same; `corrupt` wraps them in uint8.
"""

from collections.abc import Callable, Iterable
from itertools import pairwise
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.recognition.fit import SIDE

Image = NDArray[Any]  # floats; OpenCV's types say no more
Corruption = Callable[[Image, np.random.Generator], Image]


def corrupt(name: str, digit: NDArray[np.uint8], rng: np.random.Generator) -> NDArray[np.uint8]:
    """(28, 28) -> (28, 28) with the corruption of that name, one of CORRUPTIONS."""
    changed = CORRUPTIONS[name](digit.astype(np.float32) / 255, rng)
    return (np.clip(changed, 0, 1) * 255 + 0.5).astype(np.uint8)


def shot_noise(x: Image, rng: np.random.Generator) -> Image:
    """Too few photons: at most about five where the ink is brightest."""
    photons = 5
    return rng.poisson(x * photons) / photons


def impulse_noise(x: Image, rng: np.random.Generator) -> Image:
    """12 % of the pixels turn black or white."""
    draw = rng.random(x.shape)
    return np.where(draw < 0.06, 0, np.where(draw < 0.12, 1, x))


def glass_blur(x: Image, rng: np.random.Generator) -> Image:
    """Frosted glass: each pixel shows one of its neighbours, between two slight blurs."""
    rows, columns = np.clip(np.indices(x.shape) + rng.integers(-1, 2, (2, *x.shape)), 0, SIDE - 1)
    return cv2.GaussianBlur(cv2.GaussianBlur(x, (0, 0), 0.7)[rows, columns], (0, 0), 0.7)


def motion_blur(x: Image, rng: np.random.Generator) -> Image:
    """Seven pixels along a line of random direction."""
    kernel = np.zeros((7, 7), np.float32)
    kernel[3] = 1
    turned = cv2.warpAffine(kernel, cv2.getRotationMatrix2D((3, 3), rng.uniform(0, 180), 1), (7, 7))
    return cv2.filter2D(x, -1, turned / turned.sum())


def shear(x: Image, rng: np.random.Generator) -> Image:
    """Slanted by 0.5 pixels a row, either way."""
    return _affine(x, [[1, _sign(rng) * 0.5], [0, 1]])


def scale(x: Image, rng: np.random.Generator) -> Image:
    """Shrunk to 60 %."""
    return _affine(x, [[0.6, 0], [0, 0.6]])


def rotate(x: Image, rng: np.random.Generator) -> Image:
    """Turned by 25°, either way."""
    angle = _sign(rng) * np.radians(25)
    return _affine(x, [[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])


def brightness(x: Image, rng: np.random.Generator) -> Image:
    """Half of white added everywhere: the page is grey, the ink clipped."""
    return x + 0.5


def translate(x: Image, rng: np.random.Generator) -> Image:
    """Moved by four pixels up or down and four to the left or right."""
    return _affine(x, [[1, 0], [0, 1]], (_sign(rng) * 4, _sign(rng) * 4))


def stripe(x: Image, rng: np.random.Generator) -> Image:
    """A vertical stripe of six pixels, near the middle, is inverted."""
    first = int(rng.integers(8, 15))
    x[:, first : first + 6] = 1 - x[:, first : first + 6]
    return x


def fog(x: Image, rng: np.random.Generator) -> Image:
    """Clouds of all sizes over the digit: noise whose strength halves with its size."""
    clouds = np.zeros_like(x)
    for knots in (2, 4, 8, 16):
        clouds += cv2.resize(rng.random((knots, knots), np.float32), x.shape, interpolation=cv2.INTER_CUBIC) / knots
    clouds = (clouds - clouds.min()) / np.ptp(clouds)
    return (x + 0.8 * clouds) / 1.8


def spatter(x: Image, rng: np.random.Generator) -> Image:
    """Drops of grey liquid on a tenth of the picture."""
    wet = cv2.GaussianBlur(rng.standard_normal(x.shape, np.float32), (0, 0), 1.0)
    drops = np.clip((wet - np.quantile(wet, 0.9)) / wet.std() * 3, 0, 1)
    return np.maximum(x, 0.6 * cv2.GaussianBlur(drops, (0, 0), 0.5))


def dotted_line(x: Image, rng: np.random.Generator) -> Image:
    """White dots three pixels apart on a straight line across the picture."""
    columns, rows = np.clip(np.round(_across(rng, steps=10)), 0, SIDE - 1).astype(int).T
    x[rows, columns] = 1
    return x


def zigzag(x: Image, rng: np.random.Generator) -> Image:
    """A white zigzag along a straight line across the picture."""
    points = _across(rng, steps=10)
    along = points[-1] - points[0]
    aside = np.array([-along[1], along[0]]) / np.linalg.norm(along) * 2
    points[::2] += aside
    points[1::2] -= aside
    return _drawn(x, pairwise(points))


def canny_edges(x: Image, rng: np.random.Generator) -> Image:
    """The outline alone, as Canny's edge detector finds it."""
    return cv2.Canny((x * 255).astype(np.uint8), 100, 200).astype(np.float32) / 255


def _sign(rng: np.random.Generator) -> int:
    return int(rng.choice((-1, 1)))


def _affine(x: Image, matrix: list, shift: tuple[float, float] = (0, 0)) -> Image:
    """A linear map about the picture's centre, then a shift in pixels (x, y)."""
    linear = np.array(matrix, np.float64)
    centre = np.full(2, (SIDE - 1) / 2)
    return cv2.warpAffine(x, np.column_stack([linear, centre - linear @ centre + shift]), x.shape)


def _across(rng: np.random.Generator, steps: int) -> np.ndarray:
    """(steps, 2) points (x, y) on a line that passes near the centre, from border to border."""
    angle = rng.uniform(0, np.pi)
    middle = SIDE / 2 + rng.uniform(-5, 5, 2)
    reach = np.array([np.cos(angle), np.sin(angle)]) * SIDE / 2
    return middle + np.linspace(-1, 1, steps)[:, None] * reach


def _drawn(x: Image, segments: Iterable) -> Image:
    """White line segments, one pixel wide, over the picture."""
    canvas = np.zeros((SIDE, SIDE), np.uint8)
    for start, end in segments:
        first, last = (tuple(int(part) for part in np.round(point * 16)) for point in (start, end))
        cv2.line(canvas, first, last, 255, 1, cv2.LINE_AA, 4)
    return np.maximum(x, canvas.astype(np.float32) / 255)


CORRUPTIONS: dict[str, Corruption] = {
    function.__name__.replace("_", " "): function
    for function in (
        shot_noise, impulse_noise, glass_blur, motion_blur, shear, scale, rotate, brightness, translate, stripe, fog,
        spatter, dotted_line, zigzag, canny_edges,
    )
}  # fmt: skip
