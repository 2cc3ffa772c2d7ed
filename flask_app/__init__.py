"""The upload page: pictures in, digits out, with or without JavaScript.

    hosts      which Host names the page answers to
    pages      the page itself, its error pages and its headers
    readings   uploaded files → Reading (name, picture, answer, number or refusal)
    pictures   which pictures a browser can show
    words      answers and numbers in words
    server     waitress, with room for newcomers and a limit on what all clients send

For development `flask --app flask_app run`, in production `python -m flask_app`. No image work happens here: bytes
go to the service as they came.
"""

from collections.abc import Callable, Sequence
from functools import partial
from typing import IO

from flask import Flask
from werkzeug.exceptions import HTTPException

from flask_app import hosts, pages, words
from flask_app.readings import Read
from pipeline.answer import Answer, Number, percentage
from pipeline.client import Client

MAX_UPLOAD_BYTES = 64 * 1024 * 1024  # all pictures of one submission together: a dozen photographs off a telephone
MAX_FORM_PARTS = pages.MAX_FILES + 10  # the parser keeps each in memory while it has less than 500 kB


def create_app(
    recognise: Callable[[IO[bytes]], Answer] | None = None,
    read: Callable[[IO[bytes]], Number] | None = None,
    trusted_hosts: Sequence[str] = (),
) -> Flask:
    """The application. `recognise` makes an Answer of a picture file, `read` a Number; None asks the service.

    `trusted_hosts` are public names that the page answers to besides those `hosts` describes; one that begins with
    a dot stands for all names under it.
    """
    app = Flask(__name__)
    app.config.from_mapping(MAX_CONTENT_LENGTH=MAX_UPLOAD_BYTES, MAX_FORM_PARTS=MAX_FORM_PARTS)
    app.jinja_options = {"trim_blocks": True, "lstrip_blocks": True}
    app.jinja_env.filters.update(in_words=words.in_words, in_short=words.in_short, percent=percentage)
    app.jinja_env.filters.update(not_read=words.not_read)
    app.jinja_env.globals.update(NOT_READ=words.NOT_READ)
    app.before_request(partial(hosts.refuse_foreign_host, trusted_hosts))
    app.before_request(pages.refuse_discarded_body)
    app.add_url_rule("/", "page", pages.show_page)
    service = Client()
    functions: dict[str, Read] = {"digit": recognise or service.recognise, "number": read or service.read}
    app.add_url_rule("/", "read", partial(pages.read_uploads, functions), methods=["POST"])
    app.register_error_handler(HTTPException, pages.show_problem)
    app.after_request(pages.add_security_headers)
    return app
