"""What the network looks at: how the probability of what it reads drops where a patch of paper hides the digit.

By pixels, for the report; recognition/occlusion.py does it by parts, for those who ask about one answer.
"""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from pipeline.evaluation.metrics import Labels, Probabilities
from pipeline.recognition.model import Images
from pipeline.recognition.occlusion import hide

PATCH = 4  # pixels a side, about a stroke and a half wide
STEP = 2  # pixels
MIDDLING = 0.9  # confidence: sure digits hardly change, whatever is hidden


def drops(classify: Callable[[Images], Probabilities], image: Images, digit: int) -> NDArray[np.float32]:
    """(28, 28), -1 to 1: the mean drop of the digit's probability over the patches that hide a pixel.

    `image` is (28, 28), white on black; `classify` takes (n, 28, 28) and gives (n, 10) probabilities.
    """
    side = image.shape[0]
    corners = [(y, x) for y in range(0, side - PATCH + 1, STEP) for x in range(0, side - PATCH + 1, STEP)]
    found = classify(np.concatenate([hide(image, corners, PATCH), image[None]]))[:, digit]
    total, patches = np.zeros(image.shape, np.float32), np.zeros(image.shape, np.float32)
    for (y, x), probability in zip(corners, found, strict=False):
        total[y : y + PATCH, x : x + PATCH] += found[-1] - probability
        patches[y : y + PATCH, x : x + PATCH] += 1
    return total / patches


def middling(labels: Labels, probabilities: Probabilities) -> list[int]:
    """A row for each digit that is there and read correctly: the one whose confidence is nearest to MIDDLING.

    Labels (n,) 0-9, probabilities (n, 10).
    """
    correct = probabilities.argmax(axis=1) == labels
    off = np.where(correct, abs(probabilities.max(axis=1) - MIDDLING), np.inf)
    best = [int(np.where(labels == label, off, np.inf).argmin()) for label in range(10)]
    return [row for label, row in enumerate(best) if labels[row] == label and correct[row]]
