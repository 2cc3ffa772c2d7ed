"""`python -m ui`: serve the sketchpad until Ctrl-C."""

import argparse
import os
import signal
import socket
import sys
from contextlib import redirect_stderr, redirect_stdout
from io import StringIO
from typing import NoReturn
from urllib.parse import urlsplit

from pipeline.client import DEFAULT_URL, ENVIRONMENT_VARIABLE, Client
from pipeline.errors import DigitsError


class Parser(argparse.ArgumentParser):
    """Says what is wrong in one line, without the usage in front of it."""

    def error(self, message: str) -> NoReturn:
        self.exit(2, f"{self.prog}: {message}\n")


def main() -> None:
    arguments = _parser().parse_args()
    try:
        _check_free(arguments.host, arguments.port)
    except DigitsError as error:
        sys.exit(f"python -m ui: {error}")
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # end as on Ctrl-C, so that a public link ends too
    try:
        _serve(arguments)
    except KeyboardInterrupt:
        pass


def _parser() -> Parser:
    parser = Parser("python -m ui", description="A sketchpad that reads handwritten digits while you draw them.")
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on; 0.0.0.0 for all (%(default)s)")
    parser.add_argument("--port", type=_port, default=7860, help="port to listen on (%(default)s)")
    parser.add_argument(
        "--service",
        metavar="URL",
        type=_url,
        default=os.environ.get(ENVIRONMENT_VARIABLE) or DEFAULT_URL,
        help=f"address of the digit service; ${ENVIRONMENT_VARIABLE} sets it too (%(default)s)",
    )
    parser.add_argument("--share", action="store_true", help="ask Gradio for a public link as well, for up to a week")
    return parser


def _port(text: str) -> int:
    if not (text.isdecimal() and 1 <= int(text) <= 65535):
        raise argparse.ArgumentTypeError(f"{text!r} is not a port. Give a whole number from 1 to 65535.")
    return int(text)


def _url(text: str) -> str:
    try:
        parts = urlsplit(text)
        good = parts.scheme in ("http", "https") and parts.hostname and parts.port != 0
    except ValueError:
        good = False
    if not good:
        raise argparse.ArgumentTypeError(f"{text!r} is not a service address. Give one such as {DEFAULT_URL}.")
    return text


def _check_free(host: str, port: int) -> None:
    """Raises DigitsError when nobody can listen there; Gradio itself waits five seconds and then prints a traceback."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind, protocol) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
    except OSError as error:
        raise DigitsError(
            f"cannot listen on {host} port {port} ({error.strerror}). Choose another with --host and --port."
        ) from error


def _serve(arguments: argparse.Namespace) -> None:
    from ui.app import LAUNCH_SETTINGS, build_ui  # here, because Gradio takes seconds to import: --help need not wait

    page = build_ui(Client(arguments.service).recognise)
    if arguments.share:
        print("Asking Gradio for a public link; this can take half a minute.", flush=True)
    said = StringIO()  # Gradio explains a missing link in a dozen lines
    with redirect_stdout(said), redirect_stderr(said):
        page.launch(
            server_name=arguments.host,
            server_port=arguments.port,
            share=arguments.share,
            prevent_thread_lock=True,
            quiet=True,
            **LAUNCH_SETTINGS,
        )
    print(f"Sketchpad at {page.local_url} asks the service at {arguments.service}. Ctrl-C stops it.", flush=True)
    if page.share_url:
        print(f"Public link for up to a week: {page.share_url}", flush=True)
    elif arguments.share:
        print("No public link: Gradio's share server cannot be reached from here. All else works.", flush=True)
    signal.pause()


if __name__ == "__main__":
    main()
