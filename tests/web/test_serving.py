"""`bentoml serve` as a process: what it says, what it must not do, and refusals over a real connection."""

import asyncio
import concurrent.futures
import contextlib
import errno
import os
import re
import socket
import subprocess
import sys
import time
from io import BytesIO

import httpx
import loops
import pytest
from servers import ROOT, Server, StandIn, bentoml_command

from pipeline.answer import PlacedAnswer
from pipeline.client import AsyncClient, Client, Refused
from pipeline.errors import ServiceDown


def serve(log, **environment) -> Server:
    return Server(bentoml_command("serve"), "/readyz", log, environment)


@pytest.mark.slow
def test_an_empty_store_gets_the_shipped_model_and_the_log_says_so(model, tmp_path, test_digit_png):
    """Plain `bentoml serve`, from bentofile.yaml, on a new machine; and no usage report leaves it."""
    (tmp_path / "home").mkdir()
    server = serve(
        tmp_path / "log", BENTOML_HOME=str(tmp_path / "home"), BENTOML_DO_NOT_TRACK="", __BENTOML_DEBUG_USAGE="True"
    )
    server.start()
    try:
        with Client(server.url) as client:
            answer = client.recognise(test_digit_png(9))
    finally:
        server.stop()
    assert (answer.digit, answer.model) == (9, model.tag)
    log = server.log.read_text()
    assert f"The model store held no digits model: imported the shipped {model.tag}." in log
    assert "Tracking Payload" not in log


@pytest.mark.slow
def test_a_version_that_is_not_there_is_one_readable_line(model):
    done = subprocess.run(
        bentoml_command("serve"), cwd=ROOT, env={**os.environ, "DIGITS_MODEL": "nosuch"}, capture_output=True, text=True
    )
    assert done.returncode != 0
    assert f"No model digits:nosuch in the store. It holds: {model.tag}" in done.stderr
    assert "Traceback" not in done.stderr


def test_the_clients_give_what_the_service_finds(service, test_digit_png, recogniser, stored):
    """All that both can be asked for; with an event loop several at a time."""
    four, seven = test_digit_png(4), test_digit_png(7)

    async def ask():
        async with AsyncClient(service.url, retries=3) as client:
            calls = client.recognise(four), client.read(four), client.recognise_all([seven, b""]), client.explain(four)
            return await asyncio.gather(*calls)

    with Client(service.url) as client:
        found = [client.recognise(four), client.read(four), client.recognise_all([seven, b""]), client.explain(four)]
        whole = client.explain(BytesIO(four), filters=True, occlusion=True)
    for answer, number, batch, explanation in (found, loops.run(ask)):
        assert (answer, number) == (recogniser.recognise(four), recogniser.read(four))
        assert (batch[0].digit, batch[1].code) == (7, "not_a_picture")
        assert explanation == stored.explainer.explain(answer)
    assert len(whole.filters) == 2 and len(whole.occlusion.parts) == 49


def test_the_client_reads_all_ten_digits(service, test_digit_png, model):
    with Client(service.url) as client:
        answers = [client.recognise(test_digit_png(label)) for label in range(10)]
    assert [answer.digit for answer in answers] == list(range(10))
    assert {answer.model for answer in answers} == {model.tag}


def test_the_client_reads_a_number(service, test_digit_png, model):
    with Client(service.url) as client:
        number = client.read(test_digit_png(7))
    assert (number.text, number.width, number.height) == ("7", 28, 28)
    (digit,) = number.digits
    assert isinstance(digit, PlacedAnswer)
    assert (digit.status, digit.digit, digit.model) == ("digit", 7, model.tag)
    x0, y0, x1, y1 = digit.box
    assert 0 <= x0 < x1 <= 28 and 0 <= y0 < y1 <= 28


def test_the_client_passes_on_why_a_picture_is_refused(service):
    with Client(service.url) as client, pytest.raises(Refused) as caught:
        client.read(b"")
    assert (caught.value.code, caught.value.status) == ("not_a_picture", 400)
    assert str(caught.value) == "The picture is empty (0 bytes). Send the bytes of one picture file."


def test_the_client_says_when_nothing_answers():
    with Client("http://127.0.0.1:9") as client, pytest.raises(ServiceDown) as caught:
        client.recognise(b"x")
    assert str(caught.value) == (
        "The digit service at http://127.0.0.1:9 does not answer (ConnectError). "
        "Start it with 'make up' or 'bentoml serve' and try again."
    )


def test_the_client_says_when_something_else_answers(upload_url):
    with Client(upload_url) as client, pytest.raises(ServiceDown) as caught:
        client.recognise(b"x")
    assert str(caught.value) == (
        f"What answers at {upload_url} is not the digit service (status 404), or one of another version: "
        "its answer is b'<!doctype h...ody>\\n</html>'; Invalid JSON: expected value at line 1 column 1. "
        "Set DIGITS_URL to the service's address."
    )


@pytest.mark.parametrize("method", [Client.recognise, Client.read])
def test_the_client_says_when_a_stranger_answers_in_json(method):
    with StandIn({"hello": "world"}) as stranger, Client(stranger.url) as client, pytest.raises(ServiceDown) as caught:
        method(client, b"x")
    assert str(caught.value).startswith(f"What answers at {client.url} is not the digit service (status 200), or")


def test_an_older_service_whose_numbers_say_less_is_not_read():
    """Of version 0.1.0: what it does not say about unread writing must not look like a sure number."""
    old = {"text": "", "digits": [], "width": 300, "height": 200}
    with StandIn(old) as service, Client(service.url) as client, pytest.raises(ServiceDown) as caught:
        client.read(b"")
    assert str(caught.value).startswith(
        f"What answers at {client.url} is not the digit service (status 200), or one of"
    )


def test_too_large_is_answered_on_a_real_connection(service):
    for content in (bytes(30 * 2**20), (bytes(2**20) for _ in range(30))):
        response = httpx.post(
            f"{service.url}/predict",
            content=content,
            headers={"content-type": "image/png"},
            trust_env=False,
            timeout=30,
        )
        assert response.status_code == 413
        assert response.json()["error"]["code"] == "too_large"


def test_many_at_once_get_each_their_own_answer(service, test_digit_png):
    """Who is refused because all at once are more than is soon done asks again."""
    labels = [label for label in range(10) for _ in range(12)]
    with Client(service.url, retries=20) as client, concurrent.futures.ThreadPoolExecutor(24) as pool:
        answers = list(pool.map(lambda label: client.recognise(test_digit_png(label)).digit, labels))
    assert answers == labels


def test_metrics_count_the_requests(service, test_digit_png):
    with Client(service.url) as client:
        client.recognise(test_digit_png(1))
    metrics = httpx.get(f"{service.url}/metrics", trust_env=False).text
    assert re.search(r'digits_requests_total\{endpoint="/predict",status="200"\} [1-9]', metrics)


def connect(service) -> socket.socket:
    return socket.create_connection(("127.0.0.1", service.port), timeout=20)


HALF = b"POST /predict HTTP/1.1\r\nHost: x\r\nContent-Type: image/png\r\nContent-Length: 100000\r\n\r\na"


def test_slow_senders_lock_nobody_out(service, test_digit_png):
    slow = [connect(service) for _ in range(150)]
    try:
        for sender in slow:
            sender.sendall(HALF)
        with Client(service.url) as client:
            assert client.recognise(test_digit_png(5)).digit == 5
    finally:
        for sender in slow:
            sender.close()


def test_a_client_that_hangs_up_is_no_failure_of_ours(service, test_digit_png):
    before = service.log.read_text().count("Traceback")
    for _ in range(20):
        with connect(service) as hasty:
            hasty.sendall(HALF)
    with Client(service.url) as client:
        assert client.recognise(test_digit_png(5)).digit == 5
    time.sleep(0.5)
    log = service.log.read_text()
    assert log.count("Traceback") == before
    assert '"status": 500' not in log


@pytest.mark.slow
def test_those_who_are_slow_with_the_head_are_hung_up_on(service):
    with connect(service) as silent, connect(service) as slow:
        slow.sendall(b"POST /pre")
        assert silent.recv(10) == slow.recv(10) == b""


@pytest.mark.slow
def test_open_to_others_it_warns_and_with_keys_it_lets_those_in_alone(model, tmp_path, test_digit_png, monkeypatch):
    made = subprocess.run(
        [sys.executable, "-m", "pipeline", "key", "anna"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    key = made.stderr.split()[-1]
    assert made.stderr.startswith("The key of anna, shown this once: ") and key not in made.stdout
    (tmp_path / "keys").write_text(made.stdout)
    warned = []
    for name, environment in (("open", {}), ("keyed", {"DIGITS_API_KEYS": str(tmp_path / "keys")})):
        server = serve(tmp_path / name, BENTOML_HOST="0.0.0.0", **environment)
        server.start()
        try:
            picture = {"image": test_digit_png(6)}
            plain = httpx.post(f"{server.url}/predict", files=picture, trust_env=False)
            monkeypatch.setenv("DIGITS_API_KEY", key)
            with Client(server.url) as keyed:
                assert keyed.recognise(test_digit_png(6)).digit == 6
        finally:
            server.stop()
        assert plain.status_code == (401 if environment else 200)
        warned.append("Others can reach this service at 0.0.0.0 and need no key." in server.log.read_text())
    assert warned == [True, False]


@pytest.mark.slow
def test_a_bad_file_of_keys_is_one_readable_line(model, tmp_path):
    done = subprocess.run(
        bentoml_command("serve"), cwd=ROOT, env={**os.environ, "DIGITS_API_KEYS": str(tmp_path / "no")},
        capture_output=True, text=True,
    )  # fmt: skip
    assert done.returncode != 0
    assert f"The file of API keys, {tmp_path / 'no'}, cannot be read" in done.stderr
    assert "Traceback" not in done.stderr


def test_it_listens_on_this_machine_alone_unless_told_otherwise(service):
    with socket.socket() as other:
        assert other.connect_ex(("127.0.0.2", service.port)) == errno.ECONNREFUSED


CHUNKED = b"POST /predict HTTP/1.1\r\nHost: x\r\nContent-Type: image/png\r\nTransfer-Encoding: chunked\r\n\r\n"


@pytest.mark.parametrize(
    ("begun", "endless"),
    [
        (b"GET /livez HTTP/1.1\r\nHost: x\r\nA: ", b"a" * 100_000),
        (b"GET /livez HTTP/1.1\r\nHost: x\r\n", b"Name: value\r\n" * 9_000),
        (b"GET /", b"a" * 100_000),
        (CHUNKED + b"1;", b"a" * 100_000),
        (CHUNKED + b"1\r\na\r\n0\r\n", b"Trailer: value\r\n" * 9_000),
        (CHUNKED + b"1\r\na\r\n0\r\nTrailer: ", b"a" * 100_000),
        (b"", b"\r\n" * 50_000),
    ],
    ids=["header", "headers", "address", "chunk extension", "trailers", "trailer", "empty lines"],
)
def test_what_is_endless_and_no_body_is_refused(service, begun, endless):
    with connect(service) as flood:
        flood.sendall(begun)
        with contextlib.suppress(ConnectionError):  # while it still sends, it may be cut off
            for _ in range(20):
                flood.sendall(endless)
            assert flood.recv(100).startswith(b"HTTP/1.1 400")
    assert httpx.get(f"{service.url}/livez", trust_env=False).status_code == 200


def test_small_chunks_make_a_body_of_any_length(service, test_digit_png):
    picture = test_digit_png(3)
    with connect(service) as odd:
        odd.sendall(CHUNKED + b"".join(b"1;a=b\r\n%c\r\n" % byte for byte in picture) + b"0\r\nTrailer: value\r\n\r\n")
        answer = b""
        while b'"model"' not in answer:
            answer += odd.recv(4096)
        assert b'"digit":3' in answer
        odd.sendall(b"GET /livez HTTP/1.1\r\nHost: x\r\n\r\n")  # the connection goes on
        assert odd.recv(4096).startswith(b"HTTP/1.1 200")


def test_a_header_that_is_not_ascii_gets_its_whole_answer(service):
    head = b"POST /predict HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 2\r\n"
    with connect(service) as odd:
        odd.sendall(head + b"Content-Type: image/png; x=\xe9\r\n\r\nhi")
        answer = b"".join(iter(lambda: odd.recv(4096), b""))
    assert answer.startswith(b"HTTP/1.1 400")
    assert b'{"error":{"code":"not_a_picture"' in answer
