"""Which rendered pages can be read: a digit stands out from the paper around it, or nobody can read it."""

import numpy as np
import pytest

from pipeline.data.synthesis.pages import DrawnPage
from pipeline.data.synthesis.pages.legibility import legible


def drawn(ink: int, paper: int = 200, noise: float = 0.0, shade: float = 0.0, seen: float = 1.0) -> DrawnPage:
    """A ring of 60 pixels, drawn on paper of that level that gets darker to the right by `shade` in all."""
    rng = np.random.default_rng(1)
    rows, columns = np.indices((100, 100))
    away = np.hypot(rows - 50, columns - 50)
    ring = (away > 24) & (away < 30)
    level = paper - shade * columns / 100 + rng.normal(0, noise, (100, 100))
    level[ring & (rng.random((100, 100)) < seen)] += ink - paper
    pixels = np.repeat(np.clip(level, 0, 255).astype(np.uint8)[..., None], 3, axis=2)
    boxes = np.array([[20, 20, 80, 80]], np.float32)
    return DrawnPage(pixels, ring.astype(np.uint8), boxes, np.array([0], np.int8))


@pytest.mark.parametrize(
    "page",
    [drawn(40), drawn(180), drawn(240, paper=60), drawn(150, noise=12), drawn(150, shade=120), drawn(40, seen=0.6)],
    ids=["dark", "faint", "light on dark", "noisy", "in a shadow", "crumbling"],
)
def test_what_can_be_seen(page):
    assert legible(page)


@pytest.mark.parametrize(
    "page",
    [drawn(196), drawn(180, noise=25), drawn(40, seen=0.2)],
    ids=["as light as the paper", "lost in the noise", "mostly gone"],
)
def test_what_cannot_be_seen(page):
    assert not legible(page)


def test_one_digit_that_cannot_be_seen_spoils_the_page():
    page = drawn(40)
    owners = page.owners.copy()
    owners[2:12, 2:12] = 2  # bare paper
    both = DrawnPage(page.pixels, owners, np.vstack([page.boxes, [[2, 2, 12, 12]]]), np.array([0, 1], np.int8))
    assert not legible(both)


def test_a_page_without_digits_is_legible():
    page = drawn(40)
    assert legible(
        DrawnPage(page.pixels, np.zeros_like(page.owners), np.zeros((0, 4), np.float32), np.zeros(0, np.int8))
    )
