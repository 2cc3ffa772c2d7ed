"""What a sender learns of how a picture is decoded."""

import zlib

from pipeline.errors import NotAPicture, TooLarge
from pipeline.recognition.decode import decode


def outcome(picture: bytes) -> str:
    """All that a sender learns, without its text; anything but the two refusals is raised."""
    try:
        found = decode(picture)
    except (NotAPicture, TooLarge) as error:
        return str(error)
    return f"{zlib.crc32(found.pixels.tobytes())} {found.width} {found.height} {found.note}"
