"""Whole pages for the eye: what is said of each pixel is what stands there, and the same seed draws the same."""

import cv2
import numpy as np
import pytest

from pipeline.data.mnist import Split
from pipeline.data.synthesis.glyphs import load_glyphs
from pipeline.data.synthesis.pages import WRITING, Bank, DrawnPage, make_bank, random_page
from pipeline.data.synthesis.pages.bank import LETTER
from pipeline.data.synthesis.pages.draw import draw
from pipeline.data.synthesis.pages.kinds import KINDS, column, no_digits, number, table
from pipeline.data.synthesis.pages.layout import Hand, Layout, Role, Stroke
from pipeline.data.synthesis.rendering.scene import Scene
from pipeline.recognition.fit import fit

PAGES = 60
PLAIN = Scene(size=(240, 320), paper=(255, 255, 255), ink=(0, 0, 0))


@pytest.fixture(scope="module")
def bank(splits) -> Bank:
    """60 digits of MNIST, 20 in other styles, 40 letters."""
    digits = Split(splits.train.images[:60], splits.train.labels[:60])
    return make_bank(digits, 20, 40, load_glyphs(), np.random.default_rng(0))


@pytest.fixture(scope="module")
def pages(bank) -> list[DrawnPage]:
    return [random_page(bank, np.random.default_rng(seed)) for seed in range(PAGES)]


def drawn(layout: Layout, bank: Bank, seed: int = 0, pen: float | None = 0.1, long: int = 300) -> DrawnPage:
    """The whole layout in the middle of a plain page, its longer side so many pixels."""
    x0, y0, x1, y1 = layout.extent()
    scale = long / max(x1 - x0, y1 - y0)
    height, width = (round(scale * side) + 20 for side in (y1 - y0, x1 - x0))
    view = np.array([[scale, 0, 10 - x0 * scale], [0, scale, 10 - y0 * scale], [0, 0, 1]])
    scene = Scene(size=(height, width), paper=PLAIN.paper, ink=PLAIN.ink)
    return draw(layout, bank, scene, view, pen, np.random.default_rng(seed))


def layout_of(kind, bank: Bank, seed: int) -> Layout:
    layout = Layout()
    kind(layout, Hand(bank, np.random.default_rng(seed)))
    return layout


def test_the_bank_holds_what_it_was_made_of(bank, splits):
    assert len(bank) == 120
    np.testing.assert_array_equal(bank.labels[:60], splits.train.labels[:60])
    assert (bank.labels[60:80] >= 0).all() and (bank.labels[80:] == LETTER).all()
    assert bank.where(True).tolist() == list(range(80)) and bank.where(False).tolist() == list(range(80, 120))
    assert bank.edges.shape == bank.lines.shape and bank.edges.dtype == bank.lines.dtype == np.uint8
    longer = (bank.boxes[:, 2:] - bank.boxes[:, :2]).max(axis=1)
    assert (longer > 0.8).all() and (longer < 1.3).all()


def test_the_same_seed_draws_the_same_page_and_another_another(bank, pages):
    for seed in range(8):
        again = random_page(bank, np.random.default_rng(seed))
        for field, expected in vars(pages[seed]).items():
            np.testing.assert_array_equal(getattr(again, field), expected)
    assert len({page.pixels.tobytes() for page in pages}) == PAGES


def test_pages_are_of_any_size_and_hold_few_or_many_digits(pages):
    sides = [side for page in pages for side in page.owners.shape]
    assert min(sides) >= 12 and max(sides) <= 800
    assert min(sides) < 60 and max(sides) > 400
    digits = [len(page.boxes) for page in pages]
    assert min(digits) == 0 and 8 <= max(digits) <= 30
    for page in pages:
        height, width = page.owners.shape
        assert (page.pixels.shape, page.pixels.dtype) == ((height, width, 3), np.uint8)
        assert page.owners.dtype == np.uint8
        assert page.boxes.shape == (len(page.labels), 4) and page.boxes.dtype == np.float32
        assert ((page.labels >= 0) & (page.labels <= 9)).all()


def test_owners_name_the_digit_whose_box_they_lie_in(pages):
    """All of them lie in it; what another digit does not cover reaches its sides."""
    reaching = []
    for page in pages:
        ids = set(np.unique(page.owners).tolist()) - {0, WRITING}
        assert ids <= set(range(1, len(page.boxes) + 1))
        for k in ids:
            x, y, width, height = cv2.boundingRect((page.owners == k).astype(np.uint8))
            x0, y0, x1, y1 = page.boxes[k - 1].tolist()
            assert x0 <= x and y0 <= y and x + width <= x1 and y + height <= y1
            reaching.append((x, y, x + width, y + height) == (x0, y0, x1, y1))
    assert np.mean(reaching) > 0.9


def test_boxes_are_on_the_page(pages):
    for page in pages:
        height, width = page.owners.shape
        assert (page.boxes[:, :2] >= 0).all() and (page.boxes[:, 2:] <= (width, height)).all()
        assert (page.boxes[:, 2:] > page.boxes[:, :2]).all()


def test_owners_lie_where_the_ink_is(pages):
    """Each digit differs from the ground around it, on whatever paper and in whatever light."""
    contrasts = []
    for page in pages:
        grey = cv2.cvtColor(page.pixels, cv2.COLOR_RGB2GRAY).astype(int)
        for k in range(1, len(page.boxes) + 1):
            x0, y0, x1, y1 = page.boxes[k - 1].astype(int).tolist()
            part = np.s_[max(0, y0 - 3) : y1 + 3, max(0, x0 - 3) : x1 + 3]
            own, free = page.owners[part] == k, page.owners[part] == 0
            if own.sum() > 20 and free.sum() > 20:
                contrasts.append(abs(np.median(grey[part][own]) - np.median(grey[part][free])))
    assert len(contrasts) > 100
    assert np.mean(np.array(contrasts) > 8) > 0.95


def test_on_plain_paper_owners_are_the_ink(bank):
    for seed in range(5):
        page = drawn(layout_of(number, bank, seed), bank)
        writing = page.owners > 0
        grey = page.pixels[..., 0]
        assert (grey[writing] < 200).mean() > 0.98
        near = cv2.dilate(writing.astype(np.uint8), np.ones((5, 5), np.uint8)) > 0
        inked = grey < 128
        assert writing[inked].mean() > 0.5  # a frame or an underline is nobody's
        assert (grey[near & ~writing] > 100).mean() > 0.5


def test_the_label_is_that_of_the_digit_that_stands_there(bank, model):
    """As the network reads the ink that is said to be one digit's."""
    images, labels = [], []
    for seed in range(30):
        page = drawn(layout_of(number, bank, seed), bank, long=400)
        for k, label in enumerate(page.labels.tolist(), 1):
            x, y, width, height = cv2.boundingRect((page.owners == k).astype(np.uint8))
            if height >= 24:
                own = page.owners[y : y + height, x : x + width] == k
                images.append(fit(own.astype(np.float32)))
                labels.append(label)
    read = model.classify(np.array(images)).probabilities.argmax(axis=1)
    assert len(labels) > 60
    assert (read == labels).mean() > 0.9


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_every_kind_of_page_can_be_drawn(bank, kind):
    digits = 0
    for seed in range(6):
        layout = layout_of(kind, bank, seed)
        page = drawn(layout, bank, seed)
        assert len(page.boxes) == len(layout.boxes)
        digits += len(page.boxes)
        again = drawn(layout_of(kind, bank, seed), bank, seed)
        np.testing.assert_array_equal(page.pixels, again.pixels)
        np.testing.assert_array_equal(page.owners, again.owners)
    assert (digits == 0) == (kind is no_digits)


def test_without_digits_there_are_none(bank):
    for seed in range(20):
        page = drawn(layout_of(no_digits, bank, seed), bank, seed)
        assert len(page.boxes) == len(page.labels) == 0
        assert set(np.unique(page.owners).tolist()) <= {0, WRITING}


@pytest.mark.parametrize("kind", [column, table], ids=lambda kind: kind.__name__)
def test_no_page_has_more_digits_than_owners_can_name(bank, kind):
    assert max(len(layout_of(kind, bank, seed).boxes) for seed in range(200)) < WRITING


def test_letters_are_writing_and_print_is_nobodys(bank):
    layout = Layout()
    hand = Hand(bank, np.random.default_rng(1))
    hand.put(layout, hand.random_digit(), (0, 0), 1.0, True)
    hand.put(layout, hand.random_letter(), (2, 0), 1.0, False)
    layout.strokes.append(Stroke(np.array([[-1.0, 1.0], [3.0, 1.0]]), Role.PRINT, 0.1))
    layout.strokes.append(Stroke(np.array([[-1.0, 1.5], [3.0, 1.5]]), Role.WRITING))
    page = drawn(layout, bank)
    assert set(np.unique(page.owners).tolist()) == {0, 1, WRITING}
    scale = (page.owners.shape[1] - 20) / 4
    lines = page.owners[round(10 + scale * 1.0 - (layout.extent()[1]) * scale) :]
    assert set(np.unique(lines).tolist()) == {0, WRITING}
    printed = page.pixels[..., 0] < 200
    assert (printed & (page.owners == 0)).sum() > 200  # of the line
    columns = np.flatnonzero((page.owners == 1).any(axis=0))
    assert columns.max() < page.owners.shape[1] / 2


def test_any_pen(bank):
    """From a hairline to a brush: more ink of the same digit."""
    layout = Layout()
    hand = Hand(bank, np.random.default_rng(1))
    hand.put(layout, 0, (0, 0), 1.0, True)
    inked = [(255 - drawn(layout, bank, pen=pen, long=200).pixels.astype(int)).sum() for pen in (0.02, 0.05, 0.1, 0.18)]
    assert inked == sorted(inked) and inked[-1] > 4 * inked[0] > 0
