"""The upload page in a real browser, served as in production, before the real service.

Fixtures from conftest.py: `browser` (Playwright's, Chromium), `context` (a usual one of it), `upload_url` (of
`python -m flask_app` in front of the real service) and `test_digit_png` (a label's MNIST test digit as PNG bytes; one
that the model reads correctly).
"""

import base64
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from io import BytesIO

import numpy as np
import pytest
from PIL import Image, ImageOps
from servers import StandIn
from werkzeug.serving import make_server

from flask_app import create_app
from pipeline.answer import Answer, Number, PlacedAnswer
from pipeline.client import Client

PHONE = {"width": 375, "height": 667}
BROKEN = b"\x89PNG\r\n\x1a\nand then nothing of the kind"
SEVEN = Answer("digit", 7, 0.95, (0.005,) * 7 + (0.95, 0.005, 0.01), None, "digits:test")
UNREACHABLE = "This page's own server did not answer, or a file could not be read"

# A drop or paste as the browser would send it, of [name, base64] pairs.
TRANSFER = """([kind, files]) => {
    const transfer = new DataTransfer();
    for (const [name, content] of files) {
        const bytes = Uint8Array.from(atob(content), (letter) => letter.charCodeAt(0));
        transfer.items.add(new File([bytes], name, { type: "image/png" }));
    }
    const event = kind === "drop"
        ? new DragEvent("drop", { dataTransfer: transfer, bubbles: true, cancelable: true })
        : new ClipboardEvent("paste", { clipboardData: transfer, bubbles: true });
    document.querySelector("main").dispatchEvent(event);
}"""


@pytest.fixture(scope="module")
def columns_url():
    """The page, in this process, with a reader of our own in which each run of columns with ink is a digit."""
    app = create_app(recognise=lambda picture: SEVEN, read=read_columns)
    with served(app) as url:
        yield url


@contextmanager
def served(app):
    server = make_server("127.0.0.1", 0, app, threaded=True)
    with ThreadPoolExecutor(1) as thread:
        thread.submit(server.serve_forever)
        yield f"http://127.0.0.1:{server.port}"
        server.shutdown()
    server.server_close()


def read_columns(picture):
    with Image.open(picture) as image:
        ink = np.asarray(ImageOps.exif_transpose(image).convert("L")) < 128
    edges = np.flatnonzero(np.diff(ink.any(axis=0), prepend=False, append=False)).tolist()
    digits = []
    for digit, (x0, x1) in enumerate(zip(edges[::2], edges[1::2], strict=True)):
        rows = np.flatnonzero(ink[:, x0:x1].any(axis=1)).tolist()
        box = (x0, rows[0], x1, rows[-1] + 1)
        digits.append(PlacedAnswer("digit", digit, 0.9, (0.1,) * 10, None, "digits:test", box=box))
    text = "".join(str(digit.digit) for digit in digits)
    return Number(text, tuple(digits), ink.shape[1], ink.shape[0], "number", (text,), (), None)


@pytest.fixture
def open_page(browser, context, upload_url):
    """(url, options of a context of its own) -> a page; any script or policy error fails the test."""
    opened, complaints = [], []

    def complain(message):
        # "Failed to load resource" is Chromium's word for any 4xx and 5xx, which some tests ask for.
        if message.type == "error" and not message.text.startswith("Failed to load resource"):
            complaints.append(message.text)

    def open_with(url=upload_url, **options):
        page = browser.new_page(**options) if options else context.new_page()
        opened.append(page)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("console", complain)
        page.goto(url)
        return page

    yield open_with
    for page in opened:
        page.close()
    assert complaints == []


def file(name, content):
    return {"name": name, "mimeType": "image/png", "buffer": content}


def transfer(page, kind, *files):
    page.evaluate(TRANSFER, [kind, [[name, base64.b64encode(content).decode()] for name, content in files]])


def answers(page):
    """Each card's file name and words, once the page is no longer busy."""
    page.wait_for_selector("#results[aria-busy=false] .card")
    return names_and_words(page)


def names_and_words(page):
    return [tuple(card.locator(".name, .words, .why").all_inner_texts()) for card in page.locator(".card").all()]


def shown(page):
    """Whether each picture in the results was decoded."""
    page.wait_for_function("[...document.images].every((image) => image.complete)")
    return page.evaluate("[...document.images].map((image) => image.naturalWidth > 0)")


def test_a_chosen_file_is_read_at_once_without_a_reload(open_page, test_digit_png):
    page = open_page()
    page.evaluate("window.stayed = true")
    page.set_input_files("#images", file("seven.png", test_digit_png(7)))
    assert answers(page) == [("seven.png", "7")]
    assert page.inner_text("#status") == "1 picture: 7"
    assert shown(page) == [True, True]
    assert page.locator(".bars tr").count() == 10
    assert page.evaluate("window.stayed")


def test_several_dropped_files_and_a_broken_one(open_page, test_digit_png):
    page = open_page()
    dropped = [("a.png", test_digit_png(4)), ("broken.png", BROKEN), ("b.png", test_digit_png(0))]
    transfer(page, "drop", *dropped)
    first, refused, last = answers(page)
    assert (first, last) == (("a.png", "4"), ("b.png", "0"))
    assert refused[0] == "broken.png" and len(refused[1]) > 10
    assert page.inner_text("#status") == "3 pictures: 4, refused, 0"
    assert shown(page) == [True] * 4


def test_a_pasted_picture_and_then_another(open_page, test_digit_png):
    page = open_page()
    transfer(page, "paste", ("image.png", test_digit_png(2)))
    assert answers(page) == [("image.png", "2")]
    page.set_input_files("#images", file("one.png", test_digit_png(1)))
    page.get_by_text("one.png").wait_for()
    assert answers(page) == [("one.png", "1")]


def test_an_evil_file_name_runs_nothing(open_page, test_digit_png):
    page = open_page()
    name = "<img src=x onerror=window.evil=1>.png"
    transfer(page, "drop", (name, test_digit_png(7)))
    assert answers(page) == [(name, "7")]
    assert page.evaluate("window.evil") is None


def test_without_javascript_the_form_posts(open_page, test_digit_png):
    page = open_page(java_script_enabled=False)
    page.set_input_files("#images", [file("seven.png", test_digit_png(7)), file("broken.png", BROKEN)])
    page.get_by_role("button", name="Read").click()
    seven, broken = names_and_words(page)
    assert seven == ("seven.png", "7")
    assert broken[0] == "broken.png" and len(broken[1]) > 10
    assert page.locator(".picture img").bounding_box()["width"] > 100


def test_without_javascript_nothing_chosen_is_said(open_page):
    page = open_page(java_script_enabled=False)
    page.get_by_role("button", name="Read").click()
    expected = "No picture was chosen. Choose one or more, or drop them on this page."
    assert page.inner_text(".problem") == expected


def test_a_phone_needs_no_sideways_scrolling(open_page, test_digit_png):
    page = open_page(viewport=PHONE, color_scheme="dark")
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    page.set_input_files("#images", [file("x" * 200 + ".png", test_digit_png(7)), file("y" * 200 + ".png", BROKEN)])
    assert [found[0][0] for found in answers(page)] == ["x", "y"]
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]


def test_the_keyboard_reaches_the_input_and_the_button(open_page, test_digit_png):
    page = open_page()
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.id") == "images"
    page.set_input_files("#images", file("seven.png", test_digit_png(7)))
    answers(page)
    page.get_by_role("button", name="Read again").press("Enter")
    assert answers(page) == [("seven.png", "7")]


def test_a_reload_sends_nothing_again(open_page, test_digit_png):
    page = open_page()
    page.set_input_files("#images", file("seven.png", test_digit_png(7)))
    answers(page)
    sent = []
    page.on("request", lambda request: sent.append(request.method))
    page.reload()
    assert "POST" not in sent
    assert page.locator(".card").count() == 0
    assert page.evaluate("document.getElementById('images').files.length") == 0


def test_too_large_a_drop_is_said_without_sending_it(open_page):
    page = open_page()
    page.evaluate("""() => {
        const transfer = new DataTransfer();
        transfer.items.add(new File([new Uint8Array(65 * 2 ** 20)], "huge.png"));
        document.querySelector("main").dispatchEvent(new DragEvent("drop", { dataTransfer: transfer, bubbles: true }));
    }""")
    expected = "Too much at once: at most 50 pictures and 64 MiB together. Send fewer or smaller ones."
    assert page.inner_text(".problem") == expected


def test_a_service_that_stops_is_said_and_its_return_needs_no_restart(open_page, test_digit_png):
    service = StandIn(SEVEN.to_json())
    with served(create_app(Client(service.url).recognise)) as url:
        page = open_page(url)
        page.set_input_files("#images", file("seven.png", test_digit_png(7)))
        assert answers(page) == [("seven.png", "Not read.")]
        assert page.inner_text(".problem strong") == "The digit service is down."
        assert service.url in page.inner_text(".problem")
        with service:
            page.get_by_role("button", name="Read again").click()
            page.locator(".card.digit").wait_for()
        assert answers(page) == [("seven.png", "7")]
        assert page.locator(".problem").count() == 0


def test_a_page_server_that_is_gone_is_said(open_page, test_digit_png):
    page = open_page(offline=False)  # in a context of its own, because it does not stay so
    page.context.set_offline(True)
    page.set_input_files("#images", file("seven.png", test_digit_png(7)))
    assert page.inner_text(".problem").startswith(UNREACHABLE)
    page.context.set_offline(False)
    page.get_by_role("button", name="Read again").click()
    assert answers(page) == [("seven.png", "7")]


# Numbers: two bars, of 40×80 and 20×120 pixels, in a picture 300 wide and 200 high

BARS = [(50, 60, 90, 140), (200, 40, 220, 160)]


def bars(kind="PNG", lying=False):
    """The picture as a file; lying, its rows run upwards as a telephone held upright stores them, and EXIF says so."""
    page = np.full((200, 300), 255, np.uint8)
    for x0, y0, x1, y1 in BARS:
        page[y0:y1, x0:x1] = 0
    out, options = BytesIO(), {"lossless": True} if kind == "WEBP" else {}
    if lying:
        options["exif"] = Image.Exif()
        options["exif"][0x0112] = 6  # turn clockwise to see it upright
        page = np.rot90(page)
    Image.fromarray(page).save(out, kind, **options)
    return out.getvalue()


def expect_boxes_over_bars(card):
    """Each box lies where the bars, the only black of the picture, are on the screen."""
    picture = card.locator(".picture")
    with Image.open(BytesIO(picture.screenshot())) as image:
        black = np.asarray(image.convert("RGB")).max(axis=2) < 60
    columns = np.flatnonzero(np.diff(black.any(axis=0), prepend=False, append=False))
    rows = [np.flatnonzero(black[:, x0:x1].any(axis=1))[[0, -1]] for x0, x1 in columns.reshape(2, 2)]
    place = picture.bounding_box()
    for rectangle, (x0, x1), (y0, y1) in zip(
        card.locator(".boxes rect").all(), columns.reshape(2, 2), rows, strict=True
    ):
        box = rectangle.bounding_box()
        corners = [box["x"], box["y"], box["x"] + box["width"], box["y"] + box["height"]]
        expected = [place["x"] + x0, place["y"] + y0, place["x"] + x1, place["y"] + y1 + 1]
        assert corners == pytest.approx(expected, abs=4)  # the line's width, and what JPEG and scaling blur


def test_a_number_has_a_box_over_each_digit(open_page, columns_url):
    """In each format that a browser shows, also where it turns the picture upright."""
    page = open_page(columns_url)
    page.get_by_label("Number").check()
    kinds = [("PNG", False), ("JPEG", False), ("JPEG", True), ("WEBP", False), ("PNG", True)]
    page.set_input_files("#images", [file(f"{kind} {lying}", bars(kind, lying)) for kind, lying in kinds])
    assert answers(page) == [(f"{kind} {lying}", "01") for kind, lying in kinds]
    assert page.inner_text("#status") == "5 pictures: 01, 01, 01, 01, 01"
    assert shown(page) == [True] * 5
    for card in page.locator(".card.number").all():
        expect_boxes_over_bars(card)
        assert card.locator(".boxes text").all_text_contents() == ["0", "1"]
    assert page.locator(".boxes rect").first.evaluate("rect => getComputedStyle(rect).fill") == "none"


def test_a_picture_that_the_browser_does_not_turn_has_no_boxes(open_page, columns_url):
    page = open_page(columns_url)
    page.get_by_label("Number").check()
    page.set_input_files("#images", file("bars", bars("WEBP", lying=True)))
    assert answers(page) == [("bars", "01")]
    shown(page)
    size = page.locator(".number .picture img").evaluate("image => [image.naturalWidth, image.naturalHeight]")
    assert size == [200, 300]  # as stored: where browsers learn to turn it, it can have its boxes
    assert page.locator(".boxes").count() == 0


def test_without_javascript_a_number_is_read_and_stays_chosen(open_page, columns_url):
    page = open_page(columns_url, java_script_enabled=False)
    page.get_by_label("Number").check()
    page.set_input_files("#images", file("bars", bars("JPEG", lying=True)))
    page.get_by_role("button", name="Read").click()
    assert names_and_words(page) == [("bars", "01")]
    assert page.get_by_label("Number").is_checked()
    assert page.locator(".boxes rect").count() == 2


def test_the_other_choice_reads_the_same_pictures_again(open_page, columns_url):
    page = open_page(columns_url)
    page.set_input_files("#images", file("bars", bars()))
    assert answers(page) == [("bars", "7")]
    page.get_by_label("Number").check()
    page.locator(".card.number").wait_for()
    assert answers(page) == [("bars", "01")]
    page.get_by_label("Digit").check()
    page.locator(".card.digit").wait_for()
    assert answers(page) == [("bars", "7")]


def test_a_number_on_a_phone(open_page, columns_url):
    page = open_page(columns_url, viewport=PHONE)
    page.get_by_label("Number").check()
    page.set_input_files("#images", file("bars", bars()))
    assert answers(page) == [("bars", "01")]
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    expect_boxes_over_bars(page.locator(".number"))


def test_a_number_before_the_real_service(open_page, test_digit_png):
    page = open_page()
    page.get_by_label("Number").check()
    page.set_input_files("#images", [file("seven.png", test_digit_png(7)), file("broken.png", BROKEN)])
    seven, broken = answers(page)
    assert seven == ("seven.png", "7")
    assert broken[0] == "broken.png" and len(broken[1]) > 10
    assert page.locator(".boxes rect").count() == 1
