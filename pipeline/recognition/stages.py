"""`python -m pipeline look`: the picture after each stage of segmentation, for people who ask why it was misread."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from pipeline.recognition import layout
from pipeline.recognition.decode import decode
from pipeline.recognition.encode import png
from pipeline.recognition.fit import fit, with_usual_stroke_width
from pipeline.recognition.foreground import find_foreground
from pipeline.recognition.ink import find_ink
from pipeline.recognition.page_detection import remove_table
from pipeline.recognition.ruled_lines import remove_ruled_lines

Image = NDArray[np.uint8]


def look(picture: Path, folder: Path) -> list[Path]:
    """Write a PNG file for each stage into `folder`, numbered in order. Raises NotAPicture, TooLarge and OSError."""
    content = picture.read_bytes()
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.glob(f"{picture.stem}-[0-9]-*.png"):
        old.unlink()  # a page that is blank now has fewer stages than when it was not
    files = []
    for number, (name, after) in enumerate(stages(content)):
        files.append(folder / f"{picture.stem}-{number}-{name}.png")
        files[-1].write_bytes(png(after))
    return files


def stages(picture: bytes) -> Iterator[tuple[str, Image]]:
    """Each stage's name and the picture after it, (h, w, 3) or (h, w); a blank page has none after its components.

    Raises NotAPicture and TooLarge.
    """
    pixels = decode(picture).pixels
    yield "decoded", pixels
    pixels = remove_table(pixels)
    yield "page", pixels
    ink = find_ink(pixels)
    yield "ink", _grey(ink.intensity / max(float(ink.intensity.max()), 1e-6))
    ink = remove_ruled_lines(ink)
    yield "without-lines", _grey(ink.intensity / max(float(ink.intensity.max()), 1e-6))
    foreground = find_foreground(ink)
    kept = [label for component in foreground.components for label in component.labels]
    yield "components", _grey(foreground.ink * np.isin(foreground.labels, kept))
    if foreground.components:
        character = foreground.crop(layout.broken_character(foreground.components))
        yield "character", _grey(character)
        yield "stroke-width", _grey(with_usual_stroke_width(character))
        yield "digit", fit(character)


def _grey(fraction: NDArray[np.float32]) -> Image:
    return (np.clip(fraction, 0, 1) * 255 + 0.5).astype(np.uint8)
