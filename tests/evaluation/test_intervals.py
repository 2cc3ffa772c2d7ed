"""Intervals of known counts, and bootstraps as wide as theory says."""

import math

import numpy as np
import pytest
from sklearn.metrics import precision_recall_fscore_support

from pipeline.evaluation import intervals
from pipeline.evaluation.metrics import calibration_error


def test_wilson_intervals_of_known_counts():
    assert intervals.wilson(9, 10) == pytest.approx((0.59585, 0.98212), abs=1e-5)
    assert intervals.wilson(0, 10) == pytest.approx((0, 0.27753), abs=1e-5)
    assert intervals.wilson(9964, 10_000) == pytest.approx((0.9950204, 0.9973984), abs=1e-7)
    assert intervals.wilson(0, 0) == (0, 1)


def test_macro_scores_are_those_of_scikit_learn():
    rng = np.random.default_rng(2)
    labels = rng.integers(0, 9, 300)  # no 9 at all
    read = np.where(rng.random(300) < 0.7, labels, rng.integers(0, 10, 300))
    counts = np.bincount(10 * labels + read, minlength=100).reshape(1, 10, 10)
    *expected, _ = precision_recall_fscore_support(labels, read, labels=range(10), average="macro", zero_division=0)
    assert intervals.macro_scores(counts)[:, 0] == pytest.approx(expected)


def test_the_bootstrap_is_as_wide_as_theory_says():
    """Ten classes of 100 with 90 read correctly: macro recall has a standard deviation of √(0.9·0.1/100/10)."""
    labels = np.repeat(np.arange(10), 100)
    read = np.where(np.arange(1000) % 100 < 10, (labels + 1) % 10, labels)
    found = intervals.intervals(labels, np.eye(10)[read])
    low, high = found.macro.recall
    assert (low + high) / 2 == pytest.approx(0.9, abs=0.003)
    assert high - low == pytest.approx(2 * 1.96 * math.sqrt(0.9 * 0.1 / 100 / 10), rel=0.08)
    assert found.accuracy == intervals.wilson(900, 1000)
    assert found.per_class["3"].recall == intervals.wilson(90, 100)


def test_the_interval_of_the_calibration_error():
    confidence = np.full(1500, 0.9)
    correct = np.arange(1500) % 2 == 0
    low, high = intervals.calibration_interval(correct, confidence)
    assert (low + high) / 2 == pytest.approx(0.4, abs=0.005)
    assert high - low == pytest.approx(2 * 1.96 * 0.5 / math.sqrt(1500), rel=0.08)
    assert intervals.calibration_interval(correct | True, confidence) == pytest.approx((0.1, 0.1))
    assert intervals.calibration_interval(correct[:14], confidence[:14]) == (0, 1)


def test_reliability_bins_hold_as_many_answers_each():
    confidence = np.linspace(0.5, 1, 1000)
    correct = confidence > 0.6
    found = intervals.reliability(correct, confidence)
    assert [each.count for each in found.bins] == [40] * 25
    assert [each.correct for each in found.bins] == [0.0] * 5 + [1.0] * 20
    assert found.bins[0].confidence == pytest.approx(confidence[:40].mean())
    assert found.bins[-1].interval == intervals.wilson(40, 40)
    assert found.error == calibration_error(correct, confidence)
