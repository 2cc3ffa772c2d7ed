"""What came with a form to uploads: files, what is in zip files, and what a browser did not send but its name."""

import io
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from typing import IO, NoReturn

from werkzeug.datastructures import FileStorage

from flask_app import archives
from flask_app.readings import Upload
from pipeline.errors import DigitsError, NotAPicture

# Why the page's script sends the mere name of a file, for this page to say so as it says all else.
LEFT_OUT: dict[str, DigitsError] = {
    "unreadable": NotAPicture("The browser cannot open it. Was it moved or changed since it was chosen? Try again."),
    **archives.REFUSALS,
}


def uploads(files: Sequence[FileStorage], left_out: str | None, by_script: bool, most: int) -> list[Upload]:
    """At most `most` of what zip files hold is taken out; the page's script has opened those by itself."""
    if left_out is not None:
        error = LEFT_OUT.get(left_out, LEFT_OUT["unreadable"])
        return [Upload(file.filename or "", 0, partial(_nothing, error)) for file in files]
    if by_script:
        return [sent(file) for file in files]
    return archives.opened([sent(file) for file in files], most)


def sent(file: FileStorage) -> Upload:
    size = file.stream.seek(0, io.SEEK_END)
    return Upload(file.filename or "", size, partial(_rewound, file.stream))


@contextmanager
def _rewound(stream: IO[bytes]) -> Iterator[IO[bytes]]:
    """The file of a form, which closes it itself at the end of the request."""
    stream.seek(0)
    yield stream


def _nothing(error: DigitsError) -> NoReturn:
    raise error
