"""A confidence that means something: one temperature for the whole model; probabilities as log odds.

Guo, Pleiss, Sun and Weinberger 2017, "On Calibration of Modern Neural Networks".
"""

import numpy as np
from numpy.typing import NDArray

CERTAIN = 1e-3  # probabilities nearer to 0 or 1 say no more than this, as evidence

Probabilities = NDArray[np.float32]


def with_temperature(probabilities: Probabilities, temperature: float) -> Probabilities:
    """(n, k) probabilities softened (temperature above 1) or sharpened (below 1)."""
    if temperature == 1:
        return probabilities
    logits = np.log(np.maximum(probabilities, 1e-30)) / temperature
    powers = np.exp(logits - logits.max(axis=1, keepdims=True))
    return (powers / powers.sum(axis=1, keepdims=True)).astype(np.float32)


def log_odds(probability: float, certain: float = CERTAIN) -> float:
    """Natural logarithm of the odds; nearer to 0 or 1 than `certain` a probability says no more than that."""
    probability = min(max(probability, certain), 1 - certain)
    return float(np.log(probability / (1 - probability)))
