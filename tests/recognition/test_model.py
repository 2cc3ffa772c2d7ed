"""The network: what it takes, and what test-time augmentation adds."""

import cv2
import numpy as np
import pytest

from pipeline.errors import WrongShape
from pipeline.recognition.model import CLEAR, ROTATIONS


def test_only_digits_of_28_by_28_bytes_are_taken(model):
    with pytest.raises(WrongShape, match=r"Expected \(n, 28, 28\) uint8 digits. Received: \(2, 28, 28\) float64\."):
        model.classify(np.zeros((2, 28, 28)))


def test_probabilities_sum_to_1_and_none_is_zero_of_none(model, splits):
    probabilities, p_digit = model.classify(splits.validation.images[:50])
    assert probabilities.sum(axis=1) == pytest.approx(1, abs=1e-5)
    assert (p_digit > 0.5).all()
    empty = model.classify(splits.validation.images[:0])
    assert (empty.probabilities.shape, empty.p_digit.shape) == ((0, 10), (0,))


def test_a_batch_gives_what_each_digit_gives_alone(model, splits):
    digits = splits.validation.images[:600]
    probabilities, p_digit = model.classify(digits)
    for row in (0, 300, 599):
        alone = model.classify(digits[row][None])
        np.testing.assert_allclose(alone.probabilities[0], probabilities[row], atol=1e-6)
        np.testing.assert_allclose(alone.p_digit[0], p_digit[row], atol=1e-6)


def test_what_is_not_clear_is_also_looked_at_turned_either_way(model, splits):
    digits = splits.validation.images[:2000]
    first, found = model.forward(digits), model.uncalibrated(digits)
    unclear = first.max(axis=1) < CLEAR
    assert 0.01 < unclear.mean() < 0.1
    np.testing.assert_array_equal(found[~unclear], first[~unclear])
    turned = [[cv2.warpAffine(d, each, (28, 28), flags=cv2.INTER_CUBIC) for d in digits[unclear]] for each in ROTATIONS]
    views = [first[unclear], *(model.forward(np.array(view)) for view in turned)]
    np.testing.assert_allclose(found[unclear], np.mean(views, axis=0), atol=1e-6)
    assert [each[0, 1] for each in ROTATIONS] == pytest.approx([-each[0, 1] for each in ROTATIONS[::-1]])


def test_test_time_augmentation_reads_no_fewer_digits(model, splits):
    digits, labels = splits.validation.images, splits.validation.labels
    once, again = ((f(digits)[:, :10].argmax(axis=1) == labels).sum() for f in (model.forward, model.uncalibrated))
    assert again >= once
