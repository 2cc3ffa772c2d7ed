"""Pictures that are cut off or damaged: what is there, where most of it is."""

from collections.abc import Callable
from contextlib import suppress
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

MOST_MISSING = 0.1  # of the pixels; of a digit cut in half the other half may be another digit
MOST_PIXELS = 16_000_000  # of a damaged picture: it is decoded twice, and both are held
PREFILLED = (0, 255)
ENDS = (b"\xff\xd9", b"\x55" * 64 + b"\xff\xd9")  # nothing but a JPEG file's end mark; more picture, of no sense


def rest(opened: Callable[[], Image.Image]) -> tuple[Image.Image, float] | None:
    """What a damaged file holds of its picture, the page continued over what is missing, and how much that is, 0-1.

    None where more than MOST_MISSING is missing. The file is decoded twice, onto different colours: where the two
    differ, nothing was decoded. This asks no decoder, and depends on nothing that memory held before.
    """
    first = opened()
    if first.width * first.height > MOST_PIXELS:
        return None
    onto_black, onto_white = (
        _decoded_onto(image, colour) for image, colour in zip((first, opened()), PREFILLED, strict=True)
    )
    if onto_black is None or onto_white is None:
        return None
    return _filled(first, onto_black, _unlike(onto_black, onto_white))


def rest_of_jpeg(content: bytes, opened: Callable[[bytes], Image.Image]) -> tuple[Image.Image, float] | None:
    """The same of a JPEG file that is cut off: it is decoded with two different ends.

    Its decoder keeps back the last rows when it is not told that the file ends, and makes up the rest when it is. From
    the first row on in which the two ends make a difference, the rows are missing.
    """
    first, second = (opened(content + end) for end in ENDS)
    if first.width * first.height > MOST_PIXELS:
        return None
    pixels = np.asarray(first)
    rows = _unlike(pixels, np.asarray(second)).any(axis=1)
    return _filled(first, pixels, np.repeat(np.logical_or.accumulate(rows)[:, None], first.width, axis=1))


def _unlike(first: NDArray[Any], second: NDArray[Any]) -> NDArray[np.bool_]:
    """Where two decoded pictures differ, (h, w)."""
    found: NDArray[np.bool_] = first != second
    return np.any(found, axis=2) if found.ndim == 3 else found


def _filled(image: Image.Image, pixels: NDArray[Any], missing: NDArray[np.bool_]) -> tuple[Image.Image, float] | None:
    share = float(missing.mean())
    if share > MOST_MISSING:
        return None
    if share:
        image.paste(_page(pixels[~missing], image.mode), None, Image.fromarray(missing))
    return image, share


def _page(pixels: NDArray[Any], mode: str) -> float | tuple[int, ...]:
    """The colour that most pixels, (n,) or (n, bands), are like."""
    if mode == "P":
        return int(np.bincount(pixels).argmax())
    colour = np.median(pixels, axis=0)
    if colour.ndim:
        return tuple(map(int, colour))
    return float(colour) if mode == "F" else int(colour * 255 if mode == "1" else colour)


def missing_note(share: float) -> str | None:
    """What to say of a picture of which a share, 0-1, is missing."""
    if not share:
        return None
    amount = "less than 1 %" if share < 0.01 else f"{round(100 * share)} %"
    return f"The file is cut off or damaged: {amount} of the picture is missing, and was read as blank."


def _decoded_onto(image: Image.Image, colour: int) -> NDArray[Any] | None:
    prepare = image.load_prepare  # type: ignore[attr-defined]

    def prefilled() -> None:
        prepare()
        bands = image.im.bands
        image.im.paste(colour if bands == 1 else (colour,) * bands, (0, 0, *image.size))

    # Pillow calls this hook once the pixels' memory is there, before anything is decoded into it.
    image.load_prepare = prefilled  # type: ignore[attr-defined]
    with suppress(Exception):
        image.load()
    del image.load_prepare  # type: ignore[attr-defined]  # which holds the image that holds it
    image.tile = []  # type: ignore[attr-defined]  # what is to be decoded: nothing more
    with suppress(OSError):  # of a file that failed before there was any memory for it
        return np.asarray(image)
    return None
