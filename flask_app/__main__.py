"""Serve the upload page with waitress, a production WSGI server: `python -m flask_app --help`."""

import argparse
import logging
import os
import signal
import socket
from typing import NoReturn
from urllib.parse import urlsplit

from waitress import serve

from flask_app import MAX_UPLOAD_BYTES, create_app
from pipeline.client import DEFAULT_URL, ENVIRONMENT_VARIABLE, Client

THREADS = 8  # requests in hand at once; each mostly waits for the service


class OneLineParser(argparse.ArgumentParser):
    """Says what is wrong with the arguments in one line, without the usage above it."""

    def error(self, message: str) -> NoReturn:
        self.exit(2, f"{self.prog}: {message}. Try --help.\n")


def main(arguments: list[str] | None = None) -> None:
    options = parser().parse_args(arguments)
    app = create_app(Client(options.service).recognise, options.trusted_host)
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # process 1 of a container gets no other way to end
    logging.getLogger("waitress.queue").setLevel(logging.ERROR)  # it warns of every request that waits a moment
    with listen(options.host, options.port) as listener:
        url = address(options.host, listener)
        print(f"Upload page on {url} reads with {options.service}; Ctrl+C stops it.", flush=True)
        # Somewhat too large an upload must get as far as Flask, whose answer is readable; waitress hangs up on more.
        serve(app, sockets=[listener], threads=THREADS, max_request_body_size=4 * MAX_UPLOAD_BYTES, ident=None)


def parser() -> argparse.ArgumentParser:
    found = OneLineParser(prog="python -m flask_app", description="Serve the upload page of the digit reader.")
    service = os.environ.get(ENVIRONMENT_VARIABLE) or DEFAULT_URL
    found.add_argument("--host", default="127.0.0.1", help="address to listen on; 0.0.0.0 for all (default: 127.0.0.1)")
    found.add_argument("--port", type=port_number, default=5000, help="port; 0 for a free one (default: 5000)")
    found.add_argument(
        "--service", type=http_url, default=service, metavar="URL", help=f"the digit service (default: {DEFAULT_URL})"
    )
    found.add_argument(
        "--trusted-host",
        type=str.lower,
        action="append",
        default=[],
        metavar="NAME",
        help="public name that the page answers to besides IP addresses and local names; repeatable",
    )
    return found


def port_number(text: str) -> int:
    if not (text.isascii() and text.isdigit() and int(text) <= 65535):
        raise argparse.ArgumentTypeError(f"expected a port from 0 to 65535, received {text!r}")
    return int(text)


def http_url(text: str) -> str:
    try:
        parts = urlsplit(text)
        usable = parts.scheme in ("http", "https") and parts.hostname and parts.port != 0 and text.isprintable()
    except ValueError:
        usable = False
    if not usable:
        raise argparse.ArgumentTypeError(f"expected a URL such as {DEFAULT_URL}, received {text!r}")
    return text


def listen(host: str, port: int) -> socket.socket:
    """An open socket, or the end of the program with one line that says why not."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family)
    except OSError as error:
        reason = (error.strerror or str(error)).partition(" (")[0].lower()
        said = f"cannot listen on {host} port {port}: {reason}. Try another --host or --port."
        raise SystemExit(f"python -m flask_app: {said}") from error


def address(host: str, listener: socket.socket) -> str:
    """The URL to open, with the port that the system chose where it was asked for a free one."""
    port = listener.getsockname()[1]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


if __name__ == "__main__":
    main()
