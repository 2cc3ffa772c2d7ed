"""The camera: where it stands, how sharp it is, how much its sensor and its JPEG files err."""

import cv2
import numpy as np

from pipeline.data.synthesis.rendering.paper import grain


def view(
    place: np.ndarray, rng: np.random.Generator, rotation: float, tilt: float, size: tuple[int, int]
) -> np.ndarray:
    """(3, 3) homography from page coordinates, pixels from the digit's centre, to the picture.

    The digit's centre comes to `place` (x, y). `rotation` in degrees, clockwise; with `tilt` 0-0.35 things one picture
    side away look that share smaller or larger.
    """
    angle = np.radians(rotation)
    turn = np.array([[np.cos(angle), -np.sin(angle), 0], [np.sin(angle), np.cos(angle), 0], [0, 0, 1]])
    direction = rng.uniform(0, 2 * np.pi)
    away = tilt / max(size)
    lean = np.array([[1, 0, 0], [0, 1, 0], [away * np.cos(direction), away * np.sin(direction), 1]])
    shift = np.array([[1, 0, place[0]], [0, 1, place[1]], [0, 0, 1]])
    return shift @ lean @ turn


def blur(picture: np.ndarray, sigma: float) -> np.ndarray:
    """Out of focus: a Gaussian of that many pixels."""
    return cv2.GaussianBlur(picture, (0, 0), sigma) if sigma else picture


def motion_blur(picture: np.ndarray, pixels: float, rng: np.random.Generator) -> np.ndarray:
    """The camera moved that far, in a random direction, while it looked."""
    if pixels < 1:
        return picture
    side = 2 * int(np.ceil(pixels / 2)) + 1
    angle = rng.uniform(0, np.pi)
    reach = np.array([np.cos(angle), np.sin(angle)]) * pixels / 2
    path = np.zeros((side, side), np.uint8)
    start, end = (tuple(np.round((side // 2 + sign * reach) * 16).astype(int).tolist()) for sign in (-1, 1))
    cv2.line(path, start, end, 255, 1, cv2.LINE_AA, 4)
    kernel = path.astype(np.float32)
    return cv2.filter2D(picture, -1, kernel / kernel.sum())


def noise(picture: np.ndarray, sigma: float, rng: np.random.Generator) -> np.ndarray:
    """Sensor noise on (h, w, 3) uint8: half of it in the brightness, half in each colour; `sigma` in grey levels."""
    if not sigma:
        return picture
    height, width = picture.shape[:2]
    spread = np.float32(sigma * np.sqrt(0.5))
    colours = grain(rng, height, 3 * width).reshape(height, width, 3)
    noisy = picture + spread * (grain(rng, height, width)[..., None] + colours)
    return np.clip(noisy + 0.5, 0, 255).astype(np.uint8)


def jpeg(picture: np.ndarray, quality: int) -> bytes:
    """(h, w, 3) uint8 RGB as a JPEG file of that quality 1-100."""
    options = [cv2.IMWRITE_JPEG_QUALITY, quality]
    return cv2.imencode(".jpg", np.ascontiguousarray(picture[..., ::-1]), options)[1].tobytes()


def through_jpeg(picture: np.ndarray, quality: int) -> np.ndarray:
    """The picture with what a JPEG file of that quality does to it."""
    decoded = cv2.imdecode(np.frombuffer(jpeg(picture, quality), np.uint8), cv2.IMREAD_COLOR)
    return np.ascontiguousarray(np.asarray(decoded)[..., ::-1])
