"""Corrections by people: POST /feedback keeps one, DELETE /feedback/{id} withdraws it.

What is kept as seen and answered is what the service finds when it reads the picture once more: the same bytes give the
same answer, and nobody has to be believed.
"""

import logging
import time
from typing import Any

import anyio
import anyio.to_thread
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from pipeline.answer import Answer, Box, PlacedAnswer, box_in
from pipeline.errors import BadRequest, FeedbackFull, FeedbackOff, FeedbackUnavailable, WrongShape
from pipeline.feedback.correction import NOT_A_DIGIT, Correction
from pipeline.feedback.settings import FeedbackSettings
from pipeline.recognition.decode import MAX_BYTES
from pipeline.recognition.encode import pixels
from pipeline.web import endpoints, metrics
from pipeline.web.access import ASKING
from pipeline.web.forms import Form, form
from pipeline.web.limits import limited
from pipeline.web.rates import Rates, network
from pipeline.web.results import KeptCorrection

WAIT_SECONDS = 6.0  # for the database, which waits 2 s at most for each thing it does
RETRY_SECONDS = 5
THREADS = 2  # that wait for the database, at most; requests beyond wait for these, no longer than WAIT_SECONDS
PEOPLE_A_KEY = 10  # a key may speak for so many addresses at once
LABELS = {**{str(digit): digit for digit in range(10)}, "not_a_digit": NOT_A_DIGIT}

log = logging.getLogger("bentoml.digits")


class Feedback:
    """What the endpoints share: the settings, how often who may correct, and the database, from its first use on."""

    def __init__(self, settings: FeedbackSettings):
        self.settings = settings
        self.by_address = Rates(settings.per_minute)
        self.by_key = Rates(PEOPLE_A_KEY * settings.per_minute)
        self._threads = anyio.CapacityLimiter(THREADS)
        self._keeper: Any = None

    def check(self, request: Request) -> None:
        """Raises FeedbackOff, and TooOften."""
        if self.settings.url is None:
            raise FeedbackOff("This service keeps no corrections. Whoever runs it can name a database for them.")
        if key := request.scope.get(ASKING):
            self.by_key.check(key, f"The key of {key}")
        self.by_address.check(network(request.client.host if request.client else ""), "One address")

    async def run(self, method: str, argument: object) -> None:
        """A method of the Keeper in a thread. Raises DigitsError, within WAIT_SECONDS."""
        keeper = self._keeper or await anyio.to_thread.run_sync(self._load)
        deadline = time.monotonic() + WAIT_SECONDS
        try:
            with anyio.fail_after(WAIT_SECONDS):
                await anyio.to_thread.run_sync(
                    getattr(keeper, method), argument, deadline, abandon_on_cancel=True, limiter=self._threads
                )
        except (TimeoutError, FeedbackUnavailable) as error:  # whose words may tell more than is a stranger's business
            log.error("A correction could not be kept or withdrawn. %s", error or "The database does not answer.")
            metrics.CORRECTIONS.labels("unavailable").inc()
            raise FeedbackUnavailable(
                f"Nothing was changed: the database of corrections cannot be used now. Try again in {RETRY_SECONDS} s; "
                "pictures are read all the same.",
                RETRY_SECONDS,
            ) from error
        except FeedbackFull:
            metrics.CORRECTIONS.labels("full").inc()
            raise
        metrics.CORRECTIONS.labels("kept" if method == "keep" else "withdrawn").inc()

    def _load(self) -> Any:
        from pipeline.feedback.keeper import Keeper  # and SQLAlchemy: 25 MB that a service without feedback has not

        self._keeper = self._keeper or Keeper(self.settings)
        return self._keeper


def _check(request: Request) -> None:
    request.app.state.feedback.check(request)


@limited(MAX_BYTES + endpoints.FORM_BYTES, "quick", _check)
async def correct(request: Request) -> Response:
    """A picture as the form field `image`, `correction`, `consent`, and `box` for one digit of a number -> its id."""
    endpoints.expect_form(request, "a file field 'image', 'correction' and 'consent'")
    sent = await form(request)
    pictures = sent.files("image")
    _check_consent(sent)
    label, box = _label(sent), _box(sent)
    if len(pictures) > 1:
        raise BadRequest(f"The form has {len(pictures)} files 'image', expected one. Correct one at a time.")
    (picture,) = pictures
    answer = await _answer(request, picture, box)
    kept = Correction(
        endpoint="/read" if box else "/predict",
        box=box,
        status=answer.status,
        digit=answer.digit,
        confidence=answer.confidence,
        label=label,
        model=answer.model,
        picture=picture,
        seen=None if answer.seen is None else pixels(answer.seen).tobytes(),
    )
    await request.app.state.feedback.run("keep", kept)
    return JSONResponse(KeptCorrection(kept.id, answer).to_json(), 201)


@limited(endpoints.FORM_BYTES, "quick", _check)
async def withdraw(request: Request) -> Response:
    """Delete the correction with the id in the path."""
    await request.app.state.feedback.run("withdraw", request.path_params["id"])
    return Response(status_code=204)


async def _answer(request: Request, picture: bytes, box: Box | None) -> Answer:
    """What is answered to the picture, or of the digit of its number that has the box. Raises DigitsError."""
    stored = request.app.state.stored
    if box is None:
        return await endpoints.recognised(request, stored, picture)
    digits = (await endpoints.number_in(request, stored, picture)).digits
    found: list[PlacedAnswer] = [digit for digit in digits if digit.box == box]
    if not found:
        boxes = "; ".join(",".join(map(str, digit.box)) for digit in digits) or "none"
        raise WrongShape(f"No digit is read at the box {','.join(map(str, box))}. The boxes of this picture: {boxes}.")
    return found[0]


def _check_consent(sent: Form) -> None:
    if sent.text("consent") != "yes":
        raise BadRequest(
            "The field 'consent' is not 'yes'. A correction keeps the picture, to train and judge models with: send "
            "consent=yes where whoever made it agrees."
        )


def _label(sent: Form) -> int:
    said = _text(sent, "correction")
    if said not in LABELS:
        raise WrongShape(f"The field 'correction' is {said[:20]!r}, expected a digit from 0 to 9, or not_a_digit.")
    return LABELS[said]


def _box(sent: Form) -> Box | None:
    if "box" not in sent.fields:
        return None
    try:
        return box_in(_text(sent, "box"))
    except ValueError as error:
        raise WrongShape(f"{error} Send it as /read gives it.") from error


def _text(sent: Form, field: str) -> str:
    said = sent.text(field)
    if said is None:
        raise BadRequest(f"The form has no text field '{field}'. With curl: -F {field}=VALUE.")
    return said
