"""The upload page in a real browser: pictures chosen, dropped and waited for."""

import csv
import json
import threading

from servers import StandIn
from test_archives import zipped
from upload_browser import BROKEN, SEVEN, bars, file, pictures, rows, served, shown, status, transfer

from flask_app import create_app
from flask_app.archives import REFUSALS
from pipeline.client import Client
from pipeline.faces.words import FAILURES


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
