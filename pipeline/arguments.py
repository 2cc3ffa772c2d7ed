"""What the command lines share: complaints in one line, and where a page listens and finds the service."""

import argparse
import os
import re
import socket
from collections.abc import Callable
from typing import NoReturn
from urllib.parse import urlsplit

from pipeline.client import DEFAULT_URL, ENVIRONMENT_VARIABLE


class OneLineParser(argparse.ArgumentParser):
    """Says what is wrong with the arguments in one line, without the usage above it."""

    def error(self, message: str) -> NoReturn:
        self.exit(2, f"{self.prog}: {message}. Try --help.\n")


def page_parser(prog: str, description: str, port: int) -> OneLineParser:
    """The options that both pages have: --host, --port, --service, --trusted-host and --root-path."""
    found = OneLineParser(prog=prog, description=description)
    service = os.environ.get(ENVIRONMENT_VARIABLE) or DEFAULT_URL
    found.add_argument("--host", default="127.0.0.1", help="address to listen on; 0.0.0.0 for all (default: 127.0.0.1)")
    found.add_argument("--port", type=_port, default=port, help=f"port; 0 for a free one (default: {port})")
    found.add_argument(
        "--service", type=_http_url, default=service, metavar="URL", help=f"the digit service (default: {DEFAULT_URL})"
    )
    found.add_argument(
        "--trusted-host",
        type=str.lower,
        action="append",
        default=[],
        metavar="NAME",
        help="public name that the page answers to besides IP addresses and local names; repeatable",
    )
    found.add_argument(
        "--root-path",
        type=_root_path,
        default="",
        metavar="PATH",
        help="path below which a proxy has the page, as /upload",
    )
    return found


def whole_number(least: int, most: int) -> Callable[[str], int]:
    """An argument type: a whole number from `least` to `most`."""

    def parse(text: str) -> int:
        if text.isascii() and text.isdigit() and least <= int(text) <= most:
            return int(text)
        raise argparse.ArgumentTypeError(f"expected a whole number from {least} to {most}, received {text!r}")

    return parse


def one_word(text: str) -> str:
    """An argument type: what has no space in it."""
    if text.split() != [text]:
        raise argparse.ArgumentTypeError(f"expected one word, received {text!r}")
    return text


def listen(prog: str, host: str, port: int) -> socket.socket:
    """An open socket, or the end of the program with one line that says why not."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family)
    except OSError as error:
        reason = (error.strerror or str(error)).partition(" (")[0].lower()
        raise SystemExit(
            f"{prog}: cannot listen on {host} port {port}: {reason}. Try another --host or --port."
        ) from error


def _port(text: str) -> int:
    if not (text.isascii() and text.isdigit() and int(text) <= 65535):
        raise argparse.ArgumentTypeError(f"expected a port from 0 to 65535, received {text!r}")
    return int(text)


def _root_path(text: str) -> str:
    path = text.rstrip("/")
    if text and not re.fullmatch(r"(/[\w.~-]+)*", path, re.ASCII):
        raise argparse.ArgumentTypeError(f"expected a path such as /upload, received {text!r}")
    return path


def _http_url(text: str) -> str:
    try:
        parts = urlsplit(text)
        usable = parts.scheme in ("http", "https") and parts.hostname and parts.port != 0 and text.isprintable()
    except ValueError:
        usable = False
    if not usable:
        raise argparse.ArgumentTypeError(f"expected a URL such as {DEFAULT_URL}, received {text!r}")
    return text
