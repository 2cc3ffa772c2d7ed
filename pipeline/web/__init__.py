"""The HTTP contract as a Starlette application; `service.py` mounts it in the BentoML service.

endpoints         parse a request, hand it to the recogniser, write the answer
feedback          corrections, kept and withdrawn
forms             the fields of a form
limits, lanes     bytes and work in hand, refused before anything is parsed or done
access, keys      who may ask: hosts, web sites, API keys; rates: how often
observed, logs    request ids, the log, the headers of every answer
metrics           what is counted
errors, results   the one form of refusal; what is sent besides Answer, Number and ModelFacts
schemas, openapi  /docs.json, out of the dataclasses that are sent
index             the same for people, on the service's own page
"""

from collections.abc import Callable
from functools import cache
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from pipeline.faces import STATIC
from pipeline.feedback.settings import NOTHING_KEPT, FeedbackSettings
from pipeline.web import endpoints, errors, feedback, index, metrics
from pipeline.web.lanes import Lanes
from pipeline.web.limits import BytesInHand, Refusals
from pipeline.web.openapi import describe


def create_app(
    infrastructure_description: Callable[[], dict[str, Any]],
    cores: int = 1,
    feedback_settings: FeedbackSettings = NOTHING_KEPT,
) -> Starlette:
    """The application; set `app.state.stored`, a StoredModel, before the first request.

    `infrastructure_description` gives the OpenAPI document of the surrounding server, into which /docs.json writes
    the endpoints of this one. `cores` are those that it may use. Corrections are kept as `feedback_settings` say: not,
    unless told.
    """

    async def docs(request: Request) -> Response:
        return JSONResponse(describe(infrastructure_description()))

    @cache
    def page() -> str:
        return index.page(describe(infrastructure_description()))

    async def front(request: Request) -> Response:
        # In place of BentoML's own page, which reports each visit to a tracking service.
        return HTMLResponse(page(), headers=index.HEADERS)

    app = Starlette(
        routes=[
            Route("/predict", endpoints.predict, methods=["POST"]),
            Route("/read", endpoints.read, methods=["POST"]),
            Route("/predict_batch", endpoints.predict_batch, methods=["POST"]),
            Route("/explain", endpoints.explain, methods=["POST"]),
            Route("/classify", endpoints.classify, methods=["POST"]),
            Route("/feedback", feedback.correct, methods=["POST"]),
            Route("/feedback/{id}", feedback.withdraw, methods=["DELETE"]),
            Route("/model", endpoints.current_model, methods=["GET"]),
            Route("/docs.json", docs, methods=["GET"]),
            Route("/metrics", metrics.show, methods=["GET"]),
            Route("/", front, methods=["GET"]),
            Mount("/static", StaticFiles(directory=STATIC)),
        ],
        exception_handlers=errors.HANDLERS,
    )
    app.router.redirect_slashes = False  # a redirect would name whatever Host the client made up
    app.state.bytes_in_hand = BytesInHand()
    app.state.refusals = Refusals()
    app.state.lanes = Lanes(cores)
    app.state.feedback = feedback.Feedback(feedback_settings)
    return app
