"""Tagged directories as EXIF blocks and TIFF files have them, read within bounds, and what they say on orientation.

Pillow copies the bytes of every tag, however often they overlap: 200 kB of 8,000 tags cost 760 MB. This reader takes
no more than the file itself holds.
"""

import struct
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass

from PIL import Image

ORIENTATION = 0x0112
MOST_ENTRIES = 1000  # of a directory; a camera writes less than 100
# Bytes of each type of value, and how `struct` calls those that are whole numbers or, above 10, floating point.
SIZES = {1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 6: 1, 7: 1, 8: 2, 9: 4, 10: 8, 11: 4, 12: 8, 13: 4, 16: 8, 17: 8, 18: 8}
CODES = {1: "B", 3: "H", 4: "I", 6: "b", 8: "h", 9: "i", 11: "f", 12: "d", 13: "I", 16: "Q", 17: "q", 18: "Q"}

TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}


@dataclass(frozen=True)
class Directory:
    """Tags with the type, count and bytes of their values, in the byte order of `order`, "<" or ">"."""

    order: str
    tags: dict[int, tuple[int, int, bytes]]

    def values(self, tag: int, default: tuple[int, ...] = ()) -> tuple[int, ...]:
        """The numbers of a tag; `default` where it is missing or holds none."""
        kind, count, content = self.tags.get(tag, (0, 0, b""))
        if kind not in CODES or not count:
            return default
        return struct.unpack(f"{self.order}{count}{CODES[kind]}", content)

    def value(self, tag: int, default: int) -> int:
        """The first number of a tag."""
        return int(self.values(tag, (default,))[0])

    @property
    def orientation(self) -> int:
        """1-8; 1, upright, where it tells none."""
        found = self.value(ORIENTATION, 1)
        return found if found in TURNS else 1


def directories(content: bytes) -> Iterator[Directory]:
    """The directories of a TIFF file or an EXIF block, one after the other.

    Raises ValueError where it is none, or its tags take more bytes than there are.
    """
    order = {b"II": "<", b"MM": ">"}.get(content[:2])
    if order is None or len(content) < 8:
        raise ValueError("no TIFF header")
    (magic,) = struct.unpack_from(order + "H", content, 2)
    big = magic == 43
    (offset,) = _unpack(order + "Q", content, 8) if big else _unpack(order + "I", content, 4)
    seen: set[int] = set()
    while offset and offset not in seen:
        seen.add(offset)
        found, offset = _directory(content, order, offset, big)
        yield found


def _directory(content: bytes, order: str, offset: int, big: bool) -> tuple[Directory, int]:
    """One directory, and where the next one is; 0 where there is none."""
    count_code, entry, inline = ("Q", "HHQ", 8) if big else ("H", "HHI", 4)
    (count,) = _unpack(order + count_code, content, offset)
    if count > MOST_ENTRIES:
        raise ValueError(f"a directory of {count:,} tags, expected at most {MOST_ENTRIES:,}")
    offset += struct.calcsize(order + count_code)
    size = struct.calcsize(order + entry)
    tags: dict[int, tuple[int, int, bytes]] = {}
    total = 0
    for _ in range(count):
        tag, kind, number = _unpack(order + entry, content, offset)
        length = SIZES.get(kind, 0) * number
        place = (
            offset + size
            if length <= inline
            else _unpack(order + count_code.replace("H", "I"), content, offset + size)[0]
        )
        total += length
        if total > len(content):
            raise ValueError(f"tags of more than {total:,} bytes in a file of {len(content):,}")
        if length and place + length <= len(content):
            tags.setdefault(tag, (kind, number, content[place : place + length]))
        offset += size + inline
    following = _unpack(order + ("Q" if big else "I"), content, offset, missing=0)
    return Directory(order, tags), following[0]


def _unpack(code: str, content: bytes, offset: int, missing: int | None = None) -> tuple[int, ...]:
    if offset + struct.calcsize(code) > len(content):
        if missing is not None:
            return (missing,)
        raise ValueError(f"cut off at byte {len(content):,} of its directory")
    return struct.unpack_from(code, content, offset)


def orientation(block: bytes | None) -> int:
    """The orientation an EXIF block tells, 1-8; 1, upright, where it tells none or is damaged."""
    with suppress(ValueError, StopIteration):
        return next(directories((block or b"").removeprefix(b"Exif\0\0"))).orientation
    return 1


def upright(image: Image.Image, orientation: int) -> Image.Image:
    """An image turned as its orientation, 1-8, says."""
    turn = TURNS.get(orientation)
    return image if turn is None else image.transpose(turn)
