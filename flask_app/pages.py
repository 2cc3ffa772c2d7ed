"""The page in all its states: empty, with readings, with a problem. Rendered in Jinja only, also for JavaScript."""

from collections.abc import Mapping, Sequence

from flask import Response, current_app, make_response, render_template, request
from werkzeug.exceptions import BadRequest, HTTPException, NotFound, RequestEntityTooLarge, ServiceUnavailable

from flask_app import archives, examples
from flask_app.export import as_csv, as_json
from flask_app.readings import (
    OUTCOMES,
    RETRY_SECONDS,
    WAITING,
    Read,
    Reading,
    http_status,
    read_all,
    retry_seconds,
    summary,
)
from flask_app.uploads import uploads
from pipeline.answer import data_url
from pipeline.faces import frame
from pipeline.faces.words import ONE_PICTURE

MAX_FILES = 50  # pictures in one submission; the page's script sends more in several
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


def show_page(functions: Mapping[str, Read]) -> str:
    """The empty page, or an example read: `?example=four.png`."""
    name = request.args.get("example")
    if name is None:
        return render()
    example = examples.listed().get(name)
    if example is None:
        raise NotFound(f"There is no example {name!r}. Choose one on this page.")
    return render(read_all([example.upload()], functions[example.mode], show=True), mode=example.mode)


def read_uploads(functions: Mapping[str, Read]) -> Response:
    """Answer a submitted form, whatever its file fields are called, with the function of its mode."""
    files = [file for _, file in request.files.items(multi=True) if file.filename]
    if not files:
        raise BadRequest("No picture was chosen. Choose one or more, or drop them on this page.")
    if len(files) > MAX_FILES:
        raise RequestEntityTooLarge(f"{len(files)} pictures came at once; at most {MAX_FILES} are read. Send fewer.")
    mode = chosen_mode()
    if mode not in functions:
        raise BadRequest(f"The form asks for '{mode}', expected {' or '.join(functions)}. Reload the page.")
    sent = uploads(files, request.form.get("left_out"), by_script(), MAX_FILES)
    readings = read_all(sent, functions[mode], show=not by_script())
    response = make_response(render(readings), http_status(readings))
    seconds = retry_seconds(readings)
    if seconds is not None:
        current_app.logger.warning("Not read: %s", next(filter(None, (reading.error for reading in readings))))
        response.headers["Retry-After"] = str(seconds)
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
    if error.code == 404 and error.description == NotFound.description:
        return f"There is nothing at {request.path}. This is the only page here."
    if error.code == 500:
        return "Something went wrong in this page, not in your picture. Its log says what; try again."
    if error.code == 413 and error.description == RequestEntityTooLarge.description:
        limits = f"{MAX_FILES} pictures and {max_mebibytes()} MiB together"
        return f"Too much at once: at most {limits}. Send fewer or smaller ones."
    return error.description or error.name


def max_mebibytes() -> int:
    return current_app.config["MAX_CONTENT_LENGTH"] // 2**20


def render(readings: Sequence[Reading] = (), problem: str | None = None, mode: str | None = None) -> str:
    """The whole page; the script takes the results out of it, so there is no second renderer."""
    model, state = current_app.config["SERVICE_STATE"]()
    script = by_script()
    return render_template(
        "page.html",
        # The script sorts what it has put together of several answers.
        readings=readings if script else sorted(readings, key=lambda reading: reading.doubt),
        problem=problem,
        modes=MODES,
        mode=mode or chosen_mode(),
        summary=summary(readings) if readings else "",
        waiting=next((reading.failure for reading in readings if reading.outcome == WAITING), None),
        by_script=script,
        **({} if script else downloads(readings)),
        one_picture=ONE_PICTURE,
        largest=archives.LARGEST,
        max_files=MAX_FILES,
        max_mebibytes=max_mebibytes(),
        outcomes=",".join(OUTCOMES),
        examples=examples.listed().values(),
        description=frame.DESCRIPTION,
        header=frame.header_html("upload"),
        footer=frame.footer_html(model, state),
    )


def downloads(readings: Sequence[Reading]) -> dict[str, str]:
    """The results as files, in links that hold them: what needs no script needs no second request either."""
    if not readings:
        return {}
    return {
        "csv": data_url(as_csv(readings).encode(), "text/csv;charset=utf-8"),
        "json": data_url(as_json(readings).encode(), "application/json;charset=utf-8"),
    }


def add_security_headers(response: Response) -> Response:
    response.headers.update(SECURITY_HEADERS)
    return response
