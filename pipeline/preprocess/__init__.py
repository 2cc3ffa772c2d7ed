"""Any picture's bytes to the 28×28 digit that the model knows: decode, find the ink, fit as MNIST did.

    bytes --decode--> (h, w, 3) uint8, upright --ink--> (h, w) float32 0-1 --fit--> (28, 28) uint8

Each stage is one module; `preprocess` is the only way through.
"""

import numpy as np

from pipeline.preprocess.decode import decode
from pipeline.preprocess.fit import fit
from pipeline.preprocess.ink import find_ink


def preprocess(picture: bytes) -> np.ndarray | None:
    """The digit in a picture: (28, 28) uint8, white ink on black, or None when there is no ink.

    Raises NotAPicture and TooLarge.
    """
    ink = find_ink(decode(picture))
    return None if ink is None else fit(ink)
