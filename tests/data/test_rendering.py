"""Rendered pictures show what their scene says, and the same seed draws the same."""

import io
from dataclasses import replace

import cv2
import numpy as np
import pytest
from PIL import Image

from pipeline.data.synthesis.rendering import render_photo
from pipeline.data.synthesis.rendering.bitmap import bitmap
from pipeline.data.synthesis.rendering.camera import through_jpeg
from pipeline.data.synthesis.rendering.scene import Scene, encode, render, transparent
from pipeline.data.synthesis.rendering.strokes import field
from pipeline.recognition.encode import png

PAGE = Scene(size=(200, 300))
MIDDLE_GREY = 128


def drawn(digit, seed=3, **changes) -> np.ndarray:
    return render(digit, replace(PAGE, **changes), np.random.default_rng(seed))


def ink_box(picture: np.ndarray) -> tuple[int, int, int, int]:
    """x, y, width, height of what is darker than the middle grey."""
    return cv2.boundingRect((picture.max(axis=2) < MIDDLE_GREY).astype(np.uint8))


def ink_fraction(picture: np.ndarray) -> float:
    return float((picture.max(axis=2) < MIDDLE_GREY).mean())


def test_photos_are_seeded_rgb_and_small(test_digit):
    for seed in range(60):
        picture, again = (render_photo(test_digit(seed % 10), np.random.default_rng(seed)) for _ in range(2))
        np.testing.assert_array_equal(picture, again)
        assert picture.dtype == np.uint8
        assert picture.shape[2] == 3
        assert 16 <= max(picture.shape[:2]) <= 400
        assert np.ptp(picture) > 40  # there is something to see


def test_an_empty_page_has_no_ink():
    assert np.ptp(drawn(None)) == 0


def test_a_drawn_digit_has_the_size_and_the_place_asked_for(test_digit):
    x, y, width, height = ink_box(drawn(test_digit(6), height=0.5))
    assert max(width, height) == pytest.approx(100, abs=6)
    assert (x + width / 2, y + height / 2) == pytest.approx((150, 100), abs=12)
    places = {ink_box(drawn(test_digit(6), seed, height=0.3, off_centre=1.0))[:2] for seed in range(12)}
    columns, rows = zip(*places, strict=True)
    assert max(columns) - min(columns) > 100
    assert max(rows) - min(rows) > 50


def test_the_drawn_digit_is_the_digit(recogniser, splits):
    """Enlarging, the narrowest stroke and a wide one leave the digit what it was."""
    for scene, least in ((PAGE, 0.98), (replace(PAGE, stroke_width=1.2), 0.94), (replace(PAGE, growth=0.5), 0.94)):
        rng = np.random.default_rng(1)
        digits, labels = splits.validation.images[:100], splits.validation.labels[:100]
        read = [recogniser.recognise(encode(render(digit, scene, rng), scene)).digit for digit in digits]
        assert np.mean(np.array(read) == labels) >= least


def test_strokes_from_narrow_to_wide(test_digit):
    widths = {"stroke_width": 0.6}, {"stroke_width": 1.5}, {"stroke_width": 3.0}, {"growth": 1.2}
    fractions = [ink_fraction(drawn(test_digit(3), **width)) for width in widths]
    assert fractions == sorted(fractions)
    assert fractions[0] > 0.003
    assert fractions[3] > 4 * fractions[0]


def test_strokes_have_the_width_asked_for():
    """A straight one comes out as wide."""
    stroke = np.zeros((28, 28), np.uint8)
    stroke[4:24, 13:16] = 255
    for width in (0.5, 1.0, 2.0, 4.0):
        across = field(stroke, width)[56]  # through its middle, four samples a pixel
        assert (across > 0).sum() / 4 == pytest.approx(width, abs=0.26)


def test_colour_and_strength_of_the_ink(test_digit):
    strong, faint = (drawn(test_digit(1), ink=(200, 30, 40), strength=strength) for strength in (1.0, 0.4))
    darkest = np.unravel_index(strong.sum(axis=2).argmin(), strong.shape[:2])
    assert strong[darkest] == pytest.approx([200, 30, 40], abs=1)
    assert faint[darkest] == pytest.approx([233, 165, 169], abs=1)


def test_pencils_crumble(test_digit):
    smooth, rough = (drawn(test_digit(0), ink=(80, 80, 80), crumbling=amount) for amount in (0.0, 0.6))
    inside = smooth[..., 0] == 80
    assert rough[inside].std() > 15


def line_directions(picture: np.ndarray) -> set[str]:
    """Whether rows, columns or both hold printed lines: darker than their neighbours all along."""
    light = picture.min(axis=2).astype(float)
    found = {"rows": light.mean(axis=1), "columns": light.mean(axis=0)}
    return {name for name, profile in found.items() if np.ptp(profile) > 20}


def test_ruled_and_squared_paper_have_their_lines_and_no_more(test_digit):
    assert line_directions(drawn(None)) == set()
    assert line_directions(drawn(None, ruled=0.6)) == {"rows"}
    assert line_directions(drawn(None, ruled=0.6, squared=True, spacing=0.3)) == {"rows", "columns"}
    ink, lines = drawn(test_digit(2), ruled=0.6).min(), drawn(None, ruled=0.6).min()
    assert ink < lines - 50  # lines are lighter than ink


def test_paper_has_its_colour_and_its_grain():
    paper = drawn(None, paper=(240, 225, 190), texture=4.0)
    assert paper.mean(axis=(0, 1)) == pytest.approx([240, 225, 190], abs=2)
    assert 2 < paper[..., 2].std() < 6


@pytest.mark.parametrize("light", ["gradient", "vignette", "shadow", "finger"])
def test_light_darkens_part_of_the_page_alone(light):
    page = drawn(None, **{light: 0.5})
    assert page.min() < 180
    assert page.max() > 240
    assert 0.003 < (page[..., 0] < 230).mean() < 0.97


def test_the_table_shows_beside_the_paper_and_never_over_the_digit(test_digit):
    for seed in range(20):
        page = drawn(test_digit(4), seed, height=0.4, edge=0.15, table=(96, 66, 44))
        wood = (page[..., 0].astype(int) - page[..., 2] > 15).astype(np.uint8)
        assert 0.05 < wood.mean() < 0.6
        assert ink_fraction(page * (1 - wood)[..., None] + 255 * wood[..., None]) == pytest.approx(
            ink_fraction(drawn(test_digit(4), seed, height=0.4)), rel=0.25
        )


def test_blur_and_motion_soften_and_noise_scatters(test_digit):
    def steepest(picture):
        return np.abs(np.diff(picture[..., 0].astype(int), axis=1)).max()

    sharp = drawn(test_digit(7))
    assert steepest(drawn(test_digit(7), blur=3.0)) < steepest(sharp) / 2
    assert (drawn(test_digit(7), motion=9.0) != sharp).any()
    assert 8 < drawn(None, paper=(128, 128, 128), noise=10.0).std() < 12


def test_a_view_turns_and_tilts_but_keeps_the_digit(test_digit):
    straight = drawn(test_digit(1), height=0.4)
    for changes in ({"rotation": 20.0}, {"tilt": 0.33}):
        turned = drawn(test_digit(1), height=0.4, **changes)
        assert (turned != straight).any()
        assert ink_fraction(turned) == pytest.approx(ink_fraction(straight), rel=0.3)


def test_transparent_pictures_hold_ink_on_nothing(test_digit):
    page = transparent(test_digit(9), replace(PAGE, ink=(10, 20, 30)), np.random.default_rng(1))
    assert page.shape == (200, 300, 4)
    assert set(np.unique(page[..., 3])) >= {0, 255}
    assert (page[page[..., 3] == 255][:, :3] == (10, 20, 30)).all()
    assert Image.open(io.BytesIO(png(page))).mode == "RGBA"


def test_files_keep_their_colours():
    page = np.full((8, 8, 3), (200, 100, 50), np.uint8)
    np.testing.assert_array_equal(np.asarray(Image.open(io.BytesIO(png(page)))), page)
    assert through_jpeg(page, 90)[0, 0] == pytest.approx([200, 100, 50], abs=4)


def test_bitmaps_are_tight_and_of_either_polarity(test_digit):
    for side in (16, 28, 32):
        ink = bitmap(test_digit(8), side)
        assert ink.shape == (side, side)
        assert {cv2.boundingRect(ink)[2], cv2.boundingRect(ink)[3]} & {side}
        two = bitmap(test_digit(8), side, two_levels=True)
        assert set(np.unique(two)) == {0, 255}
        np.testing.assert_array_equal(bitmap(test_digit(8), side, two_levels=True, dark_ink=True), 255 - two)
