"""TIFF pages as files that hold one page, and nothing but what tells its pixels; decoders that can be relied on.

libtiff reports some strips as decoded that it did not fill, and Pillow then hands out what its memory held before:
part of another picture, maybe. What can do that is decoded another way (fax codes: `tiff_fax`; JPEG: as JPEG files) or
refused.
"""

import struct
import zlib
from collections.abc import Mapping
from io import BytesIO
from types import MappingProxyType

import numpy as np
from PIL import Image

from pipeline.errors import NotAPicture
from pipeline.recognition.exif import Directory
from pipeline.recognition.file_kinds import READ

SIGNATURES = (b"II*\0", b"MM\0*", b"II+\0", b"MM\0+")
WIDTH, HEIGHT, BITS, COMPRESSION, PHOTOMETRIC, FILL_ORDER = 256, 257, 258, 259, 262, 266
STRIP_OFFSETS, SAMPLES, ROWS_PER_STRIP, STRIP_BYTES, PLANES = 273, 277, 278, 279, 284
FAX3_OPTIONS, PREDICTOR, COLOURS, EXTRA_SAMPLES, SAMPLE_FORMAT, JPEG_TABLES = 292, 317, 320, 338, 339, 347
TILE_WIDTH, TILE_HEIGHT, TILE_OFFSETS, TILE_BYTES = 322, 323, 324, 325
YCBCR_TAGS = (529, 530, 531, 532)  # coefficients, subsampling, positioning, reference black and white
# The tags that say how pixels are coded; those of strips and tiles are written anew.
KEPT = (
    *(WIDTH, HEIGHT, BITS, COMPRESSION, PHOTOMETRIC, FILL_ORDER, SAMPLES, ROWS_PER_STRIP, PLANES, FAX3_OPTIONS),
    *(PREDICTOR, COLOURS, TILE_WIDTH, TILE_HEIGHT, EXTRA_SAMPLES, SAMPLE_FORMAT, *YCBCR_TAGS),
)
NONE, LZW, DEFLATE, OLD_DEFLATE, PACKBITS, JPEG = 1, 5, 8, 32946, 32773, 7
FAX = {2: "tiff_ccitt", 3: "group3", 4: "group4"}
# Pillow itself reads what is not compressed; libtiff reports a strip that is too short in the others.
CHECKED = (NONE, LZW, DEFLATE, OLD_DEFLATE, PACKBITS)
MOST_STRIPS = 100_000  # of a page; one a row is the most that scanners write
ADOBE = b"\xff\xee\x00\x0eAdobe\x00\x64\x00\x00\x00\x00"  # the segment of a JPEG file that ends in the colour transform
RGB, YCBCR = 2, 6
FLOAT = 3


def is_tiff(content: bytes) -> bool:
    return content.startswith(SIGNATURES)


class Page:
    """One page of a TIFF file. Raises NotAPicture where it is coded in a way that is not read."""

    def __init__(self, content: bytes, directory: Directory):
        self.directory = directory
        self.width, self.height = directory.value(WIDTH, 0), directory.value(HEIGHT, 0)
        self.compression = directory.value(COMPRESSION, NONE)
        self.photometric = directory.value(PHOTOMETRIC, 0)
        self.samples = directory.value(SAMPLES, 1)
        self.tiled = TILE_OFFSETS in directory.tags
        self.rows = min(max(directory.value(ROWS_PER_STRIP, self.height), 1), max(self.height, 1))
        self.strips = self._segments(content)  # or tiles, in their order
        if self.compression not in (*CHECKED, *FAX, JPEG) or (self.tiled and self.compression not in CHECKED):
            raise NotAPicture(
                f"This TIFF is compressed in a way that is not read (number {self.compression}"
                f"{' in tiles' if self.tiled else ''}). Save it without compression, with LZW, or as {READ}."
            )

    def _segments(self, content: bytes) -> list[bytes]:
        offsets = self.directory.values(TILE_OFFSETS if self.tiled else STRIP_OFFSETS)
        lengths = self.directory.values(TILE_BYTES if self.tiled else STRIP_BYTES)
        if len(offsets) == 1 and not lengths:
            lengths = (len(content),)  # an early TIFF file; what there is
        if not offsets or len(offsets) != len(lengths) or len(offsets) > MOST_STRIPS:
            raise ValueError(f"{len(offsets):,} strips with {len(lengths):,} lengths")
        strips = [content[start : start + length] for start, length in zip(offsets, lengths, strict=True)]
        if sum(map(len, strips)) > len(content):
            raise ValueError("strips that overlap")
        return strips

    def needed_strips(self) -> list[bytes]:
        """As many strips as the page's height takes. Raises ValueError where there are fewer."""
        needed = -(-self.height // self.rows)
        if len(self.strips) < needed:
            raise ValueError(f"{len(self.strips):,} strips of {self.rows:,} rows, expected {needed:,}")
        return self.strips[:needed]

    def opened(self) -> Image.Image:
        """The page as an image, its pixels still to be loaded unless the decoder is one of this project's."""
        if self.compression == JPEG:
            return self._jpeg()
        if self.directory.value(SAMPLE_FORMAT, 1) == FLOAT and self.samples > 1:
            return self._float_colours()
        return Image.open(BytesIO(written(self.directory, self.strips, self.tiled)), formats=("TIFF",))

    def _jpeg(self) -> Image.Image:
        """JPEG strips, each made a file of its own."""
        tables = self.directory.tags.get(JPEG_TABLES, (0, 0, b"\xff\xd8\xff\xd9"))[2]
        transform = b"\1" if self.photometric == YCBCR else b"\0"
        colour = ADOBE + transform if self.samples > 1 else b""
        page = Image.new("L" if self.samples == 1 else "RGB", (self.width, self.height))
        for number, strip in enumerate(self.needed_strips()):
            image = Image.open(BytesIO(b"\xff\xd8" + colour + tables[2:-2] + strip[2:]), formats=("JPEG",))
            rows = min(self.rows, self.height - number * self.rows)
            if image.mode != page.mode or image.width != self.width or not rows <= image.height <= self.rows + 16:
                raise ValueError(f"strip {number} is {image.width}×{image.height} {image.mode}")
            page.paste(image, (0, number * self.rows))
        return page

    def _float_colours(self) -> Image.Image:
        """RGB of floating point, 0-1: Pillow has no such mode. Raises NotAPicture where it is packed unusually."""
        bits = set(self.directory.values(BITS))
        kind = {16: "f2", 32: "f4", 64: "f8"}.get(max(bits, default=0))
        plain = self.directory.value(PREDICTOR, 1) == 1 and self.directory.value(PLANES, 1) == 1 and not self.tiled
        packed = self.compression in (DEFLATE, OLD_DEFLATE)
        if (
            kind is None
            or len(bits) > 1
            or self.samples not in (3, 4)
            or not plain
            or not (packed or self.compression == NONE)
        ):
            raise NotAPicture(
                "This TIFF holds colours as floating-point numbers, packed in a way that is not read. "
                f"Save it with 8 or 16 bits per channel, or as {READ}."
            )
        row = self.width * self.samples * max(bits) // 8
        strips = [
            _inflated(strip, row * self.rows) if packed else strip[: row * self.rows] for strip in self.needed_strips()
        ]
        values = np.frombuffer(b"".join(strips)[: row * self.height], self.directory.order + kind)
        colours = np.nan_to_num(values.reshape(self.height, self.width, self.samples).astype(np.float32), posinf=1)
        return Image.fromarray((colours.clip(0, 1)[..., :3] * 255 + 0.5).astype(np.uint8))


def _inflated(strip: bytes, most: int) -> bytes:
    return zlib.decompressobj().decompress(strip, most)


def written(
    directory: Directory, strips: list[bytes], tiled: bool = False, changed: Mapping[int, int] = MappingProxyType({})
) -> bytes:
    """A TIFF file of one page with these strips or tiles; `changed` are values of tags in place of the directory's."""
    order = directory.order
    offsets = 8 + np.cumsum([0, *map(len, strips)])
    tags = {tag: _classic(directory, tag) for tag in KEPT if tag in directory.tags}
    for tag, numbers in zip(
        (TILE_OFFSETS, TILE_BYTES) if tiled else (STRIP_OFFSETS, STRIP_BYTES),
        (offsets[:-1], np.diff(offsets)),
        strict=True,
    ):
        tags[tag] = 4, len(numbers), numbers.astype(order + "u4").tobytes()
    tags |= {tag: (4, 1, struct.pack(order + "I", value)) for tag, value in changed.items()}
    place = int(offsets[-1]) + 2 + 12 * len(tags) + 4
    entries, beyond = [], []
    for tag, (kind, count, values) in sorted(tags.items()):
        inline = len(values) <= 4
        entries.append(struct.pack(order + "HHI", tag, kind, count))
        entries.append(values.ljust(4, b"\0") if inline else struct.pack(order + "I", place))
        if not inline:
            beyond.append(values)
            place += len(values)
    mark = b"II" if order == "<" else b"MM"
    head = mark + struct.pack(order + "HI", 42, int(offsets[-1]))
    return b"".join([head, *strips, struct.pack(order + "H", len(tags)), *entries, b"\0" * 4, *beyond])


def _classic(directory: Directory, tag: int) -> tuple[int, int, bytes]:
    """A tag's values in a type that files of less than 4 GiB have."""
    kind, count, content = directory.tags[tag]
    if kind not in (16, 17, 18):
        return kind, count, content
    return 4, count, struct.pack(f"{directory.order}{count}I", *(value & 0xFFFFFFFF for value in directory.values(tag)))
