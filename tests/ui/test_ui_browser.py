"""The sketchpad in a real browser, drawn on with the mouse and with a finger.

Fixtures from conftest.py: `browser` (Playwright's, Chromium), `context` (a usual one of it) and `sketchpad_url` (of
`python -m ui` in front of the real service).
"""

import time
from base64 import b64decode
from functools import partial
from io import BytesIO
from itertools import pairwise

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import expect
from servers import StandIn
from test_ui import served

from pipeline.answer import Answer, Number, PlacedAnswer
from pipeline.client import Client
from pipeline.recognition.number_status import number_status

PHONE = {"viewport": {"width": 375, "height": 667}, "has_touch": True, "is_mobile": True}
PAPER = {"digit": (512, 512), "number": (512, 1536)}  # rows and columns of the drawing
SEVEN = [(0.3, 0.25), (0.7, 0.25), (0.45, 0.8)]  # fractions of the drawing area's side, from its upper left corner
LINE = [(0.25, 0.5), (0.75, 0.5)]
SEVEN_READ = Answer("digit", 7, 0.95, (0.005,) * 7 + (0.95, 0.005, 0.01), None, "digits:test")
LOW = 60  # pixels of the drawing; see read_columns
MIDDLE = (256, 256)  # pixels of the drawing
STEPS = 4  # pointer events for each straight line


@pytest.fixture
def open_page(browser, context):
    """(url, options) -> a page; any script error, and any request to another machine, fails the test."""
    opened, complaints = [], []

    def open_with(url, **options):
        page = browser.new_page(**options) if options else context.new_page()
        opened.append(page)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("request", lambda request: complain_of_strangers(request.url, url))
        page.goto(url)
        page.locator("#sketchpad canvas").wait_for()
        return page

    def complain_of_strangers(requested, url):
        if not requested.startswith((url, "data:", "blob:")):
            complaints.append(requested)

    yield open_with
    for page in opened:
        page.close()
    assert complaints == []


@pytest.fixture(scope="module")
def pictures():
    """What the page of `recording_url` handed over, oldest first."""
    return []


@pytest.fixture(scope="module")
def recording_url(pictures):
    """A sketchpad whose recogniser keeps each picture and answers 7 where there is ink."""

    def recognise(picture: bytes) -> Answer:
        pictures.append(picture)
        if decoded(picture).min() == 255:
            return Answer("blank", None, 0.0, (0.1,) * 10, None, "digits:test")
        return SEVEN_READ

    with served(recognise, partial(read_columns, pictures)) as url:
        yield url


def read_columns(pictures, picture: bytes) -> Number:
    """Each run of columns with ink is a digit: the first a sure 0, the second an unsure 1, …; what is low is unread."""
    pictures.append(picture)
    ink = decoded(picture) < 128
    edges = np.flatnonzero(np.diff(ink.any(axis=0), prepend=False, append=False)).tolist()
    digits, unread = [], []
    for digit, (x0, x1) in enumerate(zip(edges[::2], edges[1::2], strict=True)):
        rows = np.flatnonzero(ink[:, x0:x1].any(axis=1)).tolist()
        status = "unsure" if digit % 2 else "digit"
        box = (x0, rows[0], x1, rows[-1] + 1)
        if rows[-1] - rows[0] < LOW:
            unread.append(box)
        else:
            digits.append(PlacedAnswer(status, digit, 0.75, (0.1,) * 10, None, "digits:test", box=box))
    verdict, message = number_status(digits, unread, 0, blank=not digits and not unread)
    text = "".join(str(digit.digit) for digit in digits)
    lines = (text,) if text else ()
    return Number(text, tuple(digits), ink.shape[1], ink.shape[0], verdict, lines, tuple(unread), message)


def decoded(picture):
    """PNG bytes -> (height, width) uint8 grey values."""
    with Image.open(BytesIO(picture)) as image:
        assert image.format == "PNG"
        return np.asarray(image.convert("RGB")).min(axis=2)


def on_screen(page, points):
    """Fractions of the drawing area -> CSS pixels of the page."""
    box = page.locator("#sketchpad canvas").bounding_box()
    return [(box["x"] + x * box["width"], box["y"] + y * box["height"]) for x, y in points]


def draw(page, points, lift=True):
    first, *others = on_screen(page, points)
    page.mouse.move(*first)
    page.mouse.down()
    for point in others:
        page.mouse.move(*point, steps=STEPS)
    if lift:
        page.mouse.up()


def draw_by_touch(page, points):
    session = page.context.new_cdp_session(page)

    def touch(kind, *places):
        points = [{"x": x, "y": y} for x, y in places]
        session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

    corners = on_screen(page, points)
    touch("touchStart", corners[0])
    for (from_x, from_y), (to_x, to_y) in pairwise(corners):
        for fraction in np.linspace(0, 1, STEPS):
            touch("touchMove", (from_x + fraction * (to_x - from_x), from_y + fraction * (to_y - from_y)))
    touch("touchEnd")


def expect_digit(page, digit):
    expect(page.locator("#answer .digit")).to_have_text(digit, timeout=10_000)


def expect_title(page, title):
    expect(page.locator("#answer .title")).to_have_text(title, timeout=10_000)


def last_picture(page, pictures):
    """The drawing as handed over, once that is the very drawing on the screen: (height, width) uint8."""
    url = page.locator("#sketchpad canvas").evaluate("canvas => canvas.toDataURL('image/png')")
    deadline = time.monotonic() + 10
    while pictures[-1] != b64decode(url.partition(",")[2]):
        assert time.monotonic() < deadline, "the drawing on the screen was not handed over"
        page.wait_for_timeout(20)
    return decoded(pictures[-1])


# Before the real service


def test_a_seven_drawn_with_the_mouse_and_cleared(open_page, sketchpad_url):
    page = open_page(sketchpad_url)
    expect_title(page, "Nothing drawn yet")
    draw(page, SEVEN)
    expect_digit(page, "7")
    expect(page.locator("#details li")).to_have_count(10)
    expect(page.locator("#details .best .name")).to_have_text("7")
    seen = page.locator("#seen img")
    assert seen.evaluate("image => [image.naturalWidth, image.naturalHeight]") == [28, 28]
    assert seen.evaluate("image => getComputedStyle(image).imageRendering") == "pixelated"
    page.locator("#clear").click()
    expect_title(page, "Nothing drawn yet")
    expect(page.locator("#seen img")).to_have_count(0)
    expect(page.locator("#details .best")).to_have_count(0)


def test_the_answer_changes_while_the_pen_is_down(open_page, sketchpad_url):
    page = open_page(sketchpad_url)
    draw(page, [(0.5, 0.2), (0.5, 0.8)], lift=False)
    expect_digit(page, "1")
    page.mouse.move(*on_screen(page, [(0.5, 0.79)])[0])
    page.mouse.up()
    page.locator("#clear").click()
    draw(page, SEVEN, lift=False)
    expect_digit(page, "7")
    page.mouse.up()


def test_a_seven_drawn_with_a_finger_on_a_phone(open_page, sketchpad_url):
    page = open_page(sketchpad_url, **PHONE, color_scheme="dark")
    draw_by_touch(page, SEVEN)
    expect_digit(page, "7")
    assert page.evaluate("document.documentElement.scrollWidth") == PHONE["viewport"]["width"]
    assert page.evaluate("window.scrollY") == 0  # the stroke did not scroll the page
    box = page.locator("#sketchpad canvas").bounding_box()
    assert box["width"] == pytest.approx(box["height"], abs=1)
    assert page.locator("#answer .digit").bounding_box()["y"] < PHONE["viewport"]["height"]


def test_a_service_that_stops_is_said_and_its_return_needs_no_reload(open_page):
    service = StandIn(SEVEN_READ.to_json())
    client = Client(service.url)
    with served(client.recognise, client.read) as url:
        with service:
            page = open_page(url)
            draw(page, SEVEN)
            expect_digit(page, "7")
        draw(page, [(0.45, 0.8), (0.44, 0.82)])
        expect_title(page, "The digit service is down")
        expect(page.locator("#answer .detail")).to_contain_text(service.url)
        with service:
            expect_digit(page, "7")


# The drawing area itself


def test_a_drawing_is_black_on_white_with_a_pen_of_a_sixteenth(open_page, recording_url, pictures):
    page = open_page(recording_url)
    draw(page, LINE)
    expect_digit(page, "7")
    picture = last_picture(page, pictures)
    assert picture.shape == (512, 512)
    column, row = picture[:, MIDDLE[0]] < 128, picture[MIDDLE[1]] < 128
    assert column.sum() == pytest.approx(512 / 16, abs=2)
    assert row.nonzero()[0][[0, -1]] == pytest.approx([512 * 0.25 - 16, 512 * 0.75 + 16], abs=3)  # with round ends
    assert (picture[[0, -1]] == 255).all()


def test_the_eraser_takes_ink_away_and_undo_brings_it_back(open_page, recording_url, pictures):
    page = open_page(recording_url)
    undo = page.get_by_role("button", name="Undo")
    expect(undo).to_be_disabled()
    draw(page, LINE)
    page.get_by_role("button", name="Eraser").click()
    draw(page, [(0.5, 0.4), (0.5, 0.6)])
    assert last_picture(page, pictures)[MIDDLE] == 255
    undo.click()
    assert last_picture(page, pictures)[MIDDLE] == 0
    page.get_by_role("button", name="Pen").click()
    page.locator("#clear").click()
    expect_title(page, "Nothing drawn yet")
    page.keyboard.press("Control+z")
    expect_digit(page, "7")
    undo.click()
    expect_title(page, "Nothing drawn yet")
    expect(undo).to_be_disabled()


def test_a_tap_leaves_a_dot_a_second_finger_and_other_mouse_buttons_nothing(open_page, recording_url, pictures):
    page = open_page(recording_url)
    expect_title(page, "Nothing drawn yet")
    page.mouse.move(*on_screen(page, [(0.5, 0.5)])[0])
    page.mouse.down(button="right")
    page.mouse.up(button="right")
    page.locator("#sketchpad canvas").dispatch_event("pointerdown", {"isPrimary": False, "button": 0, "pointerId": 2})
    assert last_picture(page, pictures).min() == 255
    expect(page.get_by_role("button", name="Undo")).to_be_disabled()
    draw(page, [(0.5, 0.5)])
    expect_digit(page, "7")
    assert (last_picture(page, pictures) < 128).sum() == pytest.approx(np.pi * 16**2, rel=0.1)


def test_a_screen_reader_is_told_the_answer(open_page, recording_url):
    page = open_page(recording_url)
    live = page.locator("#answer [aria-live=polite]")
    expect(live).to_contain_text("Nothing drawn yet")
    live.evaluate("element => { element.stayed = true }")
    draw(page, SEVEN)
    expect(live).to_contain_text("Confidence 95.0 %")
    assert live.evaluate("element => element.stayed")  # a region put in anew would not be read aloud


# A number


def stroke_at(x):
    """An upright stroke, at a fraction of the drawing area's width."""
    return [(x, 0.3), (x, 0.7)]


def choose(page, mode):
    page.get_by_role("button", name=mode).click()


def test_a_number_is_read_while_it_is_drawn_and_each_digit_gets_its_box(open_page, recording_url, pictures):
    page = open_page(recording_url)
    choose(page, "Number")
    expect_title(page, "Nothing to read")
    draw(page, stroke_at(0.25), lift=False)
    expect_digit(page, "0")
    page.mouse.up()
    draw(page, stroke_at(0.75))
    expect_digit(page, "01")
    expect_title(page, "Not sure of this number")
    expect(page.locator("#answer .detail")).to_have_text("1 of 2 digits is unsure. Lowest confidence 75.0 %")
    assert page.locator("#details .digits li").all_inner_texts() == ["0\n75.0 %", "1?\n75.0 %, not sure"]
    expect(page.locator("#boxes .box .label")).to_have_text(["0 75.0 %", "1? 75.0 %"])
    assert last_picture(page, pictures).shape == PAPER["number"]
    canvas = page.locator("#sketchpad canvas").bounding_box()
    assert canvas["width"] == pytest.approx(3 * canvas["height"], abs=1)
    pen = canvas["height"] / 24
    for box, x in zip(page.locator("#boxes .box").all(), (0.25, 0.75), strict=True):
        found = box.bounding_box()
        assert found["x"] == pytest.approx(canvas["x"] + x * canvas["width"] - pen / 2, abs=1.5)
        assert found["y"] == pytest.approx(canvas["y"] + 0.3 * canvas["height"] - pen / 2, abs=1.5)
        assert found["width"] == pytest.approx(pen, abs=1.5)
        assert found["height"] == pytest.approx(0.4 * canvas["height"] + pen, abs=2)


def test_what_was_not_read_has_a_box_of_its_own_and_is_said(open_page, recording_url):
    page = open_page(recording_url)
    choose(page, "Number")
    draw(page, stroke_at(0.25))
    draw(page, [(0.5, 0.5), (0.6, 0.5)])
    expect(page.locator("#boxes .box .label")).to_have_text(["0 75.0 %", "× not read"])
    expect(page.locator("#details .unread")).to_contain_text("Not read at 1 place: it has a dotted outline")
    digit, unread = (
        box.evaluate("box => [getComputedStyle(box).borderTopColor, getComputedStyle(box).borderTopStyle]")
        for box in page.locator("#boxes .box").all()
    )
    assert digit[0] != unread[0] and (digit[1], unread[1]) == ("solid", "dotted")


def test_the_boxes_let_the_pen_through(open_page, recording_url, pictures):
    page = open_page(recording_url)
    choose(page, "Number")
    draw(page, [(0.4, 0.3), (0.6, 0.3), (0.6, 0.7), (0.4, 0.7)])
    expect_digit(page, "0")
    draw(page, [(0.5, 0.5)])
    assert last_picture(page, pictures)[256, 768] == 0


def test_each_mode_keeps_its_own_drawing_and_undo(open_page, recording_url, pictures):
    page = open_page(recording_url)
    draw(page, LINE)
    drawn = last_picture(page, pictures)
    choose(page, "Number")
    expect_title(page, "Nothing to read")
    expect(page.get_by_role("button", name="Undo")).to_be_disabled()
    draw(page, stroke_at(0.5))
    expect_digit(page, "0")
    number = last_picture(page, pictures)
    choose(page, "Digit")
    expect_digit(page, "7")
    assert (last_picture(page, pictures) == drawn).all()
    expect(page.locator("#boxes .box")).to_have_count(0)
    page.locator("#clear").click()
    expect_title(page, "Nothing drawn yet")
    choose(page, "Number")
    expect_digit(page, "0")
    assert (last_picture(page, pictures) == number).all()
    page.get_by_role("button", name="Undo").click()
    expect_title(page, "Nothing to read")
    expect(page.locator("#boxes .box")).to_have_count(0)
    page.keyboard.press("Control+z")
    choose(page, "Digit")
    expect_title(page, "Nothing drawn yet")
    page.keyboard.press("Control+z")
    expect_digit(page, "7")
    assert (last_picture(page, pictures) == drawn).all()


def test_which_mode_is_chosen_is_said(open_page, recording_url):
    page = open_page(recording_url)
    digit, number = page.get_by_role("button", name="Digit"), page.get_by_role("button", name="Number")
    expect(digit).to_have_attribute("aria-pressed", "true")
    assert "one digit" in page.locator("#sketchpad canvas").get_attribute("aria-label")
    number.click()
    expect(number).to_have_attribute("aria-pressed", "true")
    expect(digit).to_have_attribute("aria-pressed", "false")
    assert "a number" in page.locator("#sketchpad canvas").get_attribute("aria-label")


def test_a_number_on_a_phone(open_page, recording_url):
    page = open_page(recording_url, **PHONE)
    choose(page, "Number")
    for x in (0.2, 0.5, 0.8):
        draw_by_touch(page, stroke_at(x))
    expect_digit(page, "012")
    expect(page.locator("#boxes .box")).to_have_count(3)
    assert page.evaluate("document.documentElement.scrollWidth") == PHONE["viewport"]["width"]
    canvas = page.locator("#sketchpad canvas").bounding_box()
    assert canvas["width"] == pytest.approx(2 * canvas["height"], abs=1)
    digits = page.locator("#details .digits").bounding_box()
    assert digits["y"] + digits["height"] < PHONE["viewport"]["height"]


def test_a_number_before_the_real_service(open_page, sketchpad_url):
    page = open_page(sketchpad_url)
    choose(page, "Number")
    expect_title(page, "Nothing to read")
    draw(page, [(0.45, 0.25), (0.57, 0.25), (0.5, 0.8)])
    expect_digit(page, "7")
    expect(page.locator("#boxes .box")).to_have_count(1)
    seen = page.locator("#details .digits img")
    assert seen.evaluate("image => [image.naturalWidth, image.naturalHeight]") == [28, 28]
