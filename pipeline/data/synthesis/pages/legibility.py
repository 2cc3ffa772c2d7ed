"""Whether all digits of a rendered page can be seen: what nobody can read teaches nothing but guesses."""

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.data.synthesis.pages.draw import DrawnPage

ROOM = 0.25  # of a digit's longer side: the paper around it, and the width over which paper is averaged
LEAST_CONTRAST = 8.0  # levels of 255, of the ink's mean beside the paper around it
LEAST_SIGNAL = 1.2  # the same, in deviations of the paper there
LEAST_SEEN = 0.35  # of its ink's pixels, that differ from the paper by more than two deviations
LITTLE = 0.01  # weight of all paper around it where none is near, as inside of a broad stroke


def legible(page: DrawnPage) -> bool:
    """Whether each of its digits stands out from the paper around it."""
    paper = cv2.dilate(page.owners, np.ones((3, 3), np.uint8)) == 0
    return all(
        _seen(page.pixels, paper, page.owners == number + 1, box) for number, box in enumerate(page.boxes.astype(int))
    )


def _seen(pixels: NDArray[np.uint8], paper: NDArray[np.bool_], own: NDArray[np.bool_], box: NDArray[np.int_]) -> bool:
    height, width = paper.shape
    reach = max(3, round(ROOM * float((box[2:] - box[:2]).max())))
    part = np.s_[
        max(0, box[1] - reach) : min(height, box[3] + reach), max(0, box[0] - reach) : min(width, box[2] + reach)
    ]
    own, paper = own[part], paper[part]
    if not own.any() or not paper.any():
        return True  # it is hidden by another digit; or fills the picture
    around = (2 * reach + 1, 2 * reach + 1)
    bare = paper.astype(np.float32)
    crop = pixels[part].astype(np.float32)
    usual = cv2.blur(crop * bare[..., None], around) + LITTLE * crop[paper].mean(0)
    usual /= (cv2.blur(bare, around) + LITTLE)[..., None]
    difference = crop - usual
    mean = difference[own].mean(0)
    channel = int(np.abs(mean).argmax())
    contrast = abs(float(mean[channel]))
    noise = 1.48 * float(np.median(np.abs(difference[paper][:, channel])))
    seen = np.mean(np.sign(mean[channel]) * difference[own][:, channel] > max(LEAST_CONTRAST / 2, 2 * noise))
    return contrast >= max(LEAST_CONTRAST, LEAST_SIGNAL * (noise + 1)) and float(seen) >= LEAST_SEEN
