"""The BentoML service: `bentoml serve` runs it, `bentoml build` packs it. The contract is in pipeline.web."""

import logging
import os
from pathlib import Path

import bentoml
from bentoml.exceptions import BentoMLException
from bentoml.models import BentoModel
from starlette.exceptions import HTTPException
from starlette.middleware.cors import CORSMiddleware

from pipeline import connections
from pipeline.errors import ModelError
from pipeline.feedback import settings
from pipeline.recognition.recogniser import use_one_thread
from pipeline.registry import bentoml_adapter, promotion, store
from pipeline.web import access, create_app, lanes, logs
from pipeline.web.errors import PlainErrorsAsJson
from pipeline.web.observed import Observed

log = logging.getLogger("bentoml.digits")

use_one_thread()
lanes.share_python()
bentoml_adapter.report_no_usage()
bentoml_adapter.set_no_timers()
connections.install()

# Set for the workers by the process that starts them: what it chose and found whole. So one that is restarted later
# neither takes a newer version than the others nor, where the store is damaged, fails before it can say so.
STARTED_WITH = "DIGITS_STARTED_WITH"
# Two, so that one answers while BentoML restarts the other. In a container it restarts none: one worker ends with its
# container, which is restarted as a whole.
WORKERS = 1 if "BENTOML_CONTAINERIZED" in os.environ else 2

# What is promoted in the store around a Bento is nothing to it: its model is packed with it.
IN_BENTO = (Path(__file__).resolve().parent.parent / "bento.yaml").is_file()
try:
    # Here and not in __init__, so that `bentoml build` records which model it packs, and so that an empty store
    # is filled once, before the workers start.
    if STARTED_WITH not in os.environ:
        bentoml_adapter.keep_metrics_in_memory()
        bentoml_adapter.look_after_workers()
        if not IN_BENTO:
            store.ensure_not_empty()
    TAG = os.environ.get(STARTED_WITH) or (store.choose() if IN_BENTO else promotion.serving())
    ACCESS = access.from_environment()
    FEEDBACK = settings.from_environment(bentoml_adapter.home())
except ModelError as error:
    raise BentoMLException(str(error)) from error

if not ACCESS.keys and not access.is_loopback(host := bentoml_adapter.asked_host()):
    log.warning(
        "Others can reach this service at %s and need no key. Make keys with `python -m pipeline key NAME` and name "
        "the file of their lines in %s.", host, access.KEYS,
    )  # fmt: skip

# What glibc does not give back by itself: a worker that has read large pictures would stay 100 to 200 MB larger.
ENVIRONMENT = {
    "BENTOML_DO_NOT_TRACK": "True",
    "MALLOC_ARENA_MAX": "2",
    "MALLOC_MMAP_THRESHOLD_": "1000000",  # bytes; fixed, or each large picture raises it
    "MALLOC_TRIM_THRESHOLD_": "1000000",
}

# mypy takes no notice of what a decorator makes of a class: hence its exemptions here.
app = create_app(
    lambda: DigitService.openapi_spec.asdict(),  # type: ignore[attr-defined]
    cores=max(1, (os.cpu_count() or 1) // WORKERS),
    feedback_settings=FEEDBACK,
)


def serve(tag: str) -> None:
    """Answer with this version from the next request on. Raises ModelError."""
    app.state.stored = store.load(tag)
    log.info("Serving %s.", tag)


def chosen() -> str:
    """The version to serve now: a Bento's own; else the one promoted last; else what the service started with."""
    bento = DigitService.bento  # type: ignore[attr-defined]
    return store.choose(default=str(bento.info.all_models[0].tag)) if bento else promotion.serving(TAG)


@bentoml.service(
    name="digits",
    workers=WORKERS,
    http={"host": "127.0.0.1"},  # others get in where the operator says so: --host or $BENTOML_HOST
    metrics={"enabled": False},  # they keep each path that a stranger makes up for ever; pipeline.web has its own
    logging={"access": {"enabled": False}},  # likewise
    tracing=bentoml_adapter.tracing(),
    envs=[{"name": name, "value": value} for name, value in ENVIRONMENT.items()],
)
@bentoml.asgi_app(app, path="/")
class DigitService:
    """Reads handwritten digits."""

    model = BentoModel(TAG)

    @bentoml.on_deployment
    def check() -> None:
        """Before the workers start: the model is whole. BentoML restarts for ever a worker that cannot load it."""
        try:
            tag = chosen()
            store.load(tag)
        except ModelError as error:
            raise BentoMLException(str(error)) from error
        os.environ[STARTED_WITH] = tag

    def __init__(self) -> None:
        logs.set_up()
        bentoml_adapter.forget_dead_workers()
        try:
            serves = chosen()
            serve(serves)
        except ModelError as error:  # damaged or deleted since the service started
            app.state.stored, serves = store.NotLoaded(str(error)), ""
        fixed = DigitService.bento or os.environ.get(store.ENVIRONMENT_VARIABLE)  # type: ignore[attr-defined]
        if not (serves and fixed):
            promotion.follow(serves, chosen, serve)

    async def __is_ready__(self) -> bool:
        try:
            return bool(app.state.stored.tag)
        except ModelError as error:
            raise HTTPException(503, str(error)) from error


DigitService.add_asgi_middleware(Observed)  # type: ignore[attr-defined]
if ACCESS.origins:
    DigitService.add_asgi_middleware(  # type: ignore[attr-defined]
        CORSMiddleware, allow_origins=ACCESS.origins, allow_methods=["GET", "POST", "DELETE"], allow_headers=["*"]
    )
DigitService.add_asgi_middleware(access.Guard, access=ACCESS)  # type: ignore[attr-defined]
DigitService.add_asgi_middleware(PlainErrorsAsJson)  # type: ignore[attr-defined]
