"""The upload page by itself: a recognise of our own is handed in, no service runs and nothing is patched."""

import re
import signal
import socket
import subprocess
import sys
import threading
from dataclasses import replace
from html import unescape
from io import BytesIO
from urllib.request import urlopen

import httpx
import pytest
from servers import ROOT

from flask_app import create_app
from flask_app.__main__ import main
from flask_app.archives import REFUSALS
from flask_app.readings import MOST_BYTES_SHOWN
from flask_app.uploads import LEFT_OUT
from pipeline.answer import Answer, Number, PlacedAnswer
from pipeline.client import Refused
from pipeline.errors import ServiceDown
from pipeline.faces import STATIC
from pipeline.faces.frame import DESCRIPTION, footer_html, header_html
from pipeline.faces.words import FAILURES

PNG = b"\x89PNG\r\n\x1a\n"
SEEN = "data:image/png;base64,c2Vlbg=="
NOT_READ = (
    "Not read at {places}, outlined with dots and marked × in the picture: "
    "something is written there, but no digit was recognised in it."
)
DOWN = "The digit service at http://127.0.0.1:3000 does not answer. Start it with 'make up' and try again."


def answer(status="digit", digit=7, confidence=0.99991):
    rest = (1 - confidence) / 9
    probabilities = tuple(confidence if number == digit else rest for number in range(10))
    return Answer(status, digit, confidence, probabilities, SEEN, "digits:test")


def of_bytes(function):
    """The page hands on each picture as a file."""
    return lambda file: function(file.read())


def recognise(picture):
    """What each of the tests' pictures stands for is told by its end."""
    if picture.endswith(b"broken"):
        raise Refused("These bytes are not a picture. Send a PNG.", "not_a_picture", 400)
    if picture.endswith(b"down"):
        raise ServiceDown(DOWN)
    answers = {
        b"unsure": answer("unsure", 3, 0.62),
        b"blank": Answer("blank", None, 0.0, (0.1,) * 10, None, "digits:test"),
        b"horse": Answer("not_a_digit", None, 0.4, (0.1,) * 10, SEEN, "digits:test", "A <b> is none."),
    }
    return next((found for end, found in answers.items() if picture.endswith(end)), answer())


def placed(digit, box, status="digit", confidence=0.998):
    return PlacedAnswer(status, digit, confidence, (0.1,) * 10, SEEN, "digits:test", box=box)


DIGITS = placed(4, (10, 20, 110, 220)), placed(0, (150, 5, 250, 220), "unsure", 0.61)
FORTY = Number("40", DIGITS, 880, 300, "unsure", ("40",), (), "1 of 2 digits is unsure.")
FOUR = Number("4", DIGITS[:1], 880, 300, "number", ("4",), (), None)
NUMBERS = {
    b"blank": Number("", (), 880, 300, "blank", (), (), "There is no ink."),
    b"sure 4": FOUR,
    b"letter": Number("", (), 880, 300, "not_a_number", (), ((10, 20, 110, 220),), "A <b> is none."),
    b"4 dash": replace(FOUR, unread=((300, 100, 400, 120),)),
    b"lines": replace(FORTY, lines=("4", "0"), unread=((300, 100, 400, 120), (500, 0, 550, 120))),
}


def read(picture):
    """The number in each of the tests' pictures."""
    recognise(picture)  # broken or down, as there
    return next((found for end, found in NUMBERS.items() if picture.endswith(end)), FORTY)


@pytest.fixture
def client():
    return create_app(of_bytes(recognise), of_bytes(read), model=lambda: "digits:test").test_client()


def upload(client, *files, mode=None, **request):
    """POST the (name, bytes) pairs as a browser's form does; without a mode, as a script may."""
    images = [(BytesIO(content), name) for name, content in files]
    data = {"images": images, **({"mode": mode} if mode else {})}
    return client.post("/", data=data, content_type="multipart/form-data", **request)


def texts(html):
    """The visible text of each file's row, in order."""
    rows = re.split(r'<li class="reading', html.partition("</section>")[0])[1:]
    return [" ".join(unescape(re.sub(r"<[^>]*>", " ", "<li" + row)).split()) for row in rows]


def problem(response):
    return unescape(re.sub("<[^>]*>", "", re.search(r'<p class="problem" role="alert">(.*?)</p>', response.text)[1]))


def summary(response):
    return unescape(re.search(r'<p id="status" role="status"[^>]*>(.*?)</p>', response.text)[1])


# The page


def test_the_empty_page_has_a_form_that_works_without_javascript(client):
    response = client.get("/")
    assert response.status_code == 200
    assert '<form id="upload" method="post" action="/" enctype="multipart/form-data"' in response.text
    assert (
        '<input id="images" name="images" type="file" accept="image/*,.heic,.heif,.avif,.zip" multiple' in response.text
    )
    assert '<input name="folder" type="file" webkitdirectory>' in response.text
    assert '<input type="radio" name="mode" value="digit" checked>Digit' in response.text
    assert '<input type="radio" name="mode" value="number">Number' in response.text
    assert "each up to 20 MiB and 64 megapixels." in response.text
    assert "Up to 50 pictures and 64 MiB at once, zip files too." in response.text
    assert summary(response) == "" and texts(response.text) == []


def test_header_and_footer_are_those_of_both_pages(client):
    html = client.get("/").text
    assert header_html("upload") in html
    assert footer_html("digits:test", "service ready") in html
    with client.get("/faces/theme.css") as theme:
        assert theme.data == (STATIC / "theme.css").read_bytes()


def test_the_footer_says_that_the_service_does_not_answer_and_asks_again_later():
    asked = []

    def model():
        asked.append(1)
        raise ServiceDown(DOWN)

    client = create_app(of_bytes(recognise), model=model).test_client()
    assert footer_html("", "service does not answer") in client.get("/").text
    client.get("/")
    assert len(asked) == 1


def test_the_preview_that_others_see_of_a_link_is_ours(client):
    html = client.get("/").text
    assert '<html lang="en-GB">' in html and "<title>Read pictures · Handwritten digits</title>" in html
    assert '<meta property="og:title" content="Handwritten digits">' in html
    assert f'<meta property="og:description" content="{DESCRIPTION}">' in html
    assert '<meta property="og:image" content="http://localhost/faces/card.png">' in html
    with client.get("/faces/card.png") as picture:
        assert picture.mimetype == "image/png"


@pytest.mark.parametrize(
    ("picture", "words", "short"),
    [
        (
            b" seven",
            "7 a.png Confidence > 99.9 % Compared among the ten digits 0 1 2 3 4 5 6 7 8 9 What the model",
            "7",
        ),
        (b" unsure", "3? a.png Probably 3, but not sure Confidence 62.0 % Compared among the ten digits 0 1 2", "3?"),
        (b" blank", "– a.png Nothing to read There is no ink. digits:test", "blank"),
        (b" horse", "– a.png This is not a digit A <b> is none. What the model saw digits:test", "not a digit"),
    ],
)
def test_each_status_in_words(client, picture, words, short):
    response = upload(client, ("a.png", PNG + picture))
    assert response.status_code == 200
    assert texts(response.text)[0].startswith(words)
    assert summary(response) == f"a.png: {short}"


def test_ten_bars_the_best_marked_and_never_certainty(client):
    html = upload(client, ("a.png", PNG)).text
    assert re.findall(r'<th scope="row">(\d)</th>', html) == list("0123456789")
    assert re.findall(r'<rect width="([\d.]+)"', html) == ["0.00"] * 7 + ["99.99"] + ["0.00"] * 2
    assert html.count('<tr class="chosen">') == 1
    assert "100.0 %" not in html
    for picture in (b" blank", b" horse"):
        assert "<rect" not in upload(client, ("a.png", PNG + picture)).text


def test_what_the_model_saw_is_shown_unless_blank(client):
    assert f'<img src="{SEEN}" width="84" height="84"' in upload(client, ("a.png", PNG)).text
    assert 'class="seen"' not in upload(client, ("a.png", PNG + b" blank")).text


# Numbers


def test_a_number_with_its_digits_and_its_doubt(client):
    response = upload(client, ("forty.png", PNG), mode="number")
    assert response.status_code == 200
    assert texts(response.text) == [
        "4 0? 4 0 forty.png Not sure of this number 1 of 2 digits is unsure. Lowest confidence 61.0 % "
        "4 99.8 % 0? 61.0 %, not sure Each digit as the model saw it, and its confidence; digits:test"
    ]
    assert '<span class="line">4<mark>0</mark></span>' in response.text
    assert summary(response) == "forty.png: 40?"
    sure = upload(client, ("four.png", PNG + b"sure 4"), mode="number")
    assert texts(sure.text)[0].startswith("4 4 four.png All digits are sure. Lowest confidence 99.8 % 4 99.8 % Each")
    assert summary(sure) == "four.png: 4"


def test_the_boxes_are_in_pixels_of_the_upright_picture(client):
    html = upload(client, ("forty.png", PNG), mode="number").text
    assert re.findall(r'<svg class="boxes" viewBox="([^"]*)" font-size="([^"]*)"', html) == [("0 0 880 300", "20.0")]
    assert re.findall(r'<g class="(\w+)">\s*<rect ([^/]*)/>\s*<text ([^>]*)>([^<]*)<', html) == [
        ("digit", 'x="10" y="20" width="100" height="200"', 'x="10" y="20.0"', "4"),
        ("unsure", 'x="150" y="5" width="100" height="215"', 'x="150" y="20.0"', "0?"),
    ]
    assert "style=" not in html  # the content security policy would drop it


def test_a_number_in_a_format_that_no_browser_shows_is_text_alone(client):
    html = upload(client, ("forty.tiff", b"II*\0"), mode="number").text
    assert texts(html)[0].startswith("Browsers cannot show this format. 4 0 forty.tiff Not sure of this number 1")
    assert '<svg class="boxes"' not in html


def test_no_digits_are_nothing_to_read(client):
    response = upload(client, ("a.png", PNG + b"blank"), mode="number")
    assert texts(response.text) == ["– a.png Nothing to read There is no ink."]
    assert summary(response) == "a.png: blank"


def test_ink_without_a_digit_is_no_number(client):
    response = upload(client, ("a.png", PNG + b"letter"), mode="number")
    assert texts(response.text) == [
        f"× – a.png This is not a number A <b> is none. {NOT_READ.format(places='1 place')}"
    ]
    assert summary(response) == "a.png: not a number"


def test_what_was_not_read_is_outlined_and_said_in_words(client):
    html = upload(client, ("a.png", PNG + b"4 dash"), mode="number").text
    assert re.findall(r'<g class="unread">\s*<rect ([^/]*)/>\s*<text ([^>]*)>([^<]*)<', html) == [
        ('x="300" y="100" width="100" height="20"', 'x="300" y="95.0"', "×"),
    ]
    assert NOT_READ.format(places="1 place") in html
    unseen = upload(client, ("a.tiff", b"II*\0" + b"4 dash"), mode="number").text
    assert "Not read at 1 place: something is written there, but no digit was recognised in it." in unseen


def test_each_line_of_a_number_is_a_line(client):
    response = upload(client, ("a.png", PNG + b"lines"), mode="number")
    assert re.findall('<span class="line">(.*?)</span>', response.text) == ["4", "<mark>0</mark>"]
    assert NOT_READ.format(places="2 places") in response.text
    assert summary(response) == "a.png: 40?"


def test_the_chosen_mode_stays_chosen(client):
    html = upload(client, ("a.png", PNG), mode="number").text
    assert '<input type="radio" name="mode" value="digit">Digit' in html
    assert '<input type="radio" name="mode" value="number" checked>Number' in html
    html = upload(client, mode="number").text  # no file chosen
    assert '<input type="radio" name="mode" value="number" checked>Number' in html


def test_a_number_that_fails_is_told_as_a_digit_is(client):
    response = upload(client, ("a.png", PNG), ("b.png", b"broken"), ("c.png", b"down"), mode="number")
    assert response.status_code == 200
    assert texts(response.text)[:2] == [
        "! b.png This picture was not read These bytes are not a picture. Send a PNG.",
        "! c.png The digit service is down Send it again in a moment.",
    ]
    assert summary(response) == "1 unsure, 1 refused, 1 not read"
    assert upload(client, ("c.png", b"down"), mode="number").status_code == 503


def test_an_unknown_mode(client):
    response = upload(client, ("a.png", PNG), mode="<letter>")
    assert response.status_code == 400
    assert problem(response) == "The form asks for '<letter>', expected digit or number. Reload the page."
    assert "<letter>" not in response.text


def test_the_script_keeps_its_pictures_of_numbers_too(client):
    html = upload(client, ("a.png", PNG), mode="number", headers={"X-Requested-With": "fetch"}).text
    assert re.findall(r'<img data-type="([^"]*)" alt="">', html) == ["image/png"]
    assert 'viewBox="0 0 880 300"' in html


# Several files, and files that fail


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


def test_security_headers_on_everything(client):
    for path in ("/", "/nothing", "/static/page.js"):
        with client.get(path) as response:
            headers = response.headers
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Content-Security-Policy"].startswith("default-src 'none'; script-src 'self'; style-src 'self';")
        assert "unsafe" not in headers["Content-Security-Policy"]


@pytest.mark.parametrize("path", ["/", "/static/page.css"])
@pytest.mark.parametrize("name", ["evil.example", "127.0.0.1.evil.example:5000", "localhost.evil.example", "1.2.3.4.5"])
def test_a_foreign_host_name_is_refused(client, path, name):
    response = client.get(path, headers={"Host": name})
    name = name.partition(":")[0]
    assert response.status_code == 400
    assert problem(response) == (
        f"This server does not answer to the name '{name}'. Ask for it by its IP address or as localhost, "
        f"or start it with --trusted-host {name}"
    )


@pytest.mark.parametrize(
    "name", ["localhost:5000", "127.0.0.1", "192.168.1.20:5000", "[::1]:5000", "flask_app:5000", "den.local"]
)
def test_a_host_name_that_nobody_can_register_is_served(client, name):
    assert client.get("/", headers={"Host": name}).status_code == 200


def test_a_trusted_host_is_served():
    client = create_app(of_bytes(recognise), trusted_hosts=["digits.example.org", ".preview.example"]).test_client()
    assert client.get("/", headers={"Host": "digits.example.org"}).status_code == 200
    assert client.get("/", headers={"Host": "branch.preview.example:443"}).status_code == 200
    assert client.get("/", headers={"Host": "www.digits.example.org"}).status_code == 400


def test_a_host_that_is_no_name(client):
    response = client.get("/", headers={"Host": "[::"})
    assert (response.status_code, problem(response)) == (400, "The Host header of this request is not a host name.")


# The command line


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        (["--port", "x"], "argument --port: expected a port from 0 to 65535, received 'x'"),
        (["--port", "65536"], "argument --port: expected a port from 0 to 65535, received '65536'"),
        (["--service", "there"], "argument --service: expected a URL such as http://127.0.0.1:3000, received 'there'"),
        (["--service", "http:"], "argument --service: expected a URL such as http://127.0.0.1:3000, received 'http:'"),
        (["--root-path", "up"], "argument --root-path: expected a path such as /upload, received 'up'"),
        (["--root-path", "//x"], "argument --root-path: expected a path such as /upload, received '//x'"),
        (["--bogus"], "unrecognized arguments: --bogus"),
    ],
)
def test_bad_arguments_are_one_line(capsys, arguments, line):
    with pytest.raises(SystemExit) as stopped:
        main(arguments)
    assert stopped.value.code == 2
    assert capsys.readouterr() == ("", f"python -m flask_app: {line}. Try --help.\n")


def test_a_port_in_use_is_one_line():
    with socket.create_server(("127.0.0.1", 0)) as taken, pytest.raises(SystemExit) as stopped:
        port = taken.getsockname()[1]
        main(["--port", str(port)])
    expected = f"cannot listen on 127.0.0.1 port {port}: address already in use. Try another --host or --port."
    assert stopped.value.code == f"python -m flask_app: {expected}"  # printed to stderr, exit status 1


def test_a_host_that_does_not_exist_is_one_line():
    with pytest.raises(SystemExit) as stopped:
        main(["--host", "not a host", "--port", "0"])
    # Between the colons stand the system's own words, which differ.
    assert re.fullmatch(
        r"python -m flask_app: cannot listen on not a host port 0: [\w ]+\. Try another --host or --port\.",
        str(stopped.value.code),
    )


@pytest.mark.slow
def test_it_serves_and_says_where_until_told_to_end():
    command = [sys.executable, "-m", "flask_app", "--port", "0", "--service", "http://127.0.0.1:9"]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as server:
        line = server.stdout.readline()
        url = re.fullmatch(r"Upload page on (\S+) reads with http://127.0.0.1:9; Ctrl\+C stops it.\n", line)[1]
        with urlopen(url, timeout=30) as response:
            assert "<h1>Read handwritten digits</h1>" in response.read().decode()
        server.send_signal(signal.SIGTERM)
        assert server.communicate(timeout=30) == ("", "")
    assert server.returncode == 0


def test_the_development_server_finds_the_application():
    command = [sys.executable, "-m", "flask", "--app", "flask_app", "routes"]
    found = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60, check=True)
    assert re.search(r"^page +GET +/ *$", found.stdout, re.MULTILINE)
    assert re.search(r"^read +POST +/ *$", found.stdout, re.MULTILINE)
