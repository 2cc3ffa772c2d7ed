"""What Gradio's page says of itself to browsers and to those who link it: our names, our picture, our styles.

And the page on which one signs in: Gradio's has neither, and axe-core finds faults with it.
"""

import re
from html import escape
from pathlib import Path
from string import Template

from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.responses import HTMLResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from pipeline.faces.frame import DESCRIPTION, NAME, footer_html, header_html
from ui.readings import signed_in

# Gradio's own, each of which tells of Gradio, and an address that this page does not serve.
THEIRS = re.compile(rb'\s*<(?:meta\s+(?:property="og:|name="twitter:)|link rel="manifest")[^>]*>')
PROPERTIES = {"og:title": NAME, "og:description": DESCRIPTION, "og:type": "website"}
LINKS = (
    '<link rel="icon" href="faces/icon.svg" type="image/svg+xml">'
    '<link rel="stylesheet" href="faces/theme.css"><link rel="stylesheet" href="faces/network.css">'
    '<link rel="stylesheet" href="faces/why.css"><link rel="stylesheet" href="faces/feedback.css">'
    '<link rel="stylesheet" href="pad/style.css"><link rel="stylesheet" href="pad/think.css">'
)


class Head:
    """ASGI middleware: the head of the page at / becomes ours; who has not signed in is asked to."""

    def __init__(self, app: ASGIApp):
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"] != "/":
            await self.app(scope, receive, send)
            return
        if not signed_in(Request(scope)):
            await sign_in_page(Request(scope))(scope, receive, send)
            return
        start: Message = {}
        page = bytearray()

        async def rewritten(message: Message) -> None:
            if message["type"] == "http.response.start":
                start.update(message)
                return
            page.extend(message.get("body", b""))
            if not message.get("more_body", False):
                body = THEIRS.sub(b"", bytes(page)).replace(b"</head>", head(Request(scope)).encode() + b"</head>", 1)
                headers = MutableHeaders(raw=start["headers"])
                headers["content-length"] = str(len(body))
                headers["cache-control"] = "no-cache"
                await send(start)
                await send({"type": "http.response.body", "body": body})

        await self.app(scope, receive, rewritten)


def head(request: Request) -> str:
    """What is put into <head>; who links to a page wants the picture's whole address."""
    image = f"{str(request.base_url).rstrip('/')}/faces/card.png"
    properties = {**PROPERTIES, "og:image": image}
    metas = "".join(f'<meta property="{name}" content="{escape(value)}">' for name, value in properties.items())
    return f'<title>{NAME}</title><meta name="description" content="{escape(DESCRIPTION)}">{metas}{LINKS}'


def sign_in_page(request: Request) -> HTMLResponse:
    template = Template((Path(__file__).parent / "sign_in.html").read_text("utf-8"))
    page = template.substitute(head=head(request), header=header_html("sketchpad"), footer=footer_html())
    return HTMLResponse(page, headers={"cache-control": "no-cache"})
