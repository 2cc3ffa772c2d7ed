"""What the tests share: a model store of their own, the shipped model, real servers, a real browser."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

# Before BentoML is imported anywhere: tests never touch the user's own store, and report nothing to anybody.
_home = tempfile.TemporaryDirectory(prefix="digits-tests-")
os.environ["BENTOML_HOME"] = _home.name
os.environ["BENTOML_DO_NOT_TRACK"] = "True"
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
for name in ("DIGITS_MODEL", "DIGITS_DATA", "DIGITS_URL"):
    os.environ.pop(name, None)

import httpx
import numpy as np
import pytest

from pipeline import data, store
from pipeline.evaluate import png
from pipeline.recognise import Recogniser

ROOT = Path(__file__).resolve().parent.parent
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
BROWSER_ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.fixture(scope="session")
def splits() -> data.Splits:
    return data.load()


@pytest.fixture(scope="session")
def model():
    """The shipped model, imported into the tests' own empty store."""
    return store.load()


@pytest.fixture(scope="session")
def recogniser(model) -> Recogniser:
    return Recogniser(model)


@pytest.fixture(scope="session")
def test_digit(splits):
    """label -> (28, 28) uint8: a test digit of that label."""
    rows = {label: int(np.flatnonzero(splits.test.labels == label)[0]) for label in range(10)}
    return lambda label: splits.test.images[rows[label]]


@pytest.fixture(scope="session")
def test_digit_png(test_digit):
    """label -> bytes of a PNG file."""
    return lambda label: png(test_digit(label))


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Server:
    """A real server in a process of its own, on a port that stays its own over stop and start."""

    def __init__(self, arguments: list[str], ready_path: str, log: Path, environment: dict[str, str] | None = None):
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.arguments = [*arguments, "--port", str(self.port)]
        self.ready, self.log = self.url + ready_path, log
        self.environment = {**os.environ, **(environment or {})}
        self.root = ROOT
        self.process: subprocess.Popen | None = None

    def start(self) -> None:
        with self.log.open("a") as log:
            self.process = subprocess.Popen(
                self.arguments, cwd=self.root, stdout=log, stderr=log, env=self.environment, start_new_session=True
            )
        deadline = time.monotonic() + 60
        while True:
            try:
                if httpx.get(self.ready, trust_env=False).status_code == 200:
                    return
            except httpx.HTTPError:
                pass
            assert self.process.poll() is None and time.monotonic() < deadline, self.log.read_text()
            time.sleep(0.1)

    def stop(self) -> None:
        if self.process and self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGTERM)
            try:
                self.process.wait(timeout=15)
            except subprocess.TimeoutExpired:
                os.killpg(self.process.pid, signal.SIGKILL)
                self.process.wait()
        self.process = None


def serving(server: Server):
    server.start()
    yield server
    server.stop()


def bentoml_command(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "bentoml", *arguments]


@pytest.fixture(scope="session")
def logs(tmp_path_factory) -> Path:
    return tmp_path_factory.mktemp("logs")


@pytest.fixture(scope="session")
def service(model, logs):
    """`bentoml serve` with the shipped model; has url, stop() and start()."""
    yield from serving(Server(bentoml_command("serve", "service:DigitService"), "/readyz", logs / "service.log"))


@pytest.fixture(scope="session")
def sketchpad_url(service, logs):
    server = Server([sys.executable, "-m", "ui", "--service", service.url], "/", logs / "sketchpad.log")
    for running in serving(server):
        yield running.url


@pytest.fixture(scope="session")
def upload_url(service, logs):
    server = Server([sys.executable, "-m", "flask_app", "--service", service.url], "/", logs / "upload.log")
    for running in serving(server):
        yield running.url


@pytest.fixture(scope="session")
def browser():
    """Headless Chromium; on CI its absence is a failure, elsewhere a skip that says so."""
    if CHROMIUM is None:
        missing = "no Chromium on this machine: install the package chromium to run the browser tests"
        if os.environ.get("CI"):
            pytest.fail(missing)
        pytest.skip(missing)
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=BROWSER_ARGUMENTS)
        yield browser
        browser.close()
