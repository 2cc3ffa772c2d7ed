"""The conditions and corruptions that models are evaluated under: seeded, and each of its own kind."""

import io

import cv2
import numpy as np
from PIL import Image

from pipeline.evaluation import conditions, corruptions

# What is drawn the same for every seed, or in two ways at most.
WITHOUT_CHANCE = "clean", "small", "thin pen", "thick pen", "low resolution", "blur", "canvas of 480, 1000, 64 px"
FEW_WAYS = "transparent", "light on dark"


def drawn(name: str, severity: int, digit: np.ndarray, seed: int) -> bytes:
    return conditions.picture(name, severity, digit, np.random.default_rng(seed))


def test_same_seed_same_file_and_another_seed_another_where_chance_plays(test_digit):
    for name, severity in conditions.severities():
        first = drawn(name, severity, test_digit(5), 4)
        assert drawn(name, severity, test_digit(5), 4) == first, name
        assert Image.open(io.BytesIO(first)).format == ("JPEG" if name in ("JPEG", "phone photo") else "PNG"), name
        if name not in WITHOUT_CHANCE + FEW_WAYS:
            assert any(drawn(name, severity, test_digit(5), seed) != first for seed in range(3)), (name, severity)


def test_each_severity_differs_from_the_others_and_from_clean(test_digit):
    clean = drawn("clean", 1, test_digit(8), 1)
    for name in (name for name, severity in conditions.severities() if severity == 2):
        assert len({clean} | {drawn(name, severity, test_digit(8), 1) for severity in (1, 2, 3)}) == 4, name


def test_each_corruption_is_seeded_changes_the_digit_and_keeps_its_form(test_digit):
    digit = test_digit(5)
    before = digit.copy()
    for name in corruptions.CORRUPTIONS:
        first, again = (corruptions.corrupt(name, digit, np.random.default_rng(2)) for _ in range(2))
        np.testing.assert_array_equal(first, again, name)
        np.testing.assert_array_equal(digit, before, name)
        assert (first.shape, first.dtype) == ((28, 28), np.uint8), name
        assert (first != digit).any(), name


def test_the_corruptions_are_the_fifteen_of_mnist_c(test_digit):
    assert list(corruptions.CORRUPTIONS) == [
        "shot noise", "impulse noise", "glass blur", "motion blur", "shear", "scale", "rotate", "brightness",
        "translate", "stripe", "fog", "spatter", "dotted line", "zigzag", "canny edges",
    ]  # fmt: skip
    rng = np.random.default_rng(1)
    corrupted = {name: corruptions.corrupt(name, test_digit(0), rng) for name in corruptions.CORRUPTIONS}
    assert corrupted["brightness"].min() == 128
    assert cv2.boundingRect(corrupted["scale"])[3] < 0.75 * cv2.boundingRect(test_digit(0))[3]
    assert set(np.unique(corrupted["canny edges"])) == {0, 255}
    assert (corrupted["stripe"][0] == 255).sum() == 6
    assert corrupted["fog"].mean() > test_digit(0).mean()
