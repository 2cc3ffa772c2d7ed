"""Views of a picture: whatever is shrunk, thin strokes and thin gaps stay."""

import numpy as np
import pytest
from drawings import page

from pipeline.recognition.ink import Ink, find_ink
from pipeline.recognition.views import Viewer

MOST, LEAST, GREY = range(3)
SCALES = pytest.mark.parametrize("scale", [0.9, 0.5, 0.31, 0.2, 0.1])


def viewer(pixels: np.ndarray) -> Viewer:
    return Viewer(pixels, find_ink(pixels))


def lines(at: int, width: int = 1) -> np.ndarray:
    """A black line across and one down, from edge to edge of a white page."""
    picture = page(300, 400)
    picture[at : at + width] = 0
    picture[:, at : at + width] = 0
    return picture


@SCALES
@pytest.mark.parametrize("at", [100, 101, 102, 103, 107])
@pytest.mark.parametrize("light", [False, True], ids=["dark on light", "light on dark"])
def test_a_line_of_one_pixel_stays_whole(scale, at, light):
    pixels = lines(at)
    view = viewer(255 - pixels if light else pixels).view(scale)
    across, down = view[..., MOST].min(axis=1), view[..., MOST].min(axis=0)
    row, column = across.argmax(), down.argmax()
    assert across[row] > 200 and down[column] > 200
    assert row == pytest.approx(at * scale, abs=1.01) and column == pytest.approx(at * scale, abs=1.01)
    assert (view[..., MOST] > 50).mean() < 0.15  # and is no thicker than it must be


@SCALES
def test_a_gap_of_one_pixel_stays_open(scale):
    pixels = page(300, 400)
    pixels[100:200, 50:350] = 0
    pixels[100:200, 201] = 255
    view = viewer(pixels).view(scale)
    inside = view[int(120 * scale) : int(180 * scale)]
    middle = slice(int(201 * scale) - 2, int(201 * scale) + 3)
    assert (inside[:, middle, LEAST].min(axis=1) < 50).all()
    assert (inside[:, middle, MOST] > 200).all()


def test_grey_is_what_the_picture_is_on_average():
    pixels = page(200, 200)
    pixels[::2] = 0
    assert viewer(pixels).view(0.25)[..., GREY] == pytest.approx(127.5, abs=2)


def test_at_its_own_size_a_view_is_the_picture():
    pixels = page(90, 70)
    pixels[30:60, 20:40] = (200, 30, 90)
    of = viewer(pixels)
    view = of.view(1.0)
    assert (view.shape, view.dtype) == ((90, 70, 3), np.uint8)
    np.testing.assert_array_equal(view[..., MOST], view[..., LEAST])
    np.testing.assert_array_equal(view[..., MOST] > 128, (pixels != 255).any(axis=2))
    np.testing.assert_array_equal(np.unique(view[..., GREY]), [round(0.299 * 200 + 0.587 * 30 + 0.114 * 90), 255])
    np.testing.assert_array_equal(of.view(1.0, (20, 30, 50, 80)), view[30:80, 20:50])


@pytest.mark.parametrize(
    ("scale", "box", "shape"),
    [
        (0.5, None, (150, 200, 3)),
        (0.1, None, (30, 40, 3)),
        (0.001, None, (1, 1, 3)),
        (0.5, (10, 20, 110, 60), (20, 50, 3)),
        (0.5, (10, 20, 11, 21), (1, 1, 3)),
        (1.0, (399, 299, 400, 300), (1, 1, 3)),
    ],
)
def test_shapes(scale, box, shape):
    view = viewer(page(300, 400)).view(scale, box)
    assert (view.shape, view.dtype) == (shape, np.uint8)


def test_a_part_holds_what_is_in_it_alone():
    of = viewer(lines(100))
    assert not of.view(0.3, (150, 150, 400, 300))[..., MOST].any()
    assert of.view(0.3, (50, 50, 150, 150))[..., MOST].any()


def test_faint_ink_is_no_longer_faint():
    intensity = np.zeros((40, 40), np.float32)
    intensity[10:30, 20] = 0.04  # a pencil's
    view = Viewer(page(40, 40), Ink(intensity, 0.001)).view(1.0)
    assert (view[10:30, 20, MOST] >= 48).all()
    intensity[10:30, 20] = 1
    assert (Viewer(page(40, 40), Ink(intensity, 0.001)).view(1.0)[10:30, 20, MOST] == 255).all()
    assert not view[:, :20].any(axis=1)[:, MOST].any()
