"""What classifier and verifier learn from pages: candidates as they are found there, and what each of them truly is."""

import os
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple, TypeVar

import numpy as np
from numpy.typing import NDArray
from rich.console import Console
from rich.progress import track

from pipeline.data.mnist import Images, Split
from pipeline.data.synthesis.glyphs import Glyphs
from pipeline.data.synthesis.pages import WRITING, DrawnPage, make_bank, random_page
from pipeline.recognition.candidates import Candidate, Classified, Source
from pipeline.recognition.decode import Picture
from pipeline.recognition.evidence import COLUMNS
from pipeline.recognition.eye import Eye
from pipeline.recognition.eye_reading import look
from pipeline.recognition.fit import SIDE
from pipeline.recognition.model import Model
from pipeline.recognition.proposals import propose
from pipeline.recognition.segment import Page, candidates, find_page, find_pages

DIGITS, STYLES, LETTERS = 6000, 3000, 1500  # of which the pages are written, at most; 25 kB of memory each
# Of a candidate's ink and of a digit's. Between the two it is not certain what the candidate is: it teaches nothing.
ONE = 0.75, 0.7  # so much of its ink is that digit's at least, and so much of that digit's ink is in it
NOT_ONE = 0.6, 0.5  # one of the two is less than this
WRITTEN, UNWRITTEN = 0.5, 0.35  # of its ink that is writing at all: more; less, which is a frame, a line or dirt
# The same for the verifier: a cut that is not exact can be read all the same, if it does not swallow so much of another
# digit. With what the classifier learns from, 75 % of touching digits were read, with this 83 (docs/experiments.md).
READ, READ_WRITTEN, SWALLOWED = (0.6, 0.55), 0.4, 0.6
NO_DIGIT, UNCERTAIN = -1, -2  # what a candidate is, where it is not one of the digits 0-9
LEAST_DIGIT = 12  # pixels of its longer side; a smaller digit may be unreadable
THOUGHT_OF = 0.2  # probability of the right digit: with less, no answer with that candidate helps
LETTERS_ALONE = 0.9  # of its ink: what is only other writing may be an o or an l
NARROW = 0.4  # of its height: a piece of a digit that is no wider looks like a 1, which its neighbours tell from one

T = TypeVar("T")


class VerifierExamples(NamedTuple):
    """(n, columns) float32 evidence, (n,) bool whether it is of exactly one digit that can be read as that."""

    evidence: NDArray[np.float32]
    right: NDArray[np.bool_]


def verifier_examples(
    digits: Split, glyphs: Glyphs, pages: int, seed: int, eye: Eye, model: Model, console: Console
) -> VerifierExamples:
    """All candidates of so many random pages of these digits and glyphs. Same seed, same examples."""

    def of(page: DrawnPage) -> VerifierExamples:
        picture = _picture(page)
        return _joined(seen_as(picture, found, page) for found in find_pages(picture))

    def seen_as(picture: Picture, found: Page, page: DrawnPage) -> VerifierExamples:
        classified, evidence, _ = propose(picture, found, eye, model)
        return VerifierExamples(evidence, can_be_read(classified, page))

    return _joined(_of_pages(of, digits, glyphs, pages, seed, console))


def _joined(examples: Iterable[VerifierExamples]) -> VerifierExamples:
    nothing = VerifierExamples(np.zeros((0, len(COLUMNS)), np.float32), np.zeros(0, np.bool_))
    evidence, right = zip(nothing, *examples, strict=True)
    return VerifierExamples(np.concatenate(evidence), np.concatenate(right))


def can_be_read(classified: Sequence[Classified], page: DrawnPage) -> NDArray[np.bool_]:
    """(n,) whether each is so much of one digit, and of no other, that it may be read as that one."""
    ink = _ink(page)
    return np.array([_can_be_read(each, _owners(each.candidate, page), ink, page.labels) for each in classified], bool)


def _can_be_read(each: Classified, own: NDArray[np.int64], ink: NDArray[np.int64], labels: NDArray[np.int8]) -> bool:
    written = int(own[1:].sum())
    whole = own[1:WRITING] / np.maximum(1, ink[1:WRITING])
    digit, *others = np.argsort(-own[1:WRITING], kind="stable").tolist()
    if not own[digit + 1] or written < READ_WRITTEN * own.sum() or whole[others].max() >= SWALLOWED:
        return False
    if own[digit + 1] < READ[0] * written or whole[digit] < READ[1]:
        return False
    return float(each.probabilities[labels[digit]]) * each.p_digit >= THOUGHT_OF


def classifier_examples(
    digits: Split, glyphs: Glyphs, pages: int, seed: int, reject: int, eye: Eye, console: Console
) -> Split:
    """Digits as they are cut out of so many random pages, each once, and about half as many wrong cuts, as `reject`."""

    def of(page: DrawnPage) -> list[tuple[Images, int]]:
        picture = _picture(page)
        found = find_page(picture)
        every = [*candidates(found), *look(picture, found.ink, eye).candidates]
        truth = what_they_are(every, page)
        rng = np.random.default_rng(int(page.owners.sum()))
        order = rng.permutation(len(every))
        of_digit: dict[int, int] = {}
        for k in order.tolist():
            if truth[k] >= 0 and every[k].component.size >= LEAST_DIGIT:
                of_digit.setdefault(_whose(every[k], page), k)
        wrong = [k for k in order.tolist() if truth[k] == NO_DIGIT and _teaches(every[k], page)]
        kept = [*of_digit.values(), *wrong[: (len(of_digit) + 1) // 2]]
        return [(every[k].image, reject if truth[k] < 0 else int(truth[k])) for k in kept]

    found = [each for page in _of_pages(of, digits, glyphs, pages, seed, console) for each in page]
    images = np.array([image for image, _ in found], np.uint8).reshape(-1, SIDE, SIDE)
    return Split(images, np.array([label for _, label in found], np.uint8))


def what_they_are(every: Sequence[Candidate], page: DrawnPage) -> NDArray[np.int8]:
    """(n,) which digit each candidate is, as it was drawn: 0-9, NO_DIGIT, or UNCERTAIN."""
    ink = _ink(page)
    return np.array([_what(_owners(each, page), ink, page.labels) for each in every], np.int8)


def _what(own: NDArray[np.int64], ink: NDArray[np.int64], labels: NDArray[np.int8]) -> int:
    """`own`: how much ink of each owner a candidate has; `ink`: how much each has on the page."""
    written, all_of_it = int(own[1:].sum()), max(1, int(own.sum()))
    digit = int(own[1:WRITING].argmax()) + 1
    its, whole = own[digit] / max(1, written), own[digit] / max(1, ink[digit])
    if written >= WRITTEN * all_of_it and its >= ONE[0] and whole >= ONE[1]:
        return int(labels[digit - 1])
    if written < UNWRITTEN * all_of_it or its < NOT_ONE[0] or whole < NOT_ONE[1]:
        return NO_DIGIT
    return UNCERTAIN


def _ink(page: DrawnPage) -> NDArray[np.int64]:
    """(WRITING + 1,) how much ink each owner has on the page."""
    return np.bincount(page.owners.ravel(), minlength=WRITING + 1)


def _owners(each: Candidate, page: DrawnPage) -> NDArray[np.int64]:
    x0, y0, x1, y1 = each.component.box
    return np.bincount(page.owners[y0:y1, x0:x1][each.own], minlength=WRITING + 1)


def _whose(each: Candidate, page: DrawnPage) -> int:
    return int(_owners(each, page)[1:WRITING].argmax())


def _teaches(each: Candidate, page: DrawnPage) -> bool:
    """Whether a wrong cut looks wrong by itself: not a speck, a stroke that may be a 1, or an o that may be a 0."""
    component = each.component
    letters = float(_owners(each, page)[WRITING]) > LETTERS_ALONE * max(1, each.amount)
    narrow = component.width <= NARROW * component.height
    return component.size >= LEAST_DIGIT and not (narrow or letters or each.source is Source.EYE)


def _picture(page: DrawnPage) -> Picture:
    height, width = page.pixels.shape[:2]
    return Picture(page.pixels, width, height)


def _of_pages(
    of: Callable[[DrawnPage], T], digits: Split, glyphs: Glyphs, pages: int, seed: int, console: Console
) -> list[T]:
    """`of` each of so many random pages, written with some of the digits and glyphs, and in other styles."""
    rng = np.random.default_rng((seed, 5))
    rows = rng.permutation(len(digits))[:DIGITS]
    share = min(1.0, len(rows) / DIGITS)
    some = Split(digits.images[rows], digits.labels[rows])
    letters = min(len(glyphs), max(1, round(share * LETTERS)))
    bank = make_bank(some, max(1, round(share * STYLES)), letters, glyphs, rng)

    def page(number: int) -> T:
        return of(random_page(bank, np.random.default_rng((seed, 6, number))))

    with ThreadPoolExecutor(os.cpu_count()) as pool:
        return list(track(pool.map(page, range(pages)), "reading pages", total=pages, console=console, transient=True))
