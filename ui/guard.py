"""By which names the sketchpad is reached, and what a browser may do with its page."""

from collections.abc import Sequence

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from pipeline import hosts
from pipeline.errors import BadRequest

SECURITY_HEADERS = {
    # Gradio's page has inline scripts and styles, and evaluates templates: what it runs must come from here at least,
    # and sends nothing elsewhere.
    "content-security-policy": "default-src 'none'; script-src 'self' 'unsafe-inline' 'unsafe-eval'; "
    "style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; font-src 'self' data:; connect-src 'self'; "
    "manifest-src 'self'; base-uri 'self'; form-action 'none'; frame-ancestors 'none'",
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "x-frame-options": "DENY",
}


class Guard:
    """ASGI middleware: 400 to a Host that others can register and that is not in `trusted_hosts`; security headers."""

    def __init__(self, app: ASGIApp, trusted_hosts: Sequence[str]):
        self.app, self.trusted_hosts = app, trusted_hosts

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return

        async def guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(raw=message.setdefault("headers", [])).update(SECURITY_HEADERS)
            await send(message)

        app = self.app
        try:
            hosts.check(Headers(scope=scope).get("host", ""), self.trusted_hosts, "start it with --trusted-host {name}")
        except BadRequest as error:
            app = JSONResponse({"detail": str(error)}, 400)
        await app(scope, receive, guarded)
