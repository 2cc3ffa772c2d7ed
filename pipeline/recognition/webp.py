"""WebP: what a file says of itself, and still pictures, decoded by OpenCV.

Pillow takes memory for two whole canvases as soon as it opens a file, whatever size its header tells: 16 GB for one of
60 bytes. And it decodes a still picture as an animation of one, at four times its memory. The library is the same.
"""

import struct
from collections.abc import Iterator

import cv2
import numpy as np
from PIL import Image

EXTENDED = b"VP8X"
ANIMATION = 2  # of the flags in its first byte


def is_webp(content: bytes) -> bool:
    return content.startswith(b"RIFF") and content[8:12] == b"WEBP"


class Webp:
    """A file's header: `size`, that of the canvas, whether it is `animated`, and its `exif` block if it has one.

    Raises ValueError where it is none.
    """

    def __init__(self, content: bytes):
        self._content = content
        name, start = content[12:16], content[20:30].ljust(10, b"\0")
        # As libwebp does: what the first chunk is tells how the file is read, whatever follows.
        self.size = _size(name, start)
        self.animated = name == EXTENDED and bool(start[0] & ANIMATION)
        self.exif = next((data for name, data in _chunks(content) if name == b"EXIF"), None)

    def opened(self) -> Image.Image:
        """The picture of a file that is not animated. Raises ValueError where it is damaged or of another size."""
        pixels = cv2.imdecode(np.frombuffer(self._content, np.uint8), cv2.IMREAD_UNCHANGED)
        if pixels is None or pixels.shape[1::-1] != self.size:
            raise ValueError("its WebP code cannot be decoded")
        order = {3: "BGR", 4: "BGRA"}[pixels.shape[2]]
        return Image.frombuffer(order.replace("BGR", "RGB"), self.size, pixels, "raw", order, 0, 1)


def _chunks(content: bytes) -> Iterator[tuple[bytes, bytes]]:
    place = 12
    while place + 8 <= len(content):
        name, length = struct.unpack_from("<4sI", content, place)
        yield name, content[place + 8 : place + 8 + length]
        place += 8 + length + length % 2


def _size(name: bytes, start: bytes) -> tuple[int, int]:
    """Width and height that the first chunk of a file tells in its first 10 bytes."""
    if name == EXTENDED:
        return 1 + int.from_bytes(start[4:7], "little"), 1 + int.from_bytes(start[7:10], "little")
    if name == b"VP8L":
        bits = int.from_bytes(start[1:5], "little")
        return 1 + (bits & 0x3FFF), 1 + (bits >> 14 & 0x3FFF)
    if name == b"VP8 ":
        width, height = struct.unpack_from("<HH", start, 6)
        return width & 0x3FFF, height & 0x3FFF
    raise ValueError("no WebP header")
