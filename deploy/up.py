"""Start the three servers of the Procfile under honcho, wait until they answer, print where; Ctrl-C stops them all."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
# What runs, the variable that moves it to another port, the usual port, and the path that tells when it is ready.
SERVERS = [
    ("service", "SERVICE_PORT", 3000, "/readyz"),
    ("sketchpad", "SKETCHPAD_PORT", 7860, "/"),
    ("upload page", "UPLOAD_PORT", 5000, "/"),
]
# By which the pages link to each other, and to the service.
LINKS = {
    "SERVICE_PORT": "DIGITS_API_URL", "SKETCHPAD_PORT": "DIGITS_SKETCHPAD_URL", "UPLOAD_PORT": "DIGITS_UPLOAD_URL"
}  # fmt: skip
READY_WITHIN_SECONDS = 120


def main() -> int:
    ports = {variable: os.environ.get(variable, str(port)) for _, variable, port, _ in SERVERS}
    problems = [line for name, variable, _, _ in SERVERS if (line := _problem(name, variable, ports[variable]))]
    if problems:
        print(*problems, sep="\n", file=sys.stderr)
        return 1
    # The servers' own commands, from the environment that runs this file; and no usage reports.
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")])
    links = {LINKS[variable]: f"http://localhost:{port}/" for variable, port in ports.items()}
    own = {"PATH": path, "BENTOML_DO_NOT_TRACK": "True", "PYTHONUNBUFFERED": "1"}
    environment = {**links, **os.environ, **ports, **own}
    honcho = subprocess.Popen([sys.executable, "-m", "honcho", "start"], cwd=ROOT, env=environment)
    signal.signal(signal.SIGTERM, lambda *_: honcho.terminate())
    try:
        if _wait_until_ready(honcho, ports):
            _announce(ports)
        return honcho.wait()
    except KeyboardInterrupt:
        return _stop(honcho)


def _problem(name: str, variable: str, port: str) -> str | None:
    if not port.isdigit() or not 0 < int(port) < 65536:
        return f"error: {variable} is '{port}', expected a port number from 1 to 65535."
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", int(port)))
            return None
        except OSError as error:
            return (
                f"error: port {port}, where the {name} goes, cannot be used ({error.strerror}). "
                f"Stop what runs there, or choose another: make up {variable}={int(port) % 65535 + 1}"
            )


def _wait_until_ready(honcho: subprocess.Popen, ports: dict[str, str]) -> bool:
    """False when honcho ended first, which it does as soon as one of the three ends."""
    deadline = time.monotonic() + READY_WITHIN_SECONDS
    waiting = [f"http://127.0.0.1:{ports[variable]}{path}" for _, variable, _, path in SERVERS]
    while waiting and honcho.poll() is None:
        waiting = [url for url in waiting if not _answers(url)]
        if time.monotonic() > deadline:
            print(f"error: no answer yet from {', '.join(waiting)}; still waiting", file=sys.stderr)
            deadline += READY_WITHIN_SECONDS
        time.sleep(0.3)
    return not waiting


def _answers(url: str) -> bool:
    try:
        with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(url, timeout=2) as response:
            return response.status == 200
    except (urllib.error.URLError, OSError):
        return False


def _announce(ports: dict[str, str]) -> None:
    print("\nReady:", flush=True)
    for name, variable, _, _ in SERVERS:
        print(f"  {name:<12} http://localhost:{ports[variable]}", flush=True)
    print("Ctrl-C stops all three.\n", flush=True)


def _stop(honcho: subprocess.Popen) -> int:
    """Ctrl-C reached honcho as well, in the same terminal; see that it ends, and the three with it."""
    try:
        honcho.wait(timeout=15)
    except (subprocess.TimeoutExpired, KeyboardInterrupt):
        honcho.terminate()
        honcho.wait()
    print("stopped", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
