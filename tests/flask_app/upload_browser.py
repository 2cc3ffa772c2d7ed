"""The upload page in a browser: pages served in this process, pictures to give it, and what it shows of them."""

import base64
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from io import BytesIO

import numpy as np
import pytest
from PIL import Image, ImageOps
from werkzeug.serving import make_server

from pipeline.answer import Answer, Number, PlacedAnswer
from pipeline.errors import NotAPicture

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


# Two bars, of 40×80 and 20×120 pixels, in a picture 300 wide and 200 high
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


CUT_OFF = """(width) => [...document.querySelectorAll("body *")]
    .filter((each) => each.checkVisibility() && each.getBoundingClientRect().right > width + 1)
    .map((each) => each.outerHTML.slice(0, 80))"""
# A label is the target where it holds its field.
SMALL_TARGETS = """() => [...document.querySelectorAll("a, button, summary, select, input, label:has(input)")]
    .map((each) => [each, (each.closest("label:has(input)") ?? each).getBoundingClientRect()])
    .filter(([each, { width, height }]) => each.checkVisibility() && (width < 43.9 || height < 43.9))
    .map(([each]) => each.outerHTML.slice(0, 80))"""
