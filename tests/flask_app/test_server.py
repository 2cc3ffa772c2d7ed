"""The upload page's server, as a process, under clients that hold connections open, send slowly or send much."""

import contextlib
import re
import socket
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest
from servers import Server, StandIn, free_port, serving

from flask_app.server import MOST_CONNECTIONS, allow_files

pytestmark = pytest.mark.slow

ANSWER = {
    "status": "digit",
    "digit": 7,
    "confidence": 0.9,
    "probabilities": [0.1] * 10,
    "seen": None,
    "model": "digits:test",
    "message": None,
}
PNG = b"\x89PNG\r\n\x1a\n"
HEAD = "POST / HTTP/1.1\r\nHost: x\r\nContent-Type: multipart/form-data; boundary=x\r\nContent-Length: {}\r\n\r\n"
LIMITED = """
import socket
from flask_app import create_app
from flask_app.server import serve
from pipeline.client import Client
client = Client({service!r})
serve(create_app(client.recognise, client.read), socket.create_server(("127.0.0.1", {port})), 2**23, most_bytes=2**22)
"""

ADDRESSED = """
import socket
from flask_app import create_app
from flask_app.server import serve
class Keeper:
    def correct(self, picture, correction, box=None, *, address=None):
        return address
listener = socket.create_server(("127.0.0.1", {port}))
serve(create_app(model=lambda: "digits:test", keeper=Keeper()), listener, 2**23)
"""


@pytest.fixture(scope="module")
def service():
    with StandIn(ANSWER) as service:
        yield service


@pytest.fixture
def page(service, tmp_path):
    yield from serving(Server([sys.executable, "-m", "flask_app", "--service", service.url], "/", tmp_path / "log"))


def get(url):
    return httpx.get(url, trust_env=False, timeout=10)


def post(url, *pictures, **headers):
    files = [("images", ("a.png", picture)) for picture in pictures]
    return httpx.post(url, files=files, headers=headers, trust_env=False, timeout=60)


@contextlib.contextmanager
def connections(page, count, start=b""):
    """So many open connections, each of which has sent `start`."""
    allow_files(count + 500)
    with contextlib.ExitStack() as stack:
        opened = [stack.enter_context(socket.create_connection(("127.0.0.1", page.port))) for _ in range(count)]
        for connection in opened:
            with contextlib.suppress(ConnectionError):  # closed to make room for later ones
                connection.sendall(start)
        yield opened


@pytest.mark.parametrize(
    ("count", "start"),
    [
        (500, b""),
        (500, b"GET / HTTP/1.1\r\nHost: x\r\nA: "),
        (500, HEAD.format(10**7).encode() + b"--x\r\n"),
        (MOST_CONNECTIONS + 200, b""),
    ],
)
def test_open_connections_lock_nobody_out(page, count, start):
    with connections(page, count, start):
        assert get(page.url).status_code == 200
        assert "a.png: 7" in post(page.url, PNG).text


def test_those_that_send_slowly_do_not_either(page):
    with connections(page, 100, HEAD.format(10**7).encode()) as slow:
        done = threading.Event()

        def drip():
            while not done.wait(0.01):
                for connection in slow:
                    connection.sendall(b"x")

        with ThreadPoolExecutor(1) as thread:
            dripping = thread.submit(drip)
            assert get(page.url).status_code == 200
            assert "a.png: 7" in post(page.url, PNG).text
            done.set()
            dripping.result()


def memory(process, key):
    """In MiB, as the system tells: VmRSS is what is taken now, VmHWM the most that ever was."""
    status = Path(f"/proc/{process.pid}/status").read_text()
    return int(re.search(rf"{key}:\s+(\d+) kB", status)[1]) / 1024


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="the system has no /proc")
@pytest.mark.parametrize("count", [1, 3, 8, 50])
def test_six_large_submissions_at_once_take_little_memory(page, count):
    """60 MB each, without the page's script, for which the page itself has to hold the pictures."""
    pictures = [PNG + bytes(60_000_000 // count)] * count
    with ThreadPoolExecutor(6) as pool:
        answers = list(pool.map(lambda _: post(page.url, *pictures), range(6)))
    assert [answer.status_code for answer in answers] == [200] * 6
    summary = "a.png: 7" if count == 1 else f"{count} read"
    assert all(f">{summary}</p>" in answer.text for answer in answers)
    assert memory(page.process, "VmRSS") <= memory(page.process, "VmHWM") < 300


def test_what_finds_no_room_is_refused_and_nothing_is_kept(service, tmp_path):
    port = free_port()
    server = Server([sys.executable, "-c", LIMITED.format(service=service.url, port=port)], "/", tmp_path / "log")
    server.port, server.url, server.ready = port, f"http://127.0.0.1:{port}", f"http://127.0.0.1:{port}/"
    server.start()
    try:
        with connections(server, 2, HEAD.format(2**23).encode() + bytes(2**21)):
            refused = post(server.url, PNG + bytes(3 * 2**20))
            assert (refused.status_code, refused.headers["Retry-After"]) == (503, "1")
            assert "This page has too many pictures in hand. Try again in a moment." in refused.text
            assert "a.png: 7" in post(server.url, PNG).text
        assert "a.png: 7" in post(server.url, PNG + bytes(3 * 2**20)).text
    finally:
        server.stop()


def test_too_large_a_submission_gets_its_answer_and_leaves_no_file(page):
    for content in (bytes(100 * 2**20), (bytes(2**20) for _ in range(100))):
        headers = {"Content-Type": "multipart/form-data; boundary=x"}
        response = httpx.post(page.url, content=content, headers=headers, trust_env=False, timeout=60)
        assert response.status_code == 413
        assert "Too much at once: at most 50 pictures and 64 MiB together." in response.text
    assert not [link for link in Path(f"/proc/{page.process.pid}/fd").iterdir() if "(deleted)" in target(link)]


def target(link):
    with contextlib.suppress(OSError):
        return str(link.readlink())
    return ""


def test_a_proxy_on_this_machine_says_whose_a_correction_is(tmp_path):
    server = Server([], "/", tmp_path / "log")
    server.arguments = [sys.executable, "-c", ADDRESSED.format(port=server.port)]

    def told(**headers):
        headers = {"content-type": "application/octet-stream", **headers}
        address = f"{server.url}/feedback?correction=7&consent=yes"
        return httpx.post(address, content=PNG, headers=headers, trust_env=False).json()["id"]

    for _ in serving(server):
        assert told() == "127.0.0.1"
        assert told(**{"x-forwarded-for": "198.51.100.1, 203.0.113.9"}) == "203.0.113.9"  # the last is the proxy's own
