"""The upload page in a real browser, served as in production, before the real service.

Fixtures from conftest.py: `browser` (Playwright's, Chromium), `context` (a usual one of it), `upload_url` (of
`python -m flask_app` in front of the real service) and `test_digit_png` (a label's MNIST test digit as PNG bytes; one
that the model reads correctly).
"""

import base64
import csv
import json
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from io import BytesIO

import numpy as np
import pytest
from accessibility import violations
from corrections import database_of_tests, keeper, locked
from keepers import FakeKeeper
from PIL import Image, ImageOps
from playwright.sync_api import expect
from servers import StandIn
from test_archives import zipped
from werkzeug.serving import make_server

from flask_app import create_app
from flask_app.archives import REFUSALS
from pipeline.answer import Answer, Number, PlacedAnswer
from pipeline.client import Client
from pipeline.errors import FeedbackOff, NotAPicture
from pipeline.faces.words import FAILURES

PHONE = {"width": 375, "height": 667}
BROKEN = b"\x89PNG\r\n\x1a\nand then nothing of the kind"
SEVEN = Answer("digit", 7, 0.95, (0.005,) * 7 + (0.95, 0.005, 0.01), None, "digits:test")
UNSURE = Answer("unsure", 3, 0.6, (0.05,) * 3 + (0.6,) + (0.25 / 6,) * 6, None, "digits:test")
WIDTHS = (320, 375, 768, 1440)

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
    app = create_app(recognise=by_its_end, read=read_columns, model=lambda: "digits:test")
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


def by_its_end(picture):
    """A seven, or what the bytes after a picture's own say."""
    end = picture.read()[-6:]
    if end == b"broken":
        raise NotAPicture("The picture is empty (0 bytes). Send the bytes of one picture file.")
    return UNSURE if end == b"unsure" else SEVEN


def read_columns(picture):
    picture = BytesIO(picture.read())
    if picture.getvalue().endswith(b"broken"):
        raise NotAPicture("The picture is empty (0 bytes). Send the bytes of one picture file.")
    with Image.open(picture) as image:
        ink = np.asarray(ImageOps.exif_transpose(image).convert("L")) < 128
    edges = np.flatnonzero(np.diff(ink.any(axis=0), prepend=False, append=False)).tolist()
    digits = []
    for digit, (x0, x1) in enumerate(zip(edges[::2], edges[1::2], strict=True)):
        rows = np.flatnonzero(ink[:, x0:x1].any(axis=1)).tolist()
        box = (x0, rows[0], x1, rows[-1] + 1)
        status = "unsure" if picture.getvalue().endswith(b"unsure") and digit else "digit"
        digits.append(PlacedAnswer(status, digit, 0.9, (0.1,) * 10, None, "digits:test", box=box))
    text = "".join(str(digit.digit) for digit in digits)
    status = "unsure" if digits[-1].status == "unsure" else "number"
    return Number(text, tuple(digits), ink.shape[1], ink.shape[0], status, (text,), (), None)


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


def rows(page, count=1):
    """Each row's file name and what is large in it, once as many are there and the page is no longer busy."""
    page.wait_for_selector("form:not([aria-busy=true])")
    page.wait_for_selector(f".reading:nth-child({count})")
    assert page.locator(".reading").count() == count
    return [tuple(row.locator(".name, .large").all_inner_texts()[::-1]) for row in page.locator(".reading").all()]


def shown(page):
    """Whether each picture in the results was decoded."""
    page.wait_for_function("() => [...document.images].every((image) => image.complete && image.src)")
    return page.evaluate("[...document.querySelectorAll('.reading img')].map((image) => image.naturalWidth > 0)")


def status(page):
    return page.inner_text("#status")


def pictures(count, *others):
    """So many PNG files of a seven, and others between them."""
    return [*others, *(file(f"{number}.png", bars()) for number in range(count - len(others)))]


def test_a_chosen_file_is_read_at_once_without_a_reload(open_page, test_digit_png):
    page = open_page()
    page.evaluate("window.stayed = true")
    page.set_input_files("#images", file("seven.png", test_digit_png(7)))
    assert rows(page) == [("seven.png", "7")]
    assert status(page) == "seven.png: 7"
    assert shown(page) == [True, True]
    assert page.locator(".reading details[open] .bars tr").count() == 10
    assert "digits:" in page.inner_text(".colophon") and "service ready" in page.inner_text(".colophon")
    transfer(page, "paste", ("image.png", test_digit_png(2)))
    page.get_by_text("image.png", exact=True).wait_for()
    assert rows(page) == [("image.png", "2")]
    transfer(page, "drop", ("a.png", test_digit_png(4)), ("broken.png", BROKEN), ("b.png", test_digit_png(0)))
    page.get_by_text("broken.png", exact=True).wait_for()
    refused, *read = rows(page, 3)
    assert refused == ("broken.png", "!") and sorted(read) == [("a.png", "4"), ("b.png", "0")]
    assert status(page) == "2 read, 1 refused"
    page.get_by_role("link", name="A sloppy 4").click()
    page.get_by_text("four.png", exact=True).wait_for()
    assert rows(page) == [("four.png", "4")]
    page.get_by_role("link", name="A form field").click()
    page.get_by_text("field.png", exact=True).wait_for()
    assert page.get_by_role("radio", name="Number").is_checked() and len(rows(page)[0][1]) > 1
    assert page.evaluate("window.stayed")


def test_an_evil_file_name_runs_nothing_also_after_a_reload(open_page, columns_url):
    page = open_page(columns_url)
    name = "<img src=x onerror=window.evil=1>.png"
    transfer(page, "drop", (name, bars()))
    assert rows(page) == [(name, "7")]
    page.reload()
    assert rows(page) == [(name, "7")]
    assert page.evaluate("window.evil") is None


def test_sixty_pictures_go_in_batches_and_what_to_look_at_comes_first(open_page, columns_url, tmp_path):
    page = open_page(columns_url)
    sent, said = [], []
    page.on("request", lambda request: sent.append(request.method))
    page.expose_function("said", lambda words: said.append(words))
    page.evaluate("""() => new MutationObserver(() => said(document.getElementById("status").textContent))
        .observe(document.getElementById("status"), { childList: true })""")
    page.evaluate("""() => {
        const [counts, count] = [(window.counts = new Set()), document.getElementById("count")];
        new MutationObserver(() => counts.add(count.textContent)).observe(count, { childList: true });
    }""")
    odd = [file("=1+1.png", bars() + b"unsure"), file("broken.png", bars() + b"broken")]
    page.set_input_files("#images", pictures(60, *odd))
    found = rows(page, 60)
    assert found[:2] == [("broken.png", "!"), ("=1+1.png", "3?")]
    assert sent.count("POST") == 8
    assert {"8 of 60", "16 of 60"} < set(page.evaluate("[...counts]"))
    assert [words for words in said if words] == ["58 read, 1 unsure, 1 refused"]  # spoken once
    page.locator("#order select").select_option("index")
    assert rows(page, 60)[:3] == [("=1+1.png", "3?"), ("broken.png", "!"), ("0.png", "7")]

    table = list(csv.reader(downloaded(page, "CSV", tmp_path).removeprefix("\ufeff").splitlines()))
    assert len(table) == 61 and table[0][:4] == ["file", "status", "text", "digit"]
    assert table[1][:5] == ["'=1+1.png", "unsure", "3", "3", "0.6"]
    records = json.loads(downloaded(page, "JSON", tmp_path))
    assert len(records) == 60 and records[2]["file"] == "0.png" and records[2]["digit"] == 7

    page.reload()  # sends nothing again, loses nothing
    assert sent.count("POST") == 8
    assert rows(page, 60)[:2] == [("broken.png", "!"), ("=1+1.png", "3?")]
    assert all(shown(page)) and len(shown(page)) == 59
    page.get_by_role("button", name="Clear").click()
    page.reload()
    assert page.locator(".reading").count() == 0


def downloaded(page, name, folder):
    with page.expect_download() as download:
        page.get_by_role("link", name=name).click()
    path = folder / name
    download.value.save_as(path)
    return path.read_text("utf-8")


def test_the_results_are_copied_for_a_spreadsheet(browser, columns_url):
    context = browser.new_context(permissions=["clipboard-read", "clipboard-write"])
    page = context.new_page()
    page.goto(columns_url)
    page.set_input_files("#images", [file("a.png", bars()), file("b.png", bars() + b"unsure")])
    rows(page, 2)
    page.get_by_role("button", name="Copy").click()
    page.get_by_text("Copied.").wait_for()
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied.splitlines() == ["a.png\t7\t95.0 %", "b.png\t3?\t60.0 %"]
    context.close()


def test_folders_and_zip_files_are_opened_and_what_is_wrong_in_them_is_said(open_page, columns_url, tmp_path):
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "a.png").write_bytes(bars())
    (tmp_path / ".DS_Store").write_bytes(b"x")
    entries = [("scans/b.png", bars()), ("in.zip", zipped(("c.png", bars()))), ("__MACOSX/._b.png", b"x")]
    huge = ("huge.png", bytes(21 * 2**20))
    (tmp_path / "pictures.zip").write_bytes(zipped(*entries, huge))
    (tmp_path / "damaged.zip").write_bytes(zipped(*entries)[:-30])
    page = open_page(columns_url)
    page.set_input_files("[name=folder]", tmp_path)
    found = sorted(rows(page, 5))
    folder = tmp_path.name
    read, refused = ["b.png", f"{folder}/in/a.png"], ["huge.png", "in.zip", f"{folder}/damaged.zip"]
    assert found == sorted([*((name, "7") for name in read), *((name, "!") for name in refused)])
    details = page.locator(".failed").all_inner_texts()
    assert any(str(REFUSALS["zip_in_zip"]) in text for text in details)
    assert any(str(REFUSALS["zip_damaged"]) in text for text in details)
    assert any(FAILURES["too_large"].detail in text for text in details)
    drop_folder(page, tmp_path / "in")
    page.get_by_text("in/a.png", exact=True).wait_for()
    assert rows(page) == [("in/a.png", "7")]


def drop_folder(page, folder):
    """As from a file manager: what a script makes up has files, but no folders."""
    devtools = page.context.new_cdp_session(page)
    data = {"items": [], "files": [str(folder)], "dragOperationsMask": 1}
    for event in ("dragEnter", "dragOver", "drop"):
        devtools.send("Input.dispatchDragEvent", {"type": event, "x": 200, "y": 200, "data": data})
    devtools.detach()


def test_too_large_a_picture_is_said_without_sending_it(open_page, columns_url):
    page = open_page(columns_url)
    sizes = []
    page.on("request", lambda request: sizes.append(len(request.post_data_buffer or b"")))
    page.evaluate("""() => {
        const transfer = new DataTransfer();
        transfer.items.add(new File([new Uint8Array(20 * 2 ** 20 + 1)], "huge.png"));
        document.querySelector("main").dispatchEvent(new DragEvent("drop", { dataTransfer: transfer, bubbles: true }));
    }""")
    assert rows(page) == [("huge.png", "!")]
    assert FAILURES["too_large"].detail in page.inner_text(".failed")
    assert max(sizes) < 1000


def test_a_service_that_is_down_is_waited_for(open_page, test_digit_png):
    service = StandIn(SEVEN.to_json())
    with served(create_app(Client(service.url).recognise)) as url:
        page = open_page(url)
        page.set_input_files("#images", [file(f"{number}.png", test_digit_png(7)) for number in range(9)])
        words = FAILURES["service_down"]
        page.get_by_text(f"{words.title}. {words.detail}").wait_for()
        assert page.inner_text("#count") == "0 of 9, waiting"
        assert service.url not in page.inner_text("body")
        with service:
            assert len(rows(page, 9)) == 9
        assert status(page) == "9 read"


def test_a_page_server_that_is_gone_is_waited_for(open_page, columns_url):
    page = open_page(columns_url, offline=False)  # in a context of its own, because it does not stay so
    page.context.set_offline(True)
    page.set_input_files("#images", file("seven.png", bars()))
    page.get_by_text("This page's server does not answer. Your pictures are kept").wait_for()
    page.context.set_offline(False)
    assert rows(page) == [("seven.png", "7")]


def test_what_was_stopped_goes_on_when_asked(open_page):
    permits = threading.Semaphore(8)

    def recognise(picture):
        assert permits.acquire(timeout=60)
        return SEVEN

    with served(create_app(recognise, model=lambda: "digits:test")) as url:
        page = open_page(url)
        page.set_input_files("#images", pictures(12))
        page.get_by_text("8 of 12", exact=True).wait_for()
        page.get_by_role("button", name="Stop").click()
        page.get_by_role("button", name="Read the other 4").wait_for()
        assert status(page) == "8 read"
        permits.release(100)
        page.get_by_role("button", name="Read the other 4").click()
        assert len(rows(page, 12)) == 12
        assert status(page) == "12 read"


def test_without_javascript_the_form_posts(open_page, columns_url, test_digit_png):
    page = open_page(java_script_enabled=False)
    page.get_by_role("button", name="Read", exact=True).click()
    assert page.inner_text(".problem") == "No picture was chosen. Choose one or more, or drop them on this page."
    archive = {"name": "a.zip", "mimeType": "application/zip", "buffer": zipped(("in.png", test_digit_png(5)))}
    page.set_input_files("#images", [file("seven.png", test_digit_png(7)), file("broken.png", BROKEN), archive])
    page.get_by_role("button", name="Read", exact=True).click()
    assert page.locator(".reading .large").first.inner_text() == "!"
    assert sorted(page.locator(".reading .large").all_inner_texts()) == ["!", "5", "7"]
    assert status(page) == "2 read, 1 refused"
    page.locator("summary").first.click()
    assert page.locator("[open] .picture img").bounding_box()["width"] > 90
    page.get_by_role("link", name="A sloppy 4").click()
    assert page.locator(".reading .large").all_inner_texts() == ["4"]


CUT_OFF = """(width) => [...document.querySelectorAll("body *")]
    .filter((each) => each.checkVisibility() && each.getBoundingClientRect().right > width + 1)
    .map((each) => each.outerHTML.slice(0, 80))"""
# A label is the target where it holds its field.
SMALL_TARGETS = """() => [...document.querySelectorAll("a, button, summary, select, input, label:has(input)")]
    .map((each) => [each, (each.closest("label:has(input)") ?? each).getBoundingClientRect()])
    .filter(([each, { width, height }]) => each.checkVisibility() && (width < 43.9 || height < 43.9))
    .map(([each]) => each.outerHTML.slice(0, 80))"""


@pytest.mark.parametrize("width", WIDTHS)
def test_nothing_is_cut_off_or_too_small_to_press(open_page, columns_url, width):
    page = open_page(columns_url, viewport={"width": width, "height": 800}, color_scheme="dark")
    page.set_input_files("#images", [file("x" * 200 + ".png", bars()), file("y" * 200, bars() + b"broken")])
    rows(page, 2)
    page.locator("summary").click()
    for size in ("100%", "200%"):
        page.evaluate("size => { document.documentElement.style.fontSize = size; }", size)
        assert page.evaluate(CUT_OFF, width) == []
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        assert page.evaluate(SMALL_TARGETS) == []
        assert page.locator(".bars svg").first.bounding_box()["width"] > 100  # they are lengths
        assert page.locator(".bars caption").bounding_box()["width"] > 100


def test_axe_finds_nothing_in_any_state(open_page, columns_url):
    page = open_page(columns_url, viewport={"width": 1000, "height": 900})
    states = {"empty": violations(page)}
    several = [file("a.png", bars()), file("b.png", bars() + b"unsure"), file("c.png", bars() + b"broken")]
    page.set_input_files("#images", several)
    for mode in ("Digit", "Number"):
        page.get_by_label(mode).check()
        page.locator(f".reading{'[data-mode=number]' if mode == 'Number' else ''}").first.wait_for()
        rows(page, 3)
        for summary in page.locator("summary").all():
            summary.click()
        states[mode] = violations(page)
        page.emulate_media(color_scheme="dark")
        states[f"{mode}, dark"] = violations(page)
        page.emulate_media(color_scheme="light")
    page.context.set_offline(True)
    page.set_input_files("#images", several)
    page.get_by_text("This page's server does not answer.").wait_for()
    states["waiting"] = violations(page)
    page.get_by_role("button", name="Stop").click()
    page.get_by_role("button", name="Read again").wait_for()
    states["stopped"] = violations(page)
    page.context.set_offline(False)
    page.goto(f"{columns_url}/nothing")
    states["problem"] = violations(page)
    assert states == {state: [] for state in states}


def test_the_keyboard_reaches_all_and_paper_has_the_results_alone(open_page, columns_url):
    page = open_page(columns_url)
    page.set_input_files("#images", [file("a.png", bars()), file("b.png", bars())])
    rows(page, 2)
    page.locator("#images").focus()
    reached = []
    for _ in range(12):
        page.keyboard.press("Tab")
        reached.append(
            page.evaluate("(({ tagName, name, id, innerText }) => name || id || tagName)(document.activeElement)")
        )
    assert reached[:8] == ["mode", "folder", "SELECT", "copy", "csv", "json", "clear", "SUMMARY"]
    page.locator("summary").first.press("Enter")
    assert page.locator("details[open]").count() == 1
    page.emulate_media(media="print")
    assert not page.locator("form").is_visible() and not page.locator(".tools").is_visible()
    assert page.locator(".reading").first.is_visible() and page.locator(".bars").first.is_visible()


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
    picture.scroll_into_view_if_needed()
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
    page.get_by_role("radio", name="Number").check()
    kinds = [("PNG", False), ("JPEG", False), ("JPEG", True), ("WEBP", False), ("PNG", True)]
    page.set_input_files("#images", [file(f"{kind} {lying}", bars(kind, lying)) for kind, lying in kinds])
    assert sorted(rows(page, 5)) == sorted((f"{kind} {lying}", "01") for kind, lying in kinds)
    assert status(page) == "5 read"
    assert shown(page) == [True] * 5
    for row in page.locator(".reading").all():
        row.locator("summary").click()
        expect_boxes_over_bars(row)
        assert row.locator(".boxes text").all_text_contents() == ["0", "1"]
    assert page.locator(".boxes rect").first.evaluate("rect => getComputedStyle(rect).fill") == "none"


def test_a_picture_that_the_browser_does_not_turn_has_no_boxes(open_page, columns_url):
    page = open_page(columns_url)
    page.get_by_role("radio", name="Number").check()
    page.set_input_files("#images", file("bars", bars("WEBP", lying=True)))
    assert rows(page) == [("bars", "01")]
    shown(page)
    size = page.locator(".picture img").evaluate("image => [image.naturalWidth, image.naturalHeight]")
    assert size == [200, 300]  # as stored: where browsers learn to turn it, it can have its boxes
    assert page.locator(".boxes").count() == 0


def test_without_javascript_a_number_is_read_and_stays_chosen(open_page, columns_url):
    page = open_page(columns_url, java_script_enabled=False)
    page.get_by_role("radio", name="Number").check()
    page.set_input_files("#images", file("bars", bars("JPEG", lying=True)))
    page.get_by_role("button", name="Read", exact=True).click()
    assert page.locator(".large, .name").all_inner_texts() == ["01", "bars"]
    assert page.get_by_role("radio", name="Number").is_checked()
    assert page.locator(".boxes rect").count() == 2


def test_the_other_choice_reads_the_same_pictures_again(open_page, columns_url):
    page = open_page(columns_url)
    page.set_input_files("#images", file("bars", bars() + b"unsure"))
    assert rows(page) == [("bars", "3?")]
    page.get_by_role("radio", name="Number").check()
    page.locator(".reading[data-mode=number]").wait_for()
    assert rows(page) == [("bars", "01")]
    assert page.locator(".large mark").all_inner_texts() == ["1"]  # the doubtful digit
    page.get_by_role("radio", name="Digit").check()
    page.locator(".reading:not([data-mode])").wait_for()
    assert rows(page) == [("bars", "3?")]


def test_a_number_on_a_phone(browser, columns_url):
    context = browser.new_context(viewport=PHONE, has_touch=True, is_mobile=True)
    page = context.new_page()
    page.goto(columns_url)
    assert page.get_by_text("Take or choose a photo").is_visible()
    assert not page.get_by_text("Drop pictures here").is_visible()
    page.get_by_role("radio", name="Number").check()
    page.set_input_files("#images", file("bars", bars()))
    assert rows(page) == [("bars", "01")]
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    expect_boxes_over_bars(page.locator(".reading"))
    context.close()


def test_what_is_misread_is_told_and_kept_with_consent_and_deleted_again(open_page, upload_url, test_digit_png, model):
    page = open_page(viewport={"width": 320, "height": 800})
    four = test_digit_png(4)
    page.set_input_files("#images", file("four.png", four))
    press = page.get_by_role("button", name="It is a …")
    press.click()
    assert violations(page) == []
    page.get_by_role("button", name="7", exact=True).click()
    assert violations(page) == [] and page.evaluate(SMALL_TARGETS) == [] and page.evaluate(CUT_OFF, 320) == []
    page.get_by_label("Keep this picture and my answer").check()
    page.get_by_role("button", name="Send").press("Enter")
    said = page.locator(".right [role=status]")
    expect(said).to_have_text("Thank you: a 7.")
    assert violations(page) == []
    found = kept_here(page)
    assert (found.picture, found.label, found.digit, found.model) == (four, 7, 4, model.tag)
    assert (found.endpoint, found.box, len(found.seen)) == ("/predict", None, 28 * 28)
    page.keyboard.press("Enter")  # on Undo, where the keyboard is now
    expect(said).to_have_text("Deleted.")
    with keeper(database_of_tests()) as database:
        assert found.id not in [each.id for each in database.everything()]
    with locked(database_of_tests()):
        page.get_by_role("button", name="Right", exact=True).click()
        words = "Not kept. The place where corrections are kept does not answer. Try again in a moment."
        expect(said).to_have_text(words, timeout=20_000)

    page.get_by_role("radio", name="Number").check()
    page.get_by_role("button", name="Digit 1, read as 4: is that right?").click()
    page.get_by_role("button", name="Right", exact=True).click()
    expect(said).to_have_text("Thank you: a 4.", timeout=20_000)
    found = kept_here(page)
    assert (found.picture, found.label, found.endpoint, found.box is None) == (four, 4, "/read", False)
    assert violations(page) == []
    page.get_by_role("button", name="Delete my corrections").click()
    page.get_by_text("All were deleted.").wait_for()
    page.reload()
    assert rows(page) == [("four.png", "4")]
    assert page.locator(".right, .feedback-press").count() == 0  # the picture is gone


def kept_here(page):
    """The one correction of this browser, as the service keeps it."""
    (id,) = page.evaluate("JSON.parse(localStorage.getItem('digits-corrections'))")
    with keeper(database_of_tests()) as database:
        return next(each for each in database.everything() if each.id == id)


def test_where_no_corrections_are_kept_nothing_is_asked_any_more(open_page):
    keeper = FakeKeeper()
    keeper.error = FeedbackOff("Nothing is kept.")
    with served(create_app(by_its_end, read_columns, model=lambda: "digits:test", keeper=keeper)) as url:
        page = open_page(url, viewport={"width": 900, "height": 800})
        page.set_input_files("#images", [file("a.png", bars()), file("b.png", bars())])
        rows(page, 2)
        for summary in page.locator("summary").all():
            summary.click()
        page.get_by_role("button", name="Right", exact=True).first.click()
        page.get_by_label("Keep this picture and my answer").check()
        page.get_by_role("button", name="Send").click()
        expect(page.locator(".right:not(:empty)")).to_have_text(
            ["No corrections are kept here. Thank you all the same."]
        )
        page.set_input_files("#images", file("c.png", bars()))
        assert rows(page) == [("c.png", "7")]
        assert page.locator(".feedback[role=group]").count() == 0


def test_a_number_before_the_real_service(open_page, test_digit_png):
    page = open_page()
    page.get_by_role("radio", name="Number").check()
    page.set_input_files("#images", [file("seven.png", test_digit_png(7)), file("broken.png", BROKEN)])
    assert rows(page, 2) == [("broken.png", "!"), ("seven.png", "7")]
    assert page.locator(".boxes rect").count() == 1


def test_why_a_digit_is_read_as_it_is(open_page, test_digit_png):
    page = open_page(viewport={"width": 1000, "height": 900})
    page.set_input_files("#images", file("seven.png", test_digit_png(7)))
    assert rows(page) == [("seven.png", "7")]
    page.get_by_role("button", name="Why?").click()
    page.locator(".why-said", has_text="Without this part: ").wait_for()
    assert page.locator(".why-part").count() == 49
    assert page.locator(".why-part[aria-current]").evaluate("part => part === document.activeElement")
    assert not page.locator(".network").is_visible()
    page.get_by_text("See the network think").click()
    assert page.locator(".network figure").count() == 6
    assert page.locator(".network-best .network-label").inner_text() == "7"
    assert page.locator(".network-detail").inner_text().startswith("First convolution, map 1 of 32. Its filter: 5×5.")
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        assert violations(page) == []
    page.set_viewport_size({"width": 320, "height": 640})
    assert page.evaluate(CUT_OFF, 320) == []
    page.reload()  # the picture is gone
    assert rows(page) == [("seven.png", "7")]
    assert page.get_by_role("button", name="Why?").count() == 0 and page.locator(".why").count() == 0
    page.get_by_role("radio", name="Number").check()
    page.set_input_files("#images", file("seven.png", test_digit_png(7)))
    page.locator(".reading[data-mode=number]").wait_for()
    assert page.get_by_role("button", name="Why?").count() == 0
