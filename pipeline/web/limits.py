"""What one worker takes on: requests at once, and bytes in a body, checked before anything is parsed."""

import functools
import time
from collections.abc import Awaitable, Callable

import anyio
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Message

from pipeline.errors import Busy, TooLarge, TooSlow

MAX_IN_FLIGHT = 128  # requests a worker holds at once; more are told to come back
BODY_SECONDS = 60.0  # for a whole body to arrive; a sender who dawdles must not keep a place that others could have
DRAIN_BYTES = 2**28  # how much of a refused body is read and dropped, so that the sender gets to see the answer

Endpoint = Callable[[Request], Awaitable[Response]]


class Gate:
    """Counts the requests in hand, so that overload is a quick refusal and not a long queue."""

    def __init__(self, most: int = MAX_IN_FLIGHT):
        self.most, self.held = most, 0

    def __enter__(self) -> None:
        if self.held >= self.most:
            raise Busy(f"{self.held} requests are in hand, all that one worker takes. Try again in a second.")
        self.held += 1

    def __exit__(self, *_) -> None:
        self.held -= 1


def limited(most_bytes: int) -> Callable[[Endpoint], Endpoint]:
    """Decorate an endpoint: it passes the gate, and too large or slow a body is refused. Raises DigitsError."""

    def decorate(endpoint: Endpoint) -> Endpoint:
        @functools.wraps(endpoint)
        async def wrapped(request: Request) -> Response:
            with request.app.state.gate:
                body = LimitedBody(request, most_bytes)
                try:
                    return await endpoint(Request(request.scope, body.receive))
                except TooLarge:
                    await body.drain()
                    raise

        return wrapped

    return decorate


class LimitedBody:
    """Counts a request's bytes as they come, and refuses those over the limit."""

    def __init__(self, request: Request, most_bytes: int):
        self.request, self.most_bytes = request, most_bytes
        self.announced = int(request.headers.get("content-length", 0))
        self.received = 0
        self.more = True
        self.deadline = time.monotonic() + BODY_SECONDS

    async def receive(self) -> Message:
        """The next message of the body (ASGI). Raises TooLarge and TooSlow."""
        message = await self._next()
        if max(self.received, self.announced) > self.most_bytes:
            came = f"{self.announced:,}" if self.announced else f"over {self.received:,}"
            raise TooLarge(
                f"The request has {came} bytes; {self.request.url.path} takes at most {self.most_bytes:,}. "
                "Send smaller or fewer pictures."
            )
        return message

    async def drain(self) -> None:
        """Read what is still coming; a connection closed on a sender in mid-body hides the answer from it."""
        while self.more and self.received < DRAIN_BYTES:
            await self._next()

    async def _next(self) -> Message:
        try:
            with anyio.fail_after(self.deadline - time.monotonic()):
                message = await self.request.receive()
        except TimeoutError as error:
            raise TooSlow(
                f"Only {self.received:,} bytes of the request came within {BODY_SECONDS:.0f} s. "
                "Send a smaller picture, or try again on a better connection."
            ) from error
        self.received += len(message.get("body", b""))
        self.more = message["type"] == "http.request" and message.get("more_body", False)
        return message
