"""The HTTP client of the digit service: picture bytes in, Answer or Number out. What both UIs use."""

import os
from collections.abc import Callable
from typing import Any, Self, TypeVar

import httpx

from pipeline.answer import Answer, Number
from pipeline.errors import DigitsError, ServiceDown

ENVIRONMENT_VARIABLE = "DIGITS_URL"
DEFAULT_URL = "http://127.0.0.1:3000"
TIMEOUT = httpx.Timeout(30.0, connect=3.0)  # seconds; a host that swallows connections is down, not slow


Parsed = TypeVar("Parsed")


class Refused(DigitsError):
    """The service refused a picture; its message says why, `code` and `status` are the service's own."""

    def __init__(self, message: str, code: str, status: int):
        super().__init__(message)
        self.code, self.status = code, status


class Client:
    """Talks to one service: the URL given, else the one $DIGITS_URL names, else port 3000 of this machine."""

    def __init__(self, url: str | None = None):
        self.url = (url or os.environ.get(ENVIRONMENT_VARIABLE) or DEFAULT_URL).rstrip("/")
        # trust_env: a proxy meant for the internet must not get in the way of a service next door.
        self._http = httpx.Client(base_url=self.url, timeout=TIMEOUT, trust_env=False)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Give the connections back; a client that lives as long as its process need not."""
        self._http.close()

    def recognise(self, picture: bytes) -> Answer:
        """The answer for one encoded picture (PNG, JPEG, …). Raises Refused and ServiceDown."""
        return self._post("/predict", picture, Answer.from_json)

    def read(self, picture: bytes) -> Number:
        """The digits of one encoded picture, in reading order. Raises Refused and ServiceDown."""
        return self._post("/read", picture, Number.from_json)

    def _post(self, path: str, picture: bytes, parse: Callable[[dict[str, Any]], Parsed]) -> Parsed:
        try:
            response = self._http.post(path, files={"image": ("picture", picture)})
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise ServiceDown(
                f"The digit service at {self.url} does not answer ({type(error).__name__}). "
                "Start it with 'make up' or 'bentoml serve' and try again."
            ) from error
        try:
            body = response.json()
            if response.status_code == 200:
                return parse(body)
            error_found = body["error"]
            raise Refused(error_found["message"], error_found["code"], response.status_code)
        except (ValueError, KeyError, TypeError) as error:
            raise ServiceDown(
                f"What answers at {self.url} is not the digit service (status {response.status_code}), or one of "
                f"another version. Set {ENVIRONMENT_VARIABLE} to the service's address."
            ) from error
