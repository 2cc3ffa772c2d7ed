"""HEIC, the pictures of many phones, by libheif."""

from io import BytesIO

import numpy as np
import pillow_heif
from PIL import Image

BRANDS = (b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1")
AVIF = (b"avif", b"avis")


def is_heic(content: bytes) -> bool:
    """Whether a file says that it is HEIC; one that is AVIF as well is left to Pillow."""
    brands = content[8 : int.from_bytes(content[:4])][:256]
    return content[4:8] == b"ftyp" and content[8:12] in BRANDS and not any(brand in brands for brand in AVIF)


class Heic:
    """A HEIC file of which nothing but the header was read; `size` is that of the upright picture."""

    def __init__(self, content: bytes):
        self._file = pillow_heif.open_heif(BytesIO(content), convert_hdr_to_8bit=True)
        self.size: tuple[int, int] = self._file.size

    def opened(self) -> Image.Image:
        """The main picture, which libheif turns upright. Raises ValueError where it is not what the header says."""
        pixels = np.asarray(self._file)
        if pixels.shape[1::-1] != self.size or pixels.dtype != np.uint8:
            raise ValueError(f"{pixels.shape} {pixels.dtype} decoded, where the header says {self.size}")
        del self._file  # which keeps them a second time
        return Image.fromarray(pixels)
