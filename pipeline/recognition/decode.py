"""Picture bytes to upright RGB pixels; nothing that a stranger sends may do more than fail readably."""

from contextlib import suppress
from dataclasses import dataclass
from io import BytesIO

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps, UnidentifiedImageError

from pipeline.errors import NotAPicture, TooLarge

FORMATS = ("PNG", "JPEG", "WEBP", "GIF", "BMP", "TIFF")
MAX_BYTES = 20 * 2**20
MAX_PIXELS = 64_000_000  # a 50-megapixel phone photo, with room to spare
WORKING_SIDE = 800  # pixels; a digit fills 20 of the model's 28, so more than this buys nothing

Pixels = NDArray[np.uint8]  # (h, w, 3) RGB


@dataclass(frozen=True)
class Picture:
    """`pixels` (h, w, 3) uint8 RGB, at most WORKING_SIDE a side; `width`, `height` of the upright one that came."""

    pixels: Pixels
    width: int
    height: int


def decode(picture: bytes) -> Picture:
    """The picture as a person sees it: first frame, turned upright, transparency filled.

    Raises NotAPicture and TooLarge.
    """
    if len(picture) > MAX_BYTES:
        raise TooLarge(f"The picture has {len(picture):,} bytes; at most {MAX_BYTES:,} are read. Send a smaller one.")
    try:
        image = Image.open(BytesIO(picture), formats=FORMATS)
        _check_pixels(*image.size)
        return _pixels(image)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        most = f"The picture has more than {MAX_PIXELS:,} pixels, the most that are read. Send a smaller one."
        raise TooLarge(most) from error
    except TooLarge:
        raise
    # Pillow's decoders raise almost anything on damaged input: OSError, SyntaxError, ValueError, struct.error, …
    except Exception as error:
        raise NotAPicture(_why(picture, error)) from error


def _check_pixels(width: int, height: int) -> None:
    if width * height > MAX_PIXELS:
        raise TooLarge(
            f"The picture has {width}×{height} = {width * height:,} pixels; at most {MAX_PIXELS:,} are read. "
            "Send a smaller one."
        )


def _why(picture: bytes, error: Exception) -> str:
    if not picture:
        return "The picture is empty (0 bytes). Send the bytes of one picture file."
    formats = ", ".join(FORMATS)
    if isinstance(error, UnidentifiedImageError):
        return f"These {len(picture):,} bytes are not a picture in a format that is read. Send one of {formats}."
    reason = str(error) or type(error).__name__
    return f"The picture is broken or truncated ({reason}). Open and save it again as one of {formats}."


def _pixels(image: Image.Image) -> Picture:
    size = image.size
    factor = WORKING_SIDE / max(size)
    image.draft(
        "RGB", (round(size[0] * factor), round(size[1] * factor))
    )  # JPEG: decode at 1/2, 1/4 or 1/8, no smaller
    image.load()
    image = _eight_bit(image)
    transparent = image.has_transparency_data
    image = _upright(_as(image, "RGBA" if transparent else "RGB"))
    width, height = sorted(size, reverse=image.width > image.height)
    pixels = _shrunk(np.asarray(image))
    return Picture(_fill_transparency(pixels) if transparent else pixels, width, height)


def _shrunk(pixels: Pixels) -> Pixels:
    factor = WORKING_SIDE / max(pixels.shape)
    if factor >= 1:
        return pixels
    height, width = (max(1, round(side * factor)) for side in pixels.shape[:2])
    return cv2.resize(pixels, (width, height), interpolation=cv2.INTER_AREA)


def _as(image: Image.Image, mode: str) -> Image.Image:
    return image if image.mode == mode else image.convert(mode)


def _upright(image: Image.Image) -> Image.Image:
    with suppress(Exception):  # a damaged EXIF block says nothing about which way is up
        ImageOps.exif_transpose(image, in_place=True)
    return image


def _eight_bit(image: Image.Image) -> Image.Image:
    """Modes of 16 or 32 bits a pixel scaled to 8; Pillow's own conversion would clip them."""
    if not image.mode.startswith(("I", "F")):
        return image
    values = np.nan_to_num(np.asarray(image, np.float32), nan=0, posinf=255, neginf=0)
    values -= min(0, values.min())
    top = values.max()
    # Whole numbers of at most 1 are a black page, not a white one; scanners write 10, 12 or 14 bits into 16.
    limits = (255, 1023, 4095, 16383, 65535) if image.mode.startswith("I") else (1, 255, 65535)
    full = next((limit for limit in limits if top <= limit), top)
    scaled = Image.fromarray((values * (255 / full)).astype(np.uint8))
    scaled.info = image.info
    return scaled


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
