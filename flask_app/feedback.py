"""Corrections: a picture with what it truly shows is handed on to the service, or withdrawn there."""

import shutil
import tempfile
from collections.abc import Callable
from functools import partial

from flask import Flask, Response, jsonify, make_response, request

from pipeline.errors import DigitsError, TooLarge, WrongType
from pipeline.faces.feedback import KIND, Keeper, check_site, correction_in, known_address, not_kept
from pipeline.faces.words import MOST_MEBIBYTES

MOST_BYTES = MOST_MEBIBYTES * 2**20  # of one picture
IN_MEMORY_BYTES = 2**20  # of one picture; a larger one waits on the disk


def add_routes(app: Flask, keeper: Keeper) -> None:
    """POST /feedback?correction=7&consent=yes, with a picture's bytes, gives its id; DELETE /feedback/ID."""
    app.add_url_rule("/feedback", "correct", partial(answered, partial(correct, keeper)), methods=["POST"])
    app.add_url_rule("/feedback/<id>", "withdraw", partial(answered, partial(withdraw, keeper)), methods=["DELETE"])


def answered(view: Callable[..., Response], **arguments: str) -> Response:
    """What a view answers, for our own page alone; in words why something was not done."""
    try:
        check_site(request.headers)
        return view(**arguments)
    except DigitsError as error:
        return make_response(jsonify(not_kept(error)), error.status)


def correct(keeper: Keeper) -> Response:
    correction, box = correction_in(request.args)
    if request.content_type != KIND:
        raise WrongType(f"A picture came as {(request.content_type or '')[:100]!r}, expected {KIND}.")
    if (request.content_length or 0) > MOST_BYTES:
        raise TooLarge(f"The picture has more than {MOST_MEBIBYTES} MiB. Make it smaller.")
    with tempfile.SpooledTemporaryFile(IN_MEMORY_BYTES) as picture:
        shutil.copyfileobj(request.stream, picture)
        picture.seek(0)
        id = keeper.correct(picture, correction, box, address=known_address(request.remote_addr))
    return make_response(jsonify(id=id), 201)


def withdraw(keeper: Keeper, id: str) -> Response:
    keeper.withdraw(id)
    return Response(status=204)
