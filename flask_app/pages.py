"""The page in all its states: empty, with readings, with a problem. Rendered in Jinja only, also for JavaScript."""

from collections.abc import Mapping, Sequence

from flask import Response, current_app, make_response, render_template, request
from werkzeug.exceptions import BadRequest, HTTPException, RequestEntityTooLarge, ServiceUnavailable

from flask_app.readings import RETRY_SECONDS, Read, Reading, http_status, read_all, retry_seconds
from flask_app.words import summary
from pipeline.version import version

MAX_FILES = 50  # pictures in one submission
MODES = {"digit": "Digit", "number": "Number"}  # what a picture may hold, as the form sends and as people see it

DISCARDED = "X-Body-Discarded"  # the header by which `server` marks a body that it had no room for

SECURITY_HEADERS = {
    # No inline script or style anywhere; data: and blob: are the uploaded pictures, and images cannot run script.
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
}


def show_page() -> str:
    return render()


def read_uploads(functions: Mapping[str, Read]) -> Response:
    """Answer a submitted form, whatever its file fields are called, with the function of its mode."""
    uploads = [upload for _, upload in request.files.items(multi=True) if upload.filename]
    if not uploads:
        raise BadRequest("No picture was chosen. Choose one or more, or drop them on this page.")
    if len(uploads) > MAX_FILES:
        raise RequestEntityTooLarge(f"{len(uploads)} pictures came at once; at most {MAX_FILES} are read. Send fewer.")
    mode = chosen_mode()
    if mode not in functions:
        raise BadRequest(f"The form asks for '{mode}', expected {' or '.join(functions)}. Reload the page.")
    readings = read_all(uploads, functions[mode], show=not by_script())
    response = make_response(render(readings), http_status(readings))
    if response.status_code in (429, 503):
        response.headers["Retry-After"] = str(retry_seconds(readings))
    return response


def refuse_discarded_body() -> None:
    """Answer 503 to a submission for which `server` had no room."""
    if DISCARDED in request.headers:
        raise ServiceUnavailable(
            "This page has too many pictures in hand. Try again in a moment.", retry_after=RETRY_SECONDS
        )


def by_script() -> bool:
    """Whether the page's script asks. It still holds the pictures: sending them back would double the traffic."""
    return request.headers.get("X-Requested-With") == "fetch"


def chosen_mode() -> str:
    """What the form asks for, one of MODES if it is ours; digit where there is no form or it cannot be read."""
    try:
        return request.form.get("mode", "digit")
    except HTTPException:
        return "digit"


def show_problem(error: HTTPException) -> Response:
    """Any error as the page itself with one clear line, so that the person can go on from there."""
    response = make_response(error.get_response())  # with the error's own headers, such as Allow
    response.set_data(render(problem=problem_in_words(error)))
    return response


def problem_in_words(error: HTTPException) -> str:
    if error.code == 404:
        return f"There is nothing at {request.path}. This is the only page here."
    if error.code == 500:
        return "Something went wrong in this page, not in your picture. Its log says what; try again."
    if error.code == 413 and error.description == RequestEntityTooLarge.description:
        return too_large_in_words()
    return error.description or error.name


def too_large_in_words() -> str:
    limits = f"{MAX_FILES} pictures and {max_mebibytes()} MiB together"
    return f"Too much at once: at most {limits}. Send fewer or smaller ones."


def max_mebibytes() -> int:
    return current_app.config["MAX_CONTENT_LENGTH"] // 2**20


def render(readings: Sequence[Reading] = (), problem: str | None = None) -> str:
    """The whole page; the script takes the results out of it, so there is no second renderer."""
    return render_template(
        "page.html",
        readings=readings,
        problem=problem,
        modes=MODES,
        mode=chosen_mode(),
        summary=summary(readings) if readings else "",
        down=next((reading.error for reading in readings if reading.service_down), None),
        by_script=by_script(),
        max_files=MAX_FILES,
        max_mebibytes=max_mebibytes(),
        too_large=too_large_in_words(),
        version=version(),
    )


def add_security_headers(response: Response) -> Response:
    response.headers.update(SECURITY_HEADERS)
    return response
