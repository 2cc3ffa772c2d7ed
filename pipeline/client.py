"""The HTTP client of the digit service: picture bytes in, Answer or Number out. What both UIs use."""

import io
import os
import reprlib
from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import dataclass
from typing import IO, Annotated, Any, Self, TypeVar

import httpx
from annotated_types import Len
from pydantic import ValidationError

from pipeline.answer import Answer, FromJson, Number, Sentences
from pipeline.errors import DigitsError, ServiceDown

ENVIRONMENT_VARIABLE = "DIGITS_URL"
KEY_VARIABLE = "DIGITS_API_KEY"
DEFAULT_URL = "http://127.0.0.1:3000"
TIMEOUT = httpx.Timeout(30.0, connect=3.0)  # seconds; a host that swallows connections is down, not slow
QUICK = httpx.Timeout(1.0)  # seconds, for what a page asks while somebody waits for the page
MOST_BYTES = 4 * 2**20  # of an answer: one digit of a number takes about 1.3 kB, a page written full some 2,000 of them
RETRY_SECONDS = 1  # where a service that is busy does not say when to come back
LONGEST_RETRY_SECONDS = 3600  # what says more is not believed

Parsed = TypeVar("Parsed")


@dataclass(frozen=True)
class _Detail:
    code: Annotated[str, Len(1, 100)]
    message: Sentences


@dataclass(frozen=True)
class _Refusal(FromJson):
    error: _Detail


@dataclass(frozen=True)
class _Facts(FromJson):
    """Of what GET /model tells, what the pages show."""

    model: Annotated[str, Len(1, 200)]


class Refused(DigitsError):
    """The service refused a picture; its message says why, `code` and `status` are the service's own.

    `retry_after` says in how many seconds to try again where the service is busy, else None.
    """

    def __init__(self, message: str, code: str, status: int, retry_after: int | None = None):
        super().__init__(message)
        self.code, self.status, self.retry_after = code, status, retry_after


class _Unexpected(Exception):
    """What came is no answer of the digit service."""


class Client:
    """Talks to one service: the URL given, else the one $DIGITS_URL names, else port 3000 of this machine.

    It sends the key that $DIGITS_API_KEY holds, where there is one.
    """

    def __init__(self, url: str | None = None):
        self.url = (url or os.environ.get(ENVIRONMENT_VARIABLE) or DEFAULT_URL).rstrip("/")
        key = os.environ.get(KEY_VARIABLE)
        self._http = httpx.Client(
            base_url=self.url,
            timeout=TIMEOUT,
            trust_env=False,  # a proxy meant for the internet must not get in the way of a service next door
            follow_redirects=False,  # a picture goes to this service and nowhere else
            headers={
                "Accept-Encoding": "identity",  # a few kB of gzip may unpack to a gigabyte
                **({"Authorization": f"Bearer {key}"} if key else {}),
            },
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Give the connections back; a client that lives as long as its process need not."""
        self._http.close()

    def recognise(self, picture: bytes | IO[bytes]) -> Answer:
        """The answer for one encoded picture (PNG, JPEG, …) or a file of it. Raises Refused and ServiceDown."""
        return self._post("/predict", picture, Answer.from_json)

    def read(self, picture: bytes | IO[bytes]) -> Number:
        """The digits of one encoded picture or a file of it, in reading order. Raises Refused and ServiceDown."""
        return self._post("/read", picture, Number.from_json)

    def model(self) -> str:
        """Tag of the model that answers now, asked for within a second. Raises Refused and ServiceDown."""
        return self._ask("GET", "/model", lambda content: _Facts.from_json(content).model, timeout=QUICK)

    def _post(self, path: str, picture: bytes | IO[bytes], parse: Callable[[bytes], Parsed]) -> Parsed:
        # A file, which httpx sends by small pieces. Closed, because its objects point at each other in a circle, so
        # that a picture of many megabytes would stay in memory until Python looks for such circles.
        with io.BytesIO(picture) if isinstance(picture, bytes) else nullcontext(picture) as file:
            return self._ask("POST", path, parse, files={"image": ("picture", file)})

    def _ask(self, method: str, path: str, parse: Callable[[bytes], Parsed], **options: Any) -> Parsed:
        try:
            with self._http.stream(method, path, **options) as response:
                return _parsed(response, parse)
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise ServiceDown(
                f"The digit service at {self.url} does not answer ({type(error).__name__}). "
                "Start it with 'make up' or 'bentoml serve' and try again."
            ) from error
        except _Unexpected as error:
            raise ServiceDown(
                f"What answers at {self.url} is not the digit service (status {response.status_code}), or one of "
                f"another version: {error}. Set {ENVIRONMENT_VARIABLE} to the service's address."
            ) from error


def _parsed(response: httpx.Response, parse: Callable[[bytes], Parsed]) -> Parsed:
    """What the service found. Raises Refused and _Unexpected."""
    try:
        content = _content(response)
        if response.status_code == 200:
            return parse(content)
        found = _Refusal.from_json(content).error
    except ValidationError as error:
        if response.status_code in (429, 503):  # whatever stands before a service and is busy in its own words
            raise _busy(response) from error
        raise _Unexpected(_first_fault(error)) from error
    if found.code == "busy":
        raise _busy(response, found.message)
    raise Refused(found.message, found.code, response.status_code)


def _content(response: httpx.Response) -> bytes:
    """The body, at most MOST_BYTES. Raises _Unexpected."""
    encoding = response.headers.get("content-encoding", "identity")
    if encoding != "identity":
        raise _Unexpected(f"it sent content-encoding {reprlib.repr(encoding)}, expected none")
    content = bytearray()
    for piece in response.iter_raw():
        content += piece
        if len(content) > MOST_BYTES:
            raise _Unexpected(f"it sent more than {MOST_BYTES:,} bytes")
    return bytes(content)


def _busy(response: httpx.Response, why: str | None = None) -> Refused:
    told = response.headers.get("retry-after", "")
    seconds = int(told) if told.isascii() and told.isdigit() and len(told) < 10 else RETRY_SECONDS
    seconds = min(max(seconds, 1), LONGEST_RETRY_SECONDS)
    reason = why or f"Status {response.status_code}. Try again in {seconds} s."
    return Refused(f"The digit service is busy. {reason}", "busy", response.status_code, seconds)


def _first_fault(error: ValidationError) -> str:
    """One line: which field is wrong, how, and what it held."""
    fault = error.errors(include_url=False)[0]
    field = ".".join(map(str, fault["loc"])) or "its answer"
    if fault["type"] == "missing":
        return f"{field} is missing"
    return f"{field} is {reprlib.repr(fault['input'])}; {fault['msg']}"
