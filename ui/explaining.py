"""What is asked about a drawing beside what it reads as: how the network came to that, and how other drawings read.

    POST /explaining[?filters=1&occlusion=1]   a picture → as the service's /explain answers
    POST /answers                              pictures → {"status": "answers", "answers": [Answer or error, …]}

Pictures come as one body, each after its length in 4 bytes, the highest first: no form of a foreign site can send that.
"""

from collections.abc import Callable, Sequence
from typing import IO

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from pipeline.answer import Answer
from pipeline.client import Refused
from pipeline.errors import BadRequest
from ui.readings import Room, answered
from ui.render import Shown

MOST_PICTURES = 64  # in one batch of the service
MOST_BYTES = 4 * 2**20  # of all of them; a drawing is about 10 kB
LENGTH_BYTES = 4


def explaining_routes(
    explain: Callable[..., Answer], recognise_all: Callable[[Sequence[bytes]], Sequence[Answer | Refused]]
) -> list[Route]:
    """`explain` and `recognise_all` as a Client has them; both may raise DigitsError."""

    room = Room()

    async def explaining(request: Request) -> Response:
        asked = {each: request.query_params.get(each) == "1" for each in ("filters", "occlusion")}
        return await answered(request, room, lambda picture: explain(picture, **asked).to_json())

    async def answers(request: Request) -> Response:
        def found(body: IO[bytes]) -> Shown:
            return {"status": "answers", "answers": [_json(each) for each in recognise_all(pictures(body))]}

        return await answered(request, room, found, MOST_BYTES)

    return [Route("/explaining", explaining, methods=["POST"]), Route("/answers", answers, methods=["POST"])]


def pictures(body: IO[bytes]) -> list[bytes]:
    """Raises BadRequest where these are none, too many or cut off."""
    found = []
    while head := body.read(LENGTH_BYTES):
        length = int.from_bytes(head)
        found.append(body.read(min(length, MOST_BYTES)))
        if len(head) < LENGTH_BYTES or len(found[-1]) < length:
            raise BadRequest("The last picture is cut off. Reload the page.")
    if not 0 < len(found) <= MOST_PICTURES:
        raise BadRequest(f"{len(found)} pictures came, expected 1 to {MOST_PICTURES}. Reload the page.")
    return found


def _json(found: Answer | Refused) -> Shown:
    if isinstance(found, Refused):
        return {"error": {"code": found.code, "message": f"{found}"}}
    return found.to_json()
