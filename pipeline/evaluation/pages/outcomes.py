"""What becomes of pages, page by page, so that models can be paired."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from pipeline.answer import Number
from pipeline.data.mnist import Split
from pipeline.evaluation.outcomes import Reader, Track, sample
from pipeline.evaluation.pages.kinds import KINDS, Page, page

DIGITS_PER_PAGE = 2  # of those that conditions are measured with, for each page of a kind


class PageReader(Reader, Protocol):
    """What answers pictures of a digit and of a number, such as recognition's Recogniser."""

    def read(self, picture: bytes) -> Number:
        """The digits in one encoded picture."""
        ...


@dataclass(frozen=True)
class PageRead:
    """The digits that were read on a page as text, and whether there are some and all of them have status "digit"."""

    text: str
    sure: bool


@dataclass(frozen=True)
class PageOutcomes:
    """What became of n pages of a kind, (n,) each.

    `correct`: all digits and nothing else were read, whatever their status; `sure`: as in PageRead.
    """

    condition: str
    correct: NDArray[np.bool_]
    sure: NDArray[np.bool_]


def read_pages(readers: Sequence[PageReader], test: Split, count: int, track: Track = iter) -> list[list[PageOutcomes]]:
    """For each reader how pages of every kind are read: one for DIGITS_PER_PAGE of `count` test digits, with these."""
    digits, pages = sample(test, count), max(1, count // DIGITS_PER_PAGE)
    rows = [read_kind(readers, digits, name, pages) for name in track(list(KINDS))]
    return [list(column) for column in zip(*rows, strict=True)]


def read_kind(readers: Sequence[PageReader], digits: Split, name: str, count: int) -> list[PageOutcomes]:
    """For each reader how `count` pages of a kind are read."""
    pages = [page(name, index, digits) for index in range(count)]
    return [page_outcomes(name, pages, [read(reader, each) for each in pages]) for reader in readers]


def read(reader: PageReader, each: Page) -> PageRead:
    """What the reader makes of a page at the endpoint that it is meant for."""
    if each.endpoint == "/predict":
        answer = reader.recognise(each.file)
        return PageRead("" if answer.digit is None else str(answer.digit), answer.status == "digit")
    number = reader.read(each.file)
    return PageRead(number.text, bool(number.digits) and all(digit.status == "digit" for digit in number.digits))


def page_outcomes(name: str, pages: Sequence[Page], found: Sequence[PageRead]) -> PageOutcomes:
    """What was found on pages of a kind, beside what stands on them."""
    correct = [got.text == each.expected for each, got in zip(pages, found, strict=True)]
    return PageOutcomes(name, np.array(correct), np.array([got.sure for got in found]))
