"""What the network looks at: how the probability of what it reads drops where a patch of paper hides the digit.

Zeiler and Fergus 2014, "Visualizing and Understanding Convolutional Networks".
"""

from collections.abc import Callable

import numpy as np

PATCH = 4  # pixels a side, about a pen's width and a half
STEP = 2  # pixels
MIDDLING = 0.9  # confidence: sure digits hardly change, whatever is hidden


def drops(predict: Callable[[np.ndarray], np.ndarray], image: np.ndarray, digit: int) -> np.ndarray:
    """(28, 28) float32, -1 to 1: the mean drop of the digit's probability over the patches that hide a pixel.

    `image` is (28, 28) uint8; `predict` takes (n, 28, 28) uint8 and gives (n, 10) probabilities.
    """
    side = image.shape[0]
    corners = [(y, x) for y in range(0, side - PATCH + 1, STEP) for x in range(0, side - PATCH + 1, STEP)]
    hidden = np.repeat(image[None], len(corners) + 1, axis=0)  # the last one stays whole
    for picture, (y, x) in zip(hidden, corners, strict=False):
        picture[y : y + PATCH, x : x + PATCH] = 0
    found = predict(hidden)[:, digit]
    total, patches = np.zeros(image.shape, np.float32), np.zeros(image.shape, np.float32)
    for (y, x), probability in zip(corners, found, strict=False):
        total[y : y + PATCH, x : x + PATCH] += found[-1] - probability
        patches[y : y + PATCH, x : x + PATCH] += 1
    return total / patches


def middling(labels: np.ndarray, probabilities: np.ndarray) -> list[int]:
    """A row for each digit that is there and read rightly: the one whose confidence is nearest to MIDDLING."""
    right = probabilities.argmax(axis=1) == labels
    off = np.where(right, abs(probabilities.max(axis=1) - MIDDLING), np.inf)
    best = [int(np.where(labels == label, off, np.inf).argmin()) for label in range(10)]
    return [row for label, row in enumerate(best) if labels[row] == label and right[row]]
