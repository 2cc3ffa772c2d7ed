"""The endpoints: parse the request, hand it to the one recogniser in the lane for such work, write the answer."""

import re
import reprlib
from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict
from typing import Any

import numpy as np
import orjson
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from pipeline.answer import Answer, Number
from pipeline.errors import BadRequest, DigitsError, WrongShape, WrongType
from pipeline.explanation import Explanation
from pipeline.recognition.decode import MAX_BYTES, ManyPixels
from pipeline.recognition.fit import SIDE
from pipeline.recognition.recogniser import Recogniser
from pipeline.registry.store import StoredModel
from pipeline.web.errors import failure, refusal
from pipeline.web.forms import form
from pipeline.web.lanes import Gone, Lanes
from pipeline.web.limits import limited
from pipeline.web.metrics import count_answer
from pipeline.web.results import BatchResult, ClassifyResult, Error

MAX_BATCH = 64  # pictures in one /predict_batch
MAX_BATCH_BYTES = 100 * 2**20
MAX_DIGITS = 65_536  # digits in one /classify
DIGIT_BYTES = SIDE * SIDE
FORM_BYTES = 64 * 2**10  # room for the multipart headers around the pictures
TINY_BYTES, TINY_PIXELS = 2**11, 2**12  # of a ready-made digit; a glance mostly takes less than to hand it to a thread
FEW_PIXELS = 2**18  # 512×512: a glance at so many takes up to 30 ms, at a page of 800×800 full of digits 80
SLICE = 2048  # digits of /classify in one turn, some 0.1 s; then other bulk has its turn
Glanced = Answer | Callable[[], Answer]  # what a glance tells, or what does where it does not
Glance = Callable[[bytes, int], Glanced]
BINARY = "application/octet-stream"


@limited(MAX_BYTES + FORM_BYTES, "quick")
async def predict(request: Request) -> Response:
    """One picture, as the form field `image` or as the bare body -> its Answer."""
    seen = _flag(request, "seen", usual=True)
    answer = await recognised(request, request.app.state.stored, await _one_picture(request))
    return _answered(answer, seen)


@limited(MAX_BYTES + FORM_BYTES, "quick")
async def explain(request: Request) -> Response:
    """One picture, sent as to `predict` -> its Explanation."""
    seen, filters, hide = (_flag(request, *each) for each in (("seen", True), ("filters", False), ("occlusion", False)))
    stored, picture = request.app.state.stored, await _one_picture(request)
    answer = await recognised(request, stored, picture)

    def explanation() -> Explanation:
        return stored.explainer.explain(answer, filters, hide)

    lanes = request.app.state.lanes
    lane, kind = (lanes.slow, "occlusion") if hide else (lanes.quick, "layers")
    with lane.admitted(kind):
        return _answered(await lane.run(kind, request.is_disconnected, explanation), seen)


@limited(MAX_BYTES + FORM_BYTES, "slow")
async def read(request: Request) -> Response:
    """One picture of any number of digits, sent as to `predict` -> its Number."""
    seen, picture = _flag(request, "seen", usual=True), await _one_picture(request)
    return _answered(await number_in(request, request.app.state.stored, picture), seen)


async def number_in(request: Request, stored: StoredModel, picture: bytes) -> Number:
    """The Number in one picture. Raises DigitsError."""
    lane, kind = request.app.state.lanes.slow, f"read {_size(picture)}"
    with lane.admitted(kind):
        return await lane.run(kind, request.is_disconnected, stored.recogniser.read, picture)


@limited(MAX_BATCH_BYTES + FORM_BYTES, "bulk")
async def predict_batch(request: Request) -> Response:
    """Pictures as repeated form fields `images` -> a BatchResult."""
    seen = _flag(request, "seen", usual=True)
    expect_form(request, "file fields 'images'")
    pictures = (await form(request)).files("images")
    if len(pictures) > MAX_BATCH:
        raise WrongShape(
            f"The form has {len(pictures)} files 'images', expected at most {MAX_BATCH}. Send fewer at a time."
        )
    lane, recogniser = request.app.state.lanes.bulk, request.app.state.stored.recogniser  # one for all of them
    with lane.admitted("picture", len(pictures)):
        results = [
            await lane.run("picture", request.is_disconnected, _answer_or_error, recogniser, each) for each in pictures
        ]
    for each in results:
        if isinstance(each, Answer):
            count_answer(each)
    return _sent(BatchResult(tuple(results)).to_json(), seen)


@limited(MAX_DIGITS * DIGIT_BYTES, "bulk")
async def classify(request: Request) -> Response:
    """Ready-made digits, n×784 bytes -> a ClassifyResult, or the probabilities as float32 bytes."""
    kind = _content_type(request)
    if kind != BINARY:
        raise WrongType(f"The content type is '{kind}', expected {BINARY} with n×{DIGIT_BYTES} bytes as the body.")
    body = await request.body()
    if not body or len(body) % DIGIT_BYTES:
        raise WrongShape(
            f"The body has {len(body):,} bytes, expected a multiple of {DIGIT_BYTES}: each digit is "
            f"{SIDE}×{SIDE} bytes, row by row, white ink (255) on black (0)."
        )
    lane, model = request.app.state.lanes.bulk, request.app.state.stored.model
    digits = np.frombuffer(body, np.uint8).reshape(-1, SIDE, SIDE)
    slices = [digits[start : start + SLICE] for start in range(0, len(digits), SLICE)]
    with lane.admitted("slice", len(slices)):
        found = [(await lane.run("slice", request.is_disconnected, model.classify, each))[0] for each in slices]
    probabilities = np.concatenate(found)
    if _accepts_binary(request.headers.get("accept", "")):
        return Response(probabilities.astype("<f4").tobytes(), media_type=BINARY)
    result = ClassifyResult(probabilities, model.tag)  # type: ignore[arg-type]  # becomes that list as it is written
    return json_response(result.to_json())


async def current_model(request: Request) -> Response:
    """Which model answers, and the main facts of its card."""
    return JSONResponse(asdict(request.app.state.stored.facts))


async def recognised(request: Request, stored: StoredModel, picture: bytes) -> Answer:
    """The Answer to one picture: a glance at it, and where that does not tell, a look. Raises DigitsError."""
    lanes, glance = request.app.state.lanes, stored.recogniser.glance
    kind, gone = _size(picture), request.is_disconnected
    lanes.check(kind)
    try:
        with lanes.quick.admitted(kind):
            found = await _glanced(lanes, kind, gone, glance, picture)
    except ManyPixels:
        with lanes.large.admitted(kind):
            found = await lanes.large.run(kind, gone, glance, picture)
    lanes.glanced(kind, unclear=not isinstance(found, Answer))
    if isinstance(found, Answer):
        return found
    with lanes.slow.admitted("look"):
        return await lanes.slow.run("look", gone, found)


async def _glanced(lanes: Lanes, kind: str, gone: Gone, glance: Glance, picture: bytes) -> Glanced:
    """What a glance tells of a picture that is not large. Raises DigitsError and ManyPixels."""
    if len(picture) <= TINY_BYTES and lanes.quick.is_short(kind):
        with suppress(ManyPixels):
            return lanes.quick.run_here(kind, glance, picture, TINY_PIXELS)
    return await lanes.quick.run(kind, gone, glance, picture, FEW_PIXELS)


def _answered(found: Answer | Number, seen: bool) -> Response:
    count_answer(found)
    return _sent(found.to_json(), seen)


def _sent(found: dict[str, Any], seen: bool) -> Response:
    """What was found, as JSON; without `seen` of it and of all it holds where the client asked so."""
    if not seen:
        for each in (found, *found.get("digits", ()), *found.get("results", ())):
            each.pop("seen", None)
    return json_response(found)


def json_response(content: dict[str, Any]) -> Response:
    """As JSON; NumPy's arrays too, whose float32 numbers get no more digits than they have."""
    return Response(orjson.dumps(content, option=orjson.OPT_SERIALIZE_NUMPY), media_type="application/json")


def _size(picture: bytes) -> str:
    """A power of two: pictures of about as many bytes take about as long."""
    return f"2^{len(picture).bit_length()} bytes"


async def _one_picture(request: Request) -> bytes:
    """The one picture of a request: its form field `image`, or its body. Raises BadRequest and WrongType."""
    kind = _content_type(request)
    if kind.startswith("image/"):
        return await request.body()
    if kind != "multipart/form-data":
        raise WrongType(
            f"The content type is '{kind}', expected multipart/form-data with a file field 'image', "
            "or image/png, image/jpeg, … with the bare picture as the body."
        )
    pictures = (await form(request)).files("image")
    if len(pictures) > 1:
        raise BadRequest(f"The form has {len(pictures)} files 'image', expected one. Use /predict_batch for several.")
    return pictures[0]


def _flag(request: Request, name: str, usual: bool) -> bool:
    """What the address says behind `?`: name=1 or name=0. Raises BadRequest."""
    if not request.scope["query_string"]:
        return usual
    value = request.query_params.get(name, "1" if usual else "0")
    if value not in ("0", "1"):
        raise BadRequest(f"The parameter {name} is {reprlib.repr(value)}, expected 0 or 1.")
    return value == "1"


def expect_form(request: Request, fields: str) -> None:
    """Raises WrongType where what comes is no form with files."""
    kind = _content_type(request)
    if kind != "multipart/form-data":
        raise WrongType(f"The content type is '{kind}', expected multipart/form-data with {fields}.")


def _content_type(request: Request) -> str:
    return request.headers.get("content-type", "").partition(";")[0].strip().lower()


def _accepts_binary(accept: str) -> bool:
    """Whether an Accept header asks for float32 bytes; a quality of 0 means "never" (RFC 9110)."""
    for part in accept.lower().split(","):
        kind, *parameters = (word.replace(" ", "") for word in part.split(";"))
        if kind == BINARY:
            return not any(re.fullmatch(r"q=0(\.0*)?", parameter) for parameter in parameters)
    return False


def _answer_or_error(recogniser: Recogniser, picture: bytes) -> Answer | Error:
    try:
        return recogniser.recognise(picture)
    except DigitsError as error:
        return refusal(error.code, str(error))
    except Exception as error:  # of one picture; its neighbours are none the worse for it
        return failure("a picture of /predict_batch", error)
