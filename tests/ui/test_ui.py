"""The sketchpad's server: what it says to each answer and failure, what it hands on, and its command line."""

import json
import re
import socket
import time
from dataclasses import replace

import httpx
import pytest
from sketchpads import served

from pipeline.answer import Answer, Number, PlacedAnswer, percentage
from pipeline.client import Refused
from pipeline.errors import ServiceDown
from ui.__main__ import main

PICTURE = b"\x89PNG\r\n\x1a\nand so on; the server of this page never looks into it"
SEEN = "data:image/png;base64,c2Vlbg=="


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

    def __call__(self, picture) -> Answer | Number:
        self.given.append(picture.read())
        if isinstance(self.reply, Exception):
            raise self.reply
        return self.reply


@pytest.fixture(scope="module")
def fake():
    return Fake()


@pytest.fixture(scope="module")
def reader():
    return Fake()


@pytest.fixture(scope="module")
def url(fake, reader):
    with served(fake, reader) as url:
        yield url


@pytest.fixture
def ask(url, fake, reader):
    """(reply of the service, mode) -> the status and what the page's script is given."""

    def asked(reply, mode="digit"):
        (fake if mode == "digit" else reader).reply = reply
        headers = {"content-type": "application/octet-stream"}
        response = httpx.post(f"{url}/reading/{mode}", content=PICTURE, headers=headers, trust_env=False)
        return response.status_code, response.json()

    return asked


def words(shown):
    return [shown[part] for part in ("large", "title", "detail") if shown[part]]


@pytest.mark.parametrize(
    ("reply", "said"),
    [
        (answer("digit", 7, 0.998), ["7", "Confidence 99.8 %"]),
        (answer("digit", 0, 0.99987, best=0), ["0", "Confidence > 99.9 %"]),
        (answer("unsure", 7, 0.58), ["7?", "Probably 7, but not sure", "Confidence 58.0 %"]),
        (answer("blank", seen=None), ["Nothing to read", "There is no ink."]),
        (answer("not_a_digit", message="It is a letter."), ["This is not a digit", "It is a letter."]),
    ],
)
def test_each_status_has_its_own_words(ask, reply, said):
    status, shown = ask(reply)
    assert (status, words(shown), shown["status"]) == (200, said, reply.status)


def test_bars_only_where_there_is_a_digit_and_no_second_percentage(ask):
    unsure = answer("unsure", 7, 0.64)
    _, shown = ask(unsure)
    assert shown["bars"] == pytest.approx(unsure.probabilities)
    assert (shown["best"], shown["seen"], shown["model"]) == (7, SEEN, "digits:test")
    for reply in (answer("blank", seen=None), answer("not_a_digit", message="A smiley.")):
        assert ask(reply)[1]["bars"] is None


def test_several_digits_where_one_was_asked_for_are_named_and_no_endpoint_is(ask):
    message = "There seem to be several digits: 42. Read them as a number (/read), or send one alone."
    _, shown = ask(answer("not_a_digit", message=message))
    assert words(shown) == [
        "This is not a digit",
        "There seem to be several digits: 42. Read them as a number, or one alone.",
    ]
    assert shown["number"] == "42"
    assert ask(answer("digit", 7, 0.998))[1]["number"] == ""


def test_what_the_service_said_is_handed_on_whole(ask):
    reply = answer("digit", 7, 0.998)
    assert Answer(**ask(reply)[1]["answer"]) == replace(reply, probabilities=list(reply.probabilities))


@pytest.mark.parametrize(
    ("error", "title", "retry"),
    [
        (ServiceDown("Nobody answers at http://there."), "The digit service is down", True),
        (Refused("Too many at once.", "busy", 503), "Many are asking at the moment", True),
        (Refused("Something.", "internal", 500), None, True),
        (Refused("Expected a <b>PNG</b>.", "not_a_picture", 400), "This picture was not read", False),
    ],
)
def test_why_there_is_no_answer_and_whether_to_ask_again(ask, error, title, retry):
    for mode in ("digit", "number"):
        status, shown = ask(error, mode)
        assert (status, shown["status"], shown["retry"], shown["large"]) == (error.status, "failure", retry, "")
        assert title is None or shown["title"] == title


def test_the_picture_is_handed_on_byte_for_byte_to_who_is_asked(ask, fake, reader):
    before = len(reader.given)
    ask(answer("digit", 7, 0.998))
    assert (fake.given[-1], len(reader.given)) == (PICTURE, before)
    before = len(fake.given)
    ask(FORTY, "number")
    assert (reader.given[-1], len(fake.given)) == (PICTURE, before)


def test_there_is_nothing_else_to_read(ask, url):
    response = httpx.post(f"{url}/reading/letter", content=PICTURE, trust_env=False)
    assert response.status_code == 400
    assert response.json()["detail"] == "There is nothing to read but digit and number. Reload the page."


# A number

DIGITS = placed(4, (150, 60, 300, 420)), placed(0, (400, 20, 460, 500), "unsure", 0.61)
FORTY = Number("40", DIGITS, 1500, 500, "unsure", ("40",), (), "1 of 2 digits is unsure.")
FOUR = Number("4", DIGITS[:1], 1500, 500, "number", ("4",), (), None)


def test_a_number_with_its_doubt_and_each_of_its_digits(ask):
    _, shown = ask(FORTY, "number")
    assert words(shown) == ["40", "Not sure of this number", "1 of 2 digits is unsure. Lowest confidence 61.0 %"]
    assert (shown["short"], shown["text"], shown["unread"]) == ("40?", "40", [])
    assert shown["digits"] == [
        {"text": "4", "confidence": "99.8 %", "sure": True, "seen": SEEN, "box": pytest.approx([0.1, 0.12, 0.1, 0.72])},
        {
            **{"text": "0?", "confidence": "61.0 %", "sure": False, "seen": SEEN},
            "box": pytest.approx([0.26667, 0.04, 0.04, 0.96], abs=1e-4),
        },
    ]
    assert words(ask(FOUR, "number")[1]) == ["4", "All digits are sure. Lowest confidence 99.8 %"]


def test_each_line_of_a_number_is_a_line(ask):
    assert ask(replace(FORTY, lines=("4", "0")), "number")[1]["large"] == "4\n0"


def test_what_was_not_read_is_placed_and_said_in_words(ask):
    _, shown = ask(replace(FOUR, unread=((300, 200, 450, 250),)), "number")
    assert shown["unread"] == [pytest.approx([0.2, 0.4, 0.1, 0.1])]
    assert shown["unreadWords"].startswith("Not read at 1 place, outlined with dots")


def test_ink_without_a_digit_is_no_number(ask):
    empty = Number("", (), 1500, 500, "not_a_number", (), ((300, 200, 450, 250),), "No digit.")
    _, shown = ask(empty, "number")
    assert (words(shown), shown["digits"], len(shown["unread"])) == (["This is not a number", "No digit."], [], 1)


@pytest.mark.parametrize(
    ("probability", "text"),
    [(0, "< 0.1 %"), (0.00049, "< 0.1 %"), (0.5, "50.0 %"), (0.99949, "99.9 %"), (0.9995, "> 99.9 %"), (1, "> 99.9 %")],
)
def test_a_percentage_never_claims_certainty(probability, text):
    assert percentage(probability) == text


def test_gradio_has_no_functions_and_no_events_to_call(url):
    page = httpx.get(url, trust_env=False).text
    (told,) = re.findall(r"window\.gradio_config = (\{.*?\});</script>", page)
    config = json.loads(told)
    assert config["dependencies"] == []
    assert {component["props"].get("server_fns") for component in config["components"]} == {None}


# The command line


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        (["--port", "x"], "argument --port: expected a port from 0 to 65535, received 'x'"),
        (["--port", "65536"], "argument --port: expected a port from 0 to 65535, received '65536'"),
        (["--service", "there"], "argument --service: expected a URL such as http://127.0.0.1:3000, received 'there'"),
        (["--service", "http:"], "argument --service: expected a URL such as http://127.0.0.1:3000, received 'http:'"),
        (["--bogus"], "unrecognized arguments: --bogus"),
        (["--share-user", "anna"], "argument --share-user: expected beside --share"),
    ],
)
def test_bad_arguments_are_one_line(capsys, arguments, line):
    with pytest.raises(SystemExit) as stopped:
        main(arguments)
    assert stopped.value.code == 2
    assert capsys.readouterr() == ("", f"python -m ui: {line}. Try --help.\n")


@pytest.mark.parametrize(
    ("password", "line"),
    [
        (None, "--share-user needs a password: set DIGITS_SHARE_PASSWORD, or start it in a terminal"),
        ("short", "the password has 5 characters, expected at least 8"),
    ],
)
def test_a_password_that_is_missing_or_too_short_is_one_line(capsys, monkeypatch, password, line):
    monkeypatch.delenv("DIGITS_SHARE_PASSWORD", raising=False)
    if password is not None:
        monkeypatch.setenv("DIGITS_SHARE_PASSWORD", password)
    with pytest.raises(SystemExit):
        main(["--share", "--share-user", "anna"])
    assert capsys.readouterr().err == f"python -m ui: {line}. Try --help.\n"


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


def test_what_a_public_link_would_give_away_is_said_and_that_it_cannot_be_had(sketchpad, service):
    deadline = time.monotonic() + 90
    while (printed := sketchpad.log.read_text()).count("\n") < 4:
        assert time.monotonic() < deadline, printed
        time.sleep(0.05)
    assert printed == (
        f"Sketchpad on {sketchpad.url} reads with {service.url}; Ctrl+C stops it.\n"
        "Asking Gradio for a public link; this can take half a minute.\n"
        "Public to whoever has the link: drawing here, and having pictures read; nothing else of this machine.\n"
        "No public link: Gradio's share server cannot be used from this machine. The sketchpad works without it.\n"
    )
    assert httpx.get(sketchpad.url, trust_env=False).status_code == 200
