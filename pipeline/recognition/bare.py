"""PNG, JPEG and AVIF files without what they carry beside the picture: text, colour profiles, previews, EXIF.

Decoders have limits, and bugs, for all of that; nothing of it but the orientation is needed here.
"""

import re
from collections.abc import Iterator

PNG = b"\x89PNG\r\n\x1a\n"
JPEG = b"\xff\xd8"
# acTL, fcTL and fdAT are an animation's.
PNG_KEPT = {b"IHDR", b"PLTE", b"tRNS", b"IDAT", b"IEND", b"acTL", b"fcTL", b"fdAT"}
# Segments that say nothing about pixels: APP1 to APP13 and APP15, comments. APP14 says how colours are coded.
JPEG_DROPPED = {*range(0xE1, 0xEE), 0xEF, 0xFE}
AVIF = b"ftyp"
AVIF_EXIF = re.compile(rb"(infe.{8}(?:..)?)Exif", re.DOTALL)  # the entry of an EXIF block among a file's items
EXIF = b"Exif\0\0"
START_OF_SCAN = b"\xff\xda"
END_OF_IMAGE = b"\xff\xd9"
LAST_COEFFICIENT = 63  # of the 64 of a block


def bare(content: bytes) -> tuple[bytes, bytes | None]:
    """A file's picture alone, and its EXIF block if it has one; other formats stay as they are."""
    if content.startswith(PNG):
        return _bare_png(content)
    if content.startswith(JPEG):
        return _bare_jpeg(content)
    if content[4:8] == AVIF:
        return AVIF_EXIF.sub(rb"\1none", content), None  # how it lies is told elsewhere in the file
    return content, None


def _bare_png(content: bytes) -> tuple[bytes, bytes | None]:
    kept, exif, place = [PNG], None, len(PNG)
    while place < len(content):
        name = content[place + 4 : place + 8]
        end = place + 12 + int.from_bytes(content[place : place + 4])
        if name in PNG_KEPT:
            kept.append(content[place:end])
        elif name == b"eXIf":
            exif = content[place + 8 : end - 4]
        if name == b"IEND":
            break
        place = end
    return b"".join(kept), exif


def _bare_jpeg(content: bytes) -> tuple[bytes, bytes | None]:
    kept, exif, place = [JPEG], None, len(JPEG)
    for marker, start, end in _segments(content):
        if marker not in JPEG_DROPPED:
            kept.append(content[start:end])
        elif exif is None and marker == 0xE1 and content[start + 4 : start + 10] == EXIF:
            exif = content[start + 4 : end]
        place = end
    return b"".join([*kept, content[place:]]), exif


def _segments(content: bytes) -> Iterator[tuple[int, int, int]]:
    """Marker, start and end of a JPEG file's segments before its first scan."""
    place = len(JPEG)
    while place + 4 <= len(content):
        while content[place : place + 2] in (b"\xff\xff", b"\0\xff", b"\0\0", b"\xff\0"):
            place += 1  # fill bytes, of any number
        marker = content[place + 1] if content[place : place + 1] == b"\xff" and place + 4 <= len(content) else 0xDA
        if marker == 0xDA:
            return
        end = place + 2 + int.from_bytes(content[place + 2 : place + 4])
        yield marker, place, end
        place = end


def completed(jpeg: bytes) -> bytes | None:
    """A progressive JPEG file that is cut off, ended where it is; None where it lacks more than fine detail.

    Each scan of such a file covers the whole picture. What makes it legible is there once the first scan that goes to
    the last coefficient of the brightness, component 1 in nearly all files, is followed by another one.
    """
    scans = []
    place = jpeg.find(START_OF_SCAN)
    while place >= 0:
        count = jpeg[place + 4] if place + 4 < len(jpeg) else 0
        components = jpeg[place + 5 : place + 5 + 2 * count : 2]
        last = jpeg[place + 6 + 2 * count : place + 7 + 2 * count]
        scans.append(1 in components and last == bytes([LAST_COEFFICIENT]))
        place = jpeg.find(START_OF_SCAN, place + 2)
    return jpeg + END_OF_IMAGE if any(scans[:-1]) else None
