"""A confidence that means something: one temperature for the whole model.

Guo, Pleiss, Sun and Weinberger 2017, "On Calibration of Modern Neural Networks".
"""

import numpy as np
from numpy.typing import NDArray

Probabilities = NDArray[np.float32]


def with_temperature(probabilities: Probabilities, temperature: float) -> Probabilities:
    """(n, k) probabilities softened (temperature above 1) or sharpened (below 1)."""
    if temperature == 1:
        return probabilities
    logits = np.log(np.maximum(probabilities, 1e-30)) / temperature
    powers = np.exp(logits - logits.max(axis=1, keepdims=True))
    return (powers / powers.sum(axis=1, keepdims=True)).astype(np.float32)
