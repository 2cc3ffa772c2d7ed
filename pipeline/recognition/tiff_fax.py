"""Fax codes in TIFF files: CCITT RLE, Group 3 and Group 4, of which libtiff reports damage as success.

Where a code is broken libtiff leaves the rest of a strip as it was in memory, and says that all is well. Pillow
decodes all strips of a page into the same memory, one after the other. So each strip goes after one of known content,
and twice: after an all-white and an all-black one. Where the two results differ, nothing was decoded.
"""

from io import BytesIO

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from pipeline.errors import TooLarge
from pipeline.recognition.exif import directories
from pipeline.recognition.file_kinds import READ
from pipeline.recognition.tiff import FAX, FAX3_OPTIONS, FILL_ORDER, HEIGHT, ROWS_PER_STRIP, Page, written

MOST_PIXELS = 40_000_000  # of strips decoded at once, half of what Pillow opens without a warning; A4 at 600 dpi has 35
MOST_ROWS = 40_000  # libtiff may print a line for each; 1 m at 1,000 dpi
REVERSED = bytes(int(f"{byte:08b}"[::-1], 2) for byte in range(256))


def decode(page: Page) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """A page, (h, w), true where it is light, and where nothing was decoded. Raises TooLarge."""
    at_once = MOST_PIXELS // (page.width * page.rows)
    if not at_once or page.height > MOST_ROWS:
        raise TooLarge(
            f"This TIFF has {page.width}×{page.height} pixels of fax code, {page.rows:,} rows a strip; at most "
            f"{MOST_ROWS:,} rows and {MOST_PIXELS:,} pixels a strip are read. Send a smaller one, or save it as {READ}."
        )
    strips = page.needed_strips()
    if page.directory.value(FILL_ORDER, 1) == 2:
        strips = [strip.translate(REVERSED) for strip in strips]
    starts = range(0, len(strips), at_once)
    white, black = (
        np.concatenate([_after(known, strips[start : start + at_once], page, start * page.rows) for start in starts])
        for known in (_known(page, 1), _known(page, 0))
    )
    return white, white != black


def _known(page: Page, colour: int) -> bytes:
    """A strip of one colour, coded as the page's are."""
    out = BytesIO()
    options = {FAX3_OPTIONS: page.directory.value(FAX3_OPTIONS, 0)} if page.compression == 3 else {}
    blank = Image.new("1", (page.width, page.rows), colour)
    blank.save(out, "TIFF", compression=FAX[page.compression], strip_size=page.width * page.rows, tiffinfo=options)
    content = out.getvalue()
    saved = Page(content, next(directories(content)))
    (strip,) = saved.strips
    return strip.translate(REVERSED) if saved.directory.value(FILL_ORDER, 1) == 2 else strip


def _after(known: bytes, strips: list[bytes], page: Page, row: int) -> NDArray[np.bool_]:
    """Strips from a row of the page on, each decoded after a known one, below each other."""
    both = [each for strip in strips for each in (known, strip)]
    rows = min(len(strips) * page.rows, page.height - row)
    # The last strip of a page may be short.
    changed = {HEIGHT: len(strips) * page.rows + rows, ROWS_PER_STRIP: page.rows, FILL_ORDER: 1}
    image = Image.open(BytesIO(written(page.directory, both, changed=changed)), formats=("TIFF",))
    pixels = np.asarray(image.convert("1"))
    pixels = np.pad(pixels, ((0, 2 * len(strips) * page.rows - len(pixels)), (0, 0)))
    return pixels.reshape(len(strips), 2, page.rows, page.width)[:, 1].reshape(-1, page.width)[:rows]
