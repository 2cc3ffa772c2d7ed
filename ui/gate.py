"""What may reach Gradio and our own routes: what the sketchpad's page asks for, of some eighty that Gradio serves."""

import re

from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

READING = re.compile(r"/reading/\w{1,20}|/explaining|/answers", re.ASCII)
CORRECTION = re.compile(r"/feedback/[0-9a-f]{32}", re.ASCII)
LOGIN = "/login"
LONGEST_LOGIN_BYTES = 10_000
READ = re.compile(
    r"/|/theme\.css|/favicon\.ico"
    # Files that come with Gradio, and ours; no name begins with a dot.
    r"|/(static|assets|pad|faces)/([\w@-][\w.@-]*/)*[\w@-][\w.@-]*\.\w+"
    r"|/gradio_api/startup-events",  # which Gradio itself asks for, to know that its server is up
    re.ASCII,
)


class Gate:
    """ASGI middleware: 404 where the page asks for nothing; `login` opens the way for a name and a password."""

    def __init__(self, app: ASGIApp, login: bool):
        self.app, self.login = app, login

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan" or self._open(scope):
            await self.app(scope, receive, send)
        elif scope["type"] == "http" and self.login and (scope["method"], scope["path"]) == ("POST", LOGIN):
            await self._sign_in(scope, receive, send)
        elif scope["type"] == "http":
            await _refuse(404, "There is no such address here. Open / to draw.")(scope, receive, send)
        else:
            await send({"type": "websocket.close", "code": 1008})

    def _open(self, scope: Scope) -> bool:
        if scope["type"] != "http":
            return False
        if scope["method"] == "POST":
            return scope["path"] == "/feedback" or bool(READING.fullmatch(scope["path"]))
        if scope["method"] == "DELETE":
            return bool(CORRECTION.fullmatch(scope["path"]))
        return scope["method"] in ("GET", "HEAD") and bool(READ.fullmatch(scope["path"]))

    async def _sign_in(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Hand on a short form; Gradio would hold one of any length in memory."""
        content, more = bytearray(), True
        while more:
            message = await receive()
            if message["type"] == "http.disconnect":
                return
            content += message.get("body", b"")
            more = message.get("more_body", False)
            if len(content) > LONGEST_LOGIN_BYTES:
                await _refuse(413, f"The form is longer than {LONGEST_LOGIN_BYTES:,} bytes.")(scope, receive, send)
                return
        messages: list[Message] = [{"type": "http.request", "body": bytes(content)}]

        async def received() -> Message:
            return messages.pop() if messages else await receive()

        await self.app(scope, received, send)


def _refuse(status: int, detail: str) -> JSONResponse:
    return JSONResponse({"detail": detail}, status)
