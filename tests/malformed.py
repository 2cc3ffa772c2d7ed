"""Malformed pictures from a seed, in every format that is read: the same seed gives the same ones."""

import re
import struct
import zlib
from collections.abc import Callable, Iterator
from io import BytesIO
from random import Random

import numpy as np
import pillow_heif
from drawings import SEVEN, drawn, save
from PIL import Image

FAX = ("tiff_ccitt", "group3", "group4")
TIFF = ("raw", "tiff_lzw", "tiff_adobe_deflate", "packbits", "jpeg")
# What lengths, counts and sizes are changed to; as many of the low bits as there is room for.
EXTREMES = (0, 1, 2, 3, 16, 127, 255, 8001, 32_767, 60_000, 65_535, 16_777_215, 2**31 - 1, 2**31, 2**32 - 1)
BOXES = rb"ftyp|meta|iinf|infe|iloc|iprp|ipco|ispe|ipma|hvcC|av1C|mdat|idat|irot|pixi|moov|trak|stsz|stco"
DATES = re.compile(rb"([mt][dkv]hd\x01\x00\x00.).{16}", re.DOTALL)  # of writing, which would change what a seed gives
# How each format starts; the marks in its files; where numbers stand from there, and how `struct` calls them.
NUMBERS = (
    (b"\x89PNG", rb"[A-Za-z]{4}", ((-4, ">I"), (4, ">I"), (8, ">I"), (12, "B"), (13, "B"), (16, "B"))),
    (b"\xff\xd8", rb"\xff[\xc0-\xef]", ((2, ">H"), (5, ">H"), (7, ">H"), (9, "B"), (11, "B"))),
    (b"RIFF", rb"RIFF|VP8[ LX]|AN(?:IM|MF)|ALPH|EXIF", ((4, "<I"), (8, "<I"), (12, "<I"), (14, "<H"), (16, "<H"))),
    (b"GIF8", rb"GIF8|,|!\xf9", ((1, "<H"), (3, "<H"), (5, "<H"), (6, "<H"), (7, "<H"), (8, "<H"), (10, "B"))),
    (b"BM", rb"^BM", (*((place, "<I") for place in (2, 10, 14, 18, 22, 30, 34, 46)), (26, "<H"), (28, "<H"))),
    (b"II", rb"II[*+]\0|.[\1-\x91][\1-\x12]\0", ((2, "<H"), (4, "<I"), (8, "<I"), (12, "<Q"))),
    (b"\0\0\0", BOXES, ((-4, ">I"), (4, ">I"), (8, ">I"), (12, ">I"), (16, ">H"))),
)


def originals() -> dict[str, bytes]:
    """Small files of a seven, 60×90: each format, and what decoders treat apart in it."""
    seven = Image.fromarray(drawn(SEVEN, 8, 90, 60))
    blank = Image.new("RGB", seven.size, "white")
    exif = Image.Exif()
    exif[0x0112] = 6
    found = {mode: save(seven.convert(mode)) for mode in ("1", "L", "P", "LA", "RGBA")}
    found = {f"PNG {mode}": content for mode, content in found.items()}
    found["PNG I;16"] = save(np.asarray(seven)[..., 0].astype(np.uint16) * 257)
    for form in ("PNG", "JPEG", "WEBP", "TIFF", "AVIF"):
        found[form] = save(seven, form, exif=exif)
    for form in ("PNG", "WEBP", "GIF", "TIFF", "AVIF"):
        found[f"{form} frames"] = save(blank, form, save_all=True, append_images=[seven.copy()])
    found["AVIF frames"] = DATES.sub(rb"\1" + bytes(16), found["AVIF frames"])
    found |= {"GIF": save(seven, "GIF"), "BMP": save(seven, "BMP"), "BMP P": save(seven.convert("P"), "BMP")}
    found |= {"BMP RGBA": save(seven.convert("RGBA"), "BMP"), "WEBP lossless": save(seven, "WEBP", lossless=True)}
    found["WEBP RGBA"] = save(seven.convert("RGBA"), "WEBP")
    found |= {"JPEG progressive": save(seven, "JPEG", progressive=True), "JPEG L": save(seven.convert("L"), "JPEG")}
    found["JPEG CMYK"] = save(seven.convert("CMYK"), "JPEG")
    found |= {f"TIFF {name}": save(seven.convert("1"), "TIFF", compression=name, strip_size=200) for name in FAX}
    found |= {f"TIFF {name}": save(seven, "TIFF", compression=name) for name in TIFF}
    found |= {f"TIFF {mode}": save(seven.convert(mode), "TIFF") for mode in ("P", "F", "I", "I;16", "CMYK", "RGBA")}
    found["TIFF big"] = save(seven, "TIFF", big_tiff=True)
    out = BytesIO()
    pillow_heif.from_pillow(seven).save(out, quality=80, exif=exif.tobytes())
    return found | {"HEIC": out.getvalue()}


def mutants(seed: int, each: int = 10) -> Iterator[tuple[str, bytes]]:
    """Kind and content of every original changed in every way, `each` times; many are still read, if not right."""
    random = Random(seed)
    files = originals()
    for name, content in files.items():
        for change in CHANGES:
            for _ in range(each):
                yield f"{name}, {change.__name__}", change(content, random, files)


def bits(content: bytes, random: Random, _: dict[str, bytes]) -> bytes:
    changed = bytearray(content)
    for _ in range(random.choice((1, 2, 8))):
        changed[random.randrange(len(changed))] ^= 1 << random.randrange(8)
    return _sealed(bytes(changed)) if random.random() < 0.5 else bytes(changed)


def bytes_anywhere(content: bytes, random: Random, _: dict[str, bytes]) -> bytes:
    changed = bytearray(content)
    for _ in range(random.choice((1, 4, 40))):
        changed[random.randrange(len(changed))] = random.randrange(256)
    return _sealed(bytes(changed)) if random.random() < 0.5 else bytes(changed)


def cut(content: bytes, random: Random, _: dict[str, bytes]) -> bytes:
    return content[: random.randrange(len(content))]


def spliced(content: bytes, random: Random, files: dict[str, bytes]) -> bytes:
    """The start of one file and the end of another, or one whose middle is missing or stands there twice."""
    other = random.choice((content, random.choice(list(files.values()))))
    return content[: random.randrange(len(content))] + other[random.randrange(len(other)) :]


def numbers(content: bytes, random: Random, _: dict[str, bytes]) -> bytes:
    """Lengths, counts, widths and heights changed to extreme ones."""
    changed = bytearray(content)
    places = _numbers(content)
    for place, code in random.sample(places, min(len(places), random.choice((1, 1, 2)))):
        struct.pack_into(code, changed, place, random.choice(EXTREMES) & (1 << 8 * struct.calcsize(code)) - 1)
    return _sealed(bytes(changed)) if random.random() < 0.8 else bytes(changed)


CHANGES: tuple[Callable[[bytes, Random, dict[str, bytes]], bytes], ...] = (bits, bytes_anywhere, cut, spliced, numbers)


def _numbers(content: bytes) -> list[tuple[int, str]]:
    start, mark, places = next(each for each in NUMBERS if content.startswith(each[0]))
    found = [match.start() for match in re.finditer(mark, content, re.DOTALL)]
    both = [(at + place, code) for at in found for place, code in places]
    return [(at, code) for at, code in both if len(start) <= at <= len(content) - struct.calcsize(code)]


def _sealed(content: bytes) -> bytes:
    """A PNG file with the checksums right again, so that what was changed is looked at; others as they are."""
    if not content.startswith(b"\x89PNG"):
        return content
    parts, place = [content[:8]], 8
    while place + 12 <= len(content):
        end = place + 8 + int.from_bytes(content[place : place + 4])
        body = content[place + 4 : end]
        parts += [content[place : place + 4], body, zlib.crc32(body).to_bytes(4)]
        place = end + 4
    return b"".join([*parts, content[place:]])


def shapes() -> Iterator[tuple[str, bytes]]:
    """Kind and content of whole files that are thin or huge, blank and with a line through them."""
    for form in ("PNG", "JPEG", "WEBP", "GIF", "BMP", "TIFF", "AVIF"):
        for width, height in ((1, 1), (1, 2), (1, 16_000), (16_000, 1), (3, 9000), (9000, 3), (2999, 2)):
            pixels = np.full((height, width), 255, np.uint8)
            yield f"{form} {width}×{height}", save(pixels, form)
            pixels[height // 2, width // 2] = 0
            pixels[::2] //= 2
            yield f"{form} {width}×{height} striped", save(pixels, form)
    for form in ("PNG", "GIF", "TIFF", "BMP"):
        for width, height in ((8000, 8000), (8001, 8000), (1000, 64_000), (65_000, 1000)):
            yield f"{form} {width}×{height}", save(Image.new("1", (width, height), 1), form)


def predecessors() -> tuple[bytes, bytes]:
    """Two pictures, one the negative of the other: what a decoder hands out of either is not of the next file."""
    seven = Image.fromarray(drawn(SEVEN, 8, 90, 60)).convert("1")
    negative = Image.fromarray(~np.asarray(seven))
    return save(seven, "TIFF", compression="group4"), save(negative, "TIFF", compression="group4")
