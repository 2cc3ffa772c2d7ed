"""The HTTP contract as a Starlette application; `service.py` mounts it in the BentoML service.

endpoints         parse a request, hand it to the recogniser, write the answer
limits, lanes     bytes and work in hand, refused before anything is parsed or done
access, keys      who may ask: hosts, web sites, API keys
observed, logs    request ids, the log, the headers of every answer
metrics           what is counted
errors, results   the one form of refusal; what is sent besides Answer, Number and ModelFacts
schemas, openapi  /docs.json, out of the dataclasses that are sent
"""

import base64
import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Route

from pipeline.web import endpoints, errors, metrics
from pipeline.web.lanes import Lanes
from pipeline.web.limits import BytesInHand, Refusals
from pipeline.web.openapi import describe

INDEX = Path(__file__).with_name("index.html")
INDEX_POLICY = (  # its one inline script is let in by its hash; Swagger's own styles are inline
    "default-src 'none'; script-src 'self' 'sha256-{}'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
    "connect-src 'self'; base-uri 'none'; frame-ancestors 'none'"
)


def create_app(infrastructure_description: Callable[[], dict[str, Any]], cores: int = 1) -> Starlette:
    """The application; set `app.state.stored`, a StoredModel, before the first request.

    `infrastructure_description` gives the OpenAPI document of the surrounding server, into which /docs.json writes
    the endpoints of this one. `cores` are those that it may use.
    """

    async def docs(request: Request) -> Response:
        return JSONResponse(describe(infrastructure_description()))

    page = INDEX.read_bytes()
    script = hashlib.sha256(page.partition(b"<script>")[2].partition(b"</script>")[0]).digest()
    policy = INDEX_POLICY.format(base64.b64encode(script).decode())

    async def index(request: Request) -> Response:
        # In place of BentoML's own page, which reports each visit to a tracking service.
        return HTMLResponse(page, headers={"content-security-policy": policy})

    app = Starlette(
        routes=[
            Route("/predict", endpoints.predict, methods=["POST"]),
            Route("/read", endpoints.read, methods=["POST"]),
            Route("/predict_batch", endpoints.predict_batch, methods=["POST"]),
            Route("/classify", endpoints.classify, methods=["POST"]),
            Route("/model", endpoints.current_model, methods=["GET"]),
            Route("/docs.json", docs, methods=["GET"]),
            Route("/metrics", metrics.show, methods=["GET"]),
            Route("/", index, methods=["GET"]),
        ],
        exception_handlers=errors.HANDLERS,
    )
    app.router.redirect_slashes = False  # a redirect would name whatever Host the client made up
    app.state.bytes_in_hand = BytesInHand()
    app.state.refusals = Refusals()
    app.state.lanes = Lanes(cores)
    return app
