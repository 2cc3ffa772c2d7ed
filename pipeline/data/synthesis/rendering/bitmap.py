"""Tiny pictures, as icon editors, old data sets and thumbnails give them."""

import cv2
import numpy as np
from numpy.typing import NDArray

Picture = NDArray[np.uint8]

TWO_LEVELS_AT = 80  # of 255; higher, thin strokes break


def bitmap(digit: Picture, side: int, margin: int = 0, two_levels: bool = False, dark_ink: bool = False) -> Picture:
    """(28, 28) uint8 -> (side, side) uint8: the ink cropped tightly and scaled to `side`, less `margin` pixels around.

    `two_levels` leaves black and white alone; `dark_ink` is black on white.
    """
    x, y, width, height = cv2.boundingRect(digit)
    scale = (side - 2 * margin) / max(width, height)
    size = max(1, round(width * scale)), max(1, round(height * scale))
    interpolation = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
    ink = cv2.resize(digit[y : y + height, x : x + width], size, interpolation=interpolation)
    picture = np.zeros((side, side), np.uint8)
    row, column = (side - size[1]) // 2, (side - size[0]) // 2
    picture[row : row + size[1], column : column + size[0]] = ink
    if two_levels:
        picture = np.where(picture > TWO_LEVELS_AT, 255, 0).astype(np.uint8)
    return 255 - picture if dark_ink else picture
