"""Pictures to readings: each has an answer or a number, or the reason why it has none."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from dataclasses import dataclass
from itertools import accumulate
from typing import IO

from flask_app.pictures import media_type, shown_upright
from pipeline.answer import Answer, Number, data_url
from pipeline.client import Refused
from pipeline.errors import DigitsError
from pipeline.faces.words import Failure, Words, answer_words, failure_words, number_words, short, short_number

THREADS = 4  # pictures of one submission that are at the service at the same time
RETRY_SECONDS = 1
MOST_BYTES_SHOWN = 4 * 2**20  # of the pictures that one page holds itself, where no script shows them
HEAD_BYTES = 32  # tell a picture's format
# What may become of a picture, as the summary counts it; the doubtful ones that a person should look at first.
READ, UNSURE, EMPTY, REFUSED, WAITING = OUTCOMES = ("read", "unsure", "without a digit", "refused", "not read")
DOUBTFUL_FIRST = (REFUSED, WAITING, UNSURE, EMPTY, READ)
OUTCOME_OF = {"digit": READ, "number": READ, "unsure": UNSURE}

# What reads a picture takes it as a file: of large ones the form's parser has put onto the disk, none is ever held in
# memory, which the system gets back from Python only in part.
Read = Callable[[IO[bytes]], Answer | Number]


@dataclass(frozen=True)
class Upload:
    """One picture that was sent: its name as the client gave it (never trusted), its size and how to open it."""

    name: str
    size: int
    open: Callable[[], AbstractContextManager[IO[bytes]]]
    """Raises DigitsError where there is nothing to read."""


@dataclass(frozen=True)
class Reading:
    """What was found in one upload, or the error."""

    name: str
    head: bytes = b""
    """The file's first bytes; of the whole no more is kept than the page shows."""
    found: Answer | Number | None = None
    error: DigitsError | None = None
    data_url: str | None = None
    """The picture, where the page shows it without a script."""
    index: int = 0
    """Its place among those sent."""

    @property
    def answer(self) -> Answer | None:
        return self.found if isinstance(self.found, Answer) else None

    @property
    def number(self) -> Number | None:
        return self.found if isinstance(self.found, Number) else None

    @property
    def words(self) -> Words:
        if self.number:
            return number_words(self.number)
        return answer_words(self.answer) if self.answer else Words()

    @property
    def failure(self) -> Failure | None:
        return failure_words(self.error, self.name) if self.error else None

    @property
    def outcome(self) -> str:
        if self.found:
            return OUTCOME_OF.get(self.found.status, EMPTY)
        return WAITING if self.failure and self.failure.retry else REFUSED

    @property
    def short(self) -> str:
        if self.number:
            return short_number(self.number)
        return short(self.answer) if self.answer else self.outcome

    @property
    def confidence(self) -> float:
        """Of the digit; of a number the lowest; 0 where there is none."""
        if self.number:
            return min((digit.confidence for digit in self.number.digits), default=0.0)
        return self.answer.confidence if self.answer and self.answer.digit is not None else 0.0

    @property
    def doubt(self) -> float:
        """What to look at first has the least."""
        return DOUBTFUL_FIRST.index(self.outcome) + self.confidence

    @property
    def media_type(self) -> str | None:
        return media_type(self.head)

    @property
    def boxes_fit(self) -> bool:
        """Whether a browser shows the picture as the service read it."""
        return self.media_type is not None and shown_upright(self.head)


def read_all(uploads: Sequence[Upload], read: Read, show: bool) -> list[Reading]:
    """One Reading for each upload, in the order sent; a file that fails leaves its neighbours alone.

    `show` says whether the page itself has to hold the pictures: as many of them as MOST_BYTES_SHOWN allows.
    """
    shown = [show and total <= MOST_BYTES_SHOWN for total in accumulate(upload.size for upload in uploads)]

    def reading(index: int, upload: Upload, shown: bool) -> Reading:
        head = b""
        try:
            with upload.open() as file:
                head = file.read(HEAD_BYTES)
                file.seek(0)
                found = read(file)
                picture = whole(file, media_type(head) if shown else None)
        except DigitsError as error:
            return Reading(upload.name, head, error=error, index=index)
        return Reading(upload.name, head, found, data_url=picture, index=index)

    with ThreadPoolExecutor(THREADS) as pool:
        return list(pool.map(reading, range(len(uploads)), uploads, shown))


def whole(picture: IO[bytes], kind: str | None) -> str | None:
    """The picture as a URL that holds it, where browsers show its kind."""
    picture.seek(0)
    return data_url(picture.read(), kind) if kind else None


def retry_seconds(readings: Sequence[Reading]) -> int | None:
    """When to send again what was not read; None where sending again is of no use."""
    waiting = [reading.error for reading in readings if reading.outcome == WAITING]
    told = [error.retry_after for error in waiting if isinstance(error, Refused) and error.retry_after]
    return max(told, default=RETRY_SECONDS) if waiting else None


def http_status(readings: Sequence[Reading]) -> int:
    """200 when any file was read, else the status its errors agree on (503 when the service is down), or 400."""
    if any(reading.found for reading in readings):
        return 200
    statuses = {reading.error.status for reading in readings if reading.error}
    return statuses.pop() if len(statuses) == 1 else 400


def summary(readings: Sequence[Reading]) -> str:
    """One line over all readings: "four.png: 4", or "47 read, 2 unsure, 1 refused"."""
    if len(readings) == 1:
        return f"{readings[0].name}: {readings[0].short}"
    outcomes = [reading.outcome for reading in readings]
    return ", ".join(f"{outcomes.count(each)} {each}" for each in OUTCOMES if each in outcomes)
