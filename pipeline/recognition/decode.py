"""Picture bytes to upright RGB pixels; nothing that a stranger sends may do more than fail readably."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import chain

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, UnidentifiedImageError

from pipeline.errors import NotAPicture, TooLarge
from pipeline.recognition.damage import missing_note
from pipeline.recognition.exif import upright
from pipeline.recognition.file_kinds import FORMATS, READ, foreign
from pipeline.recognition.frames import Frame, frames

MAX_BYTES = 20 * 2**20
MAX_PIXELS = 64_000_000  # a 50-megapixel phone photo, with room to spare
WORKING_SIDE = 800  # pixels; a digit fills 20 of the model's 28, so more than this buys nothing
MOST_ELONGATED = 40  # times its short side; a longer strip is stretched to that, or its short side shrinks to nothing
LEGIBLE = 10  # pixels, half of what a digit fills of the model's 28; lower ones cannot be told apart
MOST_FRAMES = 16  # that are looked at for one that is not blank, and no more than MAX_PIXELS in all of them
BAND_PIXELS = 2**20  # converted at once: a hundredth of the largest picture, and all of nearly every small one
BLANK_RANGE = 8  # of 255; what compression and dithering make of one colour

Pixels = NDArray[np.uint8]  # (h, w, 3) RGB


class ManyPixels(Exception):
    """A picture has more pixels than whoever asked wants to wait for; it is not decoded, and may well be read."""


@dataclass(frozen=True)
class Picture:
    """`pixels` (h, w, 3) uint8 RGB, at most WORKING_SIDE a side; `width`, `height` of the upright one that came.

    `note` is what its sender should know of how the file was read, in a sentence; None where there is nothing to say.
    """

    pixels: Pixels
    width: int
    height: int
    note: str | None = None


def decode(picture: bytes, most_pixels: int = MAX_PIXELS) -> Picture:
    """The picture as a person sees it: turned upright, transparency filled; the first frame that is not blank.

    Raises NotAPicture and TooLarge; ManyPixels where there are more than `most_pixels`, before it is decoded.
    """
    if len(picture) > MAX_BYTES:
        raise TooLarge(f"The picture has {len(picture):,} bytes; at most {MAX_BYTES:,} are read. Send a smaller one.")
    known = foreign(picture)
    if known is not None:
        name, remedy = known
        raise NotAPicture(f"This is {name}, which is not read. {remedy}")
    try:
        return _first_with_content(picture, most_pixels)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        most = f"The picture has more than {MAX_PIXELS:,} pixels, the most that are read. Send a smaller one."
        raise TooLarge(most) from error
    except (NotAPicture, TooLarge, ManyPixels):
        raise
    # Decoders raise almost anything on damaged input: OSError, SyntaxError, ValueError, struct.error, …
    except Exception as error:
        raise NotAPicture(_why(picture, error)) from error


def _check_pixels(width: int, height: int, most: int = MAX_PIXELS, of: str = "") -> None:
    if width < 1 or height < 1:
        raise ValueError(f"{width}×{height} pixels")
    if width * height > most:
        raise TooLarge(
            f"The picture has {width}×{height} = {width * height:,} pixels; at most {most:,} are read{of}. "
            "Send a smaller one."
        )


def _why(picture: bytes, error: Exception) -> str:
    if not picture:
        return "The picture is empty (0 bytes). Send the bytes of one picture file."
    if isinstance(error, UnidentifiedImageError):
        formats = ", ".join(FORMATS)
        return f"These {len(picture):,} bytes are not a picture in a format that is read. Send one of {formats}."
    reason = str(error) or type(error).__name__
    return f"The picture is broken or truncated ({reason}). Open and save it again as {READ}."


def _first_with_content(picture: bytes, most_pixels: int) -> Picture:
    """The first frame that is not blank; the first one where none is among those that are looked at."""

    def check(width: int, height: int, most: int = MAX_PIXELS, of: str = "") -> None:
        _check_pixels(width, height, most, of)
        if width * height > most_pixels:
            raise ManyPixels

    first = None
    for number, frame in enumerate(frames(picture, check, WORKING_SIDE)):
        found = _picture(frame)
        if not frame.kind or not _blank(found.pixels):
            return replace(found, note=_note(found.note, _which(number, frame.kind)))
        first = first or found
        which = f"The file has several {frame.kind}s; all are blank."
        if number + 1 == MOST_FRAMES or (number + 2) * frame.width * frame.height > MAX_PIXELS:
            which = f"The file has several {frame.kind}s; {_first(number + 1)} blank, and no other was looked at."
            break
    if first is None:
        raise ValueError("no picture in it")
    return replace(first, note=_note(first.note, which))


def _which(blank: int, kind: str) -> str | None:
    """What to say of the frame that was read, after so many blank ones."""
    if not kind:
        return None
    if not blank:
        return f"The file has several {kind}s; only the first was read."
    return f"The file has several {kind}s; {_first(blank)} blank, only {kind} {blank + 1} was read."


def _first(count: int) -> str:
    return f"the first {count} are" if count > 1 else "the first is"


def _blank(pixels: Pixels) -> bool:
    extremes = [channel.max() - channel.min() for channel in np.moveaxis(pixels, 2, 0)]
    return bool(max(extremes) <= BLANK_RANGE)


def _note(*notes: str | None) -> str | None:
    return " ".join(filter(None, notes)) or None


def _picture(frame: Frame) -> Picture:
    image = _eight_bit(frame.image)
    transparent = image.has_transparency_data and not _no_alpha_meant(image, frame.image.format)
    pixels = _shrunk(_pixels(image, "RGBA" if transparent else "RGB"))
    # Turned when it is small: a large one would be held twice.
    pixels = np.asarray(upright(Image.fromarray(pixels), frame.orientation))
    width, height = (frame.height, frame.width) if frame.orientation >= 5 else (frame.width, frame.height)
    return Picture(
        _fill_transparency(pixels) if transparent else pixels, width, height,
        _note(missing_note(frame.missing), _strip_note(width, height)),
    )  # fmt: skip


def _bands(image: Image.Image) -> Iterator[Image.Image]:
    """An image in parts of at most BAND_PIXELS, or a row, from the top: what converts it holds little besides."""
    rows = max(1, BAND_PIXELS // image.width)
    if rows >= image.height:
        yield image
        return
    for top in range(0, image.height, rows):
        yield image.crop((0, top, image.width, min(top + rows, image.height)))


def _pixels(image: Image.Image, mode: str) -> Pixels:
    """(h, w, channels) of a mode of one byte a channel."""
    bands = (np.asarray(_as(band, mode)) for band in _bands(image))
    first = next(bands)
    if len(first) == image.height:
        return first
    pixels = np.empty((image.height, *first.shape[1:]), np.uint8)
    row = 0
    for band in chain([first], bands):
        pixels[row : row + len(band)] = band
        row += len(band)
    return pixels


def _no_alpha_meant(image: Image.Image, form: str | None) -> bool:
    """Whether alpha is 0 all over a BMP file: programs that know of no alpha leave that byte so."""
    return form == "BMP" and image.mode == "RGBA" and image.getchannel("A").getextrema() == (0, 0)


def _shrunk(pixels: Pixels) -> Pixels:
    """At most WORKING_SIDE a side, and at most MOST_ELONGATED times as long as wide."""
    factor = min(1.0, WORKING_SIDE / max(pixels.shape))
    sides = [round(side * factor) for side in pixels.shape[:2]]
    # Stretched, not padded, so that a place on the whole picture stays what it is as a share of each side.
    height, width = (max(side, 1, max(sides) // MOST_ELONGATED) for side in sides)
    if (height, width) == pixels.shape[:2]:
        return pixels
    return cv2.resize(pixels, (width, height), interpolation=cv2.INTER_AREA)


def _strip_note(width: int, height: int) -> str | None:
    """What to say of a strip whose digits are lost when it is made small."""
    short, long = sorted((width, height))
    left = short * WORKING_SIDE / long
    if long <= WORKING_SIDE or left >= LEGIBLE:
        return None
    return (
        f"The picture is a strip of {width}×{height} pixels: made {WORKING_SIDE} pixels long, as every larger one is, "
        f"it is {max(1, round(left))} wide, too little to read. Cut out the part with the digits."
    )


def _as(image: Image.Image, mode: str) -> Image.Image:
    return image if image.mode == mode else image.convert(mode)


def _eight_bit(image: Image.Image) -> Image.Image:
    """Modes of 16 or 32 bits a pixel scaled to 8; Pillow's own conversion would clip them."""
    if not image.mode.startswith(("I", "F")):
        return image
    extremes = [(values.min(), values.max()) for values in map(_values, _bands(image))]
    least = min(0, *(low for low, _ in extremes))
    top = max(high for _, high in extremes) - least
    # Whole numbers of at most 1 are a black page, not a white one; scanners write 10, 12 or 14 bits into 16.
    limits = (255, 1023, 4095, 16383, 65535) if image.mode.startswith("I") else (1, 255, 65535)
    full = next((limit for limit in limits if top <= limit), top)
    bands = [((values - least) * (255 / full)).astype(np.uint8) for values in map(_values, _bands(image))]
    scaled = Image.fromarray(np.concatenate(bands))
    scaled.info = image.info
    return scaled


def _values(image: Image.Image) -> NDArray[np.float32]:
    return np.nan_to_num(np.asarray(image, np.float32), nan=0, posinf=255, neginf=0)


def _fill_transparency(pixels: Pixels) -> Pixels:
    """Put a page under a transparent picture, chosen so that what was drawn stands out.

    A mostly transparent picture is ink on nothing: the page is black under light ink, else white. A mostly opaque one
    brings its own page, which continues under the transparent parts (rounded corners, say).
    """
    colours, alpha = pixels[..., :3].astype(np.float32), pixels[..., 3:].astype(np.float32) / 255
    visible = alpha[..., 0] > 0.5
    if visible.mean() > 0.5:
        page = np.median(colours[visible], axis=0)
    else:
        ink = (colours * alpha).sum((0, 1)) / max(alpha.sum(), 1e-6)
        page = np.full(3, 0.0 if alpha.any() and ink.mean() > 127 else 255.0)
    return (colours * alpha + page * (1 - alpha) + 0.5).astype(np.uint8)
