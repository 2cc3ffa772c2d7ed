"""The eleventh class: pictures framed like digits, the same for the same seed, and none made of a digit."""

import unicodedata

import numpy as np
import pytest

from pipeline.data.synthesis import scribbles
from pipeline.data.synthesis.nondigits import GLYPHS, SHARES, load_glyphs, nondigits, number, words, written
from pipeline.recognition.fit import fit


@pytest.fixture(scope="module")
def digits(splits):
    return splits.train.images[:2000]


@pytest.fixture(scope="module")
def pictures(digits):
    return nondigits(1000, np.random.default_rng(7), digits)


def test_they_are_pictures_like_mnist(pictures):
    assert pictures.shape == (1000, 28, 28)
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
    again = nondigits(1000, np.random.default_rng(7), digits)
    assert again.tobytes() == pictures.tobytes()
    assert nondigits(1000, np.random.default_rng(8), digits).tobytes() != pictures.tobytes()


def test_hardly_two_are_the_same(pictures):
    assert len({picture.tobytes() for picture in pictures}) >= 990


def test_shares_are_shares():
    assert sum(SHARES.values()) == pytest.approx(1)


def test_any_number_can_be_asked_for(digits):
    assert nondigits(0, np.random.default_rng(0), digits).shape == (0, 28, 28)
    assert nondigits(1, np.random.default_rng(0), digits).shape == (1, 28, 28)


def test_pens_are_as_wide_as_those_of_mnist(pictures, digits):
    ink, mnist = (np.mean(p.sum((1, 2)) / 255) for p in (pictures, digits))
    assert 0.7 < ink / mnist < 1.5


@pytest.mark.parametrize("draw", scribbles.DRAWINGS + scribbles.STAINS, ids=lambda draw: draw.__name__)
def test_each_kind_of_scribble_can_be_fitted(draw, monkeypatch):
    rng = np.random.default_rng(3)
    if draw in scribbles.DRAWINGS:
        monkeypatch.setattr(scribbles, "DRAWINGS", [draw])
        monkeypatch.setattr(scribbles, "CHANCES", [1])
    else:
        monkeypatch.setattr(scribbles, "STAINS", [draw])
    make = scribbles.scribble if draw not in scribbles.STAINS else scribbles.stain
    fitted = np.stack([fit(make(rng)) for _ in range(20)])
    assert len(np.unique(fitted, axis=0)) == 20


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
