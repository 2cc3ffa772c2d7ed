"""What people add to digits: they stay digits, and a label gets what it is given."""

import numpy as np
import pytest

from pipeline.data.mnist import Split
from pipeline.data.synthesis.alterations import LABELS, alter, altered


@pytest.fixture(scope="module")
def digits(splits) -> Split:
    return Split(splits.train.images[:1500], splits.train.labels[:1500])


@pytest.mark.parametrize("label", LABELS)
def test_something_is_added_and_the_digit_stays_framed(digits, label):
    rng = np.random.default_rng(1)
    for digit in digits.images[digits.labels == label][:20]:
        changed = alter(digit, label, rng)
        rows, columns = np.nonzero(changed > 30)
        assert changed.shape == (28, 28)
        assert changed.dtype == np.uint8
        assert 18 <= max(np.ptp(rows), np.ptp(columns)) + 1 <= 22
        assert np.abs(changed.astype(int) - digit).mean() > 1


def test_a_slash_divides_a_zero(digits):
    """Where a zero is empty, a slashed one has ink."""
    rng = np.random.default_rng(2)
    zeros = digits.images[digits.labels == 0][:60]
    plain, slashed = (
        np.mean([image[12:16, 12:16].mean() for image in images])
        for images in (zeros, [alter(image, 0, rng) for image in zeros])
    )
    assert slashed > plain + 60


def test_as_many_as_asked_for_and_the_same_for_the_same_seed(digits):
    one, other = (altered(digits, 200, np.random.default_rng(3)) for _ in range(2))
    np.testing.assert_array_equal(one.images, other.images)
    assert len(one) == 200
    assert set(one.labels.tolist()) == set(LABELS)
    assert np.mean(one.labels == 0) == pytest.approx(LABELS[0], abs=0.1)


def test_digits_of_other_labels_have_none(digits):
    threes = digits.labels == 3
    assert len(altered(Split(digits.images[threes], digits.labels[threes]), 50, np.random.default_rng(4))) == 0
