"""Serve the sketchpad until Ctrl+C: `python -m ui --help`."""

import argparse
import logging
import os
import signal
import socket
import sys
from contextlib import ExitStack, redirect_stderr, redirect_stdout, suppress
from io import StringIO
from typing import TYPE_CHECKING, NoReturn
from urllib.parse import urlsplit

from pipeline.client import DEFAULT_URL, ENVIRONMENT_VARIABLE, Client

if TYPE_CHECKING:
    from gradio import Blocks

ASKING = "Asking Gradio for a public link; this can take half a minute."
NO_LINK = "No public link: Gradio's share server cannot be used from this machine. The sketchpad works without it."


class OneLineParser(argparse.ArgumentParser):
    """Says what is wrong with the arguments in one line, without the usage above it."""

    def error(self, message: str) -> NoReturn:
        self.exit(2, f"{self.prog}: {message}. Try --help.\n")


def main(arguments: list[str] | None = None) -> None:
    options = parser().parse_args(arguments)
    port = usable_port(options.host, options.port)
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # end as on Ctrl+C, so that a public link ends too
    with suppress(KeyboardInterrupt):
        serve(options, port)
        signal.pause()


def parser() -> argparse.ArgumentParser:
    found = OneLineParser(prog="python -m ui", description="A sketchpad that reads handwritten digits as you draw.")
    service = os.environ.get(ENVIRONMENT_VARIABLE) or DEFAULT_URL
    found.add_argument("--host", default="127.0.0.1", help="address to listen on; 0.0.0.0 for all (default: 127.0.0.1)")
    found.add_argument("--port", type=port_number, default=7860, help="port; 0 for a free one (default: 7860)")
    found.add_argument(
        "--service", type=http_url, default=service, metavar="URL", help=f"the digit service (default: {DEFAULT_URL})"
    )
    found.add_argument("--share", action="store_true", help="get a public link from Gradio too, good for up to a week")
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


def usable_port(host: str, port: int) -> int:
    """The port to listen on, or the end of the program with one line; Gradio would wait and then print a traceback."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        with socket.create_server((host, port), family=family) as probe:
            return probe.getsockname()[1]
    except OSError as error:
        reason = (error.strerror or str(error)).partition(" (")[0].lower()
        raise SystemExit(
            f"python -m ui: cannot listen on {host} port {port}: {reason}. Try another --host or --port."
        ) from error


def serve(options: argparse.Namespace, port: int) -> None:
    """Start the server in a thread of its own and print where it is."""
    from ui.app import build_ui  # here, because importing Gradio takes seconds: --help need not wait

    page = build_ui(Client(options.service).recognise)
    if options.share:
        print(ASKING, flush=True)
    launch(page, options.host, port, options.share)
    print(f"Sketchpad on {str(page.local_url).rstrip('/')} reads with {options.service}; Ctrl+C stops it.", flush=True)
    if options.share:
        print(f"Public link: {page.share_url}" if page.share_url else NO_LINK, flush=True)


def launch(page: "Blocks", host: str, port: int, share: bool) -> None:
    from ui.app import LAUNCH_SETTINGS

    # Gradio asks its own server whether it is up: not by way of a proxy meant for the internet.
    exempt = os.environ.get("no_proxy") or os.environ.get("NO_PROXY") or ""
    os.environ["no_proxy"] = f"{exempt},localhost,{host}"
    with ExitStack() as silence:
        if share:  # Gradio explains a missing link in a dozen lines
            silence.enter_context(redirect_stdout(StringIO()))
            silence.enter_context(redirect_stderr(StringIO()))
        name = f"[{host}]" if ":" in host else host
        page.launch(server_name=name, server_port=port, share=share, **LAUNCH_SETTINGS)
    for handler in logging.getLogger("uvicorn").handlers:  # made during the silence
        if isinstance(handler, logging.StreamHandler):
            handler.setStream(sys.stderr)


if __name__ == "__main__":
    main()
