"""Malformed pictures, and pictures of all shapes and modes: an answer or a refusal."""

import gc
import hashlib
from collections import Counter
from itertools import islice

import numpy as np
import pytest
from decoding import outcome
from drawings import save
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from malformed import FAX, mutants, originals, predecessors
from odd_requests import odd_requests
from PIL import Image

from pipeline.errors import NotAPicture, TooLarge
from pipeline.recognition.decode import MOST_ELONGATED, WORKING_SIDE, decode

STATUSES = {"number", "digit", "unsure", "blank", "not_a_digit", "not_a_number"}


def test_the_same_seed_gives_the_same_requests():
    first, again, other = (
        hashlib.sha256(repr(list(islice(odd_requests(seed, 1), 205))).encode()).hexdigest() for seed in (0, 0, 1)
    )
    assert first == again != other


def test_there_are_thousands_of_every_kind():
    kinds = Counter(request.kind for request in odd_requests(0))
    assert kinds.total() > 3000
    assert min(kinds.values()) >= 10
    assert {kind.partition(":")[0] for kind in kinds} > {"PNG", "JPEG", "WEBP", "GIF", "BMP", "TIFF", "AVIF", "HEIC"}


@pytest.mark.filterwarnings("ignore")
def test_the_pixels_of_every_mutant_are_its_own():
    """Whatever was decoded before. A decoder that hands out memory that it did not fill shows the picture before."""
    first, second = predecessors()
    unlike = []
    for kind, content in mutants(1, 2):
        decode(first)
        expected = outcome(content)
        decode(second)
        if outcome(content) != expected:
            unlike.append(kind)
    assert unlike == []


@pytest.mark.filterwarnings("ignore")
def test_no_picture_is_kept_when_its_answer_is_out():
    """Whatever is in a cycle of references stays until Python looks for cycles, which no size of a picture hastens."""
    kept = []
    gc.collect()
    gc.freeze()  # what is there already need not be looked through each time
    gc.disable()
    try:
        for kind, content in mutants(2, 2):
            outcome(content)
            if any(isinstance(each, Image.Image) for each in gc.get_objects()):
                kept.append(kind)
                gc.collect()
    finally:
        gc.enable()
        gc.unfreeze()
    assert kept == []


@pytest.mark.parametrize("name", sorted(originals()))
def test_every_original_is_read(name):
    assert decode(originals()[name]).pixels.min() < 100


TIFF = ("1", "L", "LA", "P", "RGB", "RGBA", "CMYK", "YCbCr", "I", "I;16", "F")
# Formats, with the modes and options that they have.
KINDS = (
    ("PNG", ("1", "L", "LA", "P", "RGB", "RGBA", "I;16"), ({}, {"compress_level": 0}, {"optimize": True})),
    ("JPEG", ("L", "RGB", "CMYK", "YCbCr"), ({}, {"progressive": True}, {"quality": 1}, {"subsampling": 0})),
    ("WEBP", ("L", "RGB", "RGBA"), ({}, {"lossless": True}, {"quality": 0, "method": 0})),
    ("GIF", ("1", "L", "P", "RGB", "RGBA"), ({}, {"interlace": 0})),
    ("BMP", ("1", "L", "P", "RGB", "RGBA"), ({},)),
    ("TIFF", TIFF, tuple({"compression": name} for name in (None, "tiff_lzw", "tiff_adobe_deflate", "packbits"))),
    ("TIFF", ("1",), tuple({"compression": name} for name in FAX)),
    ("TIFF", ("L", "RGB"), ({"compression": "jpeg"},)),
    ("AVIF", ("L", "RGB", "RGBA"), ({"speed": 10},)),
)
SIDES = st.one_of(st.integers(1, 60), st.sampled_from([1, 2, 3, 799, 800, 801, 2000, 16_000]))


@st.composite
def pictures(draw) -> tuple[bytes, int, int]:
    """A file of any format, mode and shape, and its height and width."""
    form, modes, options = draw(st.sampled_from(KINDS))
    sides = draw(st.permutations([draw(SIDES), draw(st.integers(1, 60))]))
    grey = np.random.default_rng(draw(st.integers(0, 9))).integers(0, 256, sides, np.uint8)
    grey[: draw(st.integers(0, sides[0]))] = 255
    mode = draw(st.sampled_from(modes))
    image = Image.fromarray(grey).convert("RGB")
    image = Image.fromarray(grey.astype(np.uint16) * 257) if mode == "I;16" else image.convert(mode)
    exif = Image.Exif()
    exif[0x0112] = draw(st.integers(1, 8))
    return save(image, form, exif=exif, **draw(st.sampled_from(options))), *sides


@pytest.mark.filterwarnings("ignore")
@settings(max_examples=60, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(pictures())
def test_any_shape_mode_and_options(recogniser, picture):
    content, height, width = picture
    decoded = decode(content)
    assert sorted((decoded.height, decoded.width)) == sorted((height, width))
    assert decoded.pixels.dtype == np.uint8
    short, long = sorted(decoded.pixels.shape[:2])
    assert 1 <= short <= long <= WORKING_SIDE
    assert long < WORKING_SIDE or long <= short * MOST_ELONGATED
    assert recogniser.recognise(content).status in STATUSES
    for digit in recogniser.read(content).digits:
        x0, y0, x1, y1 = digit.box
        assert 0 <= x0 < x1 <= decoded.width and 0 <= y0 < y1 <= decoded.height


@given(st.binary(max_size=2000))
@settings(max_examples=300, deadline=None, derandomize=True)
def test_any_bytes_are_refused_readably(content):
    with pytest.raises((NotAPicture, TooLarge), match=r"\. (Send|Open|Save|Export|Unpack|Take)"):
        decode(content)
