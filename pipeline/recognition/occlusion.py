"""What hiding parts of a digit changes: patches of bare paper, one after the other.

Zeiler and Fergus 2014, "Visualizing and Understanding Convolutional Networks".
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from pipeline.explanation import PARTS_A_SIDE, Occlusion, Part
from pipeline.recognition.fit import SIDE
from pipeline.recognition.model import Images, Model

PATCH = 8  # pixels a side, two strokes or so: where less is hidden, hardly any digit changes
STEP = SIDE // PARTS_A_SIDE
CORNERS = [(y, x) for y in range(-2, SIDE - 2, STEP) for x in range(-2, SIDE - 2, STEP)]  # of the patches, by rows


def hide(image: NDArray[np.uint8], corners: Sequence[tuple[int, int]], side: int) -> Images:
    """(28, 28), white on black -> (n, 28, 28): without the patch at each of n upper left corners (y, x)."""
    hidden = np.repeat(image[None], len(corners), axis=0)
    for picture, (y, x) in zip(hidden, corners, strict=True):
        picture[max(0, y) : y + side, max(0, x) : x + side] = 0
    return hidden


def occlusion(image: NDArray[np.uint8], digit: int, model: Model) -> Occlusion:
    """(28, 28), which was read as `digit` -> what hiding each part of it changes: 49 digits in one batch."""
    found = model.classify(np.concatenate([image[None], hide(image, CORNERS, PATCH)]))
    likely = np.column_stack([found.probabilities * found.p_digit[:, None], 1 - found.p_digit])
    changes = likely[1:, digit] - likely[0, digit]
    parts = (
        Part(float(change), best if best < 10 else None, float(row[best]))
        for change, row, best in zip(changes, likely[1:], likely[1:].argmax(axis=1).tolist(), strict=True)
    )
    return Occlusion(PATCH, tuple(parts))
