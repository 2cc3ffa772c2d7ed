"""Animations and pages: the first frame that is not blank is read, and the answer says so."""

import struct
from io import BytesIO

import numpy as np
import pytest
from cases import case
from drawings import alike, save, written
from PIL import Image

from pipeline.errors import TooLarge
from pipeline.recognition.decode import decode

ANIMATIONS = ("GIF", "WEBP", "PNG", "TIFF", "AVIF")
BLANK = Image.new("RGB", (400, 600), "white")


@pytest.fixture(scope="module")
def three(test_digit) -> Image.Image:
    return Image.fromarray(written(test_digit(3)))


def animation(form: str, *frames: Image.Image) -> bytes:
    first, *others = (frame.copy() for frame in frames)  # what was saved once may not be saved again as TIFF
    return save(first, form, save_all=True, append_images=others, **({"lossless": True} if form == "WEBP" else {}))


@pytest.mark.parametrize("form", ANIMATIONS)
@pytest.mark.parametrize(
    ("blank", "note"),
    [
        (0, "only the first was read."),
        (1, "the first is blank, only {kind} 2 was read."),
        (3, "the first 3 are blank, only {kind} 4 was read."),
    ],
)
def test_the_first_frame_that_is_not_blank(image_of, test_digit, three, form, blank, note):
    # Equal ones would be merged.
    frames = [Image.new("RGB", BLANK.size, (255 - 2 * number,) * 3) for number in range(blank)]
    picture = animation(form, *frames, three, Image.fromarray(written(test_digit(8))))
    kind = "page" if form == "TIFF" else "frame"
    assert decode(picture).note == f"The file has several {kind}s; {note.format(kind=kind)}"
    assert alike(image_of(picture), image_of(save(three))) > 0.97


def test_a_transparent_first_frame(image_of, three):
    picture = animation("WEBP", Image.new("RGBA", (400, 600)), three.convert("RGBA"))
    assert alike(image_of(picture), image_of(save(three))) > 0.97


def test_an_animation_of_blank_frames_is_looked_at_within_bounds():
    frames = [Image.new("L", (20, 20), 255 - number % 2) for number in range(40)]
    decoded = decode(animation("GIF", *frames))
    assert decoded.note == "The file has several frames; the first 16 are blank, and no other was looked at."
    assert decoded.pixels.min() == 255


def test_no_more_pixels_are_looked_at_than_one_picture_may_have(three):
    large = Image.new("1", (8000, 5000), 1)
    picture = save(large, "TIFF", save_all=True, append_images=[three.copy()], compression="tiff_lzw")
    note = "The file has several pages; the first is blank, and no other was looked at."
    assert decode(picture).note == note


def test_a_single_frame_is_nothing_to_speak_of(three):
    assert [decode(save(three, form)).note for form in (*ANIMATIONS, "JPEG", "BMP")] == [None] * 7


def test_what_is_damaged_after_the_frame_that_is_read_does_not_matter(three):
    for form in ("GIF", "PNG", "TIFF"):
        picture = animation(form, three, BLANK, three)
        whole = decode(picture)
        np.testing.assert_array_equal(decode(picture[:-20]).pixels, whole.pixels)


def test_a_later_page_within_the_limits_too():
    pages = [Image.new("1", (100, 100), 1), Image.new("1", (8001, 8000), 1)]
    with pytest.raises(TooLarge, match="8001×8000"):
        decode(animation("TIFF", *pages))


def test_the_answer_says_which_frame(recogniser, three, test_digit):
    answer = recogniser.recognise(animation("GIF", BLANK, three))
    assert (answer.status, answer.digit) == ("digit", 3)
    assert answer.message == "The file has several frames; the first is blank, only frame 2 was read."
    blank = recogniser.recognise(animation("GIF", BLANK, Image.new("RGB", BLANK.size, (254,) * 3)))
    assert blank.message.startswith("The page is blank")
    assert blank.message.endswith("The file has several frames; all are blank.")


def test_the_case_of_a_blank_first_frame(recogniser):
    answer = recogniser.recognise(case("first-frame-blank.webp"))
    assert answer.status == "digit"
    assert answer.message.startswith("The file has several frames; ")


@pytest.mark.parametrize("dtype", ["f2", "f4", "f8"])
def test_tiff_with_colours_of_floating_point(three, dtype):
    colours = (np.asarray(three) / 255).astype(dtype)
    decoded = decode(float_tiff(colours))
    assert np.abs(decoded.pixels.astype(int) - np.asarray(three)).max() <= 1


def float_tiff(colours: np.ndarray) -> bytes:
    """(h, w, 3) floating point as the file that programs for photographs write."""
    height, width, _ = colours.shape
    content = colours.tobytes()
    short, long = 3, 4
    tags = [
        *((256, long, 1, width), (257, long, 1, height), (258, short, 1, 8 * colours.itemsize), (259, short, 1, 1)),
        *((262, short, 1, 2), (273, long, 1, 8), (277, short, 1, 3), (278, long, 1, height)),
        *((279, long, 1, len(content)), (339, short, 1, 3)),
    ]
    out = BytesIO()
    out.write(struct.pack("<2sHI", b"II", 42, 8 + len(content)) + content + struct.pack("<H", len(tags)))
    for tag in tags:
        out.write(struct.pack("<HHII", *tag))
    out.write(bytes(4))
    return out.getvalue()
