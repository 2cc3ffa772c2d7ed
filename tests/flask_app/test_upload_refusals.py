"""The upload page by itself, where something is wrong: with a file, a form, a name, the service."""

import re
import threading
from io import BytesIO

import httpx
import pytest
from upload_page import (
    DOWN,
    PNG,
    SEEN,
    answer,
    of_bytes,
    problem,
    recognise,
    summary,
    texts,
    upload,
)

from flask_app import create_app
from flask_app.archives import REFUSALS
from flask_app.readings import MOST_BYTES_SHOWN
from flask_app.uploads import LEFT_OUT
from pipeline.client import Refused
from pipeline.faces.words import FAILURES


def test_a_refused_file_says_why_beside_its_name_and_spoils_no_neighbour(client):
    response = upload(client, ("seven.png", PNG), ("bad.png", PNG + b"broken"), ("three.png", PNG + b" unsure"))
    bad, three, seven = texts(response.text)  # what to look at comes first
    assert response.status_code == 200
    assert seven.startswith("7 seven.png ")
    assert bad == "! bad.png This picture was not read These bytes are not a picture. Send a PNG."
    assert three.startswith("3? three.png Probably 3, but not sure ")
    assert summary(response) == "1 read, 1 unsure, 1 refused"


def test_when_nothing_was_read_the_status_says_so(client):
    response = upload(client, ("a.png", b"broken"), ("b.png", b"broken"))
    assert (response.status_code, summary(response)) == (400, "2 refused")
    assert upload(client, ("a.png", b"broken"), ("b.png", b"down")).status_code == 400


def test_a_service_that_is_down_is_said_once_and_recovers(client, caplog):
    response = upload(client, ("a.png", b"down"), ("b.png", b"down"))
    assert response.status_code == 503
    assert problem(response) == "The digit service is down. Send your pictures again in a moment."
    assert "127.0.0.1" not in response.text  # that is for the log
    assert f"Not read: {DOWN}" in caplog.text
    words = "The digit service is down Send it again in a moment."
    assert texts(response.text) == [f"! a.png {words}", f"! b.png {words}"]
    assert texts(upload(client, ("a.png", PNG)).text)[0].startswith("7 a.png ")


def test_four_files_are_read_at_the_same_time_and_keep_their_order():
    together = threading.Barrier(4, timeout=10)

    def wait_for_three_others(picture):
        together.wait()
        return answer(digit=int(picture))

    response = upload(
        create_app(of_bytes(wait_for_three_others)).test_client(), *[(f"{n}.png", b"%d" % n) for n in range(8)]
    )
    assert summary(response) == "8 read"
    assert re.findall(r'data-index="(\d)"\s+data-outcome="read" data-short="(\d)"', response.text) == [
        (f"{n}", f"{n}") for n in range(8)
    ]


def test_bytes_go_to_recognise_as_they_came_from_any_field():
    came = []
    client = create_app(lambda picture: came.append(picture.read()) or answer()).test_client()
    everything = bytes(range(256)) * 4
    assert client.post("/", data={"other": (BytesIO(everything), "x.png")}).status_code == 200
    assert came == [everything]


def test_a_fault_of_ours_is_a_readable_500(caplog):
    response = upload(create_app(lambda picture: 1 // 0).test_client(), ("a.png", PNG))
    assert response.status_code == 500
    assert problem(response) == "Something went wrong in this page, not in your picture. Its log says what; try again."
    assert "ZeroDivisionError" in caplog.text


@pytest.mark.parametrize(
    ("why", "words"),
    [
        ("too_large", FAILURES["too_large"].detail),
        ("zip_locked", str(REFUSALS["zip_locked"])),
        ("unreadable", str(LEFT_OUT["unreadable"])),
        ("made up", str(LEFT_OUT["unreadable"])),
    ],
)
def test_what_the_script_left_out_is_said_as_all_else_is(client, why, words):
    data = {"images": (BytesIO(b""), "a.png"), "left_out": why}
    html = client.post("/", data=data, headers={"X-Requested-With": "fetch"}).text
    assert texts(html)[0].startswith("! a.png ") and texts(html)[0].endswith(words)
    assert 'data-outcome="refused"' in html


def test_zip_files_are_opened_by_the_script_itself_where_there_is_one():
    came = []
    client = create_app(lambda file: came.append(file.read()) or answer(), model=lambda: "x").test_client()
    packed = b"PK\3\4 whatever"
    upload(client, ("a.zip", packed), headers={"X-Requested-With": "fetch"})
    assert came == [packed]


# Bad requests


@pytest.mark.parametrize("data", [{}, {"images": (BytesIO(b""), "")}, {"images": "no file"}, {"mode": "number"}])
def test_no_file_chosen(client, data):
    response = client.post("/", data=data, content_type="multipart/form-data")
    assert response.status_code == 400
    assert problem(response) == "No picture was chosen. Choose one or more, or drop them on this page."


def test_a_body_that_is_no_form(client):
    assert client.post("/", data=b"\x00\xff", content_type="multipart/form-data").status_code == 400
    assert client.post("/", data=b"{}", content_type="application/json").status_code == 400


def test_too_many_bytes():
    app = create_app(of_bytes(recognise))
    app.config["MAX_CONTENT_LENGTH"] = 2 * 2**20
    form = "multipart/form-data; boundary=x"
    response = app.test_client().post("/", data=bytes(2 * 2**20 + 1), content_type=form)
    assert response.status_code == 413
    assert problem(response) == "Too much at once: at most 50 pictures and 2 MiB together. Send fewer or smaller ones."


def test_too_many_files(client):
    response = upload(client, *[("a.png", PNG)] * 51)
    assert response.status_code == 413
    assert problem(response) == "51 pictures came at once; at most 50 are read. Send fewer."
    assert upload(client, *[("a.png", PNG)] * 50).status_code == 200


def test_an_unknown_path_and_method(client):
    response = client.get("/<b>x")
    assert (response.status_code, response.mimetype) == (404, "text/html")
    assert problem(response) == "There is nothing at /<b>x. This is the only page here."
    assert "<b>x" not in response.text
    refused = client.put("/")
    assert (refused.status_code, problem(refused)) == (405, "The method is not allowed for the requested URL.")
    assert "POST" in refused.headers["Allow"]


# Hostile input


def test_an_evil_file_name_is_only_text(client):
    name = "%22><script>alert(1)</script>{{ 7 * 7 }}\u202egnp.png"  # browsers write a quotation mark as %22
    html = upload(client, (name, PNG), (name, b"broken")).text
    assert "<script>alert" not in html
    assert (
        html.count('<bdi class="name">&#34;&gt;&lt;script&gt;alert(1)&lt;/script&gt;{{ 7 * 7 }}\u202egnp.png</bdi>')
        == 2
    )


def test_an_evil_refusal_is_only_text():
    def refuse(picture):
        raise Refused("<img src=x onerror=alert(1)>", "not_a_picture", 400)

    assert "<img src=x" not in upload(create_app(refuse).test_client(), ("a.png", PNG)).text


@pytest.mark.parametrize("content", [b"<svg onload='alert(1)'/>", b"<html><script>alert(1)</script>", b"II*\0", b""])
def test_what_no_browser_should_show_is_never_echoed(client, content):
    images = (BytesIO(content), "a.svg", "image/svg+xml")
    html = client.post("/", data={"images": images}).text
    assert "Browsers cannot show this format." in html
    assert "data:image/svg" not in html and "data:text/html" not in html
    assert re.findall(r'<img src="(data:[^"]*)"', html) == [SEEN]


@pytest.mark.parametrize(
    ("start", "kind"),
    [
        (PNG, "png"),
        (b"\xff\xd8\xff\xe0", "jpeg"),
        (b"GIF89a", "gif"),
        (b"GIF87a", "gif"),
        (b"RIFF\0\0\0\0WEBP", "webp"),
        (b"BM", "bmp"),
        (b"\0\0\0\x1cftypavif", "avif"),
    ],
)
def test_a_picture_is_shown_by_its_bytes_whatever_the_client_calls_it(client, start, kind):
    html = client.post("/", data={"images": (BytesIO(start), "a.html", "text/html")}).text
    assert f'<img src="data:image/{kind};base64,' in html
    assert "text/html" not in html


def test_the_script_keeps_its_pictures_and_gets_only_their_type(client):
    files = ("a.png", PNG), ("b.png", b"broken"), ("c.gif", b"GIF89a")
    html = upload(client, *files, headers={"X-Requested-With": "fetch"}).text
    assert re.findall(r'<img data-type="([^"]*)"', html) == ["image/png", "image/gif"]
    assert re.findall(r'<img src="(data:[^"]*)"', html) == [SEEN, SEEN]
    assert re.findall(r'data-index="(\d)"', html) == ["0", "1", "2"]  # in the order sent


def test_without_the_script_a_page_holds_no_more_pictures_than_a_browser_bears(client):
    def numbers(*pictures, **headers):
        # Not by `upload`: Werkzeug's test client leaves the file open in which it puts together a large form.
        files = [("images", ("a.png", picture)) for picture in pictures]
        form = httpx.Request("POST", "http://x", data={"mode": "number"}, files=files)
        return client.post(
            "/", data=form.read(), headers={**headers, "Content-Type": form.headers["Content-Type"]}
        ).text

    half = PNG + bytes(MOST_BYTES_SHOWN // 2)
    html = numbers(half, half, PNG)
    assert len(html) < 1.5 * MOST_BYTES_SHOWN
    assert html.count('<img src="data:image/png;base64,iVBOR') == html.count('<svg class="boxes"') == 1
    assert html.count("<small>Too large to be shown without JavaScript.</small>") == 2
    html = numbers(half, half, **{"X-Requested-With": "fetch"})
    assert html.count("<img data-type=") == html.count('<svg class="boxes"') == 2


@pytest.mark.parametrize(("told", "header"), [(None, "1"), (7, "7")])
def test_a_busy_service_is_told_with_when_to_try_again(told, header):
    def refuse(picture):
        raise Refused("The digit service is busy. Try again in a moment.", "busy", 503, told)

    response = upload(create_app(refuse).test_client(), ("a.png", PNG))
    assert (response.status_code, response.headers["Retry-After"]) == (503, header)
    assert texts(response.text) == ["! a.png Many are asking at the moment Send it again in a moment."]
