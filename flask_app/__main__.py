"""Serve the upload page with waitress, a production WSGI server: `python -m flask_app --help`."""

import logging
import signal
import socket

from flask_app import MAX_UPLOAD_BYTES, create_app
from flask_app.server import serve
from pipeline.arguments import OneLineParser, listen, page_parser
from pipeline.client import Client

PROG = "python -m flask_app"


def main(arguments: list[str] | None = None) -> None:
    options = parser().parse_args(arguments)
    client = Client(options.service)
    app = create_app(client.recognise, client.read, options.trusted_host, client.model, client.explain, client)
    with listen(PROG, options.host, options.port) as listener:
        signal.signal(signal.SIGTERM, signal.default_int_handler)  # process 1 of a container gets no other way to end
        logging.getLogger("waitress.queue").setLevel(logging.ERROR)  # it warns of every request that waits a moment
        url = address(options.host, listener) + options.root_path
        print(f"Upload page on {url} reads with {options.service}; Ctrl+C stops it.", flush=True)
        serve(app, listener, MAX_UPLOAD_BYTES, root_path=options.root_path)


def parser() -> OneLineParser:
    return page_parser(PROG, "Serve the upload page of the digit reader.", port=5000)


def address(host: str, listener: socket.socket) -> str:
    """The URL to open, with the port that the system chose where it was asked for a free one."""
    port = listener.getsockname()[1]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


if __name__ == "__main__":
    main()
