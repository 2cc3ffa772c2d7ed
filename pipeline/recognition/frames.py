"""The frames or pages of a picture file of any format, decoded one by one, and what is missing of them."""

from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from io import BytesIO
from itertools import count, islice
from typing import Protocol

import numpy as np
from PIL import Image

from pipeline.recognition import bare, damage, exif, tiff_fax
from pipeline.recognition.heif import Heic, is_heic
from pipeline.recognition.tiff import FAX, Page, is_tiff
from pipeline.recognition.webp import Webp, is_webp

PILLOW = ("PNG", "JPEG", "WEBP", "GIF", "BMP", "AVIF")
RESTORED = ("PNG", "GIF", "BMP", "TIFF")  # Pillow decodes these row by row: what is there is there

# Pixels of what decoders take more memory for than 9 bytes a pixel, which is what the largest of the others cost.
MOST_ANIMATED = 30_000_000  # two canvases, and two copies of a frame, of 4 bytes a pixel each
MOST_AVIF = 40_000_000  # brightness and colours in up to 16 bits each, and two copies of a frame


class CheckPixels(Protocol):
    """Raises TooLarge where there are more pixels than `most`; by itself, the most that are read of any picture."""

    def __call__(self, width: int, height: int, most: int = ..., of: str = ..., /) -> None: ...


@dataclass(frozen=True)
class Frame:
    """A decoded image, and how the file says it lies.

    `width` and `height` are the file's: a JPEG may be decoded smaller. `missing` is a share of the pixels, 0-1.
    """

    image: Image.Image
    width: int
    height: int
    orientation: int = 1
    missing: float = 0.0
    kind: str = ""  # "frame" or "page" where the file has several, else empty


def frames(content: bytes, check: CheckPixels, side: int) -> Iterator[Frame]:
    """All frames of a file; `check` is called with the width and height of each before it is decoded.

    `side` is how many pixels of the longer side are needed: a JPEG is decoded at 1/2, 1/4 or 1/8, but no smaller.
    Raises whatever the decoders raise.
    """
    if is_tiff(content):
        yield from _tiff(content, check)
    elif is_heic(content):
        picture = Heic(content)
        check(*picture.size)
        yield Frame(picture.opened(), *picture.size)
    elif is_webp(content):
        yield from _webp(content, check, side)
    else:
        yield from _pillow(content, check, side)


def _webp(content: bytes, check: CheckPixels, side: int) -> Iterator[Frame]:
    picture = Webp(content)
    check(*picture.size)
    if picture.animated:
        check(*picture.size, MOST_ANIMATED, " of an animated WebP")
        yield from _pillow(content, check, side)
    else:
        yield Frame(picture.opened(), *picture.size, exif.orientation(picture.exif))


def _pillow(content: bytes, check: CheckPixels, side: int) -> Iterator[Frame]:
    picture, block = bare.bare(content)
    image: Image.Image = Image.open(BytesIO(picture), formats=PILLOW)
    check(*image.size)
    if image.format == "AVIF":
        check(*image.size, MOST_AVIF, " of an AVIF")
    width, height = image.size
    image.draft("RGB", _at_least(side, width, height))
    turn = exif.orientation(block or image.info.get("exif"))
    # A GIF file is asked by itself: after damage in its second frame its first one would be lost.
    several = _several(_reopened(picture, side) if image.format == "GIF" else image)
    try:
        image.load()
    except Exception:
        restored = _restored(lambda: _reopened(picture, side), picture)
        if restored is None:
            raise
        yield Frame(restored[0], width, height, turn, restored[1])
        return
    yield Frame(image, width, height, turn, kind="frame" if several else "")
    if several:
        with suppress(Exception):  # the frames before are good
            for number in count(1):
                image.seek(number)
                image.load()
                yield Frame(image, width, height, turn, kind="frame")


def _at_least(side: int, width: int, height: int) -> tuple[int, int]:
    factor = side / max(width, height)
    return max(1, round(width * factor)), max(1, round(height * factor))


def _reopened(content: bytes, side: int) -> Image.Image:
    image = Image.open(BytesIO(content), formats=PILLOW)
    image.draft("RGB", _at_least(side, *image.size))
    return image


def _several(image: Image.Image) -> bool:
    """Whether there is a second frame. `n_frames` would read a GIF file whole."""
    with suppress(Exception):
        return bool(getattr(image, "is_animated", False))
    return False


def _restored(opened: Callable[[], Image.Image], content: bytes) -> tuple[Image.Image, float] | None:
    """What there is of a damaged file, and which share is missing; None where that is too much.

    It is not handed the error to raise: that would keep its frames, and so this one, and so itself, with all pixels.
    """
    image = opened()
    found: tuple[Image.Image, float] | None = None
    if image.format == "JPEG" and image.info.get("progressive"):
        ended = bare.completed(content)
        found = (Image.open(BytesIO(ended), formats=("JPEG",)), 0.0) if ended else None
    elif image.format == "JPEG":
        found = damage.rest_of_jpeg(content, lambda ended: _reopened(ended, max(image.size)))
    elif image.format in RESTORED:
        found = damage.rest(opened)
    if found:
        found[0].load()
    return found


def _tiff(content: bytes, check: CheckPixels) -> Iterator[Frame]:
    found = exif.directories(content)
    first = next(found)
    following = []
    with suppress(ValueError):
        following = list(islice(found, 1))
    yield _page(content, first, check, "page" if following else "")
    with suppress(ValueError):
        for each in (*following, *found):
            yield _page(content, each, check, "page")


def _page(content: bytes, directory: exif.Directory, check: CheckPixels, kind: str) -> Frame:
    page = Page(content, directory)
    check(page.width, page.height)
    turn = directory.orientation
    if page.compression in FAX:
        light, lacking = tiff_fax.decode(page)
        missing = float(lacking.mean())
        if missing > damage.MOST_MISSING:
            raise ValueError(f"{round(100 * missing)} % of its fax code cannot be decoded")
        light = np.where(lacking, light[~lacking].mean() > 0.5, light) if missing else light
        return Frame(Image.fromarray(light), page.width, page.height, turn, missing, kind)
    image, missing = page.opened(), 0.0
    try:
        image.load()
    except Exception:
        restored = _restored(page.opened, b"")
        if restored is None:
            raise
        image, missing = restored
    return Frame(image, page.width, page.height, turn, missing, kind)
