"""Real servers in processes of their own, and where the repository is."""

import http.server
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path

import httpx

ROOT = Path(__file__).resolve().parent.parent


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

    def stop(self) -> int | None:
        """Ask it to end; its exit status, None where it did not run."""
        if self.process is None:
            return None
        if self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGTERM)
            try:
                self.process.wait(timeout=15)
            except subprocess.TimeoutExpired:
                os.killpg(self.process.pid, signal.SIGKILL)
                self.process.wait()
        status, self.process = self.process.returncode, None
        return status


def serving(server: Server):
    server.start()
    yield server
    server.stop()


class StandIn:
    """Stands in for the digit service: answers each POST with one body, and stops and starts at once."""

    def __init__(self, body: dict):
        self.content = json.dumps(body).encode()
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"

    def __enter__(self):
        content = self.content

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                self.rfile.read(int(self.headers["Content-Length"]))
                self.send_response(200)
                self.end_headers()
                self.wfile.write(content)

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", self.port), Handler)
        threading.Thread(target=self.server.serve_forever, args=(0.02,)).start()
        return self

    def __exit__(self, *_):
        self.server.shutdown()
        self.server.server_close()


def wait_for(condition, what: str, seconds: float = 30.0) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, what
        time.sleep(0.05)


def bentoml_command(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "bentoml", *arguments]
