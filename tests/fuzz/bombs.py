"""Small files that ask for much memory: a name, the file, and how many pixels are decoded of it at most.

Of those whose header or metadata lies, none.
"""

import struct
import zlib
from collections.abc import Iterator
from io import BytesIO

import numpy as np
import pillow_heif
from drawings import save
from PIL import Image

LARGE = 4000  # pixels a side: within all limits, and large beside what a process has in hand anyway
ANIMATED = 2000


def bombs() -> Iterator[tuple[str, bytes, int]]:
    yield from _stills()
    yield from _animations()
    yield "PNG with 8,000 EXIF tags", _with_exif(_overlapping(8000, 25_000)), 0
    yield "JPEG with 5,000 EXIF tags", save(Image.new("L", (60, 60)), "JPEG", exif=_overlapping(5000, 2000)[:65_000]), 0
    yield "TIFF of 4 MB with 200 tags", _overlapping(200, 4_000_000, bytes(4_000_000)), 0
    for name, content in _lies():
        yield f"{name} of 60,000×60,000 pixels by its header", content, 0


def _stills() -> Iterator[tuple[str, bytes, int]]:
    grey = Image.linear_gradient("L").resize((LARGE, LARGE))
    deep = np.full((LARGE, LARGE), 30_000, np.uint16)
    for mode in ("1", "L", "P", "LA", "RGB", "RGBA"):
        yield f"PNG {mode}", save(grey.convert(mode), compress_level=1), LARGE**2
    yield "PNG I;16", save(deep, compress_level=1), LARGE**2
    yield "TIFF I;16", save(deep, "TIFF", compression="tiff_lzw"), LARGE**2
    yield "TIFF F", save(deep.astype(np.float32), "TIFF", compression="tiff_lzw"), LARGE**2
    yield "JPEG progressive", save(grey.convert("RGB"), "JPEG", progressive=True), LARGE**2
    yield "WEBP", save(grey, "WEBP", method=0), LARGE**2
    yield "WEBP lossless", save(Image.new("RGBA", grey.size, "red"), "WEBP", lossless=True, method=0), LARGE**2
    yield "GIF", save(grey, "GIF"), LARGE**2
    yield "BMP", save(Image.new("1", grey.size), "BMP"), LARGE**2
    for compression in ("packbits", "jpeg"):
        yield f"TIFF {compression}", save(grey.convert("RGB"), "TIFF", compression=compression), LARGE**2
    yield "TIFF group4", save(Image.new("1", grey.size, 1), "TIFF", compression="group4"), LARGE**2
    yield "AVIF", save(grey, "AVIF", speed=10), LARGE**2
    out = BytesIO()
    pillow_heif.from_pillow(Image.new("RGB", grey.size, "red")).save(out, quality=50)
    yield "HEIC", out.getvalue(), LARGE**2


def _animations() -> Iterator[tuple[str, bytes, int]]:
    """Blank frames, so that all are looked at that may be."""
    frames = [Image.new("RGB", (ANIMATED, ANIMATED), (255, 255, 255 - number)) for number in range(5)]
    for form, options in (("GIF", {}), ("WEBP", {"lossless": True, "method": 0}), ("PNG", {"compress_level": 1})):
        frames[0].save(out := BytesIO(), form, save_all=True, append_images=frames[1:], **options)
        yield f"{form} of 5 frames", out.getvalue(), 5 * ANIMATED**2
    small = [Image.new("L", (60, 60), 255 - number % 2) for number in range(3000)]
    yield "GIF of 3,000 frames", save(small[0], "GIF", save_all=True, append_images=small[1:]), 0


def _overlapping(count: int, length: int, end: bytes = b"") -> bytes:
    """A directory of tags that all hold the same bytes."""
    entries = b"".join(struct.pack("<HHII", 40_000 + number, 7, length, 100) for number in range(count))
    return struct.pack("<2sHIH", b"II", 42, 8, count) + entries + (end or bytes(max(0, 200_000 - len(entries))))


def _with_exif(block: bytes) -> bytes:
    picture = save(Image.new("L", (60, 60), 255))
    chunk = b"eXIf" + block
    return picture[:33] + len(block).to_bytes(4) + chunk + zlib.crc32(chunk).to_bytes(4) + picture[33:]


def _lies() -> Iterator[tuple[str, bytes]]:
    side = 60_000
    small = Image.new("RGB", (60, 60))
    head = struct.pack(">4sIIBBBBB", b"IHDR", side, side, 8, 2, 0, 0, 0)
    yield "PNG", b"\x89PNG\r\n\x1a\n" + struct.pack(">I", 13) + head + zlib.crc32(head).to_bytes(4) + save(small)[33:]
    for form, old, new in (
        ("JPEG", b"\x08\0\x3c\0\x3c", struct.pack(">BHH", 8, side, side)),
        ("GIF", b"GIF87a\x3c\0\x3c\0", struct.pack("<6sHH", b"GIF87a", side, side)),
        ("BMP", struct.pack("<II", 60, 60), struct.pack("<II", side, side)),
        ("AVIF", struct.pack(">II", 60, 60), struct.pack(">II", side, side)),
        ("TIFF", struct.pack("<HII", 4, 1, 60), struct.pack("<HII", 4, 1, side)),
    ):
        content = save(small, form)
        assert old in content, form
        yield form, content.replace(old, new)
    frames = save(small, "WEBP", save_all=True, append_images=[Image.new("RGB", (60, 60), "red")])
    canvas = (side - 1).to_bytes(3, "little") * 2
    yield "WEBP", frames[:24] + canvas + frames[30:]
