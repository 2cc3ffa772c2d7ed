"""Uploaded files to readings: each has an answer or a number, or the reason why it has none."""

import io
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import accumulate
from typing import IO

from werkzeug.datastructures import FileStorage

from flask_app.pictures import media_type, shown_upright
from pipeline.answer import Answer, Number, data_url
from pipeline.client import Refused
from pipeline.errors import DigitsError, ServiceDown

THREADS = 4  # pictures of one submission that are at the service at the same time
RETRY_SECONDS = 1
MOST_BYTES_SHOWN = 4 * 2**20  # of the pictures that one page holds itself, where no script shows them
HEAD_BYTES = 32  # tell a picture's format

# What reads a picture takes it as a file: of large ones the form's parser has put onto the disk, none is ever held in
# memory, which the system gets back from Python only in part.
Read = Callable[[IO[bytes]], Answer | Number]


@dataclass(frozen=True)
class Reading:
    """One uploaded file: its name as the client gave it (never trusted), and what was found or the error."""

    name: str
    head: bytes
    """The file's first bytes; of the whole no more is kept than the page shows."""
    found: Answer | Number | None = None
    error: DigitsError | None = None
    data_url: str | None = None
    """The picture, where the page shows it without a script."""

    @property
    def answer(self) -> Answer | None:
        return self.found if isinstance(self.found, Answer) else None

    @property
    def number(self) -> Number | None:
        return self.found if isinstance(self.found, Number) else None

    @property
    def service_down(self) -> bool:
        return isinstance(self.error, ServiceDown)

    @property
    def media_type(self) -> str | None:
        return media_type(self.head)

    @property
    def boxes_fit(self) -> bool:
        """Whether a browser shows the picture as the service read it."""
        return self.media_type is not None and shown_upright(self.head)


def read_all(uploads: Sequence[FileStorage], read: Read, show: bool) -> list[Reading]:
    """One Reading for each upload, in the order sent; a file that fails leaves its neighbours alone.

    `show` says whether the page itself has to hold the pictures: as many of them as MOST_BYTES_SHOWN allows.
    """
    sizes = accumulate(upload.stream.seek(0, io.SEEK_END) for upload in uploads)
    shown = [show and total <= MOST_BYTES_SHOWN for total in sizes]

    def reading(upload: FileStorage, shown: bool) -> Reading:
        upload.stream.seek(0)
        name, head = upload.filename or "", upload.stream.read(HEAD_BYTES)
        upload.stream.seek(0)
        try:
            found = read(upload.stream)
        except DigitsError as error:
            return Reading(name, head, error=error)
        return Reading(name, head, found, data_url=whole(upload.stream, media_type(head) if shown else None))

    with ThreadPoolExecutor(THREADS) as pool:
        return list(pool.map(reading, uploads, shown))


def whole(picture: IO[bytes], kind: str | None) -> str | None:
    """The picture as a URL that holds it, where browsers show its kind."""
    picture.seek(0)
    return data_url(picture.read(), kind) if kind else None


def retry_seconds(readings: Sequence[Reading]) -> int:
    """When to send again what a busy service did not read."""
    told = [reading.error.retry_after for reading in readings if isinstance(reading.error, Refused)]
    return max(filter(None, told), default=RETRY_SECONDS)


def http_status(readings: Sequence[Reading]) -> int:
    """200 when any file was read, else the status its errors agree on (503 when the service is down), or 400."""
    if any(reading.found for reading in readings):
        return 200
    statuses = {reading.error.status for reading in readings if reading.error}
    return statuses.pop() if len(statuses) == 1 else 400
