"""Files that are cut off or damaged: what is there is read where most of it is, and always in the same way."""

import os
import struct
import subprocess
import sys
import zlib
from io import BytesIO

import numpy as np
import pillow_heif
import pytest
from cases import case
from decoding import outcome
from drawings import alike, image_of, save, written
from PIL import Image
from servers import ROOT

from pipeline.errors import NotAPicture, TooLarge
from pipeline.recognition.decode import decode

FAX = ("tiff_ccitt", "group3", "group4")


@pytest.fixture(scope="module")
def five(test_digit) -> Image.Image:
    """A digit on a page with a margin of a third below it, grain in the paper so that no row codes to nothing."""
    pixels = written(test_digit(5))[:, ::-1][::-1, ::-1].copy()
    grain = np.random.default_rng(3).integers(0, 12, pixels.shape)
    return Image.fromarray((pixels - np.minimum(pixels, grain)).astype(np.uint8)).rotate(180)


def files(image: Image.Image) -> dict[str, bytes]:
    found = {form: save(image, form) for form in ("PNG", "JPEG", "GIF", "BMP", "TIFF", "WEBP", "AVIF")}
    found |= {name: save(image.convert("1"), "TIFF", compression=name) for name in FAX}
    compressed = ("tiff_lzw", "tiff_adobe_deflate", "packbits", "jpeg")
    found |= {name: save(image, "TIFF", compression=name) for name in compressed}
    return found | {"HEIC": heic(image), "progressive": save(image, "JPEG", progressive=True)}


def heic(image: Image.Image, **options) -> bytes:
    out = BytesIO()
    pillow_heif.from_pillow(image).save(out, quality=90, **options)
    return out.getvalue()


@pytest.mark.parametrize("name", ["jpeg-cut.jpg", "png-no-iend.png", "png-long-text.png"])
def test_cases(recogniser, name):
    assert (recogniser.recognise(case(name)).status, recogniser.read(case(name)).text) == ("digit", "5")


@pytest.mark.parametrize("form", ["PNG", "JPEG", "GIF", "BMP", "TIFF"])
def test_what_lacks_its_last_bytes_is_read(five, form):
    whole = save(five, form)
    for share in (0.98, 0.95):
        decoded = decode(whole[: int(share * len(whole))])
        assert decoded.note.startswith("The file is cut off or damaged: ")
        assert decoded.note.endswith(" % of the picture is missing, and was read as blank.")
        assert (decoded.width, decoded.height) == five.size
        rows = slice(100, None) if form == "BMP" else slice(-100)  # BMP files begin with the lowest row
        np.testing.assert_array_equal(decoded.pixels[rows], decode(whole).pixels[rows])
        assert alike(image_of(whole[: int(share * len(whole))]), image_of(whole)) > 0.98


@pytest.mark.parametrize("form", ["PNG", "JPEG", "GIF", "BMP"])
def test_what_lacks_its_end_mark_alone_is_whole(five, form):
    whole = save(five, form)
    decoded = decode(whole[: -{"PNG": 12, "JPEG": 2, "GIF": 1, "BMP": 0}[form] or None])
    np.testing.assert_array_equal(decoded.pixels, decode(whole).pixels)
    assert decoded.note is None


@pytest.mark.parametrize("form", ["PNG", "JPEG", "GIF", "BMP", "TIFF", "WEBP", "AVIF", "HEIC", "progressive"])
def test_of_what_most_is_missing_nothing_is_read(five, form):
    whole = files(five)[form]
    for share in (0.02, 0.1) if form == "progressive" else (0.02, 0.3, 0.6):
        with pytest.raises(NotAPicture, match=r"^(The picture is broken or truncated \(|These [\d,]+ bytes are not)"):
            decode(whole[: int(share * len(whole))])


def test_a_progressive_jpeg_lacks_but_detail(five):
    whole = save(five, "JPEG", progressive=True)
    cut = whole[: int(0.95 * len(whole))]
    assert np.abs(decode(cut).pixels.astype(int) - decode(whole).pixels).mean() < 4
    assert alike(image_of(cut), image_of(whole)) > 0.98


def test_what_is_missing_continues_the_page(five):
    whole = save(five)
    decoded = decode(whole[: int(0.95 * len(whole))])
    last = decoded.pixels[-5:].reshape(-1, 3)
    assert (last == last[0]).all()
    assert last[0].min() > 235


def test_metadata_of_any_size_is_nothing_to_a_picture(five):
    text = zlib.compress(bytes(30_000_000))
    assert len(text) < 100_000
    profile = np.random.default_rng(0).bytes(3_000_000)
    whole = save(five)
    with_text = with_chunks(whole, [(b"zTXt", b"Comment\0\0" + text)] * 20)
    with_profile = save(five, icc_profile=profile)
    odd = [with_chunks(whole, [chunk]) for chunk in ((b"iCCP", b"broken"), (b"eXIf", b"II"))]
    for picture in (with_text, with_profile, *odd):
        np.testing.assert_array_equal(decode(picture).pixels, decode(whole).pixels)
    jpeg = save(five, "JPEG")
    exif = b"\xff\xe1\x00\x10Exif\0\0MM\0*\xff\xff\xff\xff"
    for segment in (b"\xff\xe2\xff\xff" + bytes(65_533), exif, b"\xff\xfe\0\2"):
        np.testing.assert_array_equal(decode(jpeg[:2] + segment + jpeg[2:]).pixels, decode(jpeg).pixels)


def with_chunks(picture: bytes, chunks: list[tuple[bytes, bytes]]) -> bytes:
    """A PNG file with chunks after its header."""
    made = [len(data).to_bytes(4) + name + data + zlib.crc32(name + data).to_bytes(4) for name, data in chunks]
    return b"".join([picture[:33], *made, picture[33:]])


def test_overlapping_tags_take_no_memory(five):
    """900 tags that each hold the same 150 kB: Pillow would copy them all."""
    entries = b"".join(struct.pack("<HHII", 40_000 + number, 7, 150_000, 100) for number in range(900))
    block = struct.pack("<2sHIH", b"II", 42, 8, 900) + entries + bytes(200_000)
    with pytest.raises(NotAPicture, match=r"tags of more than [\d,]+ bytes in a file of"):
        decode(block)
    for form in ("WEBP", "AVIF", "JPEG"):
        size = 1000 if form == "JPEG" else None
        assert decode(save(five, form, exif=b"Exif\0\0" + block[:size])).pixels.shape == (600, 400, 3)


def test_a_bmp_whose_alpha_says_nothing(five):
    pixels = np.dstack([np.asarray(five), np.zeros(five.size[::-1], np.uint8)])
    decoded = decode(save(Image.fromarray(pixels), "BMP"))
    np.testing.assert_array_equal(decoded.pixels, np.asarray(five))


def test_heic_lies_as_the_phone_was_held(five):
    for orientation, turn in ((1, None), (6, Image.Transpose.ROTATE_90), (3, Image.Transpose.ROTATE_180)):
        exif = Image.Exif()
        exif[0x0112] = orientation
        image = five if turn is None else five.transpose(turn)
        decoded = decode(heic(image, exif=exif.tobytes()))  # written as HEIC's own rotation
        assert (decoded.width, decoded.height) == five.size
        assert np.abs(decoded.pixels.astype(int) - np.asarray(five)).mean() < 4


def test_a_heic_header_bounds_what_is_decoded():
    content = heic(Image.new("L", (2048, 2048), 200))
    place = content.index(b"ispe") + 8
    with pytest.raises(NotAPicture, match="exceeds the maximum image size"):
        decode(content[:place] + struct.pack(">II", 64, 64) + content[place + 8 :])
    with pytest.raises(TooLarge, match=r"20000×20000 = 400,000,000 pixels"):
        decode(content[:place] + struct.pack(">II", 20_000, 20_000) + content[place + 8 :])


@pytest.mark.parametrize(
    ("side", "message"),
    [
        (60_000, "60000×60000 = 3,600,000,000 pixels; at most 64,000,000 are read. "),
        (6000, "6000×6000 = 36,000,000 pixels; at most 30,000,000 are read of an animated WebP. "),
    ],
)
def test_a_webp_header_bounds_what_memory_is_taken(five, side, message):
    content = save(five, "WEBP", save_all=True, append_images=[Image.new("RGB", five.size)])
    canvas = (side - 1).to_bytes(3, "little") * 2
    with pytest.raises(TooLarge) as caught:
        decode(content[:24] + canvas + content[30:])
    assert str(caught.value) == f"The picture has {message}Send a smaller one."


def test_webp_is_decoded_as_pillow_does(five):
    for mode, options in (("RGB", {}), ("RGB", {"lossless": True}), ("L", {"quality": 5})):
        content = save(five.convert(mode), "WEBP", **options)
        np.testing.assert_array_equal(decode(content).pixels, np.asarray(Image.open(BytesIO(content)).convert("RGB")))


@pytest.mark.parametrize("compression", FAX)
def test_fax_codes(five, compression):
    page = five.convert("1")
    expected = np.repeat(np.asarray(page)[..., None], 3, 2) * np.uint8(255)
    for strip_size in (50, 1000, 5000, 10**6):
        decoded = decode(save(page, "TIFF", compression=compression, strip_size=strip_size))
        np.testing.assert_array_equal(decoded.pixels, expected)


def test_the_leak_is_refused():
    with pytest.raises(NotAPicture, match=r"\(76 % of its fax code cannot be decoded\)"):
        decode(case("leak-g4.tif"))


def damaged(whole: dict[str, bytes], count: int, seed: int) -> list[bytes]:
    """Variants of each file: bits flipped, bytes replaced, the end cut off."""
    rng = np.random.default_rng(seed)
    found = []
    for content in whole.values():
        for number in range(count):
            variant = bytearray(content)
            for place in rng.integers(0, len(variant), rng.choice([1, 2, 20])):
                variant[place] ^= 1 << rng.integers(8) if number % 2 else rng.integers(256)
            end = rng.integers(1, len(variant)) if number % 3 == 0 else len(variant)
            found.append(bytes(variant[:end]))
    return found


def test_the_same_bytes_get_the_same_answer_whatever_was_read_before(five, test_digit):
    pictures = [case("leak-g4.tif"), *damaged(files(five), 12, 1)]
    others = [Image.fromarray(written(test_digit(label))).convert("1") for label in (1, 8)]
    between = [save(other, "TIFF", compression="group4") for other in others]
    first = [outcome(picture) for picture in pictures]
    for picture, expected in zip(reversed(pictures), reversed(first), strict=True):
        for each in between:
            decode(each)
        assert outcome(picture) == expected
    assert len(set(first)) > 40


# glibc fills memory with this before it is handed out: what reads memory that nobody wrote shows it.
PROGRAM = """
import sys
sys.path.insert(0, "tests")
sys.path.insert(0, "tests/recognition")
from test_decode_damage import damaged, files, outcome
from cases import case
from drawings import SEVEN, drawn
from PIL import Image
for picture in [case("leak-g4.tif"), *damaged(files(Image.fromarray(drawn(SEVEN))), 30, 2)]:
    print(outcome(picture))
"""


@pytest.mark.slow
def test_no_memory_is_read_that_was_not_written():
    command = [sys.executable, "-W", "ignore", "-c", PROGRAM]
    found = [
        subprocess.run(command, cwd=ROOT, env=environment(value), capture_output=True, text=True, check=True).stdout
        for value in (85, 170)
    ]
    assert found[0].count("\n") > 400
    assert found[0] == found[1]


def environment(value: int) -> dict[str, str]:
    return {**os.environ, "MALLOC_PERTURB_": str(value)}
