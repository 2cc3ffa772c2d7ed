"""The sketchpad in a real browser: drawn on with the mouse and with a finger, given pictures, cut off, reloaded.

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
from accessibility import violations
from corrections import database_of_tests, keeper, locked
from PIL import Image
from playwright.sync_api import expect
from servers import StandIn, free_port
from sketchpads import served

from pipeline.answer import Answer, Number, PlacedAnswer
from pipeline.client import Client
from pipeline.errors import NotAPicture
from pipeline.faces import STATIC
from pipeline.recognition.number_status import number_status
from ui.sign_in import SignIn

PHONE = {"viewport": {"width": 375, "height": 667}, "has_touch": True, "is_mobile": True}
PAPER = {"digit": (512, 512), "number": (512, 1536)}  # rows and columns of the drawing
SEVEN = [(0.3, 0.25), (0.7, 0.25), (0.45, 0.8)]  # fractions of the drawing area's side, from its upper left corner
LINE = [(0.25, 0.5), (0.75, 0.5)]
SEVEN_READ = Answer("digit", 7, 0.95, (0.005,) * 7 + (0.95, 0.005, 0.01), None, "digits:test")
INVITATION = "Nothing to read yet"
LOW = 60  # pixels of the drawing; see read_columns
MIDDLE = (256, 256)  # pixels of the drawing
STEPS = 4  # pointer events for each straight line
EXAMPLES = STATIC / "examples"


@pytest.fixture
def open_page(browser, context):
    """(url, options) -> a page; any script error, and any request to another machine, fails the test."""
    opened, complaints = [], []

    def open_with(url, drawing=True, **options):
        own = browser.new_context(**options) if options else context
        page = own.new_page()
        opened.append(page)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("request", lambda request: complain_of_strangers(request.url, url))
        page.goto(url)
        if drawing:
            expect_title(page, INVITATION)
        return page

    def complain_of_strangers(requested, url):
        if not requested.startswith((url, "data:", "blob:")):
            complaints.append(requested)

    yield open_with
    for page in opened:
        page.close() if page.context == context else page.context.close()
    assert complaints == []


@pytest.fixture(scope="module")
def pictures():
    """What the page of `recording_url` handed over, oldest first."""
    return []


@pytest.fixture(scope="module")
def recording_url(pictures):
    """A sketchpad whose recogniser keeps each picture and answers 7 where there is ink."""

    def recognise(picture) -> Answer:
        pictures.append(picture := picture.read())
        if not picture.startswith(b"\x89PNG"):
            raise NotAPicture("This is a PDF. Send a page of it as PNG.")
        if decoded(picture).min() == 255:
            return Answer("blank", None, 0.0, (0.1,) * 10, None, "digits:test")
        return SEVEN_READ

    with served(recognise, partial(read_columns, pictures)) as url:
        yield url


def read_columns(pictures, picture) -> Number:
    """Each run of columns with ink is a digit: the first a sure 0, the second an unsure 1, …; what is low is unread."""
    pictures.append(picture := picture.read())
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
    box = page.locator("canvas").first.bounding_box()
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
    expect(page.locator(".answer .large")).to_have_text(digit, timeout=10_000)


def expect_title(page, title):
    expect(page.locator(".answer .title")).to_have_text(title, timeout=30_000)


def button(page, name):
    return page.get_by_role("button", name=name, exact=True)


def last_picture(page, pictures):
    """The drawing as handed over, once that is the very drawing on the screen: (height, width) uint8."""
    url = page.locator("canvas").evaluate("canvas => canvas.toDataURL('image/png')")
    expect_sent(page, pictures, b64decode(url.partition(",")[2]))
    return decoded(pictures[-1])


def expect_sent(page, pictures, content):
    deadline = time.monotonic() + 10
    while pictures[-1] != content:
        assert time.monotonic() < deadline, "what is on the sheet was not handed over"
        page.wait_for_timeout(20)


def drop(page, kind, files):
    """Files, as (name, type, bytes), dropped onto the page or pasted into it."""
    page.evaluate(
        """([kind, files]) => {
            const data = new DataTransfer();
            for (const [name, type, bytes] of files) data.items.add(new File([new Uint8Array(bytes)], name, { type }));
            const event = kind === "paste"
                ? new ClipboardEvent("paste", { clipboardData: data, bubbles: true })
                : new DragEvent("drop", { dataTransfer: data, bubbles: true, cancelable: true });
            document.querySelector(".paper").dispatchEvent(event);
        }""",
        [kind, [(name, form, list(content)) for name, form, content in files]],
    )


# Before the real service


def test_a_seven_is_read_while_it_is_drawn_said_at_rest_and_kept_over_a_reload(open_page, sketchpad_url):
    page = open_page(sketchpad_url)
    expect(page.locator(".bars")).to_be_hidden()
    draw(page, [(0.5, 0.2), (0.5, 0.8)], lift=False)
    expect_digit(page, "1")
    page.mouse.up()
    page.keyboard.press("Control+z")
    expect_title(page, INVITATION)
    draw(page, SEVEN)
    expect_digit(page, "7")
    expect(page.locator(".bars .best .name")).to_have_text("7")
    assert page.locator(".room").inner_text().count("%") == 1  # one confidence
    seen = page.locator(".seen img")
    assert seen.evaluate("image => [image.naturalWidth, image.naturalHeight]") == [28, 28]
    assert seen.evaluate("image => getComputedStyle(image).imageRendering") == "pixelated"
    expect(page.locator(".said")).to_contain_text("7. Confidence")
    expect(page.locator(".tally")).to_have_text("This visit: 1 read, 0 unsure, 0 refused")
    expect(page.locator(".colophon")).to_contain_text("· digits:")
    expect(page.locator(".colophon")).to_contain_text("· service ready")
    page.reload()
    expect_digit(page, "7")
    expect(page.locator(".tally")).to_have_text("This visit: 1 read, 0 unsure, 0 refused")
    button(page, "Undo").click()
    expect_title(page, INVITATION)
    page.reload()
    expect_title(page, INVITATION)
    button(page, "Redo").click()
    expect_digit(page, "7")
    button(page, "Clear").click()
    expect_title(page, INVITATION)
    page.locator(".recent li button").click()
    expect_digit(page, "7")
    button(page, "Forget them").click()
    expect(page.locator(".recent")).to_be_hidden()


def test_a_seven_drawn_with_a_finger_on_a_phone_and_as_a_number(open_page, sketchpad_url):
    page = open_page(sketchpad_url, **PHONE, color_scheme="dark")
    draw_by_touch(page, SEVEN)
    expect_digit(page, "7")
    assert page.evaluate("document.documentElement.scrollWidth") == PHONE["viewport"]["width"]
    assert page.evaluate("window.scrollY") == 0  # the stroke did not scroll the page
    box = page.locator("canvas").bounding_box()
    assert box["width"] == pytest.approx(box["height"], abs=1)
    assert page.locator(".answer .large").bounding_box()["y"] < PHONE["viewport"]["height"]
    button(page, "Number").click()
    expect(page.locator(".digits li")).to_have_count(1)
    expect_digit(page, "7")
    seen = page.locator(".digits img")
    assert seen.evaluate("image => [image.naturalWidth, image.naturalHeight]") == [28, 28]


def test_a_picture_with_several_digits_is_offered_as_a_number(open_page, sketchpad_url):
    page = open_page(sketchpad_url)
    page.locator(".file").set_input_files(EXAMPLES / "field.png")
    expect_title(page, "This is not a digit")
    expect(page.locator(".bars")).to_be_hidden()
    button(page, "Read 33509 as a number?").click()
    expect_digit(page, "33509")
    expect(page.locator(".boxes .box")).to_have_count(5)
    first, canvas = page.locator(".boxes .box").first.bounding_box(), page.locator("canvas").bounding_box()
    assert canvas["x"] < first["x"] < canvas["x"] + 0.2 * canvas["width"]
    page.reload()
    expect_digit(page, "33509")


def test_what_is_misread_is_told_and_kept_with_consent_and_deleted_again(open_page, sketchpad_url, model):
    page = open_page(sketchpad_url, viewport={"width": 375, "height": 812})
    draw(page, SEVEN)
    expect(page.locator(".said")).to_contain_text("7. Confidence")
    picture = b64decode(page.locator("canvas").evaluate("canvas => canvas.toDataURL('image/png')").partition(",")[2])
    button(page, "It is a …").click()
    button(page, "1").click()
    button(page, "Send").click()  # which the browser refuses, without the consent
    expect_no_violations(page)
    assert small_targets(page) == []
    page.get_by_label("Keep this picture and my answer").check()
    button(page, "Send").click()
    feedback = page.locator(".right [role=status]")
    expect(feedback).to_have_text("Thank you: a 1.")
    expect(page.locator(".sent")).to_contain_text("Kept from this browser: 1 correction")
    (id,) = page.evaluate("JSON.parse(localStorage.getItem('digits-corrections'))")
    found = kept_as(id)
    assert (found.picture, found.label, found.digit, found.model) == (picture, 1, 7, model.tag)
    assert (found.endpoint, found.box, len(found.seen)) == ("/predict", None, 28 * 28)
    button(page, "Undo: delete my answer").click()
    expect(feedback).to_have_text("Deleted.")
    assert kept_as(id) is None
    with locked(database_of_tests()):
        button(page, "Right").click()  # nobody asks for the consent again
        words = "Not kept. The place where corrections are kept does not answer. Try again in a moment."
        expect(feedback).to_have_text(words, timeout=20_000)
    page.locator("canvas").scroll_into_view_if_needed()
    draw(page, LINE, lift=False)
    expect(page.locator(".right")).to_be_hidden()  # while one draws
    page.mouse.up()

    page.locator(".file").set_input_files(EXAMPLES / "field.png")
    button(page, "Read 33509 as a number?").click()
    page.get_by_role("button", name="Digit 2, read as 3: is that right?").click()
    button(page, "Right").click()
    expect(feedback).to_have_text("Thank you: a 3.", timeout=20_000)
    (id,) = page.evaluate("JSON.parse(localStorage.getItem('digits-corrections'))")
    found = kept_as(id)
    assert (found.label, found.digit, found.endpoint) == (3, 3, "/read")
    assert (found.picture, found.box is None) == ((EXAMPLES / "field.png").read_bytes(), False)
    expect_no_violations(page)
    button(page, "Delete my corrections").click()
    expect(page.locator(".sent [role=status]")).to_have_text("All were deleted.")
    assert kept_as(id) is None


def kept_as(id):
    """What the service keeps under an id."""
    with keeper(database_of_tests()) as database:
        return next((each for each in database.everything() if each.id == id), None)


# Cut off


def test_a_service_that_stops_is_said_and_its_return_needs_no_reload(open_page):
    service = StandIn(SEVEN_READ.to_json())
    client = Client(service.url)
    with served(client.recognise, client.read) as url:
        with service:
            page = open_page(url, drawing=False)
            draw(page, SEVEN)
            expect_digit(page, "7")
        draw(page, [(0.45, 0.8), (0.44, 0.82)])
        expect_title(page, "The digit service is down")
        expect(page.locator(".colophon")).to_contain_text("the digit service is down")
        with service:
            expect_digit(page, "7")
            expect(page.locator(".colophon")).to_contain_text("service ready")


def test_a_lost_connection_and_a_restart_of_the_server_cost_no_stroke_and_no_reload(open_page, pictures):
    def recognise(picture):
        pictures.append(picture.read())
        return SEVEN_READ

    port, read = free_port(), partial(read_columns, [])
    with served(recognise, read, port) as url:
        page = open_page(url, drawing=False, viewport={"width": 900, "height": 800})
        expect_digit(page, "7")
        page.evaluate("window.stayed = true")
        draw(page, LINE)
        page.context.set_offline(True)
        draw(page, [(0.5, 0.25), (0.5, 0.75)])
        expect_title(page, "No connection")
        page.context.set_offline(False)
        expect_digit(page, "7")
        assert last_picture(page, pictures)[256, [128, 256]].max() == 0
    draw(page, [(0.25, 0.75), (0.75, 0.75)])
    expect_title(page, "No connection")
    with served(recognise, read, port):
        expect_digit(page, "7")
        assert last_picture(page, pictures)[384, 200] == 0
        assert page.evaluate("window.stayed")
        assert page.locator(".toast-body").count() == 0  # of Gradio
        for _ in range(3):
            button(page, "Undo").click()
        assert last_picture(page, pictures).min() == 255
        page.close()


# The drawing area itself


def test_a_drawing_is_black_on_white_with_a_pen_of_a_sixteenth_or_another_width(open_page, recording_url, pictures):
    page = open_page(recording_url)
    for width, pixels in (("Medium", 512 / 16), ("Thin", 0.6 * 512 / 16), ("Thick", 1.6 * 512 / 16)):
        button(page, width).click()
        expect(button(page, width)).to_have_attribute("aria-pressed", "true")
        draw(page, LINE)
        picture = last_picture(page, pictures)
        assert picture.shape == (512, 512)
        column, row = picture[:, MIDDLE[0]] < 128, picture[MIDDLE[1]] < 128
        assert column.sum() == pytest.approx(pixels, abs=2)
        ends = [512 * 0.25 - pixels / 2, 512 * 0.75 + pixels / 2]  # which are round
        assert row.nonzero()[0][[0, -1]] == pytest.approx(ends, abs=3)
        assert (picture[[0, -1]] == 255).all()
        button(page, "Clear").click()


def test_eraser_undo_redo_and_clear_which_goes_back_to_the_pen(open_page, recording_url, pictures):
    page = open_page(recording_url)
    undo, redo = button(page, "Undo"), button(page, "Redo")
    expect(undo).to_be_disabled()
    draw(page, LINE)
    button(page, "Eraser").click()
    draw(page, [(0.5, 0.4), (0.5, 0.6)])
    assert last_picture(page, pictures)[MIDDLE] == 255
    undo.click()
    assert last_picture(page, pictures)[MIDDLE] == 0
    for again in ("Control+Shift+Z", "Control+y"):
        page.keyboard.press(again)
        assert last_picture(page, pictures)[MIDDLE] == 255
        expect(redo).to_be_disabled()
        page.keyboard.press("Control+z")
        assert last_picture(page, pictures)[MIDDLE] == 0
    button(page, "Clear").click()
    expect_title(page, INVITATION)
    expect(redo).to_be_disabled()
    expect(button(page, "Pen")).to_have_attribute("aria-pressed", "true")
    draw(page, LINE)
    assert last_picture(page, pictures)[MIDDLE] == 0
    for _ in range(2):
        undo.click()
    assert last_picture(page, pictures)[MIDDLE] == 0
    undo.click()
    expect_title(page, INVITATION)
    expect(undo).to_be_disabled()


def test_a_tap_leaves_a_dot_a_second_finger_and_other_mouse_buttons_nothing(open_page, recording_url, pictures):
    page = open_page(recording_url)
    page.mouse.move(*on_screen(page, [(0.5, 0.5)])[0])
    page.mouse.down(button="right")
    page.mouse.up(button="right")
    page.locator("canvas").dispatch_event("pointerdown", {"isPrimary": False, "button": 0, "pointerId": 2})
    assert last_picture(page, pictures).min() == 255
    expect(button(page, "Undo")).to_be_disabled()
    draw(page, [(0.5, 0.5)])
    expect_digit(page, "7")
    assert (last_picture(page, pictures) < 128).sum() == pytest.approx(np.pi * 16**2, rel=0.1)


def test_a_screen_reader_is_told_once_the_pen_rests(open_page, recording_url):
    page = open_page(recording_url)
    assert page.locator(".pad [aria-live]").count() == 1
    said = page.locator(".pad [aria-live=polite]")
    said.evaluate("""region => {
        window.told = [];
        new MutationObserver(() => window.told.push(region.textContent)).observe(region, { childList: true });
    }""")
    draw(page, [*SEVEN, *LINE])
    expect(said).to_have_text("7. Confidence 95.0 %")
    assert page.evaluate("window.told") == ["7. Confidence 95.0 %"]


def test_digits_side_by_side_are_offered_as_a_number_once_the_pen_rests(open_page, recording_url):
    page = open_page(recording_url)
    draw(page, SEVEN)
    expect(page.locator(".said")).to_have_text("7. Confidence 95.0 %")
    draw(page, [(0.9, 0.2), (0.9, 0.8)])
    button(page, "Read 01 as a number?").click()
    expect_digit(page, "01")
    button(page, "Digit").click()
    expect_digit(page, "7")


# Pictures


def test_a_picture_is_sent_as_it_came_however_it_comes_and_drawn_upon(open_page, recording_url, pictures):
    page = open_page(recording_url)
    draw(page, LINE)
    drawn = last_picture(page, pictures)
    content = (EXAMPLES / "four.png").read_bytes()
    for kind in ("paste", "drop"):
        drop(page, kind, [("four.png", "image/png", content)])
        expect_sent(page, pictures, content)
        expect(page.locator("canvas")).to_have_attribute("aria-label", "The picture four.png")
        page.keyboard.press("Control+z")
        assert (last_picture(page, pictures) == drawn).all()
    with page.expect_file_chooser() as chooser:
        page.keyboard.press("Tab")
        page.get_by_role("button", name="Open a picture").press("Enter")
    chooser.value.set_files(EXAMPLES / "four.png")
    expect_sent(page, pictures, content)
    draw(page, [(0.05, 0.95), (0.95, 0.95)])
    both = last_picture(page, pictures)
    assert both[486, 256] == 0 and (both[:400] < 128).any()


def test_what_cannot_be_read_is_refused_in_words_for_people(open_page, recording_url, pictures):
    page = open_page(recording_url)
    before = len(pictures)
    page.evaluate("""() => {
        const data = new DataTransfer();
        data.items.add(new File([new Uint8Array(20 * 2 ** 20 + 1)], "huge.png", { type: "image/png" }));
        document.dispatchEvent(new DragEvent("drop", { dataTransfer: data, bubbles: true, cancelable: true }));
    }""")
    expect(page.locator(".answer .detail")).to_contain_text("20 MiB")
    assert len(pictures) == before  # it was not even sent
    drop(page, "drop", [("letter.pdf", "application/pdf", b"%PDF-1.7")])
    expect_title(page, "This picture was not read")
    expect(page.locator(".answer .detail")).to_have_text("This is a PDF. Send a page of it as PNG.")
    expect(page.locator(".bars")).to_be_hidden()


# A number


def stroke_at(x):
    """An upright stroke, at a fraction of the drawing area's width."""
    return [(x, 0.3), (x, 0.7)]


def test_a_number_is_read_while_it_is_drawn_and_each_digit_gets_its_box(open_page, recording_url, pictures):
    page = open_page(recording_url)
    button(page, "Number").click()
    expect_title(page, INVITATION)
    draw(page, stroke_at(0.25), lift=False)
    expect_digit(page, "0")
    page.mouse.up()
    draw(page, stroke_at(0.75))
    expect_digit(page, "01")
    expect_title(page, "Not sure of this number")
    expect(page.locator(".answer .detail")).to_have_text("1 of 2 digits is unsure. Lowest confidence 75.0 %")
    assert page.locator(".digits li").all_inner_texts() == ["0\n75.0 %", "1?\n75.0 %, not sure"]
    expect(page.locator(".box .label")).to_have_text(["0 75.0 %", "1? 75.0 %"])
    assert last_picture(page, pictures).shape == PAPER["number"]
    canvas = page.locator("canvas").bounding_box()
    assert canvas["width"] == pytest.approx(3 * canvas["height"], abs=1)
    pen = canvas["height"] / 24
    expect(page.locator("[data-waiting]")).to_have_count(0)
    boxes = page.locator(".box").evaluate_all("boxes => boxes.map((box) => box.getBoundingClientRect().toJSON())")
    for found, x in zip(boxes, (0.25, 0.75), strict=True):
        assert found["x"] == pytest.approx(canvas["x"] + x * canvas["width"] - pen / 2, abs=2)
        assert found["y"] == pytest.approx(canvas["y"] + 0.3 * canvas["height"] - pen / 2, abs=2)
        assert found["width"] == pytest.approx(pen, abs=2)
        assert found["height"] == pytest.approx(0.4 * canvas["height"] + pen, abs=2)
    draw(page, [(0.85, 0.5), (0.95, 0.5)])
    expect(page.locator(".box .label")).to_have_text(["0 75.0 %", "1? 75.0 %", "× not read"])
    expect(page.locator(".unread")).to_contain_text("Not read at 1 place, outlined with dots")
    styles = page.locator(".box").evaluate_all("boxes => boxes.map((box) => getComputedStyle(box).borderTopStyle)")
    assert styles == ["solid", "dashed", "dotted"]
    button(page, "Clear").click()
    draw(page, [(0.4, 0.3), (0.6, 0.3), (0.6, 0.7), (0.4, 0.7)])
    expect_digit(page, "0")
    draw(page, [(0.5, 0.5)])  # the boxes let the pen through
    assert last_picture(page, pictures)[256, 768] == 0


def test_a_drawing_goes_along_to_the_other_sheet(open_page, recording_url, pictures):
    page = open_page(recording_url)
    draw(page, LINE)
    digit = last_picture(page, pictures)
    button(page, "Number").click()
    expect(page.locator(".unread")).to_be_visible()
    number = last_picture(page, pictures)
    assert (number[:, 512:1024] == digit).all() and number[:, :512].min() == 255
    button(page, "Digit").click()
    assert (last_picture(page, pictures) == digit).all()
    button(page, "Number").click()
    draw(page, stroke_at(0.1))
    expect_digit(page, "0")
    button(page, "Digit").click()
    expect_digit(page, "7")
    assert (np.flatnonzero((last_picture(page, pictures) < 128).any(axis=0))[[0, -1]] > [15, 470]).all()  # it fits
    draw(page, [(0.5, 0.9)])
    assert last_picture(page, pictures)[461, 256] == 0
    page.keyboard.press("Control+z")
    small = last_picture(page, pictures)
    button(page, "Clear").click()
    draw(page, [(0.2, 0.2)])
    assert last_picture(page, pictures)[102, 102] == 0
    page.keyboard.press("Control+z")
    page.keyboard.press("Control+z")
    assert np.abs(last_picture(page, pictures).astype(int) - small).mean() < 3  # it is back, and fits again


# What it looks like


def test_nothing_is_too_wide_too_small_or_one_letter_a_line(open_page, recording_url):
    page = open_page(recording_url, viewport={"width": 1440, "height": 900})
    draw(page, SEVEN)
    expect_digit(page, "7")
    for width, height in ((1440, 900), (768, 1024), (700, 800), (641, 800), (375, 812), (320, 640), (740, 360)):
        page.set_viewport_size({"width": width, "height": height})
        for mode in ("Number", "Digit"):
            button(page, mode).click()
            answered = expect(page.locator(".answer .large"))
            answered.to_have_text("7") if mode == "Digit" else answered.not_to_have_text("7")
            assert page.evaluate("document.documentElement.scrollWidth") == width, (width, mode)
        assert small_targets(page) == [], width
        assert page.locator(".answer .detail").bounding_box()["height"] < 60, width
    page.set_viewport_size({"width": 1280, "height": 900})
    page.add_style_tag(content=":root { font-size: 200% }")
    assert page.evaluate("document.documentElement.scrollWidth") == 1280
    expect(page.locator(".bars")).to_be_visible()
    assert page.locator(".bars .track").first.bounding_box()["width"] > 200
    assert page.locator(".answer .detail").bounding_box()["height"] < 120


def small_targets(page):
    return page.evaluate("""() => [...document.querySelectorAll(".pad :is(button, a)")]
        .filter((each) => each.checkVisibility())
        .filter((each) => Math.min(each.getBoundingClientRect().width, each.getBoundingClientRect().height) < 43.9)
        .map((each) => each.textContent)""")


def test_forced_colours_keep_the_frame_and_what_is_pressed(open_page, recording_url):
    page = open_page(recording_url, forced_colors="active")
    style = "(element) => [getComputedStyle(element).borderTopWidth, getComputedStyle(element).borderTopStyle]"
    assert page.locator(".paper").evaluate(style) == ["1px", "solid"]
    assert button(page, "Pen").evaluate(style) == ["3px", "solid"]
    assert button(page, "Eraser").evaluate(style) == ["1px", "solid"]


def test_every_example_can_be_clicked_and_axe_finds_nothing_in_any_state(open_page, sketchpad_url):
    page = open_page(sketchpad_url, reduced_motion="reduce")
    expect_no_violations(page)
    for name, read in (("A crossed 7", "7"), ("A slashed 0", "0"), ("A sloppy 4", "4")):
        button(page, name).click()
        expect_digit(page, read)
    expect(page.locator(".recent li")).to_have_count(1)
    for fold in page.locator("summary").all():
        fold.click()
    expect(page.locator(".stroke")).to_have_count(2, timeout=30_000)
    expect(page.get_by_role("slider")).to_be_visible(timeout=30_000)
    expect(page.locator(".network-detail")).to_be_visible()
    expect_no_violations(page)
    for fold in page.locator("summary").all():
        fold.click()
    button(page, "A smiley").click()
    expect_title(page, "This is not a digit")
    expect_no_violations(page)
    for name, read in (("A form field", "33509"), ("A photographed number", "3415")):
        button(page, name).click()
        expect_digit(page, read)
    expect_no_violations(page)
    button(page, "Digit").click()
    expect(page.locator(".offer")).to_have_text("Read 3415 as a number?")
    expect_no_violations(page)
    page.context.set_offline(True)
    button(page, "Clear").click()
    expect_title(page, "No connection")
    expect_no_violations(page)


def expect_no_violations(page):
    for scheme, dark in (("light", 0), ("dark", 1)):
        page.emulate_media(color_scheme=scheme)
        expect(page.locator("body.dark")).to_have_count(dark)
        assert violations(page) == [], scheme


def test_with_a_name_and_a_password_one_signs_in_first(open_page):
    def recognise(_):
        return SEVEN_READ

    with served(recognise, recognise, sign_in=SignIn("anna", "long enough")) as url:
        page = open_page(url, drawing=False, viewport={"width": 320, "height": 640})
        expect(page).to_have_title("Handwritten digits")
        page.get_by_label("Name").fill("anna")
        page.get_by_label("Password").fill("long enouhg")
        page.get_by_label("Password").press("Enter")
        expect(page.get_by_role("alert")).to_have_text("The name or the password is wrong.")
        assert page.evaluate("document.documentElement.scrollWidth") == 320
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme)
            assert violations(page) == []
        page.get_by_label("Password").fill("long enough")
        page.get_by_role("button", name="Sign in").click()
        expect_digit(page, "7")
