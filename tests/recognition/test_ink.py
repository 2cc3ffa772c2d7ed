"""Ink on any page: polarity, colours of pen and paper, uneven light; and pages on which there is none."""

from itertools import product

import cv2
import numpy as np
import pytest
from drawings import BLACK, FOUR, WHITE, alike, draw, drawn, image_of, page, save, write, written
from PIL import Image

from pipeline.data.synthesis.rendering import camera
from pipeline.data.synthesis.rendering.scene import Scene, render
from pipeline.recognition.ink import find_ink, possible_inks

ALIKE = 0.88  # measured: at least 0.90 over all digits
CHALKBOARD = {"ink": (235, 235, 225), "paper": (38, 70, 56), "strength": 0.85}
BLANK_SCENES = {
    "texture": {"texture": 4},
    "little noise": {"noise": 2},
    "much noise": {"noise": 15},
    "gradient": {"gradient": 0.6},
    "photograph": {"gradient": 0.5, "noise": 6, "texture": 3},
    "chalkboard": {"paper": (38, 70, 56), "texture": 4, "noise": 4},
    "ruled": {"ruled": 0.4, "noise": 5, "texture": 2},
    "closely ruled": {"ruled": 0.5, "spacing": 0.4, "noise": 3, "gradient": 0.3},
    "squared": {"ruled": 0.4, "squared": True, "noise": 4},
}


@pytest.mark.parametrize(
    ("ink", "paper"),
    [
        (BLACK, WHITE),
        (WHITE, BLACK),
        ((40, 60, 200), (250, 245, 230)),
        ((255, 230, 0), WHITE),
        ((255, 160, 160), WHITE),
        ((160, 255, 255), WHITE),
        ((120, 120, 120), (160, 160, 160)),
        (WHITE, (30, 110, 60)),
        ((255, 240, 0), (20, 30, 120)),
        ((0, 0, 255), BLACK),
        ((200, 30, 30), (30, 160, 30)),
    ],
)
def test_any_pen_on_any_page(test_digit, ink, paper):
    for label in (1, 2, 4, 6, 8):
        assert alike(image_of(save(written(test_digit(label), ink, paper))), test_digit(label)) > ALIKE


def test_intensity_does_not_depend_on_polarity():
    dark = drawn(FOUR)
    np.testing.assert_array_equal(find_ink(dark).intensity, find_ink(255 - dark).intensity)


def test_the_intensity_is_1_in_ink_and_0_on_the_page():
    ink = find_ink(drawn(FOUR))
    assert ink.intensity.dtype == np.float32
    assert (ink.intensity.min(), ink.intensity.max()) == (0, 1)
    assert ink.intensity[5, 5] == 0
    assert 0 < ink.noise < 0.01


@pytest.mark.parametrize("sigma", [2, 5, 10])
def test_the_noise_of_the_page_is_measured(sigma):
    noisy = np.random.default_rng(2).normal(230, sigma, (300, 300, 1)).clip(0, 255).astype(np.uint8)
    drawing = np.minimum(drawn(FOUR), noisy)
    assert find_ink(drawing).noise == pytest.approx(sigma / 255, rel=0.6)


@pytest.mark.parametrize(
    "light",
    [
        {"gradient": 0.6},
        {"vignette": 0.6},
        {"gradient": 0.5, "noise": 6, "texture": 3},
        {"gradient": 0.4, "ink": (160, 255, 255)},
        {"gradient": 0.5, "ink": (255, 160, 160)},
        {"gradient": 0.4, "texture": 4, **CHALKBOARD},
        {"vignette": 0.5, "noise": 4, **CHALKBOARD},
    ],
    ids=str,
)
def test_uneven_light_is_divided_out(test_digit, light):
    scene = Scene(size=(320, 400), height=0.5, off_centre=0.5, **light)
    for label in (1, 3, 4, 6, 8):
        seen = image_of(save(render(test_digit(label), scene, np.random.default_rng(label))))
        assert alike(seen, test_digit(label)) > ALIKE


def inked(ink, place) -> float:
    return float(ink.intensity[place])


def test_a_page_of_one_colour_leaves_no_doubt():
    for drawing in (drawn(FOUR), 255 - drawn(FOUR), page(200, 200)):
        (only,) = possible_inks(drawing)
        np.testing.assert_array_equal(only.intensity, find_ink(drawing).intensity)


@pytest.mark.parametrize("label", range(10))
def test_the_soft_edges_of_a_thick_digit_are_no_uneven_light(test_digit, label):
    """Cropped to its ink and enlarged: edges are as much of the picture as paper is."""
    digit = cv2.resize(test_digit(label), (196, 196), interpolation=cv2.INTER_CUBIC)
    digit = cv2.dilate(digit, np.ones((9, 9), np.uint8))
    x, y, width, height = cv2.boundingRect((digit > 60).view(np.uint8))
    cropped = cv2.GaussianBlur(digit[y : y + height, x : x + width], (0, 0), 3)
    (only,) = possible_inks(np.repeat(240 - np.uint8(0.85 * cropped)[..., None], 3, axis=2))
    assert np.corrcoef(only.intensity.ravel(), cropped.ravel())[0, 1] > 0.99


def test_light_ink_on_a_dark_sticker_is_the_likeliest_ink(test_digit):
    """Beside a light desk it looks as if the sticker were the ink."""
    desk = render(np.zeros((28, 28), np.uint8), Scene(size=(400, 400), gradient=0.4, noise=4), np.random.default_rng(1))
    desk[100:300, 100:300] = 35
    sticker = write(desk, test_digit(8), 120, 120, 160, (230, 230, 230))
    grey = sticker[..., 0].astype(np.float32)
    within = np.s_[115:285, 115:285]
    found = [np.corrcoef(ink.intensity[within].ravel(), grey[within].ravel())[0, 1] for ink in possible_inks(sticker)]
    assert len(found) == 4
    assert found[0] > 0.9


def test_a_digit_broader_than_any_pen_with_soft_edges_is_ink():
    """It fills the picture: the light's division would take it for a shadow."""
    drawing = camera.blur(draw(page(300, 200), [[(0.5, 0.1), (0.5, 0.9)]], -50, 0, 300, 90), 6)
    first = find_ink(np.clip(drawing * 0.9 + 10, 0, 255).astype(np.uint8))
    assert inked(first, (150, 100)) > 0.6
    assert inked(first, (150, 10)) < 0.1


def shadowed(drawing: np.ndarray, corner: float, light: float, softness: float) -> np.ndarray:
    """A shadow over a corner of the picture that leaves that fraction of the light, its edge blurred by some pixels."""
    height, width = drawing.shape[:2]
    shadow = np.zeros((height, width), np.float32)
    triangle = np.array([(0, 0), (2 * corner * width, 0), (0, 2 * corner * height)])
    cv2.fillConvexPoly(shadow, triangle.round().astype(np.int32), 1)
    if softness:
        shadow = cv2.GaussianBlur(shadow, (0, 0), softness)
    return (drawing * (1 - (1 - light) * shadow[..., None])).astype(np.uint8)


@pytest.mark.parametrize("light", [0.75, 0.6, 0.5, 0.4])
def test_a_shadow_across_the_digit_is_divided_out(test_digit, light):
    for label, softnesses in ((2, (0, 20)), (6, (3,))):
        drawing = write(page(400, 400), test_digit(label), 90, 90, 220)
        plain = image_of(save(drawing))
        for corner, softness in product((0.3, 0.5), softnesses):
            seen = image_of(save(shadowed(drawing, corner, light, softness)))
            assert alike(seen, plain) > 0.85, (label, corner, softness)


def test_the_page_of_a_thick_pen_and_of_a_frame():
    """The page is told apart by border and area together; each alone is fooled here."""
    thick = page(28, 28)
    thick[3:25, 3:25] = 0  # 62 % of the picture is ink
    assert find_ink(thick).intensity[14, 14] == 1
    framed = page(100, 100)
    framed[0] = framed[-1] = 0  # two black edges
    assert find_ink(framed).intensity[50, 50] == 0


@pytest.mark.parametrize(
    "blank",
    [
        Image.new("L", (300, 200), 0),
        Image.new("L", (300, 200), 128),
        Image.new("L", (300, 200), 255),
        Image.new("RGB", (1, 1), (9, 200, 30)),
        Image.new("RGB", (28, 28), (200, 10, 30)),
        Image.new("RGBA", (64, 64), (0, 0, 0, 0)),
        Image.new("RGBA", (64, 64), (255, 255, 255, 0)),
        Image.new("P", (50, 50)),
        Image.new("I;16", (40, 40), 65535),
    ],
    ids=["black", "grey", "white", "1 pixel", "colour", "transparent", "transparent white", "palette", "16 bits"],
)
def test_pages_of_one_colour_are_blank(blank):
    assert image_of(save(blank)) is None


@pytest.mark.parametrize("sigma", [1, 4, 16, 60])
def test_noise_is_blank(sigma):
    for size in ((64, 64), (200, 300), (300, 800)):
        rng = np.random.default_rng(sigma)
        for mean, shape in ((128, size), (230, (*size, 3))):
            assert image_of(save(rng.normal(mean, sigma, shape).clip(0, 255).astype(np.uint8))) is None, shape


@pytest.mark.parametrize(("dark", "light"), [(0, 255), (100, 200), (200, 255), (0, 60)])
def test_gradients_are_blank(dark, light):
    gradient = np.tile(np.linspace(dark, light, 300), (200, 1)).astype(np.uint8)
    for turned in (gradient, gradient.T.copy(), gradient[:, ::-1].copy()):
        assert image_of(save(turned)) is None


@pytest.mark.parametrize("name", BLANK_SCENES)
def test_photographs_of_empty_pages_are_blank(name):
    for seed in range(2):
        empty = render(None, Scene(size=(320, 400), **BLANK_SCENES[name]), np.random.default_rng(seed))
        assert image_of(save(empty)) is None, seed
