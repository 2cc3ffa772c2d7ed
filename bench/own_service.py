"""A digit service of its own for a benchmark: started on a free port, watched, and ended with its workers."""

import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import Self

import httpx
import psutil

from pipeline.registry import store

ROOT = Path(__file__).resolve().parent.parent
HOST = "127.0.0.1"
READY_WITHIN_SECONDS = 120
STOPS_WITHIN_SECONDS = 30


class OwnService:
    """`with OwnService(log) as service:` is `bentoml serve` of this tree, ready; `port` is where it listens."""

    def __init__(self, log: Path):
        self.log = log
        with socket.socket() as probe:
            probe.bind((HOST, 0))
            self.port: int = probe.getsockname()[1]
        self.url = f"http://{HOST}:{self.port}"

    def __enter__(self) -> Self:
        store.ensure_not_empty()
        self.log.parent.mkdir(parents=True, exist_ok=True)
        command = [sys.executable, "-m", "bentoml", "serve", "service:DigitService"]
        with self.log.open("w") as log:
            self.process = subprocess.Popen(
                [*command, "--host", HOST, "--port", str(self.port)],
                cwd=ROOT,
                env={**os.environ, "BENTOML_DO_NOT_TRACK": "True"},
                stdout=log,
                stderr=log,
                start_new_session=True,  # so that Ctrl-C reaches it through __exit__ alone
            )
        try:
            self._wait_until_ready()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        if self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGTERM)
            try:
                self.process.wait(STOPS_WITHIN_SECONDS)
            except subprocess.TimeoutExpired:
                os.killpg(self.process.pid, signal.SIGKILL)
                self.process.wait()

    def memory(self) -> dict[int, int]:
        """Resident bytes of the supervisor and all workers, by process; of one that ends meanwhile none."""
        supervisor = psutil.Process(self.process.pid)
        found = {}
        for process in [supervisor, *supervisor.children(recursive=True)]:
            try:
                found[process.pid] = process.memory_info().rss
            except psutil.NoSuchProcess:
                continue
        return found

    def _wait_until_ready(self) -> None:
        deadline = time.monotonic() + READY_WITHIN_SECONDS
        while not self._ready():
            if self.process.poll() is not None or time.monotonic() > deadline:
                raise SystemExit(f"error: the service did not get ready. Its log says why: {self.log}")
            time.sleep(0.1)

    def _ready(self) -> bool:
        try:
            return httpx.get(f"{self.url}/readyz", trust_env=False).status_code == httpx.codes.OK
        except httpx.HTTPError:
            return False
