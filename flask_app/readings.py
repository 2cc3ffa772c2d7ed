"""Uploaded files to readings: each has an answer, or the reason why it has none."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from werkzeug.datastructures import FileStorage

from flask_app.pictures import data_url, media_type
from pipeline.answer import Answer
from pipeline.errors import DigitsError, ServiceDown

THREADS = 4  # pictures of one submission that are at the service at the same time


@dataclass(frozen=True)
class Reading:
    """One uploaded file: its name as the client gave it (never trusted), its bytes, and either answer or error."""

    name: str
    picture: bytes
    answer: Answer | None = None
    error: DigitsError | None = None

    @property
    def service_down(self) -> bool:
        return isinstance(self.error, ServiceDown)

    @property
    def media_type(self) -> str | None:
        return media_type(self.picture)

    @property
    def data_url(self) -> str:
        return data_url(self.picture)


def read_all(uploads: Sequence[FileStorage], recognise: Callable[[bytes], Answer]) -> list[Reading]:
    """One Reading for each upload, in the order sent; a file that fails leaves its neighbours alone."""

    def read(upload: FileStorage) -> Reading:
        name, picture = upload.filename or "", upload.read()
        try:
            return Reading(name, picture, answer=recognise(picture))
        except DigitsError as error:
            return Reading(name, picture, error=error)

    with ThreadPoolExecutor(THREADS) as pool:
        return list(pool.map(read, uploads))


def http_status(readings: Sequence[Reading]) -> int:
    """200 when any file has an answer, else the status its errors agree on (503 when the service is down), or 400."""
    if any(reading.answer for reading in readings):
        return 200
    statuses = {reading.error.status for reading in readings if reading.error}
    return statuses.pop() if len(statuses) == 1 else 400
