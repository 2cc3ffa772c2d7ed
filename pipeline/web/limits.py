"""What one worker takes on: requests at once, and bytes in a body, checked before anything is parsed."""

import functools
from collections.abc import Awaitable, Callable

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Message, Receive

from pipeline.errors import Busy, TooLarge

MAX_IN_FLIGHT = 128  # requests a worker holds at once; more are told to come back
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
    """Decorate an endpoint: it passes the gate, and a body over `most_bytes` is refused. Raises Busy and TooLarge."""

    def decorate(endpoint: Endpoint) -> Endpoint:
        @functools.wraps(endpoint)
        async def wrapped(request: Request) -> Response:
            with request.app.state.gate:
                try:
                    return await endpoint(Request(request.scope, _counted(request, most_bytes)))
                except TooLarge:
                    await _drain(request)
                    raise

        return wrapped

    return decorate


def _counted(request: Request, most_bytes: int) -> Receive:
    announced = int(request.headers.get("content-length", 0))
    received = 0

    async def receive() -> Message:
        nonlocal received
        message = await request.receive()
        received += len(message.get("body", b""))
        if max(received, announced) > most_bytes:
            raise TooLarge(
                f"The request has {f'{announced:,}' if announced else f'over {received:,}'} bytes; "
                f"{request.url.path} takes at most {most_bytes:,}. Send smaller or fewer pictures."
            )
        return message

    return receive


async def _drain(request: Request) -> None:
    """Read what is still coming; a connection closed on a sender in mid-body hides the answer from it."""
    dropped = 0
    while dropped < DRAIN_BYTES:
        message = await request.receive()
        dropped += len(message.get("body", b""))
        if message["type"] == "http.disconnect" or not message.get("more_body", False):
            return
