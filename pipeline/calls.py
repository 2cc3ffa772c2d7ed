"""What is asked of the digit service and what may come back: all of its clients but the connection."""

import io
import random
import reprlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from typing import IO, TYPE_CHECKING, Annotated, Any, Generic, Literal, TypeVar
from urllib.parse import quote

from annotated_types import Len
from pydantic import StringConstraints, ValidationError

from pipeline.answer import Answer, Box, FromJson, Number, Sentences
from pipeline.errors import DigitsError
from pipeline.explanation import Explanation

if TYPE_CHECKING:
    import httpx  # it takes as long to import as all the rest: whoever makes a client does it

MOST_BYTES = 4 * 2**20  # of an answer: one digit of a number takes about 1.3 kB, a page written full some 2,000 of them
RETRY_SECONDS = 1  # where a service that is busy does not say when to come back
LONGEST_RETRY_SECONDS = 3600  # what says more is not believed
LONGEST_WAIT_SECONDS = 60  # no client waits for longer
# At most, the first time; then twice as many each time, so that those who were refused at once part.
JITTER_SECONDS = 0.5

Result = TypeVar("Result")
Correction = int | Literal["not_a_digit"]
Picture = bytes | IO[bytes]  # encoded (PNG, JPEG, …), or a file of it that is open for reading


@dataclass(frozen=True)
class _Detail:
    code: Annotated[str, Len(1, 100)]
    message: Sentences


@dataclass(frozen=True)
class _Refusal(FromJson):
    error: _Detail


@dataclass(frozen=True)
class _Kept(FromJson):
    id: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{32}$")]
    answer: Answer


@dataclass(frozen=True)
class _Facts(FromJson):
    """Of what GET /model tells, what the pages show."""

    model: Annotated[str, Len(1, 200)]


@dataclass(frozen=True)
class _Batch(FromJson):
    results: tuple[Answer | _Refusal, ...]


class Refused(DigitsError):
    """The service refused a picture; its message says why, `code` and `status` are the service's own.

    `retry_after` says in how many seconds to try again where the service is busy, or was asked too often; else None.
    """

    def __init__(self, message: str, code: str, status: int, retry_after: int | None = None):
        super().__init__(message)
        self.code, self.status, self.retry_after = code, status, retry_after


class Unexpected(Exception):
    """What came is no answer of the digit service: with which status, and why not."""

    def __init__(self, status: int, why: str):
        super().__init__(f"(status {status}), or one of another version: {why}")


@dataclass(frozen=True, kw_only=True)
class Call(Generic[Result]):
    """One request; `parse` makes a result of the body that answers it with `status`, or raises ValueError."""

    path: str
    parse: Callable[[bytes], Result]
    method: str = "POST"
    status: int = 200
    field: str = "image"
    pictures: Sequence[Picture] = ()
    form: Mapping[str, str] | None = None
    headers: Mapping[str, str] | None = None
    seconds: float | None = None
    """Until it is given up, where that is sooner than the client's own limit."""

    @contextmanager
    def request(self) -> Iterator[dict[str, Any]]:
        """What httpx's `stream` takes. Bytes are made files, which it sends by small pieces.

        Closed, because their objects point at each other in a circle, so that a picture of many megabytes would stay in
        memory until Python looks for such circles.
        """
        with ExitStack() as own:
            files = [own.enter_context(io.BytesIO(each)) if isinstance(each, bytes) else each for each in self.pictures]
            named = [(self.field, ("picture", file)) for file in files]
            asked = {"method": self.method, "url": self.path, "headers": self.headers}
            limit = {} if self.seconds is None else {"timeout": self.seconds}
            yield {**asked, **limit, "files": named, "data": self.form}

    def repeatable(self) -> "Call[Result]":
        """The same with the files read, so that it can be sent more than once."""
        return replace(self, pictures=[each if isinstance(each, bytes) else each.read() for each in self.pictures])


def recognise(picture: Picture) -> Call[Answer]:
    return Call(path="/predict", parse=Answer.from_json, pictures=[picture])


def recognise_all(pictures: Sequence[Picture]) -> Call[list[Answer | Refused]]:
    def parse(content: bytes) -> list[Answer | Refused]:
        found = _Batch.from_json(content).results
        if len(found) != len(pictures):
            raise ValueError(f"it sent {len(found)} results for {len(pictures)} pictures")
        return [
            each if isinstance(each, Answer) else Refused(each.error.message, each.error.code, 200) for each in found
        ]

    return Call(path="/predict_batch", parse=parse, field="images", pictures=pictures)


def read(picture: Picture) -> Call[Number]:
    return Call(path="/read", parse=Number.from_json, pictures=[picture])


def explain(picture: Picture, filters: bool, occlusion: bool) -> Call[Explanation]:
    path = f"/explain?filters={filters:d}&occlusion={occlusion:d}"
    return Call(path=path, parse=Explanation.from_json, pictures=[picture])


def correct(picture: Picture, correction: Correction, box: Box | None, address: str | None) -> Call[str]:
    form = {"correction": str(correction), "consent": "yes"}
    if box is not None:
        form["box"] = ",".join(map(str, box))
    headers = {"X-Forwarded-For": address} if address else None
    return Call(
        path="/feedback", parse=lambda content: _Kept.from_json(content).id, status=201, pictures=[picture], form=form,
        headers=headers,
    )  # fmt: skip


def withdraw(id: str) -> Call[None]:
    return Call(path=f"/feedback/{quote(id, safe='')}", parse=lambda content: None, method="DELETE", status=204)


def model() -> Call[str]:
    return Call(path="/model", parse=lambda content: _Facts.from_json(content).model, method="GET", seconds=1.0)


class Reply:
    """What comes back, piece by piece. Raises Unexpected."""

    def __init__(self, response: "httpx.Response"):
        self._status, self._headers, self._content = response.status_code, response.headers, bytearray()
        encoding = self._headers.get("content-encoding", "identity")
        if encoding != "identity":
            raise Unexpected(self._status, f"it sent content-encoding {reprlib.repr(encoding)}, expected none")

    def add(self, piece: bytes) -> None:
        self._content += piece
        if len(self._content) > MOST_BYTES:
            raise Unexpected(self._status, f"it sent more than {MOST_BYTES:,} bytes")

    def result(self, call: Call[Result]) -> Result:
        """What the service found, once all is there. Raises Refused too."""
        try:
            if self._status == call.status:
                return call.parse(bytes(self._content))
            found = _Refusal.from_json(bytes(self._content)).error
        except ValueError as error:
            if self._status in (429, 503):  # whatever stands before a service and is busy in its own words
                raise self._busy() from error
            why = _first_fault(error) if isinstance(error, ValidationError) else str(error)
            raise Unexpected(self._status, why) from error
        if found.code == "busy":
            raise self._busy(found.message)
        raise Refused(found.message, found.code, self._status, self._retry_after())

    def _busy(self, why: str | None = None) -> Refused:
        seconds = self._retry_after() or RETRY_SECONDS
        reason = why or f"Status {self._status}. Try again in {seconds} s."
        return Refused(f"The digit service is busy. {reason}", "busy", self._status, seconds)

    def _retry_after(self) -> int | None:
        """Seconds from 1 on; None where the service does not say."""
        told = self._headers.get("retry-after", "")
        if not (told.isascii() and told.isdigit() and len(told) < 10):
            return None
        return min(max(int(told), 1), LONGEST_RETRY_SECONDS)


def _first_fault(error: ValidationError) -> str:
    """One line: which field is wrong, how, and what it held."""
    fault = error.errors(include_url=False)[0]
    field = ".".join(map(str, fault["loc"])) or "its answer"
    if fault["type"] == "missing":
        return f"{field} is missing"
    return f"{field} is {reprlib.repr(fault['input'])}; {fault['msg']}"


def seconds_to_wait(refused: Refused, tried: int, retries: int) -> float:
    """Until the next try: what the service asks for, and a random part beyond. Raises `refused` where there is none.

    What was refused for another reason than that many ask, or for longer than LONGEST_WAIT_SECONDS, is not tried again.
    """
    told = refused.retry_after
    if told is None or told > LONGEST_WAIT_SECONDS or tried >= retries:
        raise refused
    return told + random.uniform(0, JITTER_SECONDS * 2**tried)
