"""What one worker takes on: bytes in a body and in all of them, checked before anything is parsed."""

import asyncio
import functools
import time
from collections.abc import Awaitable, Callable

import anyio
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Message

from pipeline.errors import Busy, TooLarge, TooSlow

MAX_BYTES_IN_HAND = 512 * 2**20  # of all bodies together, complete or not: slow senders hold little and lock nobody out
BODY_SECONDS = 60.0  # for a whole body to arrive
MOST_REFUSALS = 150.0  # a second for which there is no room, of about a millisecond each
REFUSALS_AT_ONCE = 20  # that none of them waits for
MOST_REFUSAL_SECONDS = 1.0  # that one waits for its turn
DRAIN_BYTES = 2**28  # how much of a refused body is read and dropped, so that the sender gets to see the answer

Endpoint = Callable[[Request], Awaitable[Response]]


class BytesInHand:
    """Counts the bytes of all bodies that are being read or worked on."""

    def __init__(self, most: int = MAX_BYTES_IN_HAND):
        self.most, self.count = most, 0

    def take(self, count: int) -> None:
        """Count bytes that have come in. Raises Busy."""
        self.count += count
        if self.count > self.most:
            raise Busy(f"{self.count:,} bytes are in hand, more than one worker takes. Try again in a second.")


class Refusals:
    """Takes turns in refusing: clients that ask again at once would keep a worker busy with refusals alone."""

    def __init__(self, rate: float = MOST_REFUSALS):
        self.seconds, self.next = 1 / rate, 0.0

    def turn(self, now: float) -> float:
        """Seconds that one more refusal waits: none, unless many were just before. `now` on a steady clock."""
        self.next = max(self.next + self.seconds, now - REFUSALS_AT_ONCE * self.seconds)
        self.next = min(self.next, now + MOST_REFUSAL_SECONDS)
        return max(0.0, self.next - now)


def limited(
    most_bytes: int, lane: str, check: Callable[[Request], None] = lambda request: None
) -> Callable[[Endpoint], Endpoint]:
    """Decorate an endpoint: where its lane is full, or `check` raises Busy, a request is refused before its body is
    read, too large or slow a body before it is parsed. Raises DigitsError.
    """

    def decorate(endpoint: Endpoint) -> Endpoint:
        @functools.wraps(endpoint)
        async def wrapped(request: Request) -> Response:
            body = LimitedBody(request, most_bytes, request.app.state.bytes_in_hand)
            try:
                check(request)
                getattr(request.app.state.lanes, lane).check()
                return await endpoint(Request(request.scope, body.receive))
            except (TooLarge, Busy) as error:
                await body.drain()
                if isinstance(error, Busy):
                    await anyio.sleep(request.app.state.refusals.turn(time.monotonic()))
                raise
            finally:
                body.in_hand.count -= body.taken

        return wrapped

    return decorate


class LimitedBody:
    """Counts a request's bytes as they come, and refuses those over the limit."""

    def __init__(self, request: Request, most_bytes: int, in_hand: BytesInHand, seconds: float = BODY_SECONDS):
        self.request, self.most_bytes, self.in_hand, self.seconds = request, most_bytes, in_hand, seconds
        self.taken = 0  # bytes counted as in hand
        self.announced = int(request.headers.get("content-length", 0))
        self.received = 0
        self.more = True
        self.deadline: float | None = None  # by the event loop's clock

    async def receive(self) -> Message:
        """The next message of the body (ASGI), then whether the client hangs up. Raises TooLarge, TooSlow and Busy."""
        if not self.more:
            return await self.request.receive()
        message = await self._next()
        if max(self.received, self.announced) > self.most_bytes:
            came = f"{self.announced:,}" if self.announced else f"over {self.received:,}"
            raise TooLarge(
                f"The request has {came} bytes; {self.request.url.path} takes at most {self.most_bytes:,}. "
                "Send less at a time."
            )
        fresh = self.received - self.taken
        self.taken = self.received
        self.in_hand.take(fresh)
        return message

    async def drain(self) -> None:
        """Read what is still coming; a connection closed on a sender in mid-body hides the answer from it."""
        while self.more and self.received < DRAIN_BYTES:
            await self._next()

    async def _next(self) -> Message:
        self.deadline = self.deadline or asyncio.get_running_loop().time() + self.seconds
        try:
            async with asyncio.timeout_at(self.deadline):
                message = await self.request.receive()
        except TimeoutError as error:
            raise TooSlow(
                f"Only {self.received:,} bytes of the request came within {self.seconds:.0f} s. "
                "Send a smaller picture, or try again on a better connection."
            ) from error
        self.received += len(message.get("body", b""))
        self.more = message["type"] == "http.request" and message.get("more_body", False)
        return message
