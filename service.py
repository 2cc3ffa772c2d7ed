"""The BentoML service: `bentoml serve` runs it, `bentoml build` packs it. The contract is in pipeline.web."""

import logging
import os
from pathlib import Path

import bentoml
from bentoml.exceptions import BentoMLException
from bentoml.models import BentoModel

from pipeline.errors import ModelError
from pipeline.recognition.recogniser import use_one_thread
from pipeline.registry import bentoml_adapter, promotion, store
from pipeline.web import create_app
from pipeline.web.errors import PlainErrorsAsJson

log = logging.getLogger("bentoml.digits")

use_one_thread()
bentoml_adapter.report_no_usage()

# What is promoted in the store around a Bento is nothing to it: its model is packed with it.
IN_BENTO = (Path(__file__).resolve().parent.parent / "bento.yaml").is_file()
try:
    # Here and not in __init__, so that `bentoml build` records which model it packs, and so that an empty store
    # is filled once, before the workers start.
    if not IN_BENTO:
        store.ensure_not_empty()
    TAG = store.choose() if IN_BENTO else promotion.serving()
except ModelError as error:
    raise BentoMLException(str(error)) from error

# mypy takes no notice of what a decorator makes of a class: hence its three exemptions here.
app = create_app(lambda: DigitService.openapi_spec.asdict())  # type: ignore[attr-defined]


def serve(tag: str) -> None:
    """Answer with this version from the next request on. Raises ModelError."""
    app.state.stored = store.load(tag)
    log.info("Serving %s.", tag)


@bentoml.service(
    name="digits",
    traffic={"timeout": 3600},  # pipeline.web has limits of its own, whose refusals have the form of the contract
    logging={"access": {"request_content_type": False}},  # logging one that is not ASCII breaks the answer off
    envs=[{"name": "BENTOML_DO_NOT_TRACK", "value": "True"}],
)
@bentoml.asgi_app(app, path="/")
class DigitService:
    """Reads handwritten digits."""

    model = BentoModel(TAG)

    def __init__(self) -> None:
        bento = DigitService.bento  # type: ignore[attr-defined]
        packed = str(bento.info.all_models[0].tag) if bento else TAG
        serve(store.choose(default=packed))
        if not bento and not os.environ.get(store.ENVIRONMENT_VARIABLE):
            promotion.follow(TAG, serve)


DigitService.add_asgi_middleware(PlainErrorsAsJson)  # type: ignore[attr-defined]
