"""The services that are measured, each in processes of its own on a free port."""

import os
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import psutil

ROOT = Path(__file__).resolve().parents[2]
PYTHON = str(ROOT / "build/peers/bin/python")  # has what the peers need beside the project's requirements
HOST = "127.0.0.1"
STARTS_WITHIN_SECONDS = 120
STOPS_WITHIN_SECONDS = 30
UVICORN = "-m uvicorn --workers 2 --loop uvloop --http httptools --no-access-log --log-level warning --port {port}"

# Two workers each; Flask has four threads, as TensorFlow shares the cores itself.
COMMANDS = {
    "digits": "-m bentoml serve service:DigitService --port {port}",
    "starlette-own": f"{UVICORN} bench.serving.peers.starlette_own:app",
    "starlette-naive": f"{UVICORN} bench.serving.peers.starlette_naive:app",
    "bentoml-naive": "-m bentoml serve bench.serving.peers.bento_stock:Stock --host 127.0.0.1 --port {port}",
    "litserve-naive": "-m bench.serving.peers.litserve_naive {port}",
    "flask-keras": "-m bench.serving.peers.flask_keras {port}",
}
PROJECT, OWN, NAIVE, STOCK, *_ = COMMANDS


@dataclass
class Server:
    """A service that runs; `url` is its /predict, `seconds_to_start` how long its first right answer took."""

    name: str
    url: str
    process: psutil.Process
    seconds_to_start: float

    def processes(self) -> list[psutil.Process]:
        return [self.process, *self.process.children(recursive=True)]

    def cpu_seconds(self) -> float:
        """User's and system's, of all its processes so far."""
        return sum(sum(each.cpu_times()[:2]) for each in self.processes())

    def memory_bytes(self) -> int:
        """Of all its processes; what they share counts once."""
        return sum(each.memory_full_info().pss for each in self.processes())


@contextmanager
def running(name: str, picture: bytes, digit: int, log: Path) -> Iterator[Server]:
    """Start one and wait until it reads the picture as that digit. Raises SystemExit where it does not."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port = probe.getsockname()[1]
    command = [PYTHON, *COMMANDS[name].format(port=port).split()]
    started = time.perf_counter()
    with log.open("w") as written:
        environment = {**os.environ, "BENTOML_DO_NOT_TRACK": "True", "KERAS_BACKEND": "tensorflow"}
        process = subprocess.Popen(
            command, cwd=ROOT, env=environment, stdout=written, stderr=written, start_new_session=True
        )
    try:
        url = f"http://{HOST}:{port}/predict"
        while not _reads(url, picture, digit):
            if process.poll() is not None or time.perf_counter() > started + STARTS_WITHIN_SECONDS:
                raise SystemExit(f"error: {name} does not answer. Its log says why: {log}")
            time.sleep(0.02)
        yield Server(name, url, psutil.Process(process.pid), time.perf_counter() - started)
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        try:
            process.wait(STOPS_WITHIN_SECONDS)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)


def _reads(url: str, picture: bytes, digit: int) -> bool:
    files = {"image": ("digit.png", picture, "image/png")}
    try:
        answer = httpx.post(url, files=files, trust_env=False, timeout=30)
    except httpx.HTTPError:
        return False
    return answer.status_code == httpx.codes.OK and answer.json()["digit"] == digit


def require_tools() -> None:
    """Raises SystemExit where something is not installed."""
    if shutil.which("wrk") is None:
        raise SystemExit("error: wrk is not installed (Debian: apt-get install wrk).")
    if not Path(PYTHON).exists():
        raise SystemExit("error: the peers are not installed. `make bench-serving` does it.")
