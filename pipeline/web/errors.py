"""Every refusal as one JSON object, an Error."""

import logging
import textwrap

from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from pipeline.errors import Busy, DigitsError
from pipeline.web.results import Error, ErrorDetail

MOST_CHARACTERS = 600  # of a message
ENDPOINTS = (
    "POST /predict, POST /read, POST /predict_batch, POST /explain and POST /classify; POST /feedback and DELETE "
    "/feedback/{id}; GET /model tells which model answers, GET /docs.json describes them"
)

log = logging.getLogger("bentoml.digits")


def refusal(code: str, message: str) -> Error:
    """The one form of error; a message may quote what a client sent, hence short and safe to encode."""
    safe = message.encode("utf-8", "replace").decode("utf-8")
    return Error(ErrorDetail(code, textwrap.shorten(safe, MOST_CHARACTERS, placeholder=" …")))


def failure(what: str, error: Exception) -> Error:
    """A fault of the service itself: logged, and told without its details."""
    log.error("%s failed", what, exc_info=error)
    message = "The service failed on this request; its log says why. Please report it with the input that caused it."
    return refusal("internal", message)


# Coroutines, because Starlette runs functions in a thread: a refusal would wait there for those that work.
async def _refused(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, DigitsError)  # Starlette's signature is wider than what it passes
    headers = {"Retry-After": str(error.retry_after)} if isinstance(error, Busy) else None
    return JSONResponse(refusal(error.code, str(error)).to_json(), error.status, headers)


async def _http(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HTTPException)
    return JSONResponse(
        _by_status(error.status_code, request.scope, error.detail).to_json(), error.status_code, error.headers
    )


async def _broken(request: Request, error: Exception) -> JSONResponse:
    return JSONResponse(failure(f"{request.method} {request.url.path}", error).to_json(), 500)


async def _gone(request: Request, error: Exception) -> Response:
    """The client hung up before its request was complete: nobody reads this, and nothing of ours is wrong."""
    return Response(status_code=499)


HANDLERS = {DigitsError: _refused, HTTPException: _http, ClientDisconnect: _gone, Exception: _broken}


def _by_status(status: int, scope: Scope, detail: str) -> Error:
    if status == 404:
        return refusal("not_found", f"There is no {scope['path']} here. There are {ENDPOINTS}.")
    if status == 405:
        return refusal("wrong_method", f"{scope['path']} does not take {scope['method']}. There are {ENDPOINTS}.")
    return refusal("bad_request", f"The request could not be parsed: {detail}")


class PlainErrorsAsJson:
    """ASGI middleware: plain-text 404 and 405 answers of the surrounding server in the one error form.

    Its redirects from a path with a slash at the end to one without are 404 too: they name whatever Host was sent.
    """

    def __init__(self, app: ASGIApp):
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        replaced = False

        async def send_json(message: Message) -> None:
            nonlocal replaced
            if message["type"] == "http.response.start" and message["status"] in (307, 404, 405):
                status = 404 if message["status"] == 307 else message["status"]
                plain = dict(message["headers"]).get(b"content-type", b"").startswith(b"text/plain")
                replaced = plain or message["status"] == 307
                if replaced:
                    await JSONResponse(_by_status(status, scope, "").to_json(), status)(scope, receive, send)
            if not replaced:
                await send(message)

        await self.app(scope, receive, send_json)
