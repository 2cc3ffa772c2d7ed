"""The verifier: its file is what training writes, its answers are probabilities, other evidence is refused."""

import json

import numpy as np
import pytest

from pipeline.errors import ModelError
from pipeline.recognition.evidence import COLUMNS
from pipeline.recognition.verifier import Verifier
from pipeline.registry import store


def written(**changed) -> bytes:
    """A verifier of one unit that says the first column's standardised value, within ±1, times 4."""
    n = len(COLUMNS)
    one = {
        "columns": COLUMNS, "mean": [2.0] + [0.0] * (n - 1), "scale": [0.5] + [1.0] * (n - 1),
        "weights": [[[1.0]] + [[0.0]] * (n - 1), [[4.0]]], "biases": [[0.0], [0.0]],
    }  # fmt: skip
    return json.dumps(one | changed).encode()


def rows(*first: float) -> np.ndarray:
    return np.array([[each] + [0.0] * (len(COLUMNS) - 1) for each in first], np.float32)


def test_what_it_says():
    found = Verifier(written()).likely(rows(2, 3, 1))
    assert found == pytest.approx(1 / (1 + np.exp(-4 * np.tanh([0, 2, -2]))))
    assert Verifier(written()).likely(rows()[:0].reshape(0, len(COLUMNS))).shape == (0,)


def test_evidence_of_another_version_is_refused():
    with pytest.raises(ModelError, match="of other evidence than this code measures"):
        Verifier(written(columns=["confidence"]))


def test_the_one_that_ships_tells_digits_from_what_is_none(stored, recogniser):
    """By the classifier and the eye together: more than either says alone."""
    assert (stored.folder / store.VERIFIER).read_bytes() == store.shipped_file(store.VERIFIER)
    sure, nothing = np.zeros((2, 1, len(COLUMNS)), np.float32)
    for row, odds in ((sure, 6.9), (nothing, -6.9)):
        for name in ("confidence", "p_digit", "like_digit"):
            row[0, COLUMNS.index(name)] = odds
    assert recogniser.verifier.likely(nothing)[0] < 0.05
    assert recogniser.verifier.likely(sure)[0] > recogniser.verifier.likely(nothing)[0]
