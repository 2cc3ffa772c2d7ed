"""The page's routes for corrections: a picture with what it truly shows is handed on to the service, or withdrawn."""

import tempfile
from collections.abc import Awaitable, Callable

from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from pipeline.errors import DigitsError
from pipeline.faces.feedback import Keeper, check_site, correction_in, known_address, not_kept
from ui.readings import IN_MEMORY_BYTES, Room, receive, signed_in

Endpoint = Callable[[Request], Awaitable[Response]]


def feedback_routes(keeper: Keeper) -> list[Route]:
    """POST /feedback?correction=7&consent=yes, with a picture's bytes, gives its id; DELETE /feedback/ID."""
    room = Room()

    async def correct(request: Request) -> Response:
        correction, box = correction_in(request.query_params)
        address = known_address(request.client.host if request.client else None)
        with tempfile.SpooledTemporaryFile(IN_MEMORY_BYTES) as picture, room.guest() as take_place:
            await receive(request, picture, take_place)
            id = await run_in_threadpool(keeper.correct, picture, correction, box, address=address)
        return JSONResponse({"id": id}, 201)

    async def withdraw(request: Request) -> Response:
        await run_in_threadpool(keeper.withdraw, request.path_params["id"])
        return Response(status_code=204)

    return [
        Route("/feedback", guarded(correct), methods=["POST"]),
        Route("/feedback/{id}", guarded(withdraw), methods=["DELETE"]),
    ]


def guarded(endpoint: Endpoint) -> Endpoint:
    """Only for our own page, of those who have signed in; says in words why something was not done."""

    async def answered(request: Request) -> Response:
        try:
            check_site(request.headers)
            if not signed_in(request):
                return JSONResponse({"code": "signed_out", "said": "Sign in again: reload the page."}, 401)
            return await endpoint(request)
        except DigitsError as error:
            return JSONResponse(not_kept(error), error.status)
        except ClientDisconnect:
            return Response(status_code=400)  # which nobody sees

    return answered
