"""From bytes to upright pixels: formats and modes, alpha, EXIF, depth and size; and what is refused."""

import numpy as np
import pytest
from drawings import alike, enlarged, image_of, page, save, write, written
from PIL import Image

from pipeline.errors import NotAPicture, TooLarge
from pipeline.recognition.decode import MAX_BYTES, WORKING_SIDE, ManyPixels, decode

TURNS = {
    1: None,
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_90,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_270,
}


def turned(upright: Image.Image, orientation: int, form: str = "JPEG", **options) -> bytes:
    """The file that a camera held in that way writes."""
    turn = TURNS[orientation]
    exif = Image.Exif()
    exif[0x0112] = orientation
    return save(upright if turn is None else upright.transpose(turn), form, exif=exif, **options)


@pytest.mark.parametrize("orientation", TURNS)
def test_exif_rotation(test_digit, orientation):
    upright = Image.fromarray(written(test_digit(4)))
    decoded = decode(turned(upright, orientation, quality=95))
    assert (decoded.width, decoded.height) == (400, 600)
    assert decoded.pixels.shape == (600, 400, 3)
    assert np.abs(decoded.pixels.astype(int) - np.asarray(upright)).mean() < 1


@pytest.mark.parametrize("form", ["PNG", "JPEG", "WEBP", "TIFF", "AVIF"])
def test_exif_rotation_in_every_format_that_has_it(test_digit, form):
    upright = Image.fromarray(written(test_digit(4)))
    assert alike(image_of(turned(upright, 6, form)), image_of(save(upright))) > 0.98


def test_damaged_exif_is_no_reason_to_refuse(test_digit):
    decoded = decode(save(written(test_digit(4)), "JPEG", exif=b"Exif\0\0garbage"))
    assert decoded.pixels.shape == (600, 400, 3)


@pytest.mark.parametrize(
    ("size", "shape"), [((4000, 3000), (600, 800, 3)), ((801, 25), (25, 800, 3)), ((60, 2000), (800, 24, 3))]
)
def test_large_pictures_are_worked_on_small(size, shape):
    for form in ("PNG", "JPEG"):
        decoded = decode(save(Image.new("RGB", size, (9, 99, 199)), form))
        assert decoded.pixels.shape == shape
        assert max(shape) == WORKING_SIDE
        assert (decoded.width, decoded.height) == size
        assert np.abs(decoded.pixels.astype(int) - (9, 99, 199)).max() <= 2


def test_a_large_photograph_that_lies_on_its_side():
    decoded = decode(turned(Image.new("RGB", (900, 1600), (200, 200, 200)), 6))
    assert (decoded.width, decoded.height) == (900, 1600)
    assert decoded.pixels.shape == (800, 450, 3)


def test_small_pictures_stay_as_they_are(test_digit):
    decoded = decode(save(test_digit(3)))
    assert (decoded.width, decoded.height) == (28, 28)
    assert decoded.pixels.dtype == np.uint8
    np.testing.assert_array_equal(decoded.pixels, np.repeat(test_digit(3)[..., None], 3, axis=2))


@pytest.mark.parametrize("ink", [0, 255, 90])
def test_transparent_pages(test_digit, ink):
    amount = enlarged(test_digit(7))
    colours = np.full((*amount.shape, 3), ink, np.uint8)
    colours[amount == 0] = (13, 200, 77)  # under alpha 0 any colour may stand
    assert alike(image_of(save(np.dstack([colours, amount]))), test_digit(7)) > 0.9


def test_an_opaque_page_with_transparent_corners(test_digit):
    upright = written(test_digit(7))
    pixels = np.dstack([upright, np.full(upright.shape[:2], 255, np.uint8)])
    pixels[:60, :60] = pixels[-60:, -60:] = 0
    np.testing.assert_array_equal(decode(save(pixels)).pixels, upright)


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "CMYK", "YCbCr", "I", "I;16", "F"])
def test_colour_modes(test_digit, mode):
    grey = Image.fromarray(written(test_digit(7))).convert("L")
    if mode == "I;16":
        image = Image.fromarray(np.asarray(grey).astype(np.uint16) * 257)
    else:
        image = grey.convert("RGB").convert(mode) if mode in ("CMYK", "YCbCr", "P") else grey.convert(mode)
    seen = image_of(save(image, "JPEG" if mode == "YCbCr" else "TIFF"))
    assert alike(seen, image_of(save(grey))) > 0.97


@pytest.mark.parametrize("scale", [257, 16, 1])
def test_scans_of_any_depth_in_16_bits(test_digit, scale):
    grey = written(test_digit(7))[..., 0]
    decoded = decode(save(grey.astype(np.uint16) * scale, "TIFF"))
    assert np.abs(decoded.pixels[..., 0].astype(int) - grey).max() <= 1


def test_a_page_much_larger_than_the_digit(test_digit):
    large = write(page(3000, 4000), test_digit(2), 500, 2000)
    assert alike(image_of(save(large, "JPEG")), test_digit(2)) > 0.9


def test_damage_of_every_kind_is_refused_readably(test_digit):
    rng = np.random.default_rng(7)
    refused = 0
    for form in ("PNG", "JPEG", "WEBP", "GIF", "BMP", "TIFF"):
        whole = save(written(test_digit(3)), form)
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


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "The picture is empty (0 bytes). Send the bytes of one picture file."),
        (
            b"abcdef",
            "These 6 bytes are not a picture in a format that is read. "
            "Send one of PNG, JPEG, WEBP, GIF, BMP, TIFF, AVIF, HEIC.",
        ),
    ],
)
def test_what_is_no_picture(content, message):
    with pytest.raises(NotAPicture) as caught:
        decode(content)
    assert str(caught.value) == message


def test_too_many_bytes():
    with pytest.raises(TooLarge) as caught:
        decode(bytes(MAX_BYTES + 1))
    assert str(caught.value) == "The picture has 20,971,521 bytes; at most 20,971,520 are read. Send a smaller one."


def test_too_many_pixels():
    with pytest.raises(TooLarge, match=r"^The picture has 8001×8000 = 64,008,000 pixels; at most 64,000,000 are read"):
        decode(save(Image.new("1", (8001, 8000))))


@pytest.mark.parametrize("form", ["PNG", "JPEG", "WEBP", "GIF", "BMP", "TIFF", "AVIF"])
def test_a_large_picture_can_be_put_off_before_it_is_decoded(form):
    picture = save(page(300, 400), form)
    with pytest.raises(ManyPixels):
        decode(picture, 400 * 300 - 1)
    assert decode(picture, 400 * 300).width == 400
