"""What the tests share: a model store of their own, the shipped model, real servers, a real browser."""

import os
import shutil
import sys
import tempfile
from pathlib import Path

# Before BentoML is imported anywhere: tests never touch the user's own store, and report nothing to anybody.
_home = tempfile.TemporaryDirectory(prefix="digits-tests-")
os.environ["BENTOML_HOME"] = _home.name
os.environ["BENTOML_DO_NOT_TRACK"] = "True"
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
for name in ("DIGITS_MODEL", "DIGITS_DATA", "DIGITS_URL", "DIGITS_FEEDBACK"):
    os.environ.pop(name, None)

import cv2
import numpy as np
import pytest
from homes import bentoml_home
from postgresql import PROGRAMS, PostgreSQL
from servers import Server, bentoml_command, serving

from pipeline.data import mnist
from pipeline.recognition.encode import png
from pipeline.recognition.eye import Eye
from pipeline.recognition.model import Model
from pipeline.recognition.recogniser import Recogniser
from pipeline.registry import store

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

# What a test must not use to be part of `make quick`: browsers, servers in processes of their own, trainings.
SLOW_FIXTURES = {
    *("browser", "postgresql", "service", "sketchpad", "upload_url", "bento", "running"),
    *("line", "trained", "whole", "evaluated"),
}

LONG_FIXTURES = {"line", "whole", "evaluated"}  # of these, trainings by the command line and reports


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if SLOW_FIXTURES.intersection(getattr(item, "fixturenames", ())):
            item.add_marker(pytest.mark.slow)
        if LONG_FIXTURES.intersection(getattr(item, "fixturenames", ())):
            item.add_marker(pytest.mark.long)


@pytest.fixture(scope="session")
def splits() -> mnist.Splits:
    return mnist.load()


@pytest.fixture(scope="session")
def stored() -> store.StoredModel:
    """The shipped model, imported into the tests' own empty store."""
    store.ensure_not_empty()
    return store.load()


@pytest.fixture(scope="session")
def model(stored) -> Model:
    return stored.model


@pytest.fixture(scope="session")
def eye(stored) -> Eye:
    return stored.recogniser.eye


@pytest.fixture(scope="session")
def recogniser(stored) -> Recogniser:
    return stored.recogniser


@pytest.fixture(scope="session")
def test_digit(splits):
    """label -> (28, 28) uint8: the first test digit of that label whose ink is one piece."""

    def in_one_piece(row: int) -> bool:
        return cv2.connectedComponents((splits.test.images[row] > 50).astype(np.uint8))[0] == 2

    rows = {label: next(filter(in_one_piece, np.flatnonzero(splits.test.labels == label))) for label in range(10)}
    return lambda label: splits.test.images[rows[label]]


@pytest.fixture(scope="session")
def test_digit_png(test_digit):
    """label -> bytes of a PNG file."""
    return lambda label: png(test_digit(label))


@pytest.fixture(scope="session")
def logs(tmp_path_factory) -> Path:
    return tmp_path_factory.mktemp("logs")


@pytest.fixture(scope="session")
def service(model, logs):
    """`bentoml serve` with the shipped model; has url, stop() and start()."""
    yield from serving(Server(bentoml_command("serve", "service:DigitService"), "/readyz", logs / "service.log"))


@pytest.fixture(scope="session")
def sketchpad(service, logs):
    """`python -m ui --share` on a machine that cannot reach the internet, wherever the tests run."""
    nobody = "http://127.0.0.1:9"
    command = [sys.executable, "-m", "ui", "--share", "--service", service.url]
    server = Server(command, "/", logs / "sketchpad.log", {"http_proxy": nobody, "https_proxy": nobody})
    server.start()
    yield server
    assert server.stop() == 0  # SIGTERM ends it as Ctrl+C does
    assert len(server.log.read_text().splitlines()) == 4  # those of tests/ui/test_ui.py, and no complaint after them


@pytest.fixture(scope="session")
def sketchpad_url(sketchpad) -> str:
    return sketchpad.url


@pytest.fixture(scope="session")
def upload_url(service, logs):
    server = Server([sys.executable, "-m", "flask_app", "--service", service.url], "/", logs / "upload.log")
    for running in serving(server):
        yield running.url


@pytest.fixture(scope="session")
def postgresql():
    """A server that runs; on CI its absence is a failure, elsewhere a skip that says so."""
    if not PROGRAMS:
        missing = "no PostgreSQL on this machine: install the package postgresql to run these tests"
        if os.environ.get("CI"):
            pytest.fail(missing)
        pytest.skip(missing)
    server = PostgreSQL()
    try:
        server.start()
        yield server
    finally:
        server.remove()


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


@pytest.fixture(scope="session")
def context(browser):
    """A browsing context whose cache stays warm from test to test; what changes a context takes one of its own."""
    context = browser.new_context()
    yield context
    context.close()


@pytest.fixture
def home(stored, tmp_path):
    """A BentoML home of its own, whose store holds the shipped model."""
    shutil.copytree(stored.folder.parent, tmp_path / "home" / "models" / store.NAME)
    with bentoml_home(tmp_path / "home") as home:
        yield home
