"""Pictures much longer than wide: an answer, and boxes inside the picture, for every shape."""

import numpy as np
import pytest
from cases import CASES, case
from drawings import save

from pipeline.recognition.decode import MOST_ELONGATED, WORKING_SIDE, decode

SIDES = (1, 2, 3, 5, 8, 12, 28, 40, 800, 2000, 60_000)
STRIPS = [(long, short) for long in SIDES for short in SIDES if long >= 10 * short and long * short < 3e6]


@pytest.mark.parametrize("name", sorted(path.name for each in ("strip", "fail") for path in CASES.glob(f"{each}*")))
def test_cases(recogniser, name):
    assert recogniser.recognise(case(name)).status in ("digit", "unsure", "blank", "not_a_digit")
    recogniser.read(case(name))


def page(kind: str, height: int, width: int, rng: np.random.Generator) -> np.ndarray:
    if kind == "noise":
        return rng.integers(0, 256, (height, width))
    if kind == "gradient":
        gradient = np.add.outer(np.linspace(0, 120, height), np.linspace(0, 120, width))
        return (gradient + rng.normal(0, 10, (height, width))).clip(0, 255)
    return np.full((height, width), 255 if kind == "white" else 0)


@pytest.mark.parametrize("kind", ["white", "black", "noise", "gradient"])
def test_every_strip_gets_an_answer(recogniser, kind):
    rng = np.random.default_rng(4)
    # Noise is all marks, which cost most: a few pixels of it are enough.
    strips = [shape for shape in STRIPS if kind != "noise" or np.prod(shape) < 2e4]
    for height, width in [*strips, *(shape[::-1] for shape in strips)]:
        pixels = page(kind, height, width, rng)
        picture = save(pixels.astype(np.uint8), "BMP")
        assert recogniser.recognise(picture).status in ("digit", "unsure", "blank", "not_a_digit")
        for digit in recogniser.read(picture).digits:
            x0, y0, x1, y1 = digit.box
            assert 0 <= x0 <= x1 <= width and 0 <= y0 <= y1 <= height


@pytest.mark.parametrize(("height", "width"), [(60_000, 40), (2, 800), (1, 801), (12, 2000)])
def test_the_short_side_keeps_a_least_share(height, width):
    for form in ("PNG", "JPEG"):
        decoded = decode(save(np.full((height, width, 3), (9, 99, 199), np.uint8), form))
        assert (decoded.width, decoded.height) == (width, height)
        assert sorted(decoded.pixels.shape)[1:] == [WORKING_SIDE // MOST_ELONGATED, WORKING_SIDE]
        assert np.abs(decoded.pixels.astype(int) - (9, 99, 199)).max() <= 2


def test_small_strips_stay_as_they_are():
    assert decode(save(np.zeros((1, 30), np.uint8))).pixels.shape == (1, 30, 3)


def test_what_is_lost_is_said(recogniser):
    answer = recogniser.recognise(case("strip-60000x40.png"))
    assert answer.message.endswith(
        "The picture is a strip of 60000×40 pixels: made 800 pixels long, as every larger one is, it is 1 wide, "
        "too little to read. Cut out the part with the digits."
    )
    assert decode(save(np.zeros((30, 2000), np.uint8))).note is None
