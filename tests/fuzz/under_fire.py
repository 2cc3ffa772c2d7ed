"""A real service under fire: what it is sent, counted by kind, and what came of it."""

import contextlib
import os
import socket
import subprocess
import time
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import httpx
import psutil
from drawings import SEVEN, drawn
from odd_requests import RAW, OddRequest, odd_requests
from rich.console import Console
from rich.table import Table
from servers import ROOT, Server

from pipeline.recognition.encode import png

MOST_SECONDS = 2.0  # for an answer
MOST_GROWTH = 0.1  # of the worker's memory after the warm-up
BETWEEN_VALID = 20  # requests
SETTLE_SECONDS = 3
KEPT = Path("runs/fuzz")  # where requests that failed are kept


@dataclass
class Tally:
    """The answers to one kind of request."""

    answered: int = 0
    refused: int = 0
    failed: int = 0
    slowest: float = 0.0

    def add(self, status: int, seconds: float) -> bool:
        """Count an answer, 0 for none; whether it is as it should be."""
        good = 0 < status < 500 and seconds <= MOST_SECONDS
        self.answered += good and status < 400
        self.refused += good and status >= 400
        self.failed += not good
        self.slowest = max(self.slowest, seconds)
        return good


class UnderFire:
    """A service under fire, and what came of it."""

    def __init__(self, server: Server):
        assert server.process is not None
        self.server = server
        self.client = httpx.Client(base_url=server.url, trust_env=False, timeout=60)
        self.tallies: defaultdict[str, Tally] = defaultdict(Tally)
        self.faults: list[str] = []
        self.valid = png(drawn(SEVEN, 8, 90, 60))
        self.process = psutil.Process(server.process.pid)
        self.workers, self.level = self._state()

    def _state(self) -> tuple[set[int], int]:
        """The processes of the service, and their memory in bytes when they have nothing to do."""
        for _ in range(10):
            self.check_valid()
        time.sleep(SETTLE_SECONDS)
        found = [self.process, *self.process.children(recursive=True)]
        return {each.pid for each in found}, sum(each.memory_info().rss for each in found)

    def send(self, seed: int, until: float) -> None:
        for number, request in enumerate(odd_requests(seed)):
            if time.monotonic() > until:
                return
            self._count(request, partial(self._status, request))
            if number % BETWEEN_VALID == 0:
                self.check_valid()
        for content in RAW:
            self._count(OddRequest("raw connections", body=content), partial(self._status_of_raw, content))
        self.check_valid()

    def _count(self, request: OddRequest, status: Callable[[], int]) -> None:
        start = time.monotonic()
        found = status()
        seconds = time.monotonic() - start
        if not self.tallies[request.kind].add(found, seconds):
            KEPT.mkdir(parents=True, exist_ok=True)
            file = KEPT / f"{len(self.faults)}.bin"
            file.write_bytes(request.body)
            self.faults.append(
                f"{request.kind}: {request.method} {request.path} {request.headers} with {file}: "
                f"status {found or 'none'} after {seconds:.1f} s"
            )

    def _status(self, request: OddRequest) -> int:
        url = self.server.url + request.path
        with contextlib.suppress(httpx.TransportError):
            answer = self.client.request(request.method, url, content=request.body, headers=request.headers)
            # A fault of the service is told in the answer to a batch as well.
            return 599 if b'"code":"internal"' in answer.content else answer.status_code
        return 0

    def _status_of_raw(self, content: bytes) -> int:
        """Of what is no request at all a server may just hang up: that counts as a refusal."""
        with contextlib.suppress(ConnectionError), socket.create_connection(("127.0.0.1", self.server.port)) as sender:
            sender.settimeout(10)
            sender.sendall(content)
            sender.shutdown(socket.SHUT_WR)
            answer = sender.recv(100).split()
            return int(answer[1]) if len(answer) > 1 else 400
        return 400

    def check_valid(self) -> None:
        request = OddRequest("valid digits", body=self.valid, headers={"content-type": "image/png"})
        self._count(request, self._status_of_valid)

    def _status_of_valid(self) -> int:
        with contextlib.suppress(httpx.TransportError):
            answer = self.client.post("/predict", content=self.valid, headers={"content-type": "image/png"})
            return 200 if answer.status_code == 200 and answer.json()["digit"] == 7 else 599
        return 0

    def warmed_up(self) -> None:
        """From here on the service may take no more memory."""
        _, self.level = self._state()

    def end(self) -> None:
        """What holds of the service as a whole."""
        workers, level = self._state()
        if workers != self.workers:
            self.faults.append(f"workers: processes {self.workers} at first, {workers} at last")
        growth = level / self.level - 1
        if growth > MOST_GROWTH:
            self.faults.append(f"memory: {self.level >> 20} MB after the warm-up, {level >> 20} MB at last")
        print(f"Memory of the service: {self.level >> 20} MB after the warm-up, {level >> 20} MB at last.")

    def other(self, name: str, command: list[str], folder: Path) -> None:
        """Another fuzzer, run in a folder; its own report kept where it finds something."""
        print(f"{name} …", flush=True)
        start = time.monotonic()
        path = os.pathsep.join(map(str, (ROOT, ROOT / "tests", ROOT / "tests/fuzz")))
        done = subprocess.run(
            command, env={**os.environ, "PYTHONPATH": path}, capture_output=True, text=True, cwd=folder
        )
        if done.returncode:
            KEPT.mkdir(parents=True, exist_ok=True)
            log = KEPT / f"{name.split()[0].lower()}.log"
            log.write_text(done.stdout + done.stderr)
            self.faults.append(f"{name}: exit status {done.returncode}, see {log}")
        print(f"{name}: {time.monotonic() - start:.0f} s. {(done.stderr.splitlines() or done.stdout.splitlines())[-1]}")

    def report(self) -> int:
        table = Table("kind", *("answered", "refused", "failed", "slowest"))
        for kind, tally in sorted(self.tallies.items()):
            table.add_row(kind, f"{tally.answered}", f"{tally.refused}", f"{tally.failed}", f"{tally.slowest:.2f} s")
        Console(width=100).print(table)
        print(*self.faults, sep="\n")
        print("FAILED" if self.faults else "passed")
        return bool(self.faults)
