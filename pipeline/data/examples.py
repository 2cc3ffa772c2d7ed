"""What the network learns from and is chosen on: MNIST, its digits as people send them, other forms, and no digits."""

import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import cv2
import numpy as np
from rich.console import Console
from rich.progress import track

from pipeline.data.mnist import Split
from pipeline.data.synthesis import nondigits
from pipeline.data.synthesis.rendering import render_photo
from pipeline.data.synthesis.styles import variants
from pipeline.recognition import layout
from pipeline.recognition.decode import Picture
from pipeline.recognition.fit import SIDE
from pipeline.recognition.segment import page_of

REJECT_CLASS = 10  # the label of what is none
LEAST_LIKENESS = 0.55  # correlation; a rendered digit less like its original was not found on its page
VALIDATION_GLYPHS = 10  # one in ten glyphs is never trained on
VALIDATION_SEED = 20260102


@dataclass(frozen=True)
class ExampleMix:
    """How many examples are made, for each digit of MNIST."""

    rendered: float = 0.36  # about 20 ms each on one core
    styles: float = 0.145
    nondigits: float = 0.6


VALIDATION = ExampleMix(rendered=0, styles=0)
JUDGED = 0.4  # rendered digits for each plain one to choose thresholds on


def training_set(digits: Split, mix: ExampleMix, seed: int, console: Console) -> Split:
    """MNIST's training digits and all that is made from them; labels 0-10. Same seed, same examples."""
    return _with_made(digits, mix, seed, nondigits.load_glyphs().some(VALIDATION_GLYPHS, kept=False), console)


def validation_set(digits: Split, console: Console, mix: ExampleMix = VALIDATION) -> Split:
    """MNIST's validation digits and non-digits of glyphs that training never sees; the same for ever."""
    glyphs = nondigits.load_glyphs().some(VALIDATION_GLYPHS, kept=True)
    return _with_made(digits, mix, VALIDATION_SEED, glyphs, console)


def threshold_digits(digits: Split, mix: ExampleMix, console: Console) -> Split:
    """Digits to choose the thresholds of answers on: the given ones plain, and some of them as people send them."""
    seen = rendered(digits, JUDGED if mix.rendered else 0, VALIDATION_SEED, console)
    return Split(np.concatenate([digits.images, seen.images]), np.concatenate([digits.labels, seen.labels]))


def _with_made(digits: Split, mix: ExampleMix, seed: int, glyphs: nondigits.Glyphs, console: Console) -> Split:
    rng = np.random.default_rng(seed)
    none = nondigits.nondigits(round(mix.nondigits * len(digits)), rng, digits.images, glyphs)
    other = [variants(round(mix.styles * len(digits)), rng)] if mix.styles else []
    seen = rendered(digits, mix.rendered, seed, console)
    images = [digits.images, none, *(images for images, _ in other), seen.images]
    labels = [digits.labels, np.full(len(none), REJECT_CLASS, np.uint8), *(labels for _, labels in other), seen.labels]
    return Split(np.concatenate(images), np.concatenate(labels))


def rendered(digits: Split, share: float, seed: int, console: Console) -> Split:
    """A random share of digits drawn, scanned or photographed, as `preprocess` sees them; those that it finds."""
    rows = np.random.default_rng((seed, 1)).permutation(len(digits))[: round(share * len(digits))]

    def see(row: int) -> np.ndarray | None:
        picture = render_photo(digits.images[row], np.random.default_rng((seed, 2, row)))
        page = page_of(Picture(picture, picture.shape[1], picture.shape[0]))
        return None if page.marks is None else page.digit(layout.broken_character(page.marks.marks))

    with ThreadPoolExecutor(os.cpu_count()) as pool:
        seen = list(track(pool.map(see, rows), "rendering digits", total=len(rows), console=console, transient=True))
    good = [i for i, image in enumerate(seen) if image is not None and _alike(image, digits.images[rows[i]])]
    images = [seen[i] for i in good]
    return Split(np.array(images, np.uint8).reshape(-1, SIDE, SIDE), digits.labels[rows[good]])


def _alike(one: np.ndarray, other: np.ndarray) -> bool:
    blurred = np.stack([cv2.GaussianBlur(image.astype(np.float32), (0, 0), 1.5).ravel() for image in (one, other)])
    return bool(np.asarray(np.corrcoef(blurred))[0, 1] >= LEAST_LIKENESS)
