"""Serve the sketchpad until Ctrl+C: `python -m ui --help`."""

import argparse
import os
import signal
from collections.abc import Sequence
from contextlib import suppress
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from pipeline import connections
from pipeline.arguments import OneLineParser, listen, page_parser
from pipeline.client import Client
from ui.sign_in import PASSWORD_VARIABLE, SignIn, password

if TYPE_CHECKING:
    from gradio import Blocks

PROG = "python -m ui"
ASKING = "Asking Gradio for a public link; this can take half a minute."
PUBLIC = "Public to whoever has the link{}: drawing here, and having pictures read; nothing else of this machine."
NO_LINK = "No public link: Gradio's share server cannot be used from this machine. The sketchpad works without it."


def main(arguments: list[str] | None = None) -> None:
    found = parser()
    options = found.parse_args(arguments)
    if options.share_user and not options.share:
        found.error("argument --share-user: expected beside --share")
    sign_in = SignIn(options.share_user, password(found)) if options.share_user else None
    port = usable_port(options.host, options.port)
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # end as on Ctrl+C, so that a public link ends too
    with suppress(KeyboardInterrupt):
        serve(options, port, sign_in)
        signal.pause()


def parser() -> OneLineParser:
    found = page_parser(PROG, "A sketchpad that reads handwritten digits as you draw.", port=7860)
    found.add_argument("--share", action="store_true", help="get a public link from Gradio too, good for up to a week")
    found.add_argument(
        "--share-user",
        metavar="NAME",
        help=f"ask everybody for this name and a password first: that of ${PASSWORD_VARIABLE}, else one typed now",
    )
    return found


def usable_port(host: str, port: int) -> int:
    """The port to listen on, tried out beforehand: Gradio would wait and then print a traceback."""
    with listen(PROG, host, port) as probe:
        return probe.getsockname()[1]


def serve(options: argparse.Namespace, port: int, sign_in: SignIn | None) -> None:
    """Start the server in a thread of its own and print where it is."""
    connections.install()
    client = Client(options.service)
    trusted_hosts = list(options.trusted_host)
    page = started(client, options, port, trusted_hosts, sign_in)
    print(f"Sketchpad on {str(page.local_url).rstrip('/')} reads with {options.service}; Ctrl+C stops it.", flush=True)
    if options.share:
        print(ASKING, PUBLIC.format(f" and signs in as {sign_in.name}" if sign_in else ""), sep="\n", flush=True)
        link = public_link(page)
        if link:
            trusted_hosts.append(str(urlsplit(link).hostname))
        print(f"Public link: {link}" if link else NO_LINK, flush=True)


def started(
    client: Client, options: argparse.Namespace, port: int, trusted_hosts: Sequence[str], sign_in: SignIn | None
) -> "Blocks":
    from ui.app import start  # here, because importing Gradio takes seconds: --help need not wait
    from ui.explaining import explaining_routes

    # Gradio asks its own server whether it is up: not by way of a proxy meant for the internet.
    exempt = os.environ.get("no_proxy") or os.environ.get("NO_PROXY") or ""
    os.environ["no_proxy"] = f"{exempt},localhost,{options.host}"
    name = f"[{options.host}]" if ":" in options.host else options.host
    routes = explaining_routes(client.explain, client.recognise_all)
    return start(client.recognise, client.read, name, port, trusted_hosts, sign_in, options.root_path, routes, client)


def public_link(page: "Blocks") -> str | None:
    """A link from Gradio's share server, None where it cannot be had.

    Not by `launch(share=True)`: its pages take their scripts from another server, and while the link is asked for,
    which takes half a minute where packets go nowhere, nobody here could draw.
    """
    from gradio import networking

    try:
        address = networking.setup_tunnel(page.server_name, page.server_port, page.share_token, None, None)
    except Exception:  # of the network, of the helper that is downloaded, of its checksum
        return None
    return address.replace("http://", f"{page.share_server_protocol}://", 1)


if __name__ == "__main__":
    main()
