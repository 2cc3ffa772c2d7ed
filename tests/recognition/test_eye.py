"""The eye that ships: what it sees of a digit, of nothing, and of views of any shape."""

from concurrent.futures import ThreadPoolExecutor

import cv2
import numpy as np
import pytest
from drawings import page, write

from pipeline.recognition.eye import Eye, Sight
from pipeline.recognition.ink import find_ink
from pipeline.recognition.views import Viewer


def view_of(pixels: np.ndarray) -> np.ndarray:
    return Viewer(pixels, find_ink(pixels)).view(1.0)


def on_a_page(digit: np.ndarray, height: int = 160, width: int = 160, side: int = 84, x: int = 40, y: int = 30):
    """The pixels, and where the ink is."""
    pixels = write(page(height, width), digit, x, y, side)
    return pixels, pixels[..., 0] < 128


@pytest.fixture(scope="module")
def some(splits) -> np.ndarray:
    """Validation digits, two of each label."""
    labels = splits.validation.labels
    return splits.validation.images[[row for label in range(10) for row in np.flatnonzero(labels == label)[:2]]]


def test_a_digit_has_one_centre_in_its_middle_and_its_size(some, eye):
    for number, digit in enumerate(some):
        pixels, ink = on_a_page(digit)
        x, y, width, height = cv2.boundingRect(ink.astype(np.uint8))
        sight = eye.look(view_of(pixels))
        assert len(sight.centres) == 1, number
        cx, cy, size, probability = sight.centres[0].tolist()
        assert cx == pytest.approx(x + width / 2, abs=0.15 * max(width, height)), number
        assert cy == pytest.approx(y + height / 2, abs=0.15 * max(width, height)), number
        assert size == pytest.approx(max(width, height), rel=0.3), number
        assert 0.3 < probability <= 1


def test_the_ink_of_a_digit_is_marked_and_the_page_is_not(some, eye):
    for number, digit in enumerate(some):
        pixels, ink = on_a_page(digit)
        sight = eye.look(view_of(pixels))
        assert (sight.digit[ink] > 0.5).mean() > 0.7, number
        near = cv2.dilate(ink.astype(np.uint8), np.ones((9, 9), np.uint8)) > 0
        assert (sight.digit[~near] > 0.5).mean() < 0.01, number
        assert (sight.writing > 0.5).mean() < 0.04, number


def test_the_ink_of_a_digit_votes_for_its_middle(some, eye):
    for number, digit in enumerate(some):
        pixels, ink = on_a_page(digit)
        x, y, width, height = cv2.boundingRect(ink.astype(np.uint8))
        votes = np.median(eye.look(view_of(pixels)).votes[:, ink], axis=1)
        assert votes == pytest.approx((x + width / 2, y + height / 2), abs=0.15 * max(width, height)), number


def test_of_two_digits_each_votes_for_its_own(some, eye):
    left, of_left = on_a_page(some[7], 128, 192, 70, 15, 30)
    right, of_right = on_a_page(some[12], 128, 192, 70, 105, 30)
    sight = eye.look(view_of(np.minimum(left, right)))
    assert len(sight.centres) == 2
    assert np.median(sight.votes[0][of_left]) < 96 < np.median(sight.votes[0][of_right])


def assert_nothing(sight: Sight) -> None:
    assert sight.centres.shape == (0, 4)
    assert sight.digit.max() < 0.5
    assert sight.writing.max() < 0.5


@pytest.mark.parametrize("level", [0, 60, 128, 255])
@pytest.mark.parametrize("shape", [(160, 160), (100, 233), (28, 28)], ids=str)
def test_on_a_blank_page_there_is_nothing(eye, level, shape):
    assert_nothing(eye.look(view_of(page(*shape, (level,) * 3))))


@pytest.mark.parametrize(
    "shape", [(1, 1), (1, 40), (33, 1), (2, 3), (31, 33), (32, 32), (64, 96), (65, 97), (100, 233), (5, 800)], ids=str
)
def test_views_of_any_shape(eye, shape):
    for view in (np.zeros((*shape, 3), np.uint8), np.random.default_rng(1).integers(0, 256, (*shape, 3), np.uint8)):
        sight = eye.look(view)
        assert sight.digit.shape == sight.writing.shape == shape
        assert sight.votes.shape == (2, *shape)
        for of in (sight.digit, sight.writing, sight.centres[:, 3]):
            assert ((of >= 0) & (of <= 1)).all()
        assert all(each.dtype == np.float32 and np.isfinite(each).all() for each in sight)
        assert (sight.centres[:, 0] < shape[1]).all() and (sight.centres[:, 1] < shape[0]).all()
        assert (sight.centres[:, :2] >= 0).all() and (sight.centres[:, 2] > 0).all()
        assert (np.diff(sight.centres[:, 3]) <= 0).all()


def test_sides_that_are_no_multiple_of_32_make_no_difference(some, eye):
    """The page ends a little later; the digit stays where it is."""
    found = []
    for height, width in ((160, 160), (161, 177), (175, 190)):
        sight = eye.look(view_of(on_a_page(some[5], height, width)[0]))
        [centre] = sight.centres
        found.append(centre[:3])
    for other in found[1:]:
        assert other == pytest.approx(found[0], abs=4)


def test_one_eye_looks_for_many_at_once(some, eye):
    views = [view_of(on_a_page(digit, 96 + 7 * k, 128)[0]) for k, digit in enumerate(some[:8])]
    alone = [eye.look(view) for view in views]
    with ThreadPoolExecutor(4) as pool:
        beside = list(pool.map(eye.look, views))
    for one, other in zip(alone, beside, strict=True):
        for expected, found in zip(one, other, strict=True):
            np.testing.assert_array_equal(found, expected)


def test_two_eyes_of_one_file_see_the_same(stored, some, eye):
    again = Eye((stored.folder / "eye.onnx").read_bytes())
    view = view_of(on_a_page(some[3])[0])
    np.testing.assert_array_equal(again.look(view).digit, eye.look(view).digit)
