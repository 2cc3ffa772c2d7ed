"""What each request leaves behind: an id, one line of JSON in the log, counts; and the headers every answer has."""

import logging
import re
import time
import uuid

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from pipeline.web import metrics

REQUEST_ID = "x-request-id"
ACCEPTED_ID = re.compile(r"[\w.:-]{1,64}", re.ASCII)
OWN_PATHS = frozenset(
    {"/predict", "/read", "/predict_batch", "/explain", "/classify", "/feedback", "/model", "/docs.json", "/"}
)
WATCHED = frozenset({"/livez", "/readyz", "/healthz", "/metrics"})  # asked every few seconds: counted, not logged
SECURITY_HEADERS = {
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "x-frame-options": "DENY",
    "cache-control": "no-store",
    "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
}

log = logging.getLogger("bentoml.digits.requests")


class Observed:
    """ASGI middleware around everything that answers."""

    def __init__(self, app: ASGIApp):
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        began, status = time.perf_counter(), 499  # the client hung up, unless an answer begins
        request_id = _request_id(Headers(scope=scope).get(REQUEST_ID, ""))

        async def marked(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                headers = MutableHeaders(raw=message.setdefault("headers", []))
                for name, value in SECURITY_HEADERS.items():
                    headers.setdefault(name, value)
                headers[REQUEST_ID] = request_id
            await send(message)

        try:
            await self.app(scope, receive, marked)
        finally:
            _leave(scope, request_id, status, time.perf_counter() - began)


def _request_id(sent: str) -> str:
    """The client's own, where it is harmless in a log."""
    return sent if ACCEPTED_ID.fullmatch(sent) else uuid.uuid4().hex


def _leave(scope: Scope, request_id: str, status: int, seconds: float) -> None:
    path = scope["path"]
    path = "/feedback" if path.startswith("/feedback/") else path  # an id is nothing for a log
    endpoint = path if path in OWN_PATHS | WATCHED else "other"  # what strangers make up is no label
    metrics.REQUESTS.labels(endpoint, status).inc()
    metrics.REQUEST_SECONDS.labels(endpoint).observe(seconds)
    if endpoint in WATCHED:
        metrics.note_memory()  # often enough, and no request waits for it
    else:
        facts = {"request": request_id, "endpoint": endpoint, "status": status, "ms": round(1000 * seconds, 1)}
        log.info("%s %s", scope["method"] if endpoint != "other" else "?", endpoint, extra={"facts": facts})
