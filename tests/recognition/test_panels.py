"""Light ink in dark panels."""

import cv2
import numpy as np
import pytest
from drawings import save

from pipeline.recognition.panels import ink_in_panels

PAPER, DARK, LIGHT = (222, 224, 214), (24, 26, 32), (238, 236, 230)


def meter(digits: list[np.ndarray], gap: int = 12, colour: tuple[int, int, int] = DARK) -> np.ndarray:
    """Each digit, 28×28, enlarged in a window of its own; a margin of paper around all of them."""
    picture = np.full((200, 60 + len(digits) * (90 + gap), 3), PAPER, np.uint8)
    for k, digit in enumerate(digits):
        x = 30 + k * (90 + gap)
        window = picture[40:160, x : x + 90]
        window[:] = colour
        ink = cv2.resize(digit, (84, 84))[..., None] / 255
        part = window[18:102, 3:87]
        part[:] = part * (1 - ink) + np.array(LIGHT) * ink
    return picture


@pytest.mark.parametrize("gap", [3, 12, 40])
@pytest.mark.parametrize("colour", [DARK, (150, 30, 28), (20, 60, 110)])
def test_only_what_stands_in_the_windows_is_ink(test_digit, gap, colour):
    picture = meter([test_digit(label) for label in (7, 1, 4)], gap, colour)
    intensity, noise = ink_in_panels(picture)
    between = intensity[:, 30 + 90 : 30 + 90 + gap]
    if gap > 3:  # windows that nearly touch are one panel, with lines in it
        assert between.max() == 0
    assert intensity[:30].max() == intensity[-30:].max() == 0
    for k, label in enumerate((7, 1, 4)):
        x = 33 + k * (90 + gap)
        seen = intensity[58:142, x : x + 84].ravel()
        assert np.corrcoef(seen, cv2.resize(test_digit(label), (84, 84)).ravel())[0, 1] > 0.97
    assert noise < 0.02


def test_a_shade_of_noise_is_told(test_digit):
    noisy = meter([test_digit(5), test_digit(2)]) + np.random.default_rng(1).normal(0, 8, (200, 264, 3))
    _, noise = ink_in_panels(np.clip(noisy, 0, 255).astype(np.uint8))
    assert 0.02 < noise < 0.06


def nothing_light() -> np.ndarray:
    picture = np.full((200, 300, 3), PAPER, np.uint8)
    picture[40:160, 60:240] = DARK
    return picture


def framed() -> np.ndarray:
    picture = np.full((200, 300, 3), PAPER, np.uint8)
    return cv2.rectangle(picture, (60, 40), (240, 160), DARK, 10)


def sheet_on_a_desk() -> np.ndarray:
    picture = np.full((300, 300, 3), DARK, np.uint8)
    picture[60:240, 70:230] = PAPER
    return picture


@pytest.mark.parametrize("make", [nothing_light, framed, sheet_on_a_desk])
def test_what_is_no_panel_with_ink(make):
    assert ink_in_panels(make()) is None


@pytest.mark.parametrize("inverted", [False, True])
def test_a_digit_is_no_panel(test_digit, inverted):
    for label in range(10):
        digit = cv2.resize(test_digit(label), (300, 300), interpolation=cv2.INTER_CUBIC)
        fat = cv2.dilate(digit, np.ones((15, 15), np.uint8))
        for ink in (digit, fat):
            picture = np.repeat((ink if inverted else 255 - ink)[..., None], 3, axis=2)
            assert ink_in_panels(picture) is None, label


def test_a_meter_is_read(recogniser, test_digit):
    labels = (7, 9, 2, 0, 8)
    number = recogniser.read(save(meter([test_digit(label) for label in labels])))
    assert (number.text, number.status) == ("79208", "number")
