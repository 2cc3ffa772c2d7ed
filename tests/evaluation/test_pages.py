"""The kinds of page: seeded, with the digits and the ink where they should be; what readings of them come to."""

import io

import cv2
import numpy as np
import pytest
from PIL import Image

from pipeline.answer import Answer, Number, PlacedAnswer
from pipeline.data.mnist import Split
from pipeline.evaluation.intervals import wilson
from pipeline.evaluation.pages import around, forms, ink, line, numbers, outcomes, photographs, signs, surfaces
from pipeline.evaluation.pages.kinds import KINDS, Page, page
from pipeline.evaluation.pages.outcomes import PageOutcomes, PageRead
from pipeline.evaluation.robustness import PageScores, page_scores

BLOCK = np.pad(np.full((20, 20), 255, np.uint8), 4)  # a "digit" that is easily found in a picture
BAR = np.pad(np.full((20, 4), 255, np.uint8), ((4, 4), (12, 12)))
CONTRAST = 45  # levels of a colour between what is drawn and its paper


def rng_of(seed: int) -> np.random.Generator:
    return np.random.default_rng(seed)


def drawn(picture: np.ndarray) -> np.ndarray:
    """(h, w) uint8 0 or 1: what differs from the commonest colour."""
    background = [np.bincount(picture[..., channel].ravel()).argmax() for channel in range(3)]
    return (np.abs(picture.astype(int) - background).max(axis=2) > CONTRAST).astype(np.uint8)


def sides_with_ink(picture: np.ndarray) -> set[str]:
    """On which sides of the BLOCK in the picture something is drawn, straight beside, above or below it."""
    mask = drawn(picture)
    middle = cv2.distanceTransform(np.pad(mask, 1), cv2.DIST_C, 3)[1:-1, 1:-1]
    y, x = np.unravel_index(middle.argmax(), middle.shape)
    half = int(middle.max()) + 2  # and its grey edge
    rows, columns = slice(max(y - half, 0), y + half + 1), slice(max(x - half, 0), x + half + 1)
    beside = {
        "left": mask[rows, : columns.start],
        "right": mask[rows, columns.stop :],
        "above": mask[: rows.start, columns],
        "below": mask[rows.stop :, columns],
    }
    return {side for side, part in beside.items() if part.sum() > half / 2}  # more than grey of the block's edge


@pytest.mark.parametrize("name", KINDS)
def test_a_page_depends_on_kind_index_and_digits_alone(name, splits):
    digits = Split(splits.test.images[:200], splits.test.labels[:200])
    first, again, second = (page(name, index, digits) for index in (0, 0, 1))
    assert first == again != second
    assert first.endpoint == KINDS[name].endpoint
    assert len(first.expected) in KINDS[name].counts
    assert first.endpoint == "/read" or len(first.expected) == 1
    picture = Image.open(io.BytesIO(first.file))
    assert picture.mode == "RGB"
    assert 10 <= min(picture.size) <= max(picture.size) <= 1700


def test_what_is_expected_are_the_labels_in_reading_order(splits):
    for name in KINDS:
        for label in (3, 8):
            alike = Split(splits.test.images[:5], np.full(5, label, np.uint8))
            assert set(page(name, 4, alike).expected) == {str(label)}, name


def test_frames_and_circles_are_all_around():
    everywhere = {"left", "right", "above", "below"}
    for seed in range(12):
        assert sides_with_ink(around.circled([BLOCK], rng_of(seed))) == everywhere, seed
    framed = [sides_with_ink(around.framed([BLOCK], rng_of(seed))) for seed in range(12)]
    assert sum(sides == everywhere for sides in framed) >= 10  # some touch


def test_lines_are_under_the_foot_of_the_digit():
    for seed in range(12):
        widths = drawn(around.underlined([BAR], rng_of(seed))).sum(axis=1)
        widths = widths[np.flatnonzero(widths)[0] :]
        bar, height = np.median(widths[widths > 0][:20]), int(np.argmax(widths > 2.5 * np.median(widths[:10])))
        assert 4.2 * bar < height < 7.5 * bar, seed  # a bar is five times as high as wide, then the gap


def test_signs_are_beside_the_digit():
    for seed in range(12):
        mask = drawn(around.with_sign([BAR], rng_of(seed)))
        _, _, boxes, _ = cv2.connectedComponentsWithStats(mask)
        parts = [box for box in boxes[1:] if box[4] > 8]  # left, top, width, height, pixels
        (bar,) = [box for box in parts if box[3] > 3 * box[2] and box[4] > 0.93 * box[2] * box[3]]
        others = [box for box in parts if box is not bar]
        assert others
        assert all(box[0] + box[2] <= bar[0] or box[0] >= bar[0] + bar[2] for box in others), seed


def test_a_tight_picture_has_hardly_a_margin():
    for seed in range(12):
        picture = surfaces.tight([BLOCK], rng_of(seed))
        height, width = picture.shape[:2]
        middle = picture[height // 2, width // 2].astype(int)
        inside = np.abs(picture.astype(int) - middle).max(axis=2) < CONTRAST
        assert inside.mean() > (1 - 2 * 0.06) ** 2 - 0.1, seed


def test_an_enlarged_digit_is_as_high_and_as_thick_as_asked(test_digit):
    for height in (30, 100, 250):
        whole, thin = (ink.enlarged(test_digit(7), height, thinner) for thinner in (0.0, 0.3))
        assert max(whole.shape) == pytest.approx(height, rel=0.1, abs=2)
        assert ink.stroke_width(thin) == pytest.approx(0.7 * ink.stroke_width(whole), rel=0.2)
    assert ink.stroke_width(ink.enlarged(BAR, 100)) == pytest.approx(20, abs=3)


def test_signs_are_written_with_the_same_pen_at_their_heights():
    for seed in range(8):
        slash, slash_top = signs.sign("/", 100, 8, rng_of(seed))
        assert slash.shape[0] > 100
        assert slash_top < 0
        assert slash[:20].max(axis=0).argmax() > slash[-20:].max(axis=0).argmax() + 20  # leans to the right
        minus, minus_top = signs.sign("-", 100, 8, rng_of(seed))
        assert 35 < minus_top + minus.shape[0] / 2 < 70
        point, point_top = signs.sign(".", 100, 8, rng_of(seed))
        assert 80 < point_top < 100
        assert 8 <= point.shape[0] <= 20
        for sign in (slash, minus):
            assert ink.stroke_width(sign) == pytest.approx(8, rel=0.25)


def test_letters_stand_on_the_line_of_the_digits():
    for character in "NmkgoC":
        letter, top = signs.letter(character, 100, 8, rng_of(2))
        assert 90 < top + letter.shape[0] < 145, character
        assert (letter.shape[0] > 80) == (character in "NkgC"), character


def test_a_line_holds_its_digits_in_order_and_the_model_reads_them(recogniser, splits):
    digits, labels = splits.test.images[:5], splits.test.labels[:5]
    written = line.written("ddddd", digits, line.Hand(80, gaps=(0.2, 0.3)), rng_of(1))
    file = cv2.imencode(".png", 255 - np.round(255 * np.pad(written, 40)).astype(np.uint8))[1].tobytes()
    assert recogniser.read(file).text == "".join(map(str, labels))


def test_touching_digits_are_one_piece_of_ink():
    for seed in range(8):
        touching = line.touching([BLOCK] * 4, line.Hand(60, jitter=0.0), rng_of(seed))
        assert cv2.connectedComponents((touching > 0.5).astype(np.uint8))[0] == 2  # and the paper
        assert 4 * 60 * 0.9 - 4 <= touching.shape[1] <= 4 * 60 + 4
    apart = line.written("dddd", [BLOCK] * 4, line.Hand(60), rng_of(1))
    assert cv2.connectedComponents((apart > 0.5).astype(np.uint8))[0] == 5


def test_forms_draw_a_line_between_all_digits():
    """Rows through the middle of the digits: the bars and one line on each side of every one."""
    for seed in range(6):
        for draw, lines in ((forms.joined_boxes, 5), (forms.boxes, 8)):
            mask = drawn(draw([BAR] * 4, rng_of(seed)))
            middle = mask[len(mask) // 2]
            assert int((np.diff(np.pad(middle, 1).astype(int)) == 1).sum()) == 4 + lines, (draw.__name__, seed)


def test_a_comb_is_open_at_the_top_and_closed_below():
    for seed in range(6):
        mask = drawn(forms.comb([BAR] * 4, rng_of(seed)))
        longest = [int(row.sum()) for row in mask]
        foot = int(np.argmax(longest))
        assert longest[foot] > 0.5 * mask.shape[1]
        assert foot > len(mask) / 2
        assert mask[foot + 8 :].sum() == 0


def test_meters_and_stickers_are_light_on_dark_and_tags_dark_on_light():
    for seed in range(6):
        meter = forms.windows([BAR] * 4, rng_of(seed)).max(axis=2)
        assert (meter > 200).any()
        assert (meter < 60).any()
        sticker = photographs.on_a_sticker([BLOCK], rng_of(seed)).astype(int)
        tag = photographs.on_dark_paper([BLOCK], rng_of(seed)).astype(int)
        for picture, lighter in ((sticker, True), (tag, False)):
            middle = picture[picture.shape[0] // 2 - 5 :, picture.shape[1] // 2 - 5 :][:10, :10].mean()
            assert (middle > np.median(picture)) == lighter or not lighter, seed
        assert tag.min() < 70


def test_a_sum_has_a_line_above_its_last_number():
    for seed in range(6):
        mask = drawn(numbers.column([BAR] * 6, rng_of(seed)))
        rows = mask.any(axis=1).astype(int)
        starts, ends = (np.flatnonzero(np.diff(np.pad(rows, 1)) == step) for step in (1, -1))
        heights = ends - starts
        assert len(heights) == 4  # two addends, the line, the sum
        assert heights[2] < 0.4 * heights[[0, 1, 3]].min()


def test_a_tilted_line_rises_or_falls():
    slopes = []
    for seed in range(6):
        mask = drawn(numbers.tilted([BAR] * 6, rng_of(seed)))
        _, _, boxes, middles = cv2.connectedComponentsWithStats(mask)
        x, y = middles[1:][boxes[1:, 4] > 8].T
        slopes.append(np.degrees(np.arctan(np.polyfit(x, y, 1)[0])))
    assert all(2 < abs(slope) < 17 for slope in slopes)
    assert min(slopes) < 0 < max(slopes)


class Scripted:
    """Answers every digit with one answer, and reads every number as the same digits with these statuses."""

    def __init__(self, status: str, digit: int | None, *statuses: str):
        self.answer = Answer(status, digit, 0.5, (0.1,) * 10, None, "digits:scripted")
        fields = {**vars(self.answer), "digit": 7, "box": (0, 0, 1, 1)}
        self.digits = tuple(PlacedAnswer(**{**fields, "status": each}) for each in statuses)

    def recognise(self, picture: bytes) -> Answer:
        return self.answer

    def read(self, picture: bytes) -> Number:
        text = "7" * len(self.digits)
        return Number(text, self.digits, 9, 9, "number" if text else "blank", (text,) if text else (), (), None)


def test_a_page_is_read_at_its_endpoint_and_sure_only_with_all_digits_sure():
    single, several = Page(b"", "/predict", "7"), Page(b"", "/read", "77")
    read = [
        (outcomes.read(reader, single), outcomes.read(reader, several))
        for reader in (Scripted("digit", 7, "digit", "digit"), Scripted("unsure", 1, "digit", "unsure"))
    ]
    assert read == [(PageRead("7", True), PageRead("77", True)), (PageRead("1", False), PageRead("77", False))]
    nothing = Scripted("blank", None)
    assert [outcomes.read(nothing, each) for each in (single, several)] == [PageRead("", False)] * 2


def test_the_scores_of_known_readings():
    pages = [Page(b"", "/read", expected) for expected in ("12", "12", "12", "12", "12")]
    found = [PageRead("12", True), PageRead("12", False), PageRead("121", True), PageRead("", False)]
    outcome = outcomes.page_outcomes("comb", pages[:4], found)
    assert outcome.correct.tolist() == [True, True, False, False]
    assert outcome.sure.tolist() == [True, False, True, False]
    assert page_scores(outcome) == PageScores("comb", 4, 0.5, wilson(2, 4), unsure=0.5, sure_and_wrong=0.25)


def test_readers_see_the_same_pages_one_for_two_digits(splits):
    sevens, silent = Scripted("digit", 7, "digit"), Scripted("blank", None)
    of_sevens, of_silent = outcomes.read_pages([sevens, silent], splits.test, 20)
    assert [each.condition for each in of_sevens] == [each.condition for each in of_silent] == list(KINDS)
    assert {len(each.correct) for each in of_sevens + of_silent} == {10}
    assert not any(each.correct.any() for each in of_silent)
    frames: PageOutcomes = of_sevens[0]
    digits = outcomes.sample(splits.test, 20)
    assert frames.correct.tolist() == [page("frame", index, digits).expected == "7" for index in range(10)]
