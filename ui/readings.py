"""The page's own route: the bytes of a drawing or a picture in, what was read out, as JSON for the page's script.

Not an event of Gradio's: where the server does not answer for a moment, its client reloads the page, drawing and all.
"""

import asyncio
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import IO

from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from pipeline.answer import Answer, Number
from pipeline.errors import BadRequest, Busy, DigitsError, TooLarge, TooSlow, WrongType
from pipeline.faces.words import MOST_MEBIBYTES
from ui.render import Shown, failure, shown

MOST_BYTES = MOST_MEBIBYTES * 2**20  # of one picture
IN_MEMORY_BYTES = 2**20  # of a picture; a drawing is about 10 kB, and what is larger waits on the disk
MOST_LARGE = 16  # pictures that wait on the disk at once; a drawing never has to wait for them
TOO_LARGE = TooLarge(f"The picture has more than {MOST_MEBIBYTES} MiB. Make it smaller.")
BODY_SECONDS = 60.0
KIND = "application/octet-stream"  # which no form of a foreign site can send

Reader = Callable[[bytes | IO[bytes]], Answer | Number]


class Room:
    """How many large pictures are in hand."""

    def __init__(self) -> None:
        self.taken = 0

    @contextmanager
    def guest(self) -> Iterator[Callable[[], None]]:
        """Gives a function that takes a place, once; it raises Busy where there is none."""
        places = 0

        def take() -> None:
            nonlocal places
            if not places and self.taken >= MOST_LARGE:
                raise Busy("Many large pictures are being read. Try again.")
            self.taken += 1 - places
            places = 1

        try:
            yield take
        finally:
            self.taken -= places


def reading_route(readers: Mapping[str, Reader]) -> Route:
    """POST /reading/MODE; each of the readers, by mode, takes an encoded picture and may raise DigitsError."""

    room = Room()

    async def reading(request: Request) -> Response:
        read = readers.get(request.path_params["mode"])
        if read is None:
            error = BadRequest(f"There is nothing to read but {' and '.join(readers)}. Reload the page.")
            return JSONResponse(failure(error), error.status)
        return await answered(request, room, lambda picture: shown(read(picture)))

    return Route("/reading/{mode}", reading, methods=["POST"])


async def answered(
    request: Request, room: Room, found: Callable[[IO[bytes]], Shown], most: int = MOST_BYTES
) -> Response:
    """What is found in the body, of `most` bytes, in a thread; or why nothing is, where that raises DigitsError."""
    if not signed_in(request):
        return JSONResponse({"status": "signed_out"}, 401)
    try:
        with tempfile.SpooledTemporaryFile(IN_MEMORY_BYTES) as body, room.guest() as take_place:
            await receive(request, body, take_place, most)
            return JSONResponse(await run_in_threadpool(found, body))
    except DigitsError as error:
        return JSONResponse(failure(error), error.status)
    except ClientDisconnect:
        return Response(status_code=400)  # which nobody sees


def signed_in(request: Request) -> bool:
    """Whether who asks may: anybody may where no name and password are asked for."""
    app = request.app  # Gradio's, whose cookie of a login this is
    names = (f"access-token-{app.cookie_id}", f"access-token-unsecure-{app.cookie_id}")
    return app.auth is None or any(request.cookies.get(name) in app.tokens for name in names)


async def receive(request: Request, onto: IO[bytes], take_place: Callable[[], None], most: int = MOST_BYTES) -> None:
    """Write the body onto a file and rewind it. Raises WrongType, TooLarge, TooSlow and Busy."""
    kind = request.headers.get("content-type", "")
    if kind != KIND:
        raise WrongType(f"A picture came as {kind[:100]!r}, expected {KIND}. Reload the page.")
    try:
        async with asyncio.timeout(BODY_SECONDS):
            async for piece in request.stream():
                onto.write(piece)
                if onto.tell() > IN_MEMORY_BYTES:
                    take_place()
                if onto.tell() > most:
                    raise TOO_LARGE
    except TimeoutError:
        raise TooSlow(f"The picture did not arrive within {BODY_SECONDS:g} seconds. Try again.") from None
    onto.seek(0)
