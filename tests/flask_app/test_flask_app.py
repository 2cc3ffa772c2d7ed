"""The upload page by itself: a recognise of our own is handed in, no service runs and nothing is patched."""

import re

import pytest
from upload_page import (
    DOWN,
    NOT_READ,
    PNG,
    SEEN,
    of_bytes,
    problem,
    recognise,
    summary,
    texts,
    upload,
)

from flask_app import create_app
from pipeline.errors import ServiceDown
from pipeline.faces import STATIC
from pipeline.faces.frame import DESCRIPTION, footer_html, header_html


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
