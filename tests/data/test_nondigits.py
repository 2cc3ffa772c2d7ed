"""The reject class: pictures framed like digits, the same for the same seed, and none made of a digit."""

import unicodedata

import numpy as np
import pytest

from pipeline.data.synthesis.glyphs import GLYPHS, load_glyphs, written
from pipeline.data.synthesis.nondigits import FRACTIONS, nondigits, number, words
from pipeline.data.synthesis.scribbles import DRAWINGS, by_hand
from pipeline.data.synthesis.shapes import skeleton
from pipeline.data.synthesis.stains import STAINS
from pipeline.recognition.fit import fit

N = 500


@pytest.fixture(scope="module")
def digits(splits):
    return splits.train.images[:2000]


@pytest.fixture(scope="module")
def pictures(digits):
    return nondigits(N, np.random.default_rng(7), digits)


def test_they_are_pictures_like_mnist(pictures):
    assert pictures.shape == (N, 28, 28)
    assert pictures.dtype == np.uint8
    assert (pictures.max((1, 2)) == 255).all()


def test_their_longer_side_is_20_pixels(pictures):
    sides = [max(np.ptp(np.flatnonzero(picture.any(axis))) + 1 for axis in (0, 1)) for picture in pictures]
    assert np.mean(np.array(sides) >= 18) > 0.98  # the faintest edge may round to 0
    assert max(sides) == 20


def test_their_centre_of_mass_is_at_14(pictures):
    for axis in (1, 2):
        profiles = pictures.sum(3 - axis, dtype=float)
        centres = profiles @ np.arange(28) / profiles.sum(1)
        # The ink's box ends where the picture does: a lopsided one stays off the centre, as in MNIST.
        assert np.mean(np.abs(centres - 14) <= 0.55) > 0.97
        assert np.abs(centres - 14).max() < 4


def test_the_same_seed_gives_the_same_pictures(digits, pictures):
    again = nondigits(N, np.random.default_rng(7), digits)
    assert again.tobytes() == pictures.tobytes()
    assert nondigits(N, np.random.default_rng(8), digits).tobytes() != pictures.tobytes()


def test_hardly_two_are_the_same(pictures):
    assert len({picture.tobytes() for picture in pictures}) >= 0.99 * N


def test_the_fractions_are_of_one_whole():
    assert sum(FRACTIONS.values()) == pytest.approx(1)


def test_any_number_can_be_asked_for(digits):
    assert nondigits(0, np.random.default_rng(0), digits).shape == (0, 28, 28)
    assert nondigits(1, np.random.default_rng(0), digits).shape == (1, 28, 28)


def test_strokes_are_as_wide_as_those_of_mnist(pictures, digits):
    ink, mnist = (np.mean(p.sum((1, 2)) / 255) for p in (pictures, digits))
    assert 0.7 < ink / mnist < 1.5


def test_each_kind_of_scribble_and_stain_can_be_fitted():
    for draw in DRAWINGS:
        rng = np.random.default_rng(3)
        fitted = np.stack([fit(by_hand(draw(rng), rng)) for _ in range(20)])
        assert len(np.unique(fitted, axis=0)) == 20, draw.__name__
    for draw in STAINS:
        rng = np.random.default_rng(3)
        inks = [ink for ink in (draw(rng) for _ in range(20)) if ink.max() > 0.5]
        assert len(np.unique(np.stack([fit(ink) for ink in inks]), axis=0)) == len(inks) >= 15, draw.__name__


def test_no_ink_leaves_its_canvas(digits):
    """Cut off strokes would be no letters."""
    rng = np.random.default_rng(5)
    inks = [*written(500, rng, load_glyphs()), *(number(rng, digits) for _ in range(200))]
    inks += words(100, rng, load_glyphs())
    cut = [ink for ink in inks if max(ink[0].max(), ink[-1].max(), ink[:, 0].max(), ink[:, -1].max()) > 0.5]
    assert len(cut) <= 2


def test_no_glyph_is_a_number_or_its_lookalike():
    characters = {chr(code) for code in load_glyphs().characters}
    assert not [c for c in characters if unicodedata.numeric(c, None) is not None]
    assert not characters & set("oOlI|zZsSgqb.,°○◯ΟοОоЗз")


def test_glyphs_are_many_and_small():
    glyphs = load_glyphs()
    latin = [code for code in glyphs.characters if chr(code).isascii() and chr(code).isalpha()]
    assert len(glyphs) > 5000
    assert 0.35 < len(latin) / len(glyphs) < 0.65
    assert len(np.unique(glyphs.shapes, axis=0)) == len(glyphs)
    assert GLYPHS.stat().st_size < 2_500_000


def test_the_skeletons_are_those_of_the_shapes():
    glyphs = load_glyphs()
    shapes, skeletons = (
        np.unpackbits(packed[::50], axis=1).reshape(-1, 48, 48) for packed in (glyphs.shapes, glyphs.skeletons)
    )
    for shape, stored in zip(shapes, skeletons, strict=True):
        np.testing.assert_array_equal(skeleton(shape), stored)
