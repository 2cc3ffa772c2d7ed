"""The upload page by itself, with readers of our own: what they answer, and what the page says of it."""

import re
from dataclasses import replace
from html import unescape
from io import BytesIO

from pipeline.answer import Answer, Number, PlacedAnswer
from pipeline.client import Refused
from pipeline.errors import ServiceDown

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
