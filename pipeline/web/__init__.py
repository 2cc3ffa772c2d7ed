"""The HTTP contract as a Starlette application; `service.py` mounts it in the BentoML service.

endpoints         parse a request, hand it to the recogniser, write the answer
limits            bytes and requests in hand, refused before anything is parsed
errors, results   the one form of refusal; what is sent besides Answer, Number and ModelFacts
schemas, openapi  /docs.json, out of the dataclasses that are sent
"""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import anyio
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response
from starlette.routing import Route

from pipeline.web import endpoints, errors
from pipeline.web.limits import Admission
from pipeline.web.openapi import describe

INDEX = Path(__file__).with_name("index.html")


def create_app(infrastructure_description: Callable[[], dict[str, Any]]) -> Starlette:
    """The application; set `app.state.stored`, a StoredModel, before the first request.

    `infrastructure_description` gives the OpenAPI document of the surrounding server, into which /docs.json writes
    the endpoints of this one.
    """

    async def docs(request: Request) -> Response:
        return JSONResponse(describe(infrastructure_description()))

    async def index(request: Request) -> Response:
        # In place of BentoML's own page, which reports each visit to a tracking service.
        return FileResponse(INDEX)

    app = Starlette(
        routes=[
            Route("/predict", endpoints.predict, methods=["POST"]),
            Route("/read", endpoints.read, methods=["POST"]),
            Route("/predict_batch", endpoints.predict_batch, methods=["POST"]),
            Route("/classify", endpoints.classify, methods=["POST"]),
            Route("/model", endpoints.current_model, methods=["GET"]),
            Route("/docs.json", docs, methods=["GET"]),
            Route("/", index, methods=["GET"]),
        ],
        exception_handlers=errors.HANDLERS,
    )
    app.state.admission = Admission()
    # As many pictures at a time as there are cores: more would only wait for each other.
    app.state.threads = anyio.CapacityLimiter(os.cpu_count() or 1)
    app.state.bulk_threads = anyio.CapacityLimiter(1)  # of its own, so that bulk never holds up a single picture
    return app
