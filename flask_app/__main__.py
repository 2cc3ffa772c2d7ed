"""Serve the upload page with waitress, a production WSGI server: `python -m flask_app --help`."""

import argparse
import os
from typing import NoReturn
from urllib.parse import urlsplit

from waitress import create_server
from waitress.server import BaseWSGIServer, MultiSocketServer

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
    try:
        # Somewhat too large an upload must get as far as Flask, whose answer is readable; waitress hangs up on more.
        limit = 4 * MAX_UPLOAD_BYTES
        server = create_server(
            app, host=options.host, port=options.port, threads=THREADS, max_request_body_size=limit, ident=None
        )
    except (OSError, ValueError) as error:
        raise SystemExit(cannot_serve(options, error)) from error
    print(f"Upload page on {address(options.host, server)} reads with {options.service}; Ctrl+C stops it.", flush=True)
    server.run()


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


def address(host: str, server: BaseWSGIServer | MultiSocketServer) -> str:
    """The URL to open, with the port that the system chose where it was asked for a free one."""
    # A name such as localhost may stand for an IPv4 and an IPv6 address: one server, two sockets.
    port = server.effective_listen[0][1] if isinstance(server, MultiSocketServer) else server.effective_port
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def cannot_serve(options: argparse.Namespace, error: Exception) -> str:
    # waitress makes one ValueError of all that getaddrinfo says about a host.
    reason = (getattr(error, "strerror", None) or "no such address").lower()
    where = f"{options.host} port {options.port}"
    return f"python -m flask_app: cannot listen on {where}: {reason}. Try another --host or --port."


if __name__ == "__main__":
    main()
