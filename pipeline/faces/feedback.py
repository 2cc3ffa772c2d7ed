"""Corrections by people on both pages: from which sites they come, what is said in one, and why one is not kept."""

from collections.abc import Mapping
from typing import IO, Any, Protocol

from pipeline.answer import Box, box_in
from pipeline.calls import Correction
from pipeline.errors import BadRequest, DigitsError, FeedbackOff, ForeignSite
from pipeline.faces.words import failure_words
from pipeline.hosts import is_ip_address

NOT_A_DIGIT = "not_a_digit"
KIND = "application/octet-stream"  # of a picture's bytes, which no form of a foreign site can send
OFF = FeedbackOff("This page keeps no corrections.")
# By the service's `code`; `{seconds}` is when it says to come back.
SAID = {
    "feedback_off": "No corrections are kept here. Thank you all the same.",
    "feedback_unavailable": "The place where corrections are kept does not answer. Try again in a moment.",
    "feedback_full": "There is no room for more corrections.",
    "too_often": "Many corrections came in a short time. Try again in {seconds} s.",
    "busy": "Many are asking at the moment. Try again in {seconds} s.",
    "service_down": "The digit service is down. Try again when it is back.",
    "no_correction": "It was deleted before.",
    "wrong_shape": "This digit is not read there any more. Have the picture read again.",
    "foreign_site": "This page takes corrections from itself alone. Open it in a tab of its own.",
}


class Headers(Protocol):
    """Of a request, by names in lower case."""

    def get(self, name: str, default: str, /) -> str: ...


class Keeper(Protocol):
    """What keeps corrections, as pipeline.client.Client does: both raise DigitsError."""

    def correct(
        self, picture: bytes | IO[bytes], correction: Correction, box: Box | None = None, *, address: str | None = None
    ) -> str: ...

    def withdraw(self, id: str) -> None: ...


class NoKeeper:
    """Keeps nothing, and says so."""

    def correct(self, *_: object, **__: object) -> str:
        raise OFF

    def withdraw(self, id: str) -> None:
        raise OFF


def check_site(headers: Headers) -> None:
    """Raises ForeignSite for what a browser sends in the name of another web site."""
    told = headers.get("sec-fetch-site", "")  # by browsers, of secure addresses; no script can change it
    origin = headers.get("origin", "")
    foreign = told != "same-origin" if told else bool(origin) and origin.partition("//")[2] != headers.get("host", "")
    if foreign:
        raise ForeignSite(f"The web site {origin or 'that sends this'} may not send corrections here.")


def correction_in(fields: Mapping[str, str]) -> tuple[Correction, Box | None]:
    """What was said of a picture: `correction`, with `consent`, and the `box` of one digit. Raises BadRequest."""
    if fields.get("consent") != "yes":
        raise BadRequest("The consent is missing: a correction keeps the picture. Send consent=yes where it is given.")
    said = fields.get("correction", "")
    if said != NOT_A_DIGIT and not (len(said) == 1 and said.isascii() and said.isdigit()):
        raise BadRequest(f"The correction is {said[:20]!r}, expected a digit from 0 to 9, or {NOT_A_DIGIT}.")
    box = fields.get("box", "")
    try:
        return "not_a_digit" if said == NOT_A_DIGIT else int(said), box_in(box) if box else None
    except ValueError as error:
        raise BadRequest(str(error)) from error


def known_address(address: str | None) -> str | None:
    """Whose rate a correction counts on; None where the connection, or a proxy, does not tell."""
    return address if address and is_ip_address(address) else None


def not_kept(error: DigitsError) -> dict[str, Any]:
    """Why, in a sentence for people; `code` is what the page's script goes by."""
    seconds = getattr(error, "retry_after", None) or 1
    said = SAID[error.code].format(seconds=seconds) if error.code in SAID else failure_words(error).detail
    return {"code": error.code, "said": said}
