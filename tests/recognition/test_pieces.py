"""Whose ink is whose: what a network may say, in whatever pieces, comes out as digits and other writing."""

import numpy as np
import pytest

from pipeline.recognition.eye import Sight
from pipeline.recognition.pieces import divide


@pytest.mark.parametrize("fragments", [1, 4, 5, 12])
def test_a_digit_seen_in_fragments_is_one(fragments):
    """Of five or more of a size none has so much of it that what hangs together with that is asked for."""
    digit = np.zeros((64, 160), np.float32)
    for k in range(fragments):
        digit[20:30, 10 + 12 * k : 18 + 12 * k] = 0.9
    middle = 6 * fragments + 8
    votes = np.stack([np.full(digit.shape, middle, np.float32), np.full(digit.shape, 25, np.float32)])
    centres = np.array([[middle, 25, 12 * fragments, 0.9]], np.float32)
    view = np.repeat((255 * digit).astype(np.uint8)[..., None], 3, axis=2)
    found = divide(Sight(digit, np.zeros_like(digit), votes, centres), view, 1.0, (0, 0, 160, 64))
    [one] = found.digits
    assert one.mask.sum() == pytest.approx(80 * fragments)
    assert one.connected is None
