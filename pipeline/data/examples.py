"""What the network learns from and is chosen on: MNIST, its digits rendered and in other styles, and non-digits."""

import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import cv2
import numpy as np
from rich.console import Console
from rich.progress import track

from pipeline.data.mnist import Images, Split
from pipeline.data.page_examples import classifier_examples
from pipeline.data.synthesis.alterations import altered
from pipeline.data.synthesis.glyphs import Glyphs, load_glyphs
from pipeline.data.synthesis.nondigits import nondigits
from pipeline.data.synthesis.rendering import render_photo
from pipeline.data.synthesis.styles import draw_styles
from pipeline.recognition.decode import Picture
from pipeline.recognition.eye import Eye
from pipeline.recognition.fit import SIDE
from pipeline.recognition.segment import find_page, main_character

REJECT_CLASS = 10  # the label of what is no digit
LEAST_LIKENESS = 0.55  # correlation; a rendered digit less like its original was not found on its page
VALIDATION_GLYPH_EVERY = 10  # one in ten glyphs is never trained on
VALIDATION_SEED = 20260102
RENDERED_FOR_THRESHOLDS = 0.4  # rendered digits for each plain one to choose thresholds on


@dataclass(frozen=True)
class ExampleMix:
    """How many examples are made for each digit of MNIST; 107,000 in all from 55,000 (docs/experiments.md)."""

    rendered: float = 0.36  # as photographs, scans and drawings; about 20 ms each on one core
    styles: float = 0.145  # in other handwriting styles
    altered: float = 0.04  # with a slash, a flag, a foot or a bar added
    nondigits: float = 0.6  # for the reject class
    pages: float = 0.06  # whole pages, whose candidates are cut out as when it serves: about 6 each


VALIDATION = ExampleMix(rendered=0, styles=0, altered=0, pages=0)


def training_set(digits: Split, mix: ExampleMix, seed: int, console: Console, eye: Eye | None = None) -> Split:
    """MNIST's training digits and all that is made from them; labels 0-10. Same seed, same examples.

    `eye` finds digits on pages, where the mix has any.
    """
    glyphs = load_glyphs().some(VALIDATION_GLYPH_EVERY, kept=False)
    made = _with_synthetic(digits, mix, seed, glyphs, console)
    if eye is None or not mix.pages:
        return made
    cut = classifier_examples(digits, glyphs, round(mix.pages * len(digits)), seed, REJECT_CLASS, eye, console)
    return Split(np.concatenate([made.images, cut.images]), np.concatenate([made.labels, cut.labels]))


def validation_set(digits: Split, console: Console, mix: ExampleMix = VALIDATION) -> Split:
    """MNIST's validation digits and non-digits of glyphs that training never sees; the same for ever."""
    return _with_synthetic(digits, mix, VALIDATION_SEED, load_glyphs().some(VALIDATION_GLYPH_EVERY, kept=True), console)


def threshold_digits(digits: Split, mix: ExampleMix, console: Console) -> Split:
    """Digits to choose the thresholds of answers on: the given ones plain, and some of them rendered."""
    sent = rendered(digits, RENDERED_FOR_THRESHOLDS if mix.rendered else 0, VALIDATION_SEED, console)
    return Split(np.concatenate([digits.images, sent.images]), np.concatenate([digits.labels, sent.labels]))


def _with_synthetic(digits: Split, mix: ExampleMix, seed: int, glyphs: Glyphs, console: Console) -> Split:
    rng = np.random.default_rng(seed)
    none = nondigits(round(mix.nondigits * len(digits)), rng, digits.images, glyphs)
    styles = [draw_styles(round(mix.styles * len(digits)), rng)] if mix.styles else []
    added = altered(digits, round(mix.altered * len(digits)), rng)
    sent = rendered(digits, mix.rendered, seed, console)
    images = [digits.images, none, *(images for images, _ in styles), added.images, sent.images]
    reject = np.full(len(none), REJECT_CLASS, np.uint8)
    labels = [digits.labels, reject, *(labels for _, labels in styles), added.labels, sent.labels]
    return Split(np.concatenate(images), np.concatenate(labels))


def rendered(digits: Split, fraction: float, seed: int, console: Console) -> Split:
    """A random fraction of the digits drawn, scanned or photographed, and what `seen` finds on those pictures.

    Pictures on which it does not find the digit are left out.
    """
    rows = np.random.default_rng((seed, 1)).permutation(len(digits))[: round(fraction * len(digits))]

    def send(row: int) -> Images | None:
        return seen(render_photo(digits.images[row], np.random.default_rng((seed, 2, row))))

    with ThreadPoolExecutor(os.cpu_count()) as pool:
        found = list(track(pool.map(send, rows), "rendering digits", total=len(rows), console=console, transient=True))
    good = [i for i, image in enumerate(found) if image is not None and _alike(image, digits.images[rows[i]])]
    images = [found[i] for i in good]
    return Split(np.array(images, np.uint8).reshape(-1, SIDE, SIDE), digits.labels[rows[good]])


def seen(picture: Images) -> Images | None:
    """The (28, 28) uint8 digit that the network sees of (h, w, 3) uint8 RGB when it serves; None of a blank page."""
    found = main_character(find_page(Picture(picture, picture.shape[1], picture.shape[0])))
    return None if found is None else found[0].image


def _alike(one: Images, other: Images) -> bool:
    blurred = np.stack([cv2.GaussianBlur(image.astype(np.float32), (0, 0), 1.5).ravel() for image in (one, other)])
    return bool(np.asarray(np.corrcoef(blurred))[0, 1] >= LEAST_LIKENESS)
