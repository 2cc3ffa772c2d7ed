"""The upload page: pictures in, digits out, with or without JavaScript.

    hosts      which Host names the page answers to
    pages      the page itself, its error pages and its headers
    uploads    what came with a form → Upload (name, how to open it); archives opens zip files, examples are ours
    readings   Upload → Reading (name, answer, number or refusal)
    feedback   corrections, handed on to the service
    export     readings as CSV and JSON
    explaining why a digit is read as it is, for the page's script
    state      which model answers, and whether the service does
    pictures   which pictures a browser can show
    server     waitress, with room for newcomers and a limit on what all clients send
    static/    page.js and its modules: they send, show and keep what the server renders

For development `flask --app flask_app run`, in production `python -m flask_app`. No image work happens here: bytes
go to the service as they came.
"""

from collections.abc import Callable, Sequence
from functools import partial
from typing import IO

from flask import Blueprint, Flask
from werkzeug.exceptions import HTTPException

from flask_app import explaining, export, feedback, hosts, pages
from flask_app.readings import Read
from flask_app.state import ServiceState
from pipeline import faces
from pipeline.answer import Answer, Number, percentage
from pipeline.client import Client
from pipeline.faces import words
from pipeline.faces.feedback import Keeper

MAX_UPLOAD_BYTES = 64 * 1024 * 1024  # all pictures of one submission together: a dozen photographs off a telephone
MAX_FORM_PARTS = pages.MAX_FILES + 10  # the parser keeps each in memory while it has less than 500 kB


def create_app(
    recognise: Callable[[IO[bytes]], Answer] | None = None,
    read: Callable[[IO[bytes]], Number] | None = None,
    trusted_hosts: Sequence[str] = (),
    model: Callable[[], str] | None = None,
    explain: Callable[..., Answer] | None = None,
    keeper: Keeper | None = None,
) -> Flask:
    """The application. `recognise` makes an Answer of a picture file, `read` a Number, `model` tells which model
    answers, `explain` how it came to an Answer, as that of a Client, `keeper` keeps corrections; None asks the service.

    `trusted_hosts` are public names that the page answers to besides those `hosts` describes; one that begins with
    a dot stands for all names under it.
    """
    app, service = Flask(__name__), Client()
    app.config.from_mapping(MAX_CONTENT_LENGTH=MAX_UPLOAD_BYTES, MAX_FORM_PARTS=MAX_FORM_PARTS)
    app.config["SERVICE_STATE"] = ServiceState(model or service.model)
    app.jinja_options = {"trim_blocks": True, "lstrip_blocks": True}
    app.jinja_env.filters.update(short=words.short, percent=percentage, unread_words=words.unread_words)
    app.jinja_env.globals.update(NOT_READ=words.NOT_READ, BARS=words.BARS, export=export)
    app.before_request(partial(hosts.refuse_foreign_host, trusted_hosts))
    app.before_request(pages.refuse_discarded_body)
    functions: dict[str, Read] = {"digit": recognise or service.recognise, "number": read or service.read}
    app.add_url_rule("/", "page", partial(pages.show_page, functions))
    app.add_url_rule("/", "read", partial(pages.read_uploads, functions), methods=["POST"])
    app.add_url_rule("/why", "why", partial(explaining.why, explain or service.explain), methods=["POST"])
    feedback.add_routes(app, keeper or service)
    app.register_blueprint(Blueprint("faces", faces.__name__, static_folder=faces.STATIC, static_url_path="/faces"))
    app.register_error_handler(HTTPException, pages.show_problem)
    app.after_request(pages.add_security_headers)
    return app
