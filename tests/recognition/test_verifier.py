"""The verifier: what its graph says is what its trees learned, and other evidence than it knows is refused."""

import numpy as np
import onnx
import pytest
from onnx import helper

from pipeline.data.page_examples import VerifierExamples
from pipeline.errors import ModelError
from pipeline.recognition.evidence import COLUMNS
from pipeline.recognition.verifier import METADATA, Verifier
from pipeline.registry import store
from pipeline.training import verifier as training
from pipeline.training.settings import VerifierSettings

FEW = VerifierSettings(trees=60, leaves=6)
FIRST, SECOND = 0, 5


@pytest.fixture(scope="module")
def examples() -> VerifierExamples:
    """What is right where the first of two columns is higher."""
    evidence = np.random.default_rng(1).normal(size=(2000, len(COLUMNS))).astype(np.float32)
    return VerifierExamples(evidence, evidence[:, FIRST] > evidence[:, SECOND])


@pytest.fixture(scope="module")
def graph(examples) -> bytes:
    return training.train_verifier(examples, FEW, 1)


def test_it_learns_what_is_right(examples, graph):
    likely = Verifier(graph).likely(examples.evidence)
    assert likely.shape == (2000,)
    assert likely.dtype == np.float32
    assert 0 < likely.min() < 0.1 < 0.9 < likely.max() < 1
    assert np.mean((likely > 0.5) == examples.right) > 0.93


def test_no_candidates_have_no_probabilities(graph):
    assert Verifier(graph).likely(np.zeros((0, len(COLUMNS)), np.float32)).shape == (0,)


def test_each_row_is_judged_by_itself(examples, graph):
    some = examples.evidence[:7]
    together = Verifier(graph).likely(some)
    assert together.tolist() == [float(Verifier(graph).likely(row[None])[0]) for row in some]


def test_the_same_examples_and_seed_give_the_same_file(examples, graph):
    assert training.train_verifier(examples, FEW, 1) == graph


def test_what_lies_on_a_threshold_stays_on_its_side():
    """Thresholds are float64, evidence is float32: a threshold between two of these must not become the upper one."""
    low, high = np.float32(0.1), np.nextafter(np.float32(0.1), np.float32(1))
    between = np.array([(float(low) + float(high)) / 2, float(low), np.inf])
    rounded = training._rounded_down(between)
    assert rounded[:2].tolist() == [low, low]
    assert np.isfinite(rounded[2])


def test_evidence_of_another_version_is_refused(graph):
    model = onnx.load_from_string(graph)
    del model.metadata_props[:]
    helper.set_model_props(model, {METADATA: "confidence"})
    with pytest.raises(ModelError, match="of other evidence than this code measures"):
        Verifier(model.SerializeToString())


def test_a_graph_that_answers_other_than_its_trees_is_not_kept(examples, monkeypatch):
    monkeypatch.setattr(training, "_rounded_down", lambda thresholds: np.zeros(len(thresholds), np.float32))
    with pytest.raises(ModelError, match="answers other than its trees"):
        training.train_verifier(examples, FEW, 1)


def test_the_one_that_ships_tells_digits_from_what_is_none(stored, recogniser):
    """By the classifier and the eye together: more than either says alone."""
    assert (stored.folder / store.VERIFIER).read_bytes() == store.shipped_file(store.VERIFIER)
    sure, nothing = np.zeros((2, 1, len(COLUMNS)), np.float32)
    for row, odds in ((sure, 6.9), (nothing, -6.9)):
        for name in ("confidence", "p_digit", "like_digit"):
            row[0, COLUMNS.index(name)] = odds
    assert recogniser.verifier.likely(nothing)[0] < 0.05
    assert recogniser.verifier.likely(sure)[0] > recogniser.verifier.likely(nothing)[0]
