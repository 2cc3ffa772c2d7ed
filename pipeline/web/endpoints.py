"""The three endpoints: parse the request, hand it to the one recogniser, write the answer."""

from collections.abc import Callable
from typing import Any

import anyio.to_thread
import numpy as np
from starlette.datastructures import UploadFile
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from pipeline.errors import BadRequest, DigitsError, WrongShape, WrongType
from pipeline.preprocess.decode import MAX_BYTES
from pipeline.recognise import Recogniser
from pipeline.web.errors import error_object
from pipeline.web.limits import limited

MAX_BATCH = 64  # pictures in one /predict_batch
MAX_BATCH_BYTES = 100 * 2**20
MAX_DIGITS = 65_536  # digits in one /classify
DIGIT_BYTES = 28 * 28
FORM_BYTES = 64 * 2**10  # room for the multipart headers around the pictures
MAX_FIELDS = 1000  # of a form; far above any use, so that a count over MAX_BATCH gets its own message
BINARY = "application/octet-stream"


@limited(MAX_BYTES + FORM_BYTES)
async def predict(request: Request) -> Response:
    """One picture, as the form field `image` or as the bare body -> its Answer."""
    kind = _content_type(request)
    if kind == "multipart/form-data":
        pictures = await _pictures(request, "image")
        if len(pictures) > 1:
            raise BadRequest(
                f"The form has {len(pictures)} files 'image', expected one. Use /predict_batch for several."
            )
        picture = pictures[0]
    elif kind.startswith("image/"):
        picture = await request.body()
    else:
        raise WrongType(
            f"The content type is '{kind}', expected multipart/form-data with a file field 'image', "
            "or image/png, image/jpeg, … with the bare picture as the body."
        )
    answer = await _in_thread(request, request.app.state.recogniser.recognise, picture)
    return JSONResponse(answer.to_json())


@limited(MAX_BATCH_BYTES + FORM_BYTES)
async def predict_batch(request: Request) -> Response:
    """Pictures as repeated form fields `images` -> {"results": [Answer or error, in the order sent]}."""
    kind = _content_type(request)
    if kind != "multipart/form-data":
        raise WrongType(f"The content type is '{kind}', expected multipart/form-data with file fields 'images'.")
    pictures = await _pictures(request, "images")
    if len(pictures) > MAX_BATCH:
        raise WrongShape(
            f"The form has {len(pictures)} files 'images', expected at most {MAX_BATCH}. Send fewer at a time."
        )
    recogniser = request.app.state.recogniser
    results = [await _in_thread(request, _answer_or_error, recogniser, picture) for picture in pictures]
    return JSONResponse({"results": results})


@limited(MAX_DIGITS * DIGIT_BYTES)
async def classify(request: Request) -> Response:
    """Ready-made digits, n×784 bytes -> their probabilities, as JSON or as float32 bytes."""
    kind = _content_type(request)
    if kind != BINARY:
        raise WrongType(f"The content type is '{kind}', expected {BINARY} with n×{DIGIT_BYTES} bytes as the body.")
    body = await request.body()
    if not body or len(body) % DIGIT_BYTES:
        raise WrongShape(
            f"The body has {len(body):,} bytes, expected a multiple of {DIGIT_BYTES}: each digit is 28×28 bytes, "
            "row by row, white ink (255) on black (0)."
        )
    model = request.app.state.recogniser.model
    probabilities = await _in_thread(request, model.predict, np.frombuffer(body, np.uint8).reshape(-1, 28, 28))
    if BINARY in request.headers.get("accept", ""):
        return Response(probabilities.astype("<f4").tobytes(), media_type=BINARY)
    return JSONResponse({"probabilities": probabilities.tolist(), "model": model.tag})


def _content_type(request: Request) -> str:
    return request.headers.get("content-type", "").partition(";")[0].strip().lower()


async def _pictures(request: Request, field: str) -> list[bytes]:
    """The content of the files of a form field, at least one. Raises BadRequest."""
    async with request.form(max_files=MAX_FIELDS, max_fields=MAX_FIELDS) as form:
        found = form.getlist(field)
        if not found:
            came = ", ".join(sorted(set(form))) or "no field at all"
            raise BadRequest(f"The form has no field '{field}'. Received: {came}. Send the picture file as '{field}'.")
        files = [item for item in found if isinstance(item, UploadFile)]
        if len(files) < len(found):
            raise BadRequest(f"The field '{field}' holds text, not a file. Send a file: with curl, -F {field}=@FILE.")
        return [await file.read() for file in files]


def _answer_or_error(recogniser: Recogniser, picture: bytes) -> dict[str, Any]:
    try:
        return recogniser.recognise(picture).to_json()
    except DigitsError as error:
        return error_object(error.code, str(error))


async def _in_thread(request: Request, function: Callable[..., Any], *arguments: Any) -> Any:
    return await anyio.to_thread.run_sync(function, *arguments, limiter=request.app.state.threads)
