"""The sketchpad's server: what it says to each answer and failure, what it hands on, and its command line."""

import asyncio
import base64
import re
import socket
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from html.parser import HTMLParser

import httpx
import pytest
from servers import free_port

from pipeline.answer import Answer, Number, PlacedAnswer, percentage
from pipeline.client import Refused
from pipeline.errors import ServiceDown
from pipeline.version import version
from ui.__main__ import main
from ui.app import LARGEST_BODY_BYTES, build_ui, launch_settings

PNG = b"\x89PNG\r\n\x1a\nand so on; the server of this page never looks into it"
DRAWING = "data:image/png;base64," + base64.b64encode(PNG).decode()
SEEN = "data:image/png;base64,c2Vlbg=="
RETRY = "The page tries again every 2 seconds; your drawing is kept."


def answer(status, digit=None, confidence=0.0, best=7, seen=SEEN, message=None):
    probabilities = tuple((1 - confidence) / 9 if label != best else confidence for label in range(10))
    return Answer(status, digit, confidence, probabilities, seen, "digits:test", message)


def placed(digit, box, status="digit", confidence=0.998):
    return PlacedAnswer(status, digit, confidence, (0.1,) * 10, SEEN, "digits:test", box=box)


class Fake:
    """Stands in for the service: answers with `reply`, or raises it; keeps what it was given."""

    def __init__(self):
        self.reply = answer("digit", 7, 0.998)
        self.given = []

    def __call__(self, picture: bytes) -> Answer | Number:
        self.given.append(picture)
        if isinstance(self.reply, Exception):
            raise self.reply
        return self.reply


@pytest.fixture(scope="module")
def fake():
    return Fake()


@pytest.fixture(scope="module")
def reader():
    return Fake()


@contextmanager
def served(recognise, read):
    """The page on a port of its own, in this process, with whatever recogniser and reader; gives its URL."""

    async def launched():
        page = build_ui(recognise, read)
        page.launch(server_port=free_port(), **launch_settings())
        return page

    # In an event loop, because outside one Gradio makes loops that nobody closes; in a thread of its own, because
    # Playwright's loop may be running in this one.
    with ThreadPoolExecutor(1) as thread:
        page = thread.submit(lambda: asyncio.run(launched())).result()
    yield page.local_url.rstrip("/")
    page.close(verbose=False)


@pytest.fixture(scope="module")
def url(fake, reader):
    with served(fake, reader) as url:
        yield url


@pytest.fixture
def post(url):
    """the sketchpad's value -> the HTML of answer, details, seen and boxes, and whether the page tries again."""

    def post_value(value):
        body = {"data": [value], "fn_index": 0, "session_hash": "test"}
        response = httpx.post(f"{url}/gradio_api/run/predict", json=body, trust_env=False)
        assert response.status_code == 200, response.text
        *parts, timer = response.json()["data"]
        return *parts, timer["active"]

    return post_value


@pytest.fixture
def show(fake, post):
    """reply -> what the page then shows of a digit: a dict of texts, and whether it tries again by itself."""

    def show_reply(reply, drawing=DRAWING):
        fake.reply = reply
        shown, probabilities, seen, boxes, retry = post({"mode": "digit", "drawing": drawing})
        assert boxes == ""
        return {
            "answer": texts(shown),
            "probabilities": texts(probabilities)[1:],
            "seen": re.findall(r'src="([^"]*)"', seen),
            "retry": retry,
        }

    return show_reply


@pytest.fixture
def show_number(reader, post):
    """reply -> what the page then shows of a number."""

    def show_reply(reply):
        reader.reply = reply
        shown, digits, seen, boxes, retry = post({"mode": "number", "drawing": DRAWING})
        assert seen == ""
        return {"answer": texts(shown), "digits": digits, "boxes": boxes, "retry": retry}

    return show_reply


class Texts(HTMLParser):
    def __init__(self):
        super().__init__()
        self.found = []

    def handle_data(self, data):
        self.found.append(data)


def texts(html):
    parser = Texts()
    parser.feed(html)
    return parser.found


@pytest.mark.parametrize(
    ("reply", "words"),
    [
        (answer("digit", 7, 0.998), ["7", "Confidence 99.8 %"]),
        (answer("digit", 0, 0.99987, best=0), ["0", "Confidence > 99.9 %"]),
        (answer("unsure", 7, 0.58), ["7?", "Probably 7, but not sure", "Confidence 58.0 %"]),
        (answer("blank", seen=None), ["Nothing drawn yet", "Draw a digit from 0 to 9."]),
        (answer("not_a_digit"), ["This is not a digit", "Draw a single digit from 0 to 9."]),
        (
            answer("blank", seen=None, message="The lines are too faint."),
            ["Nothing drawn yet", "The lines are too faint."],
        ),
        (answer("not_a_digit", message="Two digits."), ["This is not a digit", "Two digits."]),
    ],
)
def test_each_status_has_its_own_words(show, reply, words):
    shown = show(reply)
    assert shown["answer"] == words
    assert shown["retry"] is False


def test_ten_probabilities_and_what_the_model_saw(show):
    shown = show(answer("unsure", 7, 0.64))
    expected = [text for label in range(10) for text in (str(label), "64.0 %" if label == 7 else "4.0 %")]
    assert shown["probabilities"] == expected
    assert shown["seen"] == [SEEN]


def test_a_blank_drawing_has_ten_empty_bars_and_no_picture(show):
    shown = show(answer("blank", seen=None))
    assert shown["probabilities"] == [str(label) for label in range(10)]
    assert shown["seen"] == []


def test_a_service_that_is_down_is_said_and_asked_again(show):
    shown = show(ServiceDown("Nobody answers at http://there."))
    assert shown["answer"] == ["The digit service is down", f"Nobody answers at http://there. {RETRY}"]
    assert shown["probabilities"] == [str(label) for label in range(10)]
    assert shown["seen"] == []
    assert shown["retry"] is True
    assert show(answer("digit", 7, 0.998))["retry"] is False


@pytest.mark.parametrize("status", [429, 500, 503])
def test_a_busy_service_is_asked_again(show, status):
    shown = show(Refused("Too many at once.", "busy", status))
    assert shown["answer"] == ["No answer at the moment", f"Too many at once. {RETRY}"]
    assert shown["retry"] is True


def test_a_refusal_is_shown_as_text_and_not_asked_again(show):
    shown = show(Refused("Expected a <b>PNG</b> & nothing else.", "not_a_picture", 400))
    assert shown["answer"] == ["No answer for this drawing", "Expected a <b>PNG</b> & nothing else."]
    assert shown["retry"] is False


def test_the_drawing_is_handed_on_byte_for_byte(show, fake):
    show(answer("digit", 7, 0.998))
    assert fake.given[-1] == PNG


@pytest.mark.parametrize(
    ("drawing", "reason"),
    [
        ("", "The drawing does not start with 'data:image/png;base64,'."),
        ("https://example.org/seven.png", "The drawing does not start with 'data:image/png;base64,'."),
        ("data:image/png;base64,abc", "The drawing is not valid base64 (Incorrect padding)."),
        ("data:image/png;base64,é", "The drawing is not valid base64 (string argument should contain only ASCII"),
    ],
)
def test_what_is_no_drawing_gets_no_further(show, fake, drawing, reason):
    before = len(fake.given)
    title, detail = show(answer("digit", 7, 0.998), drawing)["answer"]
    assert title == "No answer for this drawing"
    assert detail.startswith(reason) and detail.endswith("Reload the page and draw again.")
    assert len(fake.given) == before


@pytest.mark.parametrize("value", [None, {"mode": "letter", "drawing": DRAWING}, {"mode": "", "drawing": ""}])
def test_a_drawing_of_unknown_mode_gets_no_further(post, fake, reader, value):
    before = len(fake.given), len(reader.given)
    shown, *_, retry = post(value)
    assert texts(shown) == [
        "No answer for this drawing",
        "The drawing does not say which of digit and number it is. Reload the page and draw again.",
    ]
    assert retry is False
    assert before == (len(fake.given), len(reader.given))


# A number

DIGITS = placed(4, (150, 60, 300, 420)), placed(0, (400, 20, 460, 500), "unsure", 0.61)
FORTY = Number("40", DIGITS, 1500, 500, "unsure", ("40",), (), "1 of 2 digits is unsure.")
FOUR = Number("4", DIGITS[:1], 1500, 500, "number", ("4",), (), None)


def test_a_number_large_with_its_doubt(show_number):
    shown = show_number(FORTY)
    assert shown["answer"] == ["40", "Not sure of this number", "1 of 2 digits is unsure. Lowest confidence 61.0 %"]
    assert shown["retry"] is False
    assert show_number(FOUR)["answer"] == ["4", "All digits are sure. Lowest confidence 99.8 %"]


def test_each_line_of_a_number_is_a_line(show_number):
    assert show_number(replace(FORTY, lines=("4", "0")))["answer"][0] == "4\n0"


def test_what_was_not_read_is_outlined_and_said_in_words(show_number):
    shown = show_number(replace(FOUR, unread=((300, 200, 450, 250),)))
    assert shown["answer"] == ["4", "All digits are sure. Lowest confidence 99.8 %"]
    assert re.findall(r'<div class="(box unread)" style="([^"]*)">', shown["boxes"]) == [
        ("box unread", "left: 20.00%; top: 40.00%; width: 10.00%; height: 10.00%")
    ]
    assert texts(shown["boxes"])[2:] == ["× ", "not read"]
    assert texts(shown["digits"])[2:] == [
        "Not read at 1 place: it has a dotted outline and the mark × in the drawing. "
        "Something is written there, but no digit was recognised in it."
    ]
    two = show_number(replace(FOUR, unread=((300, 200, 450, 250), (900, 0, 999, 99))))
    assert "Not read at 2 places: they have a dotted outline" in two["digits"]


def test_each_digit_of_a_number_with_what_the_model_saw(show_number):
    shown = show_number(FORTY)
    assert texts(shown["digits"]) == ["4", "99.8 %", "0?", "61.0 %, not sure"]
    assert re.findall(r'<li class="(\w+)"><img src="([^"]*)"', shown["digits"]) == [("digit", SEEN), ("unsure", SEEN)]


def test_the_boxes_are_in_per_cent_of_the_drawing(show_number):
    shown = show_number(FORTY)
    assert re.findall(r'<div class="([^"]*)" style="([^"]*)">', shown["boxes"]) == [
        ("box digit", "left: 10.00%; top: 12.00%; width: 10.00%; height: 72.00%"),
        ("box unsure high", "left: 26.67%; top: 4.00%; width: 4.00%; height: 96.00%"),
    ]
    assert texts(shown["boxes"]) == ["4 ", "99.8 %", "0? ", "61.0 %"]


def test_no_digits_are_nothing_to_read(show_number):
    shown = show_number(Number("", (), 1500, 500, "blank", (), (), "The page is blank."))
    assert shown["answer"] == ["Nothing to read", "Draw a number, its digits side by side."]
    assert texts(shown["digits"]) == texts(shown["boxes"]) == []


def test_ink_without_a_digit_is_no_number(show_number):
    shown = show_number(Number("", (), 1500, 500, "not_a_number", (), ((300, 200, 450, 250),), "<b> is no digit."))
    assert shown["answer"] == ["This is not a number", "<b> is no digit."]
    assert texts(shown["boxes"]) == ["× ", "not read"]
    assert "Not read at 1 place" in shown["digits"]


def test_a_service_that_is_down_while_a_number_is_drawn(show_number):
    shown = show_number(ServiceDown("Nobody answers at http://there."))
    assert shown["answer"] == ["The digit service is down", f"Nobody answers at http://there. {RETRY}"]
    assert (shown["digits"], shown["boxes"], shown["retry"]) == ("", "", True)


def test_a_number_goes_to_the_reader_alone(show_number, fake, reader):
    before = len(fake.given)
    show_number(FORTY)
    assert (len(fake.given), reader.given[-1]) == (before, PNG)


@pytest.mark.parametrize(
    ("probability", "text"),
    [(0, "< 0.1 %"), (0.00049, "< 0.1 %"), (0.5, "50.0 %"), (0.99949, "99.9 %"), (0.9995, "> 99.9 %"), (1, "> 99.9 %")],
)
def test_a_percentage_never_claims_certainty(probability, text):
    assert percentage(probability) == text


def test_too_long_a_request_is_refused(url):
    body = {"data": ["x" * LARGEST_BODY_BYTES], "fn_index": 0, "session_hash": "test"}
    response = httpx.post(f"{url}/gradio_api/run/predict", json=body, trust_env=False)
    assert (response.status_code, response.json()) == (413, {"detail": "The request is longer than 1,000,000 bytes."})


def test_no_component_has_server_functions(url):
    """Such as ImageEditor.accept_blobs, which trusts the index that a client sends."""
    components = httpx.get(f"{url}/config", trust_env=False).json()["components"]
    assert {component["props"].get("server_fns") for component in components} == {None}


def test_the_page_tells_its_version(url):
    components = httpx.get(f"{url}/config", trust_env=False).json()["components"]
    (footer,) = (each["props"]["value"] for each in components if each["props"].get("elem_id") == "version")
    assert texts(footer) == [f"Handwritten digits {version()}"]


# The command line


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        (["--port", "x"], "argument --port: expected a port from 0 to 65535, received 'x'"),
        (["--port", "65536"], "argument --port: expected a port from 0 to 65535, received '65536'"),
        (["--service", "there"], "argument --service: expected a URL such as http://127.0.0.1:3000, received 'there'"),
        (["--service", "http:"], "argument --service: expected a URL such as http://127.0.0.1:3000, received 'http:'"),
        (["--bogus"], "unrecognized arguments: --bogus"),
    ],
)
def test_bad_arguments_are_one_line(capsys, arguments, line):
    with pytest.raises(SystemExit) as stopped:
        main(arguments)
    assert stopped.value.code == 2
    assert capsys.readouterr() == ("", f"python -m ui: {line}. Try --help.\n")


def test_a_bad_address_in_the_environment_is_one_line(capsys, monkeypatch):
    monkeypatch.setenv("DIGITS_URL", "localhost:3000")
    with pytest.raises(SystemExit):
        main([])
    expected = "argument --service: expected a URL such as http://127.0.0.1:3000, received 'localhost:3000'"
    assert capsys.readouterr().err == f"python -m ui: {expected}. Try --help.\n"


def test_a_port_in_use_is_one_line():
    with socket.create_server(("127.0.0.1", 0)) as taken, pytest.raises(SystemExit) as stopped:
        port = taken.getsockname()[1]
        main(["--port", str(port)])
    expected = f"cannot listen on 127.0.0.1 port {port}: address already in use. Try another --host or --port."
    assert stopped.value.code == f"python -m ui: {expected}"  # printed to stderr, exit status 1


def test_a_host_that_does_not_exist_is_one_line():
    with pytest.raises(SystemExit) as stopped:
        main(["--host", "not a host", "--port", "0"])
    assert re.fullmatch(
        r"python -m ui: cannot listen on not a host port 0: [\w ]+\. Try another --host or --port\.",
        str(stopped.value.code),
    )


def test_without_a_public_link_one_line_says_so_and_the_page_is_served(sketchpad, service):
    deadline = time.monotonic() + 90
    while (printed := sketchpad.log.read_text()).count("\n") < 3:
        assert time.monotonic() < deadline, printed
        time.sleep(0.05)
    assert printed == (
        f"Sketchpad on {sketchpad.url} reads with {service.url}; Ctrl+C stops it.\n"
        "Asking Gradio for a public link; this can take half a minute.\n"
        "No public link: Gradio's share server cannot be used from this machine. The sketchpad works without it.\n"
    )
    assert httpx.get(sketchpad.url, trust_env=False).status_code == 200
