"""Zip files of pictures, opened here where no script of the page does it: bounded, in memory, by no path of theirs.

A zip says what its entries unpack to, and Python's reader gives out no more than that; so what is said is what is
checked. Only entries that are stored or deflated are read: other codes unpack without a bound.
"""

import re
import shutil
import struct
import tempfile
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import PurePosixPath
from typing import IO, NoReturn

from flask_app.readings import Upload
from pipeline.errors import DigitsError, TooLarge
from pipeline.faces.words import MOST_MEBIBYTES

LARGEST = MOST_MEBIBYTES * 2**20  # bytes of one picture
MOST_UNPACKED = 64 * 2**20  # bytes of all pictures that one zip holds, as much as a form may bring
MOST_DIRECTORY = 256 * 2**10  # bytes of the list of entries: some thousand; it is in memory before it can be counted
IN_MEMORY = 512 * 1024  # bytes of a picture; a larger one is unpacked onto the disk
START, END, LOCATOR = b"PK\3\4", b"PK\5\6", b"PK\6\7"  # of an entry, of the list's end, of the end's large form
TAIL = 22 + 2**16  # bytes in which the end of the list stands
DOCUMENTS = ("word/", "xl/", "ppt/")  # Office files are zip files too; the service calls them by their names
DAMAGED = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, ValueError, struct.error)
HIDDEN = ("__MACOSX", ".", "Thumbs.db", "desktop.ini")  # names begin so that systems write beside the pictures


class BadZip(DigitsError):
    """A zip file, or what is in it, that is not opened."""

    code, status = "bad_zip", 400


REFUSALS: dict[str, DigitsError] = {
    "zip_damaged": BadZip("This zip file is damaged, or of a kind not opened here. Unpack it and send the pictures."),
    "zip_locked": BadZip("It is locked with a password. Unpack the zip file and send the pictures."),
    "zip_in_zip": BadZip("A zip file inside a zip file is not opened. Unpack it and send the pictures."),
    "zip_too_many": BadZip("This zip file holds too many pictures. Unpack it and send fewer at a time."),
    "zip_too_large": BadZip("What this zip file holds is too large. Unpack it and send fewer pictures at a time."),
    "too_large": TooLarge("The picture is too large."),
    "zip_empty": BadZip("There is no picture in this zip file."),
}


@dataclass
class Room:
    """What may still be taken out of zip files."""

    pictures: int
    size: int = MOST_UNPACKED


def opened(uploads: Sequence[Upload], most: int) -> list[Upload]:
    """The uploads, each zip file replaced by what it holds or by the reason why it is not opened."""
    room = Room(most - len(uploads))
    return [each for upload in uploads for each in (_pictures(upload, room) if _is_zip(upload) else [upload])]


def _is_zip(upload: Upload) -> bool:
    with upload.open() as file:
        return file.read(len(START)) in (START, END)


def _pictures(upload: Upload, room: Room) -> list[Upload]:
    try:
        with upload.open() as file:
            _check_directory(file, upload.size)
            archive = zipfile.ZipFile(file)
    except DAMAGED:
        return [_refused(upload.name, "zip_damaged")]
    entries = [entry for entry in archive.infolist() if not entry.is_dir() and not _hidden(entry.filename)]
    if any(entry.filename.startswith(DOCUMENTS) for entry in entries):
        return [upload]
    size = sum(entry.file_size for entry in entries if entry.file_size <= LARGEST)
    problem = (
        "zip_empty" if not entries
        else "zip_too_many" if len(entries) > room.pictures + 1  # its own place becomes free
        else "zip_too_large" if size > room.size
        else None
    )  # fmt: skip
    if problem:
        return [_refused(upload.name, problem)]
    room.pictures -= len(entries) - 1
    room.size -= size
    return [_picture(archive, entry) for entry in entries]


def _check_directory(file: IO[bytes], size: int) -> None:
    """Raises ValueError where the list of entries is longer than this page takes into memory."""
    file.seek(max(0, size - TAIL))
    tail = file.read()
    sizes = [int.from_bytes(tail[end.start() + 12 : end.start() + 16], "little") for end in re.finditer(END, tail)]
    if LOCATOR in tail or max(sizes, default=0) > MOST_DIRECTORY:
        raise ValueError


def _hidden(name: str) -> bool:
    return any(part.startswith(HIDDEN) and part != ".." for part in _path(name).parts)


def _path(name: str) -> PurePosixPath:
    return PurePosixPath(name.replace("\\", "/"))


def _picture(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> Upload:
    name = _path(entry.filename).name
    if entry.file_size > LARGEST:
        return _refused(name, "too_large")
    if name.lower().endswith(".zip"):
        return _refused(name, "zip_in_zip")
    if entry.flag_bits & 1:
        return _refused(name, "zip_locked")
    if entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        return _refused(name, "zip_damaged")
    return Upload(name, entry.file_size, partial(_unpacked, archive, entry))


@contextmanager
def _unpacked(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> Iterator[IO[bytes]]:
    with tempfile.SpooledTemporaryFile(IN_MEMORY) as file:
        try:
            with archive.open(entry) as packed:
                shutil.copyfileobj(packed, file)
        except DAMAGED as error:
            raise REFUSALS["zip_damaged"] from error
        file.seek(0)
        yield file


def _refused(name: str, why: str) -> Upload:
    return Upload(name, 0, partial(_raise, why))


def _raise(why: str) -> NoReturn:
    raise REFUSALS[why]
