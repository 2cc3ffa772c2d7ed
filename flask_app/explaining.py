"""Why a digit is read as it is: one picture of a form in, what the service's /explain says of it out, as JSON."""

from collections.abc import Callable

from flask import Response, jsonify, request
from werkzeug.exceptions import BadRequest

from flask_app.pages import by_script
from flask_app.uploads import sent
from pipeline.answer import Answer
from pipeline.errors import DigitsError
from pipeline.faces.words import failure_words


def why(explain: Callable[..., Answer]) -> Response:
    """For the page's script, which still holds the picture; a failure as `title` and `detail` for people."""
    file = request.files.get("image")
    if file is None or not by_script():
        raise BadRequest("No picture came from this page. Reload it and try again.")
    upload = sent(file)
    try:
        with upload.open() as picture:
            return jsonify(explain(picture, filters=True, occlusion=True).to_json())
    except DigitsError as error:
        failure = failure_words(error, upload.name)
        response = jsonify(title=failure.title, detail=failure.detail)
        response.status_code = error.status
        return response
