"""From bytes to 28×28: formats and modes, polarity, colour, alpha, EXIF, size and place; and what is refused."""

from io import BytesIO

import numpy as np
import pytest
from PIL import Image

from pipeline.errors import NotAPicture, TooLarge
from pipeline.evaluate import png
from pipeline.preprocess import preprocess
from pipeline.preprocess.decode import MAX_BYTES, decode
from pipeline.preprocess.fit import fit
from pipeline.preprocess.ink import find_ink


def save(image: Image.Image, form: str = "PNG", **options) -> bytes:
    out = BytesIO()
    image.save(out, form, **options)
    return out.getvalue()


def enlarged(digit: np.ndarray, factor: int = 10) -> np.ndarray:
    size = digit.shape[1] * factor, digit.shape[0] * factor
    return np.asarray(Image.fromarray(digit).resize(size, Image.Resampling.BICUBIC))


def on_page(digit: np.ndarray, ink=(0, 0, 0), page=(255, 255, 255)) -> Image.Image:
    """A digit written with one colour on a page of another, 400×600, away from the middle."""
    amount = np.zeros((600, 400, 1))
    big = enlarged(digit) / 255
    amount[290 : 290 + big.shape[0], 20 : 20 + big.shape[1], 0] = big
    return Image.fromarray((np.array(ink) * amount + np.array(page) * (1 - amount)).astype(np.uint8))


def difference(a: np.ndarray | None, b: np.ndarray) -> float:
    """Mean absolute difference in grey levels over the ink of b."""
    assert a is not None
    return float(np.abs(a.astype(float) - b)[b > 0].mean())


@pytest.mark.parametrize("label", range(10))
def test_a_ready_made_digit_stays_what_it_is(test_digit, label):
    assert difference(preprocess(png(test_digit(label))), test_digit(label)) < 4


@pytest.mark.parametrize(
    ("ink", "page"),
    [
        ((0, 0, 0), (255, 255, 255)),
        ((255, 255, 255), (0, 0, 0)),
        ((40, 60, 200), (250, 245, 230)),
        ((255, 230, 0), (255, 255, 255)),
        ((255, 160, 160), (255, 255, 255)),
        ((160, 255, 255), (255, 255, 255)),
        ((120, 120, 120), (160, 160, 160)),
        ((255, 255, 255), (30, 110, 60)),
    ],
)
def test_any_pen_on_any_page(test_digit, recogniser, ink, page):
    for label in (2, 4, 7):
        answer = recogniser.recognise(save(on_page(test_digit(label), ink, page)))
        assert (answer.status, answer.digit) == ("digit", label)


@pytest.mark.parametrize("size", [18, 28, 40, 100, 500, 2000])
def test_any_size(test_digit, recogniser, size):
    for label in (0, 3, 6):
        digit = Image.fromarray(test_digit(label)).resize((size, size), Image.Resampling.BICUBIC)
        page = np.zeros((size * 2, size * 3), np.uint8)
        page[size // 2 : size // 2 + size, size : 2 * size] = np.asarray(digit)
        assert recogniser.recognise(png(page)).digit == label


def test_transparent_pages(test_digit, recogniser):
    amount = enlarged(test_digit(7))
    for ink in (0, 255, 90):
        colours = np.full((*amount.shape, 3), ink, np.uint8)
        colours[amount == 0] = (13, 200, 77)  # under alpha 0 any colour may stand
        sketch = Image.fromarray(np.dstack([colours, amount]))
        assert recogniser.recognise(save(sketch)).digit == 7


def test_an_opaque_page_with_transparent_corners(test_digit, recogniser):
    page = on_page(test_digit(7)).convert("RGBA")
    pixels = np.asarray(page).copy()
    pixels[:60, :60, 3] = pixels[-60:, -60:, 3] = 0
    pixels[:60, :60, :3] = 0
    assert recogniser.recognise(save(Image.fromarray(pixels))).digit == 7


@pytest.mark.parametrize("orientation", [1, 3, 6, 8])
def test_exif_rotation(test_digit, orientation):
    upright = on_page(test_digit(4))
    turn = {1: None, 3: Image.Transpose.ROTATE_180, 6: Image.Transpose.ROTATE_90, 8: Image.Transpose.ROTATE_270}
    stored = upright.transpose(turn[orientation]) if turn[orientation] is not None else upright
    exif = Image.Exif()
    exif[0x0112] = orientation
    seen = preprocess(save(stored, "JPEG", exif=exif, quality=95))
    expected = preprocess(save(upright))
    assert expected is not None
    assert difference(seen, expected) < 6


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "CMYK", "YCbCr", "I", "I;16", "F"])
def test_colour_modes(test_digit, recogniser, mode):
    grey = on_page(test_digit(7)).convert("L")
    if mode == "I;16":
        image = Image.fromarray(np.asarray(grey).astype(np.uint16) * 257)
    else:
        image = grey.convert("RGB").convert(mode) if mode in ("CMYK", "YCbCr", "P") else grey.convert(mode)
    assert recogniser.recognise(save(image, "JPEG" if mode == "YCbCr" else "TIFF")).digit == 7


@pytest.mark.parametrize("scale", [257, 16, 1])
def test_scans_of_any_depth_in_16_bits(test_digit, recogniser, scale):
    grey = np.asarray(on_page(test_digit(7)).convert("L")).astype(np.uint16)
    assert recogniser.recognise(save(Image.fromarray(grey * scale), "TIFF")).digit == 7


def test_the_first_frame_of_an_animation(test_digit, recogniser):
    frames = [on_page(test_digit(label)) for label in (3, 8)]
    assert recogniser.recognise(save(frames[0], "GIF", save_all=True, append_images=frames[1:])).digit == 3


@pytest.mark.parametrize(
    "page",
    [
        Image.new("L", (300, 200), 0),
        Image.new("L", (300, 200), 255),
        Image.new("RGB", (1, 1), (9, 200, 30)),
        Image.new("RGBA", (64, 64), (0, 0, 0, 0)),
        Image.new("RGBA", (64, 64), (255, 255, 255, 0)),
        Image.new("P", (50, 50)),
        Image.new("I;16", (40, 40), 65535),
        Image.fromarray(np.random.default_rng(1).normal(230, 4, (300, 300)).clip(0, 255).astype(np.uint8)),
    ],
    ids=["black", "white", "one pixel", "transparent black", "transparent white", "palette", "16 bits", "noise"],
)
def test_blank_pages(page):
    assert preprocess(save(page)) is None


def test_a_page_much_larger_than_the_digit(test_digit, recogniser):
    page = np.full((3000, 4000), 255, np.uint8)
    page[2000:2280, 500:780] = 255 - enlarged(test_digit(2))
    assert recogniser.recognise(save(Image.fromarray(page), "JPEG")).digit == 2


def test_the_recipe_of_mnist():
    ink = np.zeros((100, 100), np.float32)
    ink[10:50, 30:40] = 1  # a bar of 40×10
    seen = fit(ink)
    rows, columns = np.nonzero(seen)
    assert (rows.min(), rows.max(), columns.min(), columns.max()) == (4, 23, 12, 16)  # 20×5, its centre at 14, 14
    assert seen.max() == 255


def test_ink_of_a_frame_and_a_thick_pen():
    """The page is told apart by border and area together; each alone is fooled here."""
    thick = np.full((28, 28, 3), 255, np.uint8)
    thick[3:25, 3:25] = 0  # 62 % of the picture is ink
    assert find_ink(thick)[14, 14] == 1
    framed = np.full((100, 100, 3), 255, np.uint8)
    framed[0] = framed[-1] = 0  # two black edges
    assert find_ink(framed)[50, 50] == 0


def test_damage_of_every_kind_is_refused_readably(test_digit):
    whole = save(on_page(test_digit(3)), "PNG")
    rng = np.random.default_rng(7)
    refused = 0
    for form in ("PNG", "JPEG", "WEBP", "GIF", "BMP", "TIFF"):
        whole = save(on_page(test_digit(3)), form)
        for _ in range(60):
            damaged = bytearray(whole)
            for place in rng.integers(0, len(whole), 20):
                damaged[place] = rng.integers(256)
            try:
                decode(bytes(damaged[: rng.integers(1, len(whole))]))
            except (NotAPicture, TooLarge) as error:
                refused += 1
                assert str(error)
    assert refused > 100


def test_too_many_bytes():
    with pytest.raises(TooLarge) as caught:
        decode(bytes(MAX_BYTES + 1))
    assert str(caught.value) == "The picture has 20,971,521 bytes; at most 20,971,520 are read. Send a smaller one."
