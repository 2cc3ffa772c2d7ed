"""The sketchpad's page: Gradio serves it, `ui/static` draws on it, `ui.readings` has drawings and pictures read."""

import json
from collections.abc import Sequence
from html import escape
from pathlib import Path
from string import Template
from typing import Any

import gradio as gr
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.staticfiles import StaticFiles

from pipeline.faces import STATIC
from pipeline.faces.feedback import Keeper, NoKeeper
from pipeline.faces.frame import NAME, footer_html, header_html
from pipeline.faces.words import BARS, MOST_MEBIBYTES
from ui.feedback import feedback_routes
from ui.gate import Gate
from ui.guard import Guard
from ui.head import Head
from ui.readings import MOST_BYTES, TOO_LARGE, Reader, reading_route
from ui.render import failure
from ui.sign_in import SignIn

HERE = Path(__file__).parent
LOAD = 'import(new URL("pad/main.js", document.baseURI)).then(({ start }) => start(element));'


def start(
    recognise: Reader,
    read: Reader,
    host: str,
    port: int,
    trusted_hosts: Sequence[str] = (),
    sign_in: SignIn | None = None,
    root_path: str = "",
    routes: Sequence[Route] = (),
    keeper: Keeper | None = None,
) -> gr.Blocks:
    """Serve the page in a thread of its own.

    `recognise` and `read` take the bytes or a file of a picture, and raise DigitsError where they have no answer.
    `trusted_hosts`: see `ui.guard`. `sign_in` knows a name and a password; without it nobody is asked for them.
    `root_path`: under which a proxy serves the page, which it takes off before it hands a request on. `routes`: what
    the page's scripts ask beside what a picture reads as. `keeper` keeps corrections; without it none are kept.
    """
    page = build_ui()
    readers = {"digit": recognise, "number": read}
    page.launch(
        server_name=host,
        server_port=port,
        root_path=root_path,
        auth=sign_in.check if sign_in else None,  # type: ignore[arg-type]  # it may be async: gradio/routes.py
        **settings(
            readers, trusted_hosts, [*routes, *feedback_routes(keeper or NoKeeper())], login=sign_in is not None
        ),
    )
    return page


def build_ui() -> gr.Blocks:
    with gr.Blocks(title=NAME, analytics_enabled=False, fill_width=True) as page:
        gr.HTML(html_template=markup(), js_on_load=LOAD, apply_default_css=False, elem_id="page")
    return page


def markup() -> str:
    """The whole page's HTML, before anything was read."""
    bars = "".join(
        f'<li><span class="name">{digit}</span><span class="track"><span class="fill"></span></span></li>'
        for digit in range(10)
    )
    return Template((HERE / "page.html").read_text("utf-8")).substitute(
        header=header_html("sketchpad"),
        footer=footer_html(),
        bars=bars,
        caption=BARS,
        mebibytes=MOST_MEBIBYTES,
        most_bytes=MOST_BYTES,
        too_large=escape(json.dumps(failure(TOO_LARGE))),
    )


def settings(
    readers: dict[str, Reader], trusted_hosts: Sequence[str], routes: Sequence[Route], login: bool
) -> dict[str, Any]:
    """For Blocks.launch(). Nothing in here, fonts included, needs the internet."""
    return {
        "theme": gr.themes.Base(font=["system-ui", "sans-serif"], font_mono=["ui-monospace", "monospace"]),
        "favicon_path": STATIC / "icon.svg",
        "app_kwargs": {
            "middleware": [
                Middleware(Guard, trusted_hosts=trusted_hosts),
                Middleware(Gate, login=login),
                Middleware(Head),
            ],
            "routes": [
                reading_route(readers),
                *routes,
                files_route("/pad", HERE / "static"),
                files_route("/faces", STATIC),
            ],
        },
        "footer_links": [],
        "run_history": False,
        "enable_monitoring": False,
        "ssr_mode": False,
        "mcp_server": False,
        "prevent_thread_lock": True,
        "quiet": True,
    }


def files_route(under: str, folder: Path) -> Route:
    """Files that browsers ask for again each time; mostly the answer is that nothing has changed.

    No `Mount`, which looks for another file where a proxy takes off `root_path`.
    """
    files = StaticFiles(directory=folder)

    async def file(request: Request) -> Response:
        response = await files.get_response(request.path_params["path"], request.scope)
        response.headers["cache-control"] = "no-cache"
        return response

    return Route(under + "/{path:path}", file)
