"""The camera: where it stands, how sharp it is, how much its sensor and its JPEG files err."""

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.data.synthesis.rendering.paper import grain

Picture = NDArray[np.uint8]
Homography = NDArray[np.float64]


def view(
    place: NDArray[np.float64], rng: np.random.Generator, rotation: float, tilt: float, size: tuple[int, int]
) -> Homography:
    """(3, 3) homography from page coordinates, pixels from the digit's centre, to the picture.

    The digit's centre comes to `place` (x, y). `rotation` in degrees, clockwise; with `tilt` 0-0.35 things one picture
    side away look that fraction smaller or larger.
    """
    angle = np.radians(rotation)
    turn = np.array([[np.cos(angle), -np.sin(angle), 0], [np.sin(angle), np.cos(angle), 0], [0, 0, 1]])
    direction = rng.uniform(0, 2 * np.pi)
    away = tilt / max(size)
    lean = np.array([[1, 0, 0], [0, 1, 0], [away * np.cos(direction), away * np.sin(direction), 1]])
    shift = np.array([[1, 0, place[0]], [0, 1, place[1]], [0, 0, 1]])
    return shift @ lean @ turn


def blur(picture: Picture, sigma: float) -> Picture:
    """Out of focus: (h, w, 3) uint8 under a Gaussian whose standard deviation is `sigma` pixels."""
    return np.asarray(cv2.GaussianBlur(picture, (0, 0), sigma), np.uint8) if sigma else picture


def motion_blur(picture: Picture, pixels: float, rng: np.random.Generator) -> Picture:
    """The camera moved so many pixels, in a random direction, while it looked; (h, w, 3) uint8."""
    if pixels < 1:
        return picture
    side = 2 * int(np.ceil(pixels / 2)) + 1
    angle = rng.uniform(0, np.pi)
    reach = np.array([np.cos(angle), np.sin(angle)]) * pixels / 2
    path = np.zeros((side, side), np.uint8)
    start, end = (tuple(np.round((side // 2 + sign * reach) * 16).astype(int).tolist()) for sign in (-1, 1))
    cv2.line(path, start, end, 255, 1, cv2.LINE_AA, 4)
    kernel = path.astype(np.float32)
    return np.asarray(cv2.filter2D(picture, -1, kernel / kernel.sum()), np.uint8)


def noise(picture: Picture, sigma: float, rng: np.random.Generator) -> Picture:
    """Sensor noise on (h, w, 3) uint8: half of it in the brightness, half in each colour; `sigma` in grey levels."""
    if not sigma:
        return picture
    height, width = picture.shape[:2]
    spread = np.float32(sigma * np.sqrt(0.5))
    colours = grain(rng, height, 3 * width).reshape(height, width, 3)
    noisy = picture + spread * (grain(rng, height, width)[..., None] + colours)
    return np.clip(noisy + 0.5, 0, 255).astype(np.uint8)


def jpeg(picture: Picture, quality: int) -> bytes:
    """(h, w, 3) uint8 RGB as a JPEG file of that quality 1-100."""
    options = [cv2.IMWRITE_JPEG_QUALITY, quality]
    return cv2.imencode(".jpg", np.ascontiguousarray(picture[..., ::-1]), options)[1].tobytes()


def through_jpeg(picture: Picture, quality: int) -> Picture:
    """(h, w, 3) uint8 RGB with what a JPEG file of that quality 1-100 does to it."""
    decoded = cv2.imdecode(np.frombuffer(jpeg(picture, quality), np.uint8), cv2.IMREAD_COLOR)
    return np.ascontiguousarray(np.asarray(decoded)[..., ::-1])
