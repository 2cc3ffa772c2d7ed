"""A page on a table: the table goes, the page and all that is written on it stay, in light and in shadow."""

import numpy as np
import pytest
from drawings import page, save, write
from PIL import Image

from pipeline.recognition.page_detection import remove_table

BROWN, DARK_GREY = (96, 66, 44), (60, 60, 64)


def on_a_table(colour, shadow: float = 0.0, digit: np.ndarray | None = None) -> np.ndarray:
    """A page that lies on a table at the left and below it; its right half loses that fraction of its light, softly."""
    picture = page(400, 400, colour)
    picture[:330, 60:] = (238, 236, 230)
    if digit is not None:
        write(picture, digit, 220, 90, 170)
    lost = shadow * np.clip((np.arange(400) - 200) / 40, 0, 1)
    return np.round(picture * (1 - lost[None, :, None])).astype(np.uint8)


@pytest.mark.parametrize("colour", [BROWN, DARK_GREY], ids=["brown", "grey"])
@pytest.mark.parametrize("shadow", [0, 0.3, 0.5])
def test_the_table_takes_the_colour_of_the_nearest_paper(colour, shadow):
    found = remove_table(on_a_table(colour, shadow)).astype(int)
    lit, dark = np.array((238, 236, 230)), np.round(np.array((238, 236, 230)) * (1 - shadow))
    assert np.abs(found[:, :160] - lit).max() <= 3
    assert np.abs(found[:, 290:] - dark).max() <= 3


@pytest.mark.parametrize("shadow", [0.25, 0.45, 0.6])
def test_a_page_half_in_shadow_is_no_page_on_a_table(shadow):
    picture = page(400, 400, (238, 236, 230))
    rows, columns = np.mgrid[:400, :400]
    dark = columns + rows // 2 > 330
    picture[dark] = np.round(picture[dark] * (1 - shadow))
    np.testing.assert_array_equal(remove_table(picture), picture)


@pytest.mark.parametrize("label", [2, 3, 7])
@pytest.mark.parametrize("shadow", [0, 0.4])
def test_what_is_written_in_the_shadow_is_read(test_digit, recogniser, shadow, label):
    assert recogniser.recognise(save(on_a_table(BROWN, shadow, test_digit(label)))).digit == label


def test_small_pictures_are_left_alone(test_digit):
    picture = np.repeat(test_digit(5)[..., None], 3, axis=2)
    assert remove_table(picture) is picture


@pytest.mark.parametrize("seed", range(4))
def test_an_empty_page_with_grain_is_blank(recogniser, seed):
    grain = np.random.default_rng(seed).normal(0, 3, (400, 400, 1))
    picture = np.clip(np.round(on_a_table(BROWN) + grain), 0, 255).astype(np.uint8)
    assert recogniser.recognise(save(picture)).status == "blank"


@pytest.mark.parametrize("side", [200, 280, 560])
def test_a_light_digit_that_fills_its_picture_is_no_page(recogniser, splits, side):
    """The outline of a 0 on black is convex and light, as a page on a table is, but it has no straight edges."""
    rows = [row for label in (0, 8) for row in np.flatnonzero(splits.validation.labels == label)[: 4000 // side]]
    for row in rows:
        picture = Image.fromarray(splits.validation.images[row]).resize((side, side), Image.Resampling.BICUBIC)
        assert recogniser.recognise(save(picture)).digit == splits.validation.labels[row], row
