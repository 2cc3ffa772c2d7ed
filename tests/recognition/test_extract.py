"""The ink of one digit, whatever its ground; constructed so that each pixel's truth is known."""

import numpy as np
import pytest

from pipeline.recognition.extract import extract, ink_box
from pipeline.recognition.ink import Ink
from pipeline.recognition.pieces import Found

SHAPE = 60, 50
BOX = 100, 200, 150, 260  # where the part lies on a larger page
WHOLE = 400, 300


def stroke() -> np.ndarray:
    """(h, w) bool: a 1 with a foot."""
    ink = np.zeros(SHAPE, bool)
    ink[10:50, 22:28] = True
    ink[45:50, 12:38] = True
    return ink


def neighbour() -> np.ndarray:
    ink = np.zeros(SHAPE, bool)
    ink[5:30, 33:37] = True
    return ink


def on_page(part: np.ndarray, ground: float) -> np.ndarray:
    whole = np.full(WHOLE, ground, np.float32)
    whole[BOX[1] : BOX[3], BOX[0] : BOX[2]] = part
    return whole


def extracted(intensity, grey, own=None, others=None, soft_edge: int = 1, noise: float = 0.002):
    """What is taken out, given the ink map and grey 0-1 of the part around the stroke."""
    own = stroke() if own is None else own
    others = np.zeros(SHAPE, np.float32) if others is None else others.astype(np.float32)
    found = Found(BOX, own.astype(np.float32), others, 0.9)
    whole = np.round(255 * on_page(grey, grey[0, 0])).astype(np.uint8)
    return extract(found, Ink(on_page(intensity, intensity[0, 0]), noise), whole, soft_edge)


def assert_is_the_stroke(fraction) -> None:
    assert fraction is not None
    assert (fraction.shape, fraction.dtype) == (SHAPE, np.float32)
    np.testing.assert_allclose(fraction[stroke()], 1, atol=0.02)
    assert not fraction[~stroke()].any()


@pytest.mark.parametrize("strength", [1.0, 0.3, 0.06])
def test_dark_ink_on_light_paper_is_1_however_faint(strength):
    intensity = np.where(stroke(), strength, 0).astype(np.float32)
    assert_is_the_stroke(extracted(intensity, 0.9 * (1 - intensity)))


@pytest.mark.parametrize("strength", [1.0, 0.3])
def test_light_ink_on_dark_paper(strength):
    """The ink map holds what differs from the page, either way."""
    intensity = np.where(stroke(), strength, 0).astype(np.float32)
    assert_is_the_stroke(extracted(intensity, 0.1 + 0.8 * intensity))


@pytest.mark.parametrize(("ground", "ink"), [(0.8, 0.0), (0.5, 0.1)])
def test_light_ink_on_a_dark_sticker_on_a_light_desk(ground, ink):
    """There the sticker is ink to the map of the whole page, and the digit is what has least of it."""
    intensity = np.where(stroke(), ink, ground).astype(np.float32)
    assert_is_the_stroke(extracted(intensity, 1 - intensity))


def test_dark_ink_on_a_grey_tag():
    intensity = np.where(stroke(), 0.9, 0.4).astype(np.float32)
    assert_is_the_stroke(extracted(intensity, 1 - intensity))


def test_what_the_ink_map_lost_is_taken_from_the_grey():
    flat = np.zeros(SHAPE, np.float32)
    for grey in (np.where(stroke(), 0.2, 0.7), np.where(stroke(), 0.9, 0.3)):
        assert_is_the_stroke(extracted(flat, grey))


@pytest.mark.parametrize("strength", [1.0, 0.4])
def test_the_ink_of_a_neighbour_is_left_out(strength):
    intensity = np.maximum(stroke(), strength * neighbour()).astype(np.float32)
    assert_is_the_stroke(extracted(intensity, 1 - intensity, others=neighbour()))


def test_a_neighbour_that_touches_takes_none_of_the_digits_own_ink():
    touching = np.zeros(SHAPE, bool)
    touching[20:24, 28:48] = True
    intensity = (stroke() | touching).astype(np.float32)
    fraction = extracted(intensity, 1 - intensity, others=touching, soft_edge=3)
    assert_is_the_stroke(fraction)


def test_ink_that_is_in_no_mask_is_left_out_beyond_the_soft_edge():
    """A printed line the eye knows to be neither a digit nor writing."""
    rule = np.zeros(SHAPE, bool)
    rule[30:32, :] = True
    intensity = np.maximum(stroke(), 0.5 * rule).astype(np.float32)
    fraction = extracted(intensity, 1 - intensity)
    assert fraction is not None
    assert not fraction[30:32, :20].any() and not fraction[30:32, 30:].any()


@pytest.mark.parametrize("soft_edge", [1, 2, 4])
def test_a_soft_edge_is_kept_as_far_as_it_is_said_to_go(soft_edge):
    intensity = np.zeros(SHAPE, np.float32)
    for away, amount in ((0, 1), (1, 0.6), (2, 0.4), (3, 0.3), (4, 0.2)):
        intensity[10:50, 22 - away] = intensity[10:50, 27 + away] = amount
    intensity[10:50, 23:27] = 1
    own = np.zeros(SHAPE, bool)
    own[10:50, 22:28] = True
    fraction = extracted(intensity, 1 - intensity, own, soft_edge=soft_edge)
    assert fraction is not None
    row = fraction[30]
    assert row[28 : 28 + soft_edge] == pytest.approx(intensity[30, 28 : 28 + soft_edge], abs=0.02)
    assert not row[28 + soft_edge :].any() and not row[: 22 - soft_edge].any()


def test_noise_of_the_page_is_no_soft_edge():
    rng = np.random.default_rng(1)
    noise = np.abs(rng.normal(0, 0.03, SHAPE)).astype(np.float32)
    intensity = np.maximum(noise, stroke())
    fraction = extracted(intensity, 1 - intensity, soft_edge=3, noise=0.03)
    assert fraction is not None
    assert (fraction[~stroke()] > 0).mean() < 0.02


@pytest.mark.parametrize("level", [0.0, 0.4, 1.0])
def test_where_there_is_no_ink_there_is_nothing(level):
    flat = np.full(SHAPE, level, np.float32)
    assert extracted(flat, 0.5 + 0 * flat) is None


@pytest.mark.parametrize("light", [False, True], ids=["dark on light", "light on dark"])
def test_a_picture_cropped_so_tightly_that_no_ground_is_left_around_the_ink(light):
    intensity = stroke().astype(np.float32)
    assert_is_the_stroke(extracted(intensity, intensity if light else 1 - intensity, soft_edge=60))


def test_the_box_of_the_ink_is_on_the_page_that_it_came_from():
    intensity = stroke().astype(np.float32)
    fraction = extracted(intensity, 1 - intensity)
    assert fraction is not None
    assert ink_box(fraction, BOX) == (100 + 12, 200 + 10, 100 + 38, 200 + 50)
