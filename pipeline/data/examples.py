"""What the network learns from and is chosen on: MNIST, its digits rendered and in other styles, and non-digits."""

import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import cv2
import numpy as np
from rich.console import Console
from rich.progress import track

from pipeline.data.mnist import Images, Split
from pipeline.data.synthesis.glyphs import Glyphs, load_glyphs
from pipeline.data.synthesis.nondigits import nondigits
from pipeline.data.synthesis.rendering import render_photo
from pipeline.data.synthesis.styles import draw_styles
from pipeline.recognition.decode import Picture
from pipeline.recognition.eye import Eye
from pipeline.recognition.fit import SIDE
from pipeline.recognition.segment import segment

REJECT_CLASS = 10  # the label of what is no digit
LEAST_LIKENESS = 0.55  # correlation; a rendered digit less like its original was not found on its page
VALIDATION_GLYPH_EVERY = 10  # one in ten glyphs is never trained on
VALIDATION_SEED = 20260102
VALIDATION_NONDIGITS = 0.6  # for each digit
RENDERED_FOR_THRESHOLDS = 0.4  # rendered digits for each plain one to choose thresholds on


@dataclass(frozen=True)
class ExampleMix:
    """How many examples are made for each digit of MNIST; 107,000 in all from 55,000 (docs/experiments.md)."""

    rendered: float = 0.36  # as photographs, scans and drawings; about 20 ms each on one core
    styles: float = 0.145  # in other handwriting styles
    nondigits: float = 0.6  # for the reject class


def training_set(digits: Split, mix: ExampleMix, seed: int, eye: Eye, console: Console) -> Split:
    """MNIST's training digits and all that is made from them; labels 0-10. Same seed and eye, same examples."""
    return _with_synthetic(digits, mix, seed, load_glyphs().some(VALIDATION_GLYPH_EVERY, kept=False), eye, console)


def validation_set(digits: Split) -> Split:
    """MNIST's validation digits and non-digits of glyphs that training never sees; the same for ever."""
    glyphs = load_glyphs().some(VALIDATION_GLYPH_EVERY, kept=True)
    none = nondigits(
        round(VALIDATION_NONDIGITS * len(digits)), np.random.default_rng(VALIDATION_SEED), digits.images, glyphs
    )
    labels = np.concatenate([digits.labels, np.full(len(none), REJECT_CLASS, np.uint8)])
    return Split(np.concatenate([digits.images, none]), labels)


def threshold_digits(digits: Split, mix: ExampleMix, eye: Eye, console: Console) -> Split:
    """Digits to choose the thresholds of answers on: the given ones plain, and some of them rendered."""
    sent = rendered(digits, RENDERED_FOR_THRESHOLDS if mix.rendered else 0, VALIDATION_SEED, eye, console)
    return Split(np.concatenate([digits.images, sent.images]), np.concatenate([digits.labels, sent.labels]))


def _with_synthetic(digits: Split, mix: ExampleMix, seed: int, glyphs: Glyphs, eye: Eye, console: Console) -> Split:
    rng = np.random.default_rng(seed)
    none = nondigits(round(mix.nondigits * len(digits)), rng, digits.images, glyphs)
    styles = [draw_styles(round(mix.styles * len(digits)), rng)] if mix.styles else []
    sent = rendered(digits, mix.rendered, seed, eye, console)
    images = [digits.images, none, *(images for images, _ in styles), sent.images]
    labels = [digits.labels, np.full(len(none), REJECT_CLASS, np.uint8), *(labels for _, labels in styles), sent.labels]
    return Split(np.concatenate(images), np.concatenate(labels))


def rendered(digits: Split, fraction: float, seed: int, eye: Eye, console: Console) -> Split:
    """A random fraction of the digits drawn, scanned or photographed, and what `seen` finds on those pictures.

    Pictures on which it does not find the digit are left out.
    """
    rows = np.random.default_rng((seed, 1)).permutation(len(digits))[: round(fraction * len(digits))]

    def send(row: int) -> Images | None:
        return seen(render_photo(digits.images[row], np.random.default_rng((seed, 2, row))), eye)

    with ThreadPoolExecutor(os.cpu_count()) as pool:
        found = list(track(pool.map(send, rows), "rendering digits", total=len(rows), console=console, transient=True))
    good = [i for i, image in enumerate(found) if image is not None and _alike(image, digits.images[rows[i]])]
    images = [found[i] for i in good]
    return Split(np.array(images, np.uint8).reshape(-1, SIDE, SIDE), digits.labels[rows[good]])


def seen(picture: Images, eye: Eye) -> Images | None:
    """The (28, 28) uint8 digit that the network sees of (h, w, 3) uint8 RGB when it serves; None where none is."""
    found = segment(Picture(picture, picture.shape[1], picture.shape[0]), eye)
    digits = [found.candidates[digit[0]] for line in found.lines for digit in line]
    return max(digits, key=lambda digit: digit.eye).image if digits else None


def _alike(one: Images, other: Images) -> bool:
    blurred = np.stack([cv2.GaussianBlur(image.astype(np.float32), (0, 0), 1.5).ravel() for image in (one, other)])
    return bool(np.asarray(np.corrcoef(blurred))[0, 1] >= LEAST_LIKENESS)
