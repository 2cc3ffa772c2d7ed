"""What `make up` runs: three servers that come up together, are announced, and go down together."""

import os
import signal
import socket
import subprocess
import sys

import httpx
import pytest
from servers import ROOT, free_port

pytestmark = pytest.mark.slow

VARIABLES = ("SERVICE_PORT", "SKETCHPAD_PORT", "UPLOAD_PORT")


def start(**ports) -> subprocess.Popen:
    environment = {**os.environ, **{name: str(port) for name, port in ports.items()}}
    return subprocess.Popen(
        [sys.executable, "deploy/up.py"],
        cwd=ROOT,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )


@pytest.fixture
def running(model):
    """The three servers on ports of their own: (process, ports, the lines printed until all were ready)."""
    ports = {name: free_port() for name in VARIABLES}
    process = start(**ports)
    lines = []
    assert process.stdout
    for line in process.stdout:
        lines.append(line)
        if line.startswith("Ctrl-C stops"):
            break
    yield process, ports, "".join(lines)
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGTERM)
        process.communicate(timeout=60)


def test_up_and_down_together(running, test_digit_png):
    process, ports, printed = running
    addresses = "".join(
        f"  {name:<12} http://localhost:{ports[variable]}\n"
        for name, variable in zip(("service", "sketchpad", "upload page"), VARIABLES, strict=True)
    )
    assert f"Ready:\n{addresses}" in printed
    upload_page = httpx.get(f"http://localhost:{ports['UPLOAD_PORT']}/", trust_env=False).text
    assert f'href="http://localhost:{ports["SKETCHPAD_PORT"]}/">Draw</a>' in upload_page
    url = f"http://localhost:{ports['SERVICE_PORT']}/predict"
    assert httpx.post(url, files={"image": test_digit_png(6)}, trust_env=False).json()["digit"] == 6
    os.killpg(process.pid, signal.SIGINT)
    output, _ = process.communicate(timeout=60)
    assert process.returncode == 0
    assert output.rstrip().endswith("stopped")
    for port in ports.values():
        with pytest.raises(httpx.ConnectError):
            httpx.get(f"http://127.0.0.1:{port}", trust_env=False)


def test_a_port_in_use_gets_a_clear_line():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        process = start(SERVICE_PORT=free_port(), SKETCHPAD_PORT=port, UPLOAD_PORT=free_port())
        output, _ = process.communicate(timeout=30)
    assert process.returncode == 1
    assert output == (
        f"error: port {port}, where the sketchpad goes, cannot be used (Address already in use). "
        f"Stop what runs there, or choose another: make up SKETCHPAD_PORT={port + 1}\n"
    )


def test_a_port_that_is_none():
    process = start(SERVICE_PORT="http", SKETCHPAD_PORT=free_port(), UPLOAD_PORT=free_port())
    output, _ = process.communicate(timeout=30)
    assert process.returncode == 1
    assert output == "error: SERVICE_PORT is 'http', expected a port number from 1 to 65535.\n"
