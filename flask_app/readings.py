"""Uploaded files to readings: each has an answer or a number, or the reason why it has none."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from werkzeug.datastructures import FileStorage

from flask_app.pictures import media_type, shown_upright
from pipeline.answer import Answer, Number, data_url
from pipeline.errors import DigitsError, ServiceDown

THREADS = 4  # pictures of one submission that are at the service at the same time

Read = Callable[[bytes], Answer | Number]


@dataclass(frozen=True)
class Reading:
    """One uploaded file: its name as the client gave it (never trusted), its bytes, and what was found or the error."""

    name: str
    picture: bytes
    found: Answer | Number | None = None
    error: DigitsError | None = None

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
        return media_type(self.picture)

    @property
    def boxes_fit(self) -> bool:
        """Whether a browser shows the picture as the service read it."""
        return self.media_type is not None and shown_upright(self.picture)

    @property
    def data_url(self) -> str:
        """Of a picture that has a media type."""
        return data_url(self.picture, self.media_type or "")


def read_all(uploads: Sequence[FileStorage], read: Read) -> list[Reading]:
    """One Reading for each upload, in the order sent; a file that fails leaves its neighbours alone."""

    def reading(upload: FileStorage) -> Reading:
        name, picture = upload.filename or "", upload.read()
        try:
            return Reading(name, picture, found=read(picture))
        except DigitsError as error:
            return Reading(name, picture, error=error)

    with ThreadPoolExecutor(THREADS) as pool:
        return list(pool.map(reading, uploads))


def http_status(readings: Sequence[Reading]) -> int:
    """200 when any file was read, else the status its errors agree on (503 when the service is down), or 400."""
    if any(reading.found for reading in readings):
        return 200
    statuses = {reading.error.status for reading in readings if reading.error}
    return statuses.pop() if len(statuses) == 1 else 400
