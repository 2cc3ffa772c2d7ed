"""Random distortions of training digits."""

import numpy as np

from pipeline.data.augmentation import BOX, INK, MIDDLE, WIDEST, Augmentation, augment

STILL = Augmentation(unmoved_fraction=1, stroke_width_fraction=0, level_stretch_fraction=0, widened_fraction=0)
WIDENED = Augmentation(unmoved_fraction=1, stroke_width_fraction=0, level_stretch_fraction=0, widened_fraction=1)


def test_augmentation_is_seeded_and_keeps_the_digit_readable(splits, model):
    digits, labels = splits.validation.images[:500], splits.validation.labels[:500]
    first, again = (augment(digits.copy(), np.random.default_rng(3), Augmentation()) for _ in range(2))
    np.testing.assert_array_equal(first, again)
    assert 0.85 < (first != digits).any(axis=(1, 2)).mean() < 0.99  # the others stay as they are
    assert (model.classify(first).probabilities.argmax(axis=1) == labels).mean() > 0.95


def test_unmoved_digits_stay_as_they_are(splits):
    digits = splits.validation.images[:1000]  # more than OpenCV resamples at once
    np.testing.assert_array_equal(augment(digits.copy(), np.random.default_rng(1), STILL), digits)


def test_widened_digits_fill_their_box_at_most_and_keep_their_height(splits):
    digits = splits.validation.images[:500]
    wide = augment(digits.copy(), np.random.default_rng(1), WIDENED)
    before, after = (np.ptp(_spans(images, axis=1), axis=1) for images in (digits, wide))
    assert (after >= before).all() and (after <= WIDEST * before + 3).all()
    ones = splits.validation.labels[:500] == 1
    assert np.median(after[ones] / before[ones]) > 1.5 > np.median(after[~ones] / before[~ones])
    fitting = np.abs(_spans(digits, axis=1) - MIDDLE).max(axis=1) <= BOX
    assert np.abs(_spans(wide[fitting], axis=1) - MIDDLE).max() <= BOX + 2  # edges become softer
    np.testing.assert_array_equal(_spans(wide, axis=2), _spans(digits, axis=2))


def _spans(images: np.ndarray, axis: int) -> np.ndarray:
    """(n, 2): the first and last column (axis 1) or row (axis 2) with ink."""
    ink = (images > INK).any(axis=axis)
    return np.stack([ink.argmax(axis=1), images.shape[1] - 1 - ink[:, ::-1].argmax(axis=1)], axis=1)
