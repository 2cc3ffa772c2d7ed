"""What the eye is told of its examples agrees with itself, with the digits, and with how it is read when it serves."""

import cv2
import numpy as np
import pytest

from pipeline.data import eye_examples
from pipeline.data.eye_examples import EyeBatch, eye_batch, open_bank, rendered_batch, save_bank
from pipeline.data.mnist import Split
from pipeline.data.synthesis.glyphs import load_glyphs
from pipeline.data.synthesis.pages import Bank, make_bank
from pipeline.recognition import eye

N = 6
SEEDS = range(5)
UNIT = eye_examples.UNIT


@pytest.fixture(scope="module")
def bank(splits) -> Bank:
    digits = Split(splits.train.images[:60], splits.train.labels[:60])
    return make_bank(digits, 20, 40, load_glyphs(), np.random.default_rng(0))


@pytest.fixture(scope="module")
def batches(bank) -> list[EyeBatch]:
    return [eye_batch(bank, N, np.random.default_rng(seed)) for seed in SEEDS]


def views(batches):
    """(view, ink, offsets, centres) of each view."""
    return [
        tuple(each[k] for each in (batch.views, batch.ink, batch.offsets, batch.centres))
        for batch in batches
        for k in range(N)
    ]


def pointed_at(offsets: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """(n, 2) where each place with a digit's ink says the digit's middle is, in view pixels; (n,) the digit's size."""
    rows, columns = np.nonzero(offsets[..., 2])
    of = offsets[rows, columns].astype(np.float64)
    places = np.stack([2 * columns + 0.5 + UNIT * of[:, 0], 2 * rows + 0.5 + UNIT * of[:, 1]], 1)
    return places, UNIT / of[:, 2]


def peaks(centres: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """(n, 2) the places of heat 1, in view pixels; (n,) the sizes there."""
    rows, columns = np.nonzero(centres[..., 0] == 1)
    places = np.stack([4 * columns + 2.0, 4 * rows + 2.0], 1)
    return places, UNIT * np.exp(centres[rows, columns, 1].astype(np.float64))


def test_shapes_and_types(batches):
    shapes = set()
    for batch in batches:
        n, height, width, channels = batch.views.shape
        assert (n, channels, height % eye.SIDES, width % eye.SIDES) == (N, 3, 0, 0)
        assert batch.ink.shape == (N, height, width, 3)
        assert batch.offsets.shape == (N, height // 2, width // 2, 3)
        assert batch.centres.shape == (N, height // 4, width // 4, 3)
        assert [each.dtype for each in vars(batch).values()] == [np.uint8, np.uint8, np.float16, np.float16]
        assert set(np.unique(batch.ink[..., :2]).tolist()) == {0, 1}
        assert np.isfinite(batch.offsets).all() and np.isfinite(batch.centres).all()
        shapes.add((height, width))
    assert len(shapes) > 1


def test_the_same_seed_makes_the_same_batch_and_another_another(bank, batches):
    again = eye_batch(bank, N, np.random.default_rng(SEEDS[2]))
    for field, expected in vars(batches[2]).items():
        np.testing.assert_array_equal(getattr(again, field), expected)
    assert len({batch.views.tobytes() for batch in batches}) == len(SEEDS)


def test_units_are_those_in_which_the_eye_is_read():
    assert eye.UNIT == UNIT


def test_no_pixel_is_both_a_digits_and_other_writing(batches):
    for _, ink, _, _ in views(batches):
        assert not (ink[..., 0] & ink[..., 1]).any()


def test_an_error_weighs_most_on_writing_and_least_on_bare_paper(batches):
    """What there is much of weighs little, so that the eye is not content to see paper."""
    bare, digits, writing = set(), set(), set()
    for view, ink, _, _ in views(batches):
        digit, other, weight = np.moveaxis(ink, -1, 0)
        assert weight.min() >= 1
        digits |= set(weight[digit == 1].tolist())
        writing |= set(weight[other == 1].tolist())
        bare |= set(weight[(digit == 0) & (other == 0) & (view[..., 0] == 0)].tolist())
    assert [len(each) for each in (bare, digits, writing)] == [1, 1, 1]
    assert min(bare) < min(digits) < min(writing)


def test_ink_lies_where_the_view_shows_some(batches):
    """A view's first channel is the most ink under a pixel; where the light changes, some of it is lost on the way."""
    inked, bare = [], []
    for view, ink, _, _ in views(batches):
        if ink[..., 0].sum() > 30 and view.any():
            digit, page = ink[..., 0] == 1, ~ink[..., :2].any(axis=2) & view[..., 2].astype(bool)
            inked.append(np.median(view[..., 0][digit]))
            bare.append(np.median(view[..., 0][page]))
    assert len(inked) > 15
    assert np.mean(np.array(inked) > np.array(bare) + 40) > 0.8


def test_offsets_are_told_where_there_is_ink_of_a_digit(batches):
    for _, ink, offsets, _ in views(batches):
        height, width = ink.shape[:2]
        coarse = ink[..., 0].reshape(height // 2, 2, width // 2, 2).max(axis=(1, 3))
        np.testing.assert_array_equal(offsets[..., 2] > 0, coarse == 1)
        assert not offsets[coarse == 0].any()


def test_offsets_point_at_the_centre_of_a_digit_and_tell_its_size(batches):
    found = 0
    for _, ink, offsets, centres in views(batches):
        height, width = ink.shape[:2]
        (at, sizes), (middles, marked) = pointed_at(offsets), peaks(centres)
        inside = (at >= 1).all(axis=1) & (at[:, 0] < width - 1) & (at[:, 1] < height - 1) & (sizes > 6)
        for place, size in zip(at[inside], sizes[inside], strict=True):
            away = np.abs(middles - place).max(axis=1)
            near = away.argmin()
            assert away[near] <= 2.3
            assert marked[away <= 2.3] == pytest.approx(size, rel=0.02) or len(marked[away <= 2.3]) > 1
        found += int(inside.sum())
    assert found > 1000


def test_of_one_whole_digit_that_centre_is_the_middle_of_its_ink(batches):
    found = 0
    for _, ink, offsets, _ in views(batches):
        at, sizes = pointed_at(offsets)
        x, y, width, height = cv2.boundingRect(ink[..., 0])
        cut = x == 0 or y == 0 or x + width >= ink.shape[1] - 1 or y + height >= ink.shape[0] - 1
        if not len(at) or cut or np.ptp(at, axis=0).max() > 2 or sizes[0] < 12:
            continue  # several, or not all of it is in the view
        found += 1
        assert at.mean(axis=0) == pytest.approx((x + width / 2, y + height / 2), abs=0.1 * sizes[0] + 1.5)
        assert sizes.mean() == pytest.approx(max(width, height), rel=0.2)
    assert found >= 5


def test_heat_is_1_at_centres_and_falls_off_around_them(batches):
    found = 0
    for _, _, _, centres in views(batches):
        heat, sized = centres[..., 0].astype(np.float32), centres[..., 2]
        assert heat.min() >= 0 and heat.max() <= 1
        around = cv2.dilate(heat, np.ones((3, 3), np.uint8))
        assert ((heat < 1) | (heat == around)).all()
        assert (sized[heat == 1] == 1).all() and set(np.unique(sized).tolist()) <= {0, 1}
        assert not sized[heat < 0.29].any()
        found += int((heat == 1).sum())
        assert heat.mean() < 0.3
    assert found > 30


def test_what_processes_render_is_what_this_one_renders(bank, tmp_path):
    """A bank on disk is the bank; a batch depends on its seed alone."""
    import signal

    save_bank(bank, tmp_path)
    before, threads = signal.getsignal(signal.SIGINT), cv2.getNumThreads()
    try:
        open_bank(tmp_path)
        rendered = rendered_batch(N, (1, 0, 3))
        rendered_batch(N, (1, 0, 4))
        again = rendered_batch(N, (1, 0, 3))
    finally:
        signal.signal(signal.SIGINT, before)
        cv2.setNumThreads(threads)
        eye_examples._bank.clear()
    expected = eye_batch(bank, N, np.random.default_rng((1, 0, 3)))
    for batch in (rendered, again):
        for field, of in vars(expected).items():
            np.testing.assert_array_equal(getattr(batch, field), of)
