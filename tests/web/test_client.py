"""The client in front of services that lie, are busy or send without end: a real little server on a real connection."""

import gzip
import http.server
import json
import math
import threading
import time
import tracemalloc
from contextlib import contextmanager
from io import BytesIO
from itertools import pairwise

import loops
import pytest

from flask_app import create_app
from pipeline.answer import Answer, Number, PlacedAnswer
from pipeline.calls import seconds_to_wait
from pipeline.client import MOST_BYTES, AsyncClient, Client, Refused
from pipeline.errors import ServiceDown

SEEN = "data:image/png;base64,iVBORw0KGgo="
FIELDS = {
    "status": "digit",
    "digit": 7,
    "confidence": 0.9,
    "probabilities": [0.1] * 10,
    "seen": SEEN,
    "model": "digits:test",
    "message": None,
}
NUMBER = {
    "text": "7",
    "digits": [{**FIELDS, "box": [1, 2, 3, 4]}],
    "width": 20,
    "height": 10,
    "status": "number",
    "lines": ["7"],
    "unread": [[5, 6, 7, 8]],
    "message": None,
}


@contextmanager
def listening(handler):
    """The URL of a server that answers with this handler meanwhile."""
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@contextmanager
def answering(content, status=200, headers=()):
    """A server that says the same to every request; gives its URL and the paths that it was asked for."""
    asked = []

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_POST(self):
            asked.append((self.path, self.headers["Accept-Encoding"]))
            self.rfile.read(int(self.headers["Content-Length"] or 0))
            self.send_response(status)
            for header in dict(headers).items():
                self.send_header(*header)
            self.end_headers()
            try:
                for piece in [content] if isinstance(content, bytes) else content:
                    self.wfile.write(piece)
            except ConnectionError:
                asked.append("hung up")

        do_GET = do_DELETE = do_POST

        def log_message(self, *_):
            pass

    with listening(Handler) as url:
        yield url, asked


def failure(content, method=Client.recognise, status=200, headers=()):
    """What the client says of a service that answers so, without what is always said."""
    content = content if isinstance(content, bytes) else json.dumps(content).encode()
    with answering(content, status, headers) as (url, _), Client(url) as client, pytest.raises(ServiceDown) as caught:
        method(client, b"picture")
    start = f"What answers at {url} is not the digit service (status {status}), or one of another version: "
    end = ". Set DIGITS_URL to the service's address."
    assert str(caught.value).startswith(start) and str(caught.value).endswith(end)
    return str(caught.value).removeprefix(start).removesuffix(end)


def test_fields_of_a_later_version_are_ignored():
    with answering(json.dumps({**FIELDS, "new": [1]}).encode()) as (url, asked), Client(url) as client:
        assert client.recognise(b"picture") == Answer("digit", 7, 0.9, (0.1,) * 10, SEEN, "digits:test")
    assert asked == [("/predict", "identity")]
    with answering(json.dumps({**NUMBER, "new": {}}).encode()) as (url, _), Client(url) as client:
        digit = PlacedAnswer("digit", 7, 0.9, (0.1,) * 10, SEEN, "digits:test", box=(1, 2, 3, 4))
        assert client.read(b"picture") == Number("7", (digit,), 20, 10, "number", ("7",), ((5, 6, 7, 8),), None)


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"status": "sure"}, "status is 'sure'; Input should be 'digit', 'unsure', 'blank' or 'not_a_digit'"),
        ({"digit": 10}, "digit is 10; Input should be less than or equal to 9"),
        ({"digit": "7"}, "digit is '7'; Input should be a valid integer"),
        ({"digit": True}, "digit is True; Input should be a valid integer"),
        ({"confidence": "high"}, "confidence is 'high'; Input should be a valid number"),
        ({"confidence": -0.1}, "confidence is -0.1; Input should be greater than or equal to 0"),
        ({"confidence": math.nan}, "confidence is nan; Input should be less than or equal to 1"),
        ({"probabilities": [0.1] * 9 + [math.inf]}, "probabilities.9 is inf; Input should be less than or equal to 1"),
        ({"probabilities": None}, "probabilities is None; Input should be a valid array"),
        ({"message": ["x"]}, "message is ['x']; Input should be a valid string"),
        (
            {"message": "x" * 1001},
            "message is 'xxxxxxxxxxxx...xxxxxxxxxxxxx'; String should have at most 1000 characters",
        ),
        ({"model": None}, "model is None; Input should be a valid string"),
    ],
)
def test_an_answer_with_a_wrong_field_is_refused(wrong, said):
    assert failure({**FIELDS, **wrong}) == said


def test_the_digit_and_the_status_agree():
    assert failure({**FIELDS, "digit": None}).endswith("Value error, Status digit and unsure have a digit, others none")
    assert failure({**FIELDS, "status": "blank"}).endswith("Status digit and unsure have a digit, others none")


@pytest.mark.parametrize(
    "seen",
    [
        "https://example.org/a.png",
        "data:image/svg+xml;base64,iVBORw0KGgo=",
        "data:image/png,iVBORw0KGgo=",
        'data:image/png;base64,iVBO" onerror="alert(1)',
        "data:image/png;base64,iVBORw0KGgo=\n",
        " data:image/png;base64,iVBORw0KGgo=",
    ],
)
def test_seen_is_only_ever_a_picture_that_its_url_holds(seen):
    assert failure({**FIELDS, "seen": seen}).startswith("seen is ")
    digits = [{**FIELDS, "box": [1, 2, 3, 4], "seen": seen}]
    assert failure({**NUMBER, "digits": digits}, Client.read).startswith("digits.0.seen is ")


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"width": 0}, "width is 0; Input should be greater than or equal to 1"),
        ({"height": 10**400}, "height is 100000000000000000...0000000000000000000; Input should be less than or "),
        ({"unread": [[1, 2, 3]]}, "unread.0.3 is missing"),
        ({"unread": [[1, 2, 3, 4.5]]}, "unread.0.3 is 4.5; Input should be a valid integer"),
        ({"unread": [[1, 2, 3, 4]] * 10_001}, "unread is [[1, 2, 3, 4], [1, 2, 3, 4], "),
        ({"lines": [7]}, "lines.0 is 7; Input should be a valid string"),
        ({"digits": [FIELDS]}, "digits.0.box is missing"),
        ({"digits": []}, "its answer is {"),
        ({"digits": [{**FIELDS, "box": [1, 2, 3, 4], "status": "blank", "digit": None}]}, "its answer is {"),
    ],
)
def test_a_number_with_a_wrong_field_is_refused(wrong, said):
    assert failure({**NUMBER, **wrong}, Client.read).startswith(said)


@pytest.mark.parametrize("content", [b"", b"[", b"[" * 100_000, b"\xff", b"<html>", b"[]", b"7"])
def test_what_is_no_answer_at_all_is_quoted_short(content):
    for status in (200, 400):
        assert failure(content, status=status).startswith("its answer is ")
        assert len(failure(content, status=status)) < 200


@pytest.mark.parametrize("body", [{"error": "x"}, {"error": {"code": 7, "message": "x"}}, {"error": {"code": "x"}}])
def test_a_refusal_of_another_form(body):
    assert failure(body, status=400).startswith("error")


def test_an_answer_without_end_is_cut_off():
    def endless():
        while True:
            yield b" " * 2**16

    with answering(endless()) as (url, asked), Client(url) as client, pytest.raises(ServiceDown) as caught:
        client.recognise(b"picture")
    assert f"another version: it sent more than {MOST_BYTES:,} bytes. Set" in str(caught.value)
    assert asked[-1] == "hung up" or len(asked) == 1


def test_a_compressed_answer_is_not_unpacked():
    bomb = gzip.compress(bytes(2**26))
    tracemalloc.start()
    said = failure(bomb, headers={"Content-Encoding": "gzip"})
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert said == "it sent content-encoding 'gzip', expected none"
    assert peak < 2**23


def test_a_redirect_is_not_followed():
    with answering(json.dumps(FIELDS).encode()) as (elsewhere, asked):
        for status in (302, 307, 308):
            said = failure(b"", status=status, headers={"Location": f"{elsewhere}/predict"})
            assert said.startswith("its answer is b''")
        assert asked == []


BUSY = {"error": {"code": "busy", "message": "128 requests are in hand. Try again in a second."}}


@pytest.mark.parametrize(
    ("content", "status", "told", "message", "seconds"),
    [
        (json.dumps(BUSY).encode(), 503, "1", f"The digit service is busy. {BUSY['error']['message']}", 1),
        (b"<html>slow down", 429, "7", "The digit service is busy. Status 429. Try again in 7 s.", 7),
        (b"", 503, "Thu, 01 Jan 1970 00:00:00 GMT", "The digit service is busy. Status 503. Try again in 1 s.", 1),
        (b"", 503, "9" * 20, "The digit service is busy. Status 503. Try again in 1 s.", 1),
        (b"", 503, "99999999", "The digit service is busy. Status 503. Try again in 3600 s.", 3600),
    ],
)
def test_a_busy_service_says_when_to_try_again(content, status, told, message, seconds):
    headers = {"Retry-After": told}
    with answering(content, status, headers) as (url, _), Client(url) as client, pytest.raises(Refused) as caught:
        client.recognise(b"picture")
    assert (str(caught.value), caught.value.code, caught.value.status) == (message, "busy", status)
    assert caught.value.retry_after == seconds


@contextmanager
def answering_in_turn(*replies):
    """A server that gives these (status, headers, body) one after the other; and the pictures it was sent, and when."""
    left, came = list(replies), []

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_POST(self):
            sent = self.rfile.read(int(self.headers["Content-Length"]))
            came.append((time.monotonic(), sent.count(b"picture bytes"), self.headers["Authorization"]))
            status, headers, body = left.pop(0)
            self.send_response(status)
            for header in headers.items():
                self.send_header(*header)
            self.end_headers()
            self.wfile.write(json.dumps(body).encode())

        def log_message(self, *_):
            pass

    with listening(Handler) as url:
        yield url, came


def recognise(url, picture, **options):
    with Client(url, **options) as client:
        return client.recognise(picture)


def recognise_in_a_loop(url, picture, **options):
    async def ask():
        async with AsyncClient(url, **options) as client:
            return await client.recognise(picture)

    return loops.run(ask)


BOTH = pytest.mark.parametrize("ask", [recognise, recognise_in_a_loop])
TOO_OFTEN = {"error": {"code": "too_often", "message": "The key of anna allows 1 requests a second. Wait 1 s."}}


@BOTH
def test_what_is_refused_because_many_ask_is_sent_again_as_late_as_asked_for(ask):
    turns = [(503, {"Retry-After": "1"}, BUSY), (429, {"Retry-After": "1"}, TOO_OFTEN), (200, {}, FIELDS)]
    with answering_in_turn(*turns) as (url, came):
        assert ask(url, BytesIO(b"picture bytes"), key="anna's", retries=2).digit == 7
    assert [(pictures, key) for _, pictures, key in came] == [(1, "Bearer anna's")] * 3
    times = [moment for moment, *_ in came]
    assert all(later - earlier >= 1 for earlier, later in pairwise(times))


@BOTH
@pytest.mark.parametrize(
    ("reply", "retries"),
    [
        ((503, {"Retry-After": "1"}, BUSY), 0),  # unless it is asked for
        ((503, {"Retry-After": "61"}, BUSY), 3),  # nobody waits that long
        ((400, {}, {"error": {"code": "not_a_picture", "message": "It is none."}}), 3),
        ((503, {}, {"error": {"code": "no_model", "message": "There is none."}}), 3),
    ],
)
def test_what_is_refused_for_good_is_said_at_once(ask, reply, retries):
    with answering_in_turn(reply) as (url, came), pytest.raises(Refused) as caught:
        ask(url, b"picture bytes", retries=retries)
    assert (len(came), caught.value.status) == (1, reply[0])


def test_the_wait_grows_and_is_never_shorter_than_asked_for():
    refused = Refused("Busy.", "busy", 503, retry_after=2)
    waits = [[seconds_to_wait(refused, tried, retries=5) for _ in range(200)] for tried in range(5)]
    assert all(2 <= wait <= 2 + 0.5 * 2**tried for tried, row in enumerate(waits) for wait in row)
    assert max(waits[4]) > 4 and len(set(waits[0])) > 100


def test_a_key_that_is_used_too_often_says_when_to_come_back():
    with answering_in_turn((429, {"Retry-After": "7"}, TOO_OFTEN)) as (url, _), pytest.raises(Refused) as caught:
        recognise(url, b"")
    assert (str(caught.value), caught.value.code) == (TOO_OFTEN["error"]["message"], "too_often")
    assert caught.value.retry_after == 7


def test_as_many_results_as_pictures_are_expected():
    said = failure({"results": [FIELDS]}, lambda client, picture: client.recognise_all([picture, picture]))
    assert said == "it sent 1 results for 2 pictures"


@BOTH
def test_a_service_that_lies_or_is_not_there_is_down(ask):
    with answering_in_turn((200, {}, [])) as (url, _), pytest.raises(ServiceDown, match="is not the digit service"):
        ask(url, b"picture")
    with pytest.raises(
        ServiceDown, match=r"The digit service at http://127\.0\.0\.1:9 does not answer \(ConnectError\)"
    ):
        ask("http://127.0.0.1:9", b"picture", retries=3)


@pytest.mark.parametrize("mode", ["digit", "number"])
def test_the_upload_page_says_so_of_a_service_that_lies(mode, caplog):
    """Each of these was an error 500 of the page. What is wrong is for the log."""
    for lie in ({**FIELDS, "confidence": "high"}, {**NUMBER, "width": 0}, {**NUMBER, "digits": []}, [], None):
        with answering(json.dumps(lie).encode()) as (url, _), Client(url) as client:
            page = create_app(client.recognise, client.read).test_client()
            response = page.post("/", data={"images": (BytesIO(b"\x89PNG\r\n\x1a\n"), "a.png"), "mode": mode})
        assert response.status_code == 503
        assert "The digit service is down" in response.text and url not in response.text
        assert f"What answers at {url} is not the digit service (status 200)" in caplog.text


def test_which_model_answers():
    with answering(b'{"model": "digits:test", "parameters": 1}') as (url, _), Client(url) as client:
        assert client.model() == "digits:test"
    with answering(b'{"model": null}') as (url, _), Client(url) as client, pytest.raises(ServiceDown):
        client.model()


KEPT = {"id": "5f0c1e0b7a3d4e6f8a9b0c1d2e3f4a5b", "answer": FIELDS}


def correct(client: Client, picture: bytes) -> str:
    return client.correct(picture, 7, (1, 2, 3, 4))


def test_a_correction_is_kept_and_withdrawn():
    """The real service: tests/feedback/test_feedback_faults.py."""
    for answer in (FIELDS, {**FIELDS, "box": [1, 2, 3, 4]}):
        content = json.dumps({**KEPT, "answer": answer, "new": 1}).encode()
        with answering(content, 201) as (url, asked), Client(url) as client:
            assert correct(client, b"picture") == KEPT["id"]
        assert asked == [("/feedback", "identity")]
    with answering(b"", 204) as (url, asked), Client(url) as client:
        assert client.withdraw("a/../b?c") is None
    assert asked == [("/feedback/a%2F..%2Fb%3Fc", "identity")]


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"id": "x"}, "id is 'x'; String should match pattern '^[0-9a-f]{32}$'"),
        ({"id": KEPT["id"] + "\n"}, "id is '5f0c1e0b7a3d...c1d2e3f4a5b\\n'; String should match pattern "),
        ({"id": None}, "id is None; Input should be a valid string"),
        ({"answer": {}}, "answer.status is missing"),
        ({"answer": {**FIELDS, "seen": "https://example.org/a.png"}}, "answer.seen is 'https://example.org/a.png'; "),
    ],
)
def test_a_kept_correction_with_a_wrong_field_is_refused(wrong, said):
    assert failure({**KEPT, **wrong}, correct, 201).startswith(said)


def test_whoever_corrects_is_told_when_to_come_back():
    down = {"error": {"code": "feedback_unavailable", "message": "Nothing was changed."}}
    for told, seconds in (("5", 5), ("soon", None)):
        content, headers = json.dumps(down).encode(), {"Retry-After": told}
        with answering(content, 503, headers) as (url, _), Client(url) as client, pytest.raises(Refused) as caught:
            correct(client, b"picture")
        assert (str(caught.value), caught.value.code, caught.value.status) == (
            "Nothing was changed.", "feedback_unavailable", 503,
        )  # fmt: skip
        assert caught.value.retry_after == seconds
