"""What may reach Gradio: the few routes that the sketchpad's page needs, of some eighty that Gradio serves."""

import re
from dataclasses import dataclass
from typing import Literal

from pydantic import TypeAdapter, ValidationError
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

EVENT = "/gradio_api/run/predict"
READ = re.compile(
    r"/|/theme\.css|/favicon\.ico|/config"
    r"|/(static|assets)/([\w@-][\w.@-]*/)*[\w@-][\w.@-]*\.\w+"  # files that come with Gradio; no name begins with a dot
    r"|/gradio_api/(startup-events|app_id|heartbeat/\w{1,64})",
    re.ASCII,
)


@dataclass(frozen=True)
class Sheet:
    """The sketchpad's value. With a `path` and a `url` beside these, Gradio would fetch that URL and keep the file."""

    mode: str
    drawing: str


@dataclass(frozen=True)
class Event:
    """What the page sends for a drawing: the sketchpad's value, for the page's only function.

    Gradio takes a dozen fields more, most of which make it fail, or keep a state that this page has no use for.
    """

    data: tuple[Sheet | None]
    fn_index: Literal[0]


EVENTS = TypeAdapter(Event)


class Gate:
    """ASGI middleware: 404 where the page asks for nothing, 413 over `limit` bytes, 400 where an event is malformed."""

    def __init__(self, app: ASGIApp, limit: int):
        self.app, self.limit = app, limit

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self.app(scope, receive, send)
        elif scope["type"] == "http" and scope["method"] == "POST" and scope["path"] == EVENT:
            await self._event(scope, receive, send)
        elif scope["type"] == "http" and scope["method"] in ("GET", "HEAD") and READ.fullmatch(scope["path"]):
            await self.app(scope, receive, send)
        elif scope["type"] == "http":
            await _refuse(404, "There is no such address here. Open / to draw.")(scope, receive, send)
        else:
            await send({"type": "websocket.close", "code": 1008})

    async def _event(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Hand on what is known of an event, and nothing else."""
        content, more = bytearray(), True
        while more:
            message = await receive()
            if message["type"] == "http.disconnect":
                return None
            content += message.get("body", b"")
            more = message.get("more_body", False)
            if len(content) > self.limit:
                reply = _refuse(413, f"The request is longer than {self.limit:,} bytes.")
                return await reply(scope, receive, send)
        try:
            event = EVENTS.dump_json(EVENTS.validate_json(bytes(content), strict=True))
        except ValidationError as error:
            reply = _refuse(400, f"This is no event of the sketchpad: {_first_fault(error)}. Reload the page.")
            return await reply(scope, receive, send)

        messages: list[Message] = [{"type": "http.request", "body": event}]

        async def checked() -> Message:
            return messages.pop() if messages else await receive()

        headers = [(b"content-type", b"application/json"), (b"content-length", b"%d" % len(event))]
        headers += [header for header in scope["headers"] if header[0] not in (b"content-type", b"content-length")]
        await self.app({**scope, "headers": headers}, checked, send)
        return None


def _refuse(status: int, detail: str) -> JSONResponse:
    return JSONResponse({"detail": detail}, status)


def _first_fault(error: ValidationError) -> str:
    fault = error.errors(include_url=False, include_input=False)[0]
    return f"{'.'.join(map(str, fault['loc'])) or 'the body'}: {fault['msg']}"
