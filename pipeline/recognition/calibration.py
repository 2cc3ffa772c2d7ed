"""A confidence that means something: one temperature for the model, and how far confidence and truth lie apart.

Guo, Pleiss, Sun and Weinberger 2017, "On Calibration of Modern Neural Networks".
"""

import numpy as np

TEMPERATURES = np.geomspace(0.3, 3, 231)  # 1 % apart
BINS = 15


def with_temperature(probabilities: np.ndarray, temperature: float) -> np.ndarray:
    """(n, k) probabilities softened (temperature above 1) or sharpened, in float32."""
    if temperature == 1:
        return probabilities
    logits = np.log(np.maximum(probabilities, 1e-30)) / temperature
    powers = np.exp(logits - logits.max(axis=1, keepdims=True))
    return (powers / powers.sum(axis=1, keepdims=True)).astype(np.float32)


def best_temperature(labels: np.ndarray, probabilities: np.ndarray) -> float:
    """The temperature at which (n, k) probabilities give the labels the least log loss."""
    rows = np.arange(len(labels))

    def loss(temperature: float) -> float:
        right = with_temperature(probabilities, temperature)[rows, labels]
        return -float(np.log(np.maximum(right, 1e-12)).mean())

    return float(min(TEMPERATURES, key=loss))


def bins(right: np.ndarray, confidence: np.ndarray, count: int = BINS) -> list[tuple[np.ndarray, np.ndarray]]:
    """(n,) answers in `count` bins of equal count by confidence, the least first: which are right, how sure each is."""
    order = np.argsort(confidence)
    parts = (rows for rows in np.array_split(order, count) if len(rows))
    return [(right[rows], confidence[rows]) for rows in parts]


def calibration_error(right: np.ndarray, confidence: np.ndarray) -> float:
    """Expected calibration error over BINS bins of equal count: mean distance of confidence from the share right."""
    apart = (abs(r.mean() - c.mean()) * len(r) for r, c in bins(right, confidence))
    return float(sum(apart) / len(right))
