"""Header and footer of both pages, as HTML: who we are, the way to the other page and to the API, what answers."""

import os
from html import escape
from typing import Literal

from pipeline.version import version

NAME = "Handwritten digits"
DESCRIPTION = "Draw, scan or photograph a digit or a number, and see it read, with an honest confidence."
SKETCHPAD, UPLOAD, API = "sketchpad", "upload", "api"
LABELS = {SKETCHPAD: "Draw", UPLOAD: "Upload", API: "API"}
# Where a browser finds them; behind a proxy, or from another machine, they have other addresses.
VARIABLES = {SKETCHPAD: "DIGITS_SKETCHPAD_URL", UPLOAD: "DIGITS_UPLOAD_URL", API: "DIGITS_API_URL"}
DEFAULTS = {SKETCHPAD: "http://localhost:7860/", UPLOAD: "http://localhost:5000/", API: "http://localhost:3000/"}

Page = Literal["sketchpad", "upload", "api"]


def address(page: Page) -> str:
    """The address of a page for browsers: from the environment, else where `make up` starts it."""
    return os.environ.get(VARIABLES[page]) or DEFAULTS[page]


def header_html(here: Page) -> str:
    """The name and links to all three; the current one is marked, and linked as it is, on whatever port and path."""
    links = "".join(_link(page, page == here) for page in LABELS)
    return (
        f'<header class="masthead"><a class="brand" href="./">{NAME}</a>'
        f'<nav aria-label="Pages"><ul>{links}</ul></nav></header>'
    )


def footer_html(model: str = "", state: str = "") -> str:
    """The project's version, the model that answers and the state of the service, where they are known."""
    parts = filter(None, (f"{NAME} {version()}", model, state))
    return f'<footer class="colophon"><p>{" · ".join(map(escape, parts))}</p></footer>'


def _link(page: str, here: bool) -> str:
    if here:
        return f'<li><a href="./" aria-current="page">{LABELS[page]}</a></li>'
    return f'<li><a href="{escape(address(page))}">{LABELS[page]}</a></li>'  # type: ignore[arg-type]
