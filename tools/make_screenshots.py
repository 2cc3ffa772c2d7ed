"""Make the pictures in docs/: the two pages as people see them, at work.

    python tools/make_screenshots.py

It runs what `make up` runs, on free ports and with a model store of its own, and needs a Chromium on the machine.
"""

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from pipeline.faces import STATIC

ROOT = Path(__file__).resolve().parents[1]
DOCS = ROOT / "docs"
SERVERS = "SERVICE_PORT", "SKETCHPAD_PORT", "UPLOAD_PORT"
SIZE = {"width": 1000, "height": 720}
EXAMPLES = STATIC / "examples"
UPLOADED = [
    *(EXAMPLES / name for name in ("photo.jpg", "field.png", "seven.png", "smiley.png")),
    ROOT / "tests/pictures/page.png",
]


def main() -> None:
    with up() as (_, sketchpad, upload), sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        for name, url, show in (("sketchpad", sketchpad, draw), ("upload", upload, choose)):
            page = browser.new_page(viewport=SIZE, reduced_motion="reduce")
            page.goto(url)
            show(page)
            page.screenshot(path=DOCS / f"{name}.png")
        browser.close()


@contextmanager
def up() -> Iterator[list[str]]:
    """The addresses of service, sketchpad and upload page, which run meanwhile."""
    ports = {name: str(free_port()) for name in SERVERS}
    with tempfile.TemporaryDirectory() as home:
        environment = {**os.environ, **ports, "BENTOML_HOME": home}
        command = [sys.executable, str(ROOT / "deploy/up.py")]
        servers = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True, start_new_session=True)
        assert servers.stdout
        for line in servers.stdout:
            if line.startswith("Ready"):
                break
        try:
            yield [f"http://localhost:{port}/" for port in ports.values()]
        finally:
            os.killpg(servers.pid, signal.SIGINT)
            servers.communicate()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def draw(page: Page) -> None:
    """A sloppy 4 from the examples, and what the network makes of it."""
    page.get_by_role("button", name="A sloppy 4").click()
    page.get_by_text("1 read").wait_for()
    page.evaluate("scrollTo(0, 0)")


def choose(page: Page) -> None:
    """Numbers, each in a picture."""
    page.get_by_role("radio", name="Number").check()
    page.set_input_files("#images", UPLOADED)
    page.get_by_text("CSV").wait_for()
    page.evaluate("scrollTo(0, 400)")
    page.wait_for_timeout(500)  # milliseconds, for the small pictures


if __name__ == "__main__":
    main()
