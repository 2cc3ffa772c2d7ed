"""What becomes of pictures of test digits under a condition, picture by picture, so that models can be paired.

Each picture draws its random numbers from a seed of its own, so that an outcome depends on nothing but its condition.
"""

import zlib
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from pipeline.answer import Answer
from pipeline.data.mnist import Split
from pipeline.evaluation import conditions

SEED = 1

Track = Callable[[Collection], Iterable]  # shows the progress through what it is given


class Reader(Protocol):
    """What answers pictures, such as recognition's Recogniser."""

    def recognise(self, picture: bytes) -> Answer:
        """The answer for one encoded picture."""
        ...


@dataclass(frozen=True)
class Outcomes:
    """What became of n pictures of a condition, (n,) each.

    `correct`: the digit is named correctly, whatever the status; `named`: any digit is named; `answered`: with status
    "digit"; `confidence`: 0-1, 0 where no digit is named.
    """

    condition: str
    severity: int
    correct: NDArray[np.bool_]
    named: NDArray[np.bool_]
    answered: NDArray[np.bool_]
    confidence: NDArray[np.float64]


def read_conditions(readers: Sequence[Reader], test: Split, count: int, track: Track = iter) -> list[list[Outcomes]]:
    """For each reader how `count` test digits are read in every condition and severity, CLEAN first."""
    digits = sample(test, count)
    rows = [read_condition(readers, digits, *each) for each in track(conditions.severities())]
    return [list(column) for column in zip(*rows, strict=True)]


def read_condition(readers: Sequence[Reader], digits: Split, name: str, severity: int) -> list[Outcomes]:
    """For each reader how the digits are read under one condition."""
    files = pictures(name, severity, digits)  # drawn once for all: drawing takes half as long as reading
    answers = [[reader.recognise(file) for reader in readers] for file in files]
    return [outcomes(name, severity, each, digits.labels) for each in zip(*answers, strict=True)]


def outcomes(name: str, severity: int, answers: Sequence[Answer], labels: NDArray[np.uint8]) -> Outcomes:
    """What n answers come to for digits of (n,) labels 0-9."""
    read = np.array([-1 if answer.digit is None else answer.digit for answer in answers])
    answered = np.array([answer.status == "digit" for answer in answers])
    confidence = np.array([answer.confidence for answer in answers])
    return Outcomes(name, severity, read == labels, read >= 0, answered, confidence)


def sample(split: Split, count: int) -> Split:
    """About `count` digits, as many of each label, always the same ones."""
    rng = np.random.default_rng(SEED)
    rows = [
        rng.permutation(np.flatnonzero(split.labels == label))[: count // 10 + (label < count % 10)]
        for label in range(10)
    ]
    chosen = np.sort(np.concatenate(rows))
    return Split(split.images[chosen], split.labels[chosen])


def pictures(name: str, severity: int, digits: Split) -> Iterator[bytes]:
    """The files of a condition, one for each digit."""
    for index, digit in enumerate(digits.images):
        yield conditions.picture(name, severity, digit, rng_of(name, severity, index))


def rng_of(name: str, severity: int, index: int) -> np.random.Generator:
    """The random numbers of one picture."""
    return np.random.default_rng((SEED, zlib.crc32(name.encode()), severity, index))
