"""What the network learns from: MNIST, its digits as the eye hands them over, other styles and non-digits."""

import numpy as np
import pytest
from drawings import alike, page, written
from rich.console import Console

from pipeline.data import examples
from pipeline.data.examples import REJECT_CLASS, ExampleMix
from pipeline.data.mnist import Split

QUIET = Console(quiet=True)
MIX = ExampleMix(rendered=0.5, styles=0.2, nondigits=0.3)


@pytest.fixture(scope="module")
def digits(splits) -> Split:
    return Split(splits.train.images[:40], splits.train.labels[:40])


def test_what_is_seen_is_the_digit_on_the_page(test_digit, eye):
    for label in (0, 3, 5):
        assert alike(examples.seen(written(test_digit(label)), eye), test_digit(label)) > 0.85, label


def test_on_a_blank_page_nothing_is_seen(eye):
    assert examples.seen(page(), eye) is None


def test_rendered_digits_are_like_their_originals_and_have_their_labels(digits, eye, model):
    found = examples.rendered(digits, 1.0, 3, eye, QUIET)
    assert 20 <= len(found) <= 40
    assert (found.images.dtype, found.images.shape[1:]) == (np.uint8, (28, 28))
    read = model.classify(found.images).probabilities.argmax(axis=1)
    assert (read == found.labels).mean() > 0.9


def test_a_training_set_is_what_its_mix_says(digits, eye):
    made = examples.training_set(digits, MIX, 5, eye, QUIET)
    np.testing.assert_array_equal(made.images[:40], digits.images)
    np.testing.assert_array_equal(made.labels[:40], digits.labels)
    assert (made.labels == REJECT_CLASS).sum() == 12
    assert (made.labels[40:52] == REJECT_CLASS).all()
    assert 40 + 12 + 8 < len(made) <= 40 + 12 + 8 + 20


def test_the_same_seed_and_eye_make_the_same_examples(digits, eye):
    first, second, other = (examples.training_set(digits, MIX, seed, eye, QUIET) for seed in (5, 5, 6))
    np.testing.assert_array_equal(first.images, second.images)
    np.testing.assert_array_equal(first.labels, second.labels)
    assert first.images.tobytes() != other.images.tobytes()


def test_thresholds_are_chosen_on_plain_and_rendered_digits(digits, eye):
    plain = examples.threshold_digits(digits, ExampleMix(rendered=0), eye, QUIET)
    np.testing.assert_array_equal(plain.images, digits.images)
    both = examples.threshold_digits(digits, MIX, eye, QUIET)
    np.testing.assert_array_equal(both.images[:40], digits.images)
    assert 40 < len(both) <= 40 + 16
    assert (both.labels < REJECT_CLASS).all()
