"""What candidates of pages truly are, and what classifier and verifier learn of them."""

import io

import numpy as np
import pytest
from rich.console import Console

from pipeline.data.examples import REJECT_CLASS
from pipeline.data.mnist import Split
from pipeline.data.page_examples import (
    NO_DIGIT,
    UNCERTAIN,
    classifier_examples,
    verifier_examples,
    what_they_are,
)
from pipeline.data.synthesis.glyphs import load_glyphs
from pipeline.data.synthesis.pages import WRITING, DrawnPage
from pipeline.recognition.candidates import Candidate
from pipeline.recognition.components import Component
from pipeline.recognition.evidence import COLUMNS
from pipeline.recognition.verifier import Verifier
from pipeline.training.settings import VerifierSettings
from pipeline.training.verifier import train_verifier

QUIET = Console(file=io.StringIO())


def drawn(*digits: tuple[int, int, int], writing: tuple[int, int] | None = None) -> DrawnPage:
    """A page 20 high with blocks of ink from x to x: (label, x0, x1) of digits, (x0, x1) of other writing."""
    owners = np.zeros((20, 100), np.uint8)
    for number, (_, x0, x1) in enumerate(digits, 1):
        owners[:, x0:x1] = number
    if writing:
        owners[:, writing[0] : writing[1]] = WRITING
    boxes = np.array([(x0, 0, x1, 20) for _, x0, x1 in digits], np.float32)
    return DrawnPage(np.zeros((20, 100, 3), np.uint8), owners, boxes, np.array([each[0] for each in digits], np.int8))


def candidate(x0: int, x1: int) -> Candidate:
    box = x0, 0, x1, 20
    return Candidate(np.zeros((28, 28), np.uint8), Component(box, (), 1.0, 0), box, np.ones((20, x1 - x0), bool))


@pytest.mark.parametrize(
    ("x0", "x1", "what"),
    [
        (10, 30, 7),
        (13, 30, 7),
        (8, 33, 7),
        (15, 30, 7),  # three quarters of the digit
        (18, 30, UNCERTAIN),  # six tenths of it
        (21, 30, NO_DIGIT),  # less than half
        (10, 60, NO_DIGIT),  # two digits as one
        (40, 60, 2),
        (70, 90, NO_DIGIT),  # other writing
        (50, 90, NO_DIGIT),
        (91, 100, NO_DIGIT),  # nothing is written there
    ],
)
def test_what_a_candidate_is(x0, x1, what):
    page = drawn((7, 10, 30), (2, 40, 60), writing=(70, 90))
    assert what_they_are([candidate(x0, x1)], page).tolist() == [what]


@pytest.fixture(scope="module")
def some(splits) -> Split:
    return Split(splits.train.images[:200], splits.train.labels[:200])


@pytest.fixture(scope="module")
def glyphs():
    return load_glyphs().some(10, kept=False)


def test_the_classifier_learns_digits_as_they_are_cut_out_and_wrong_cuts(some, glyphs, eye, model):
    found = classifier_examples(some, glyphs, 40, 1, REJECT_CLASS, eye, QUIET)
    assert found.images.dtype == np.uint8
    assert found.images.shape == (len(found), 28, 28)
    digits = found.labels < REJECT_CLASS
    assert 40 < digits.sum() < len(found)
    assert set(found.labels.tolist()) == {*range(10), REJECT_CLASS}
    read = model.classify(found.images[digits]).probabilities.argmax(1)
    assert np.mean(read == found.labels[digits]) > 0.85
    again = classifier_examples(some, glyphs, 40, 1, REJECT_CLASS, eye, QUIET)
    np.testing.assert_array_equal(found.images, again.images)


def test_the_verifier_learns_to_tell_one_digit_from_what_is_none(some, glyphs, eye, model):
    found = verifier_examples(some, glyphs, 60, 1, eye, model, QUIET)
    assert found.evidence.shape == (len(found.right), len(COLUMNS))
    assert np.isfinite(found.evidence).all()
    assert 0.05 < found.right.mean() < 0.6
    settings = VerifierSettings(trees=60)
    content = train_verifier(found, settings, 3)
    assert content == train_verifier(found, settings, 3)
    likely = Verifier(content).likely(found.evidence)
    assert np.mean((likely > 0.5) == found.right) > 0.93
