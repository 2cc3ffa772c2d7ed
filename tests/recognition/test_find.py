"""What is on a page: digits of any size, each with its own ink; other writing; and nothing."""

import cv2
import numpy as np
import pytest
from drawings import LETTER_K, draw, page, write

from pipeline.recognition.find import find
from pipeline.recognition.ink import find_ink
from pipeline.recognition.pieces import Findings
from pipeline.recognition.views import Viewer


def find_on(eye, pixels: np.ndarray) -> Findings:
    return find(eye, Viewer(pixels, find_ink(pixels)))


def box_of(ink: np.ndarray) -> tuple[int, int, int, int]:
    x, y, width, height = cv2.boundingRect(ink.astype(np.uint8))
    return x, y, x + width, y + height


def assert_in_order(findings: Findings, pixels: np.ndarray) -> None:
    """Masks are as large as their boxes, which lie on the page; nothing is its own neighbour."""
    height, width = pixels.shape[:2]
    for each in (*findings.digits, *findings.writings):
        x0, y0, x1, y1 = each.box
        assert 0 <= x0 < x1 <= width and 0 <= y0 < y1 <= height
        assert each.mask.shape == each.others.shape == (y1 - y0, x1 - x0)
        assert each.mask.dtype == each.others.dtype == np.float32
        assert each.mask.max() > 0.5
        assert not ((each.mask > 0.6) & (each.others > 0.6)).any()
    assert all(0 < each.probability <= 1 for each in findings.digits)


@pytest.mark.parametrize("side", [28, 60, 140, 400])
@pytest.mark.parametrize("label", [0, 3, 7])
def test_a_digit_of_any_size_is_one_with_most_of_its_ink(test_digit, eye, side, label):
    pixels = write(page(600, 700), test_digit(label), 150, 120, side)
    ink = pixels[..., 0] < 128
    findings = find_on(eye, pixels)
    [digit] = findings.digits
    assert_in_order(findings, pixels)
    x0, y0, x1, y1 = digit.box
    marked = np.zeros(ink.shape, bool)
    marked[y0:y1, x0:x1] = digit.mask > 0.5
    assert (marked & ink).sum() > 0.8 * ink.sum()
    assert box_of(marked) == pytest.approx(box_of(ink), abs=max(3, 0.15 * side))


def test_small_digits_are_looked_at_closer(test_digit, eye):
    large, small = (write(page(800, 800), test_digit(3), 300, 250, side) for side in (300, 24))
    far, close = find_on(eye, large), find_on(eye, small)
    assert close.scale > 1.5 * far.scale
    [digit] = close.digits
    x0, y0, x1, y1 = digit.box
    assert 295 <= x0 < x1 <= 330 and 245 <= y0 < y1 <= 280


def test_each_of_two_digits_has_its_own_ink(test_digit, eye):
    left, right = write(page(300, 500), test_digit(4), 60, 60, 150), write(page(300, 500), test_digit(2), 250, 60, 150)
    findings = find_on(eye, np.minimum(left, right))
    first, second = sorted(findings.digits, key=lambda each: each.box)
    for each, pixels in ((first, left), (second, right)):
        ink, other = pixels[..., 0] < 128, (left if pixels is right else right)[..., 0] < 128
        part = np.s_[each.box[1] : each.box[3], each.box[0] : each.box[2]]
        own = each.mask > 0.5
        assert (own & ink[part]).sum() > 0.8 * ink.sum()
        assert not (own & other[part]).any()


def test_digits_that_touch_are_two(test_digit, eye):
    pixels = np.minimum(
        write(page(300, 400), test_digit(3), 60, 60, 150), write(page(300, 400), test_digit(0), 158, 60, 150)
    )
    assert cv2.connectedComponents((pixels[..., 0] < 200).astype(np.uint8))[0] == 2  # the page, and one piece of ink
    findings = find_on(eye, pixels)
    assert len(findings.digits) == 2
    assert_in_order(findings, pixels)


def test_a_letter_is_other_writing(test_digit, eye):
    pixels = draw(write(page(300, 500), test_digit(4), 60, 60, 150), LETTER_K, 270, 70, 130, 8)
    findings = find_on(eye, pixels)
    assert (len(findings.digits), len(findings.writings)) == (1, 1)
    assert findings.writings[0].box == pytest.approx((303, 77, 378, 194), abs=12)  # with a view's pixels of room
    assert 0 <= findings.writings[0].probability < 0.5 < findings.digits[0].probability


@pytest.mark.parametrize("colour", [(255,) * 3, (0,) * 3, (20, 70, 130)], ids=str)
@pytest.mark.parametrize("shape", [(1, 1), (28, 28), (800, 600), (800, 20)], ids=str)
def test_on_a_blank_page_nothing_is_found(eye, shape, colour):
    findings = find_on(eye, page(*shape, colour))
    assert (findings.digits, findings.writings) == ([], [])


@pytest.mark.parametrize("shape", [(20, 800), (800, 20), (7, 30), (300, 300)], ids=str)
def test_whatever_is_on_a_page_the_findings_are_in_order(eye, shape):
    for seed in range(3):
        noise = np.random.default_rng(seed).integers(0, 256, (*shape, 3), np.uint8)
        assert_in_order(find_on(eye, noise), noise)


def test_a_digit_at_the_border_stays_on_the_page(test_digit, eye):
    for x, y in ((0, 0), (160, 0), (0, 160), (160, 160)):
        pixels = write(page(300, 300), test_digit(7), x, y, 140)
        findings = find_on(eye, pixels)
        assert len(findings.digits) == 1
        assert_in_order(findings, pixels)
