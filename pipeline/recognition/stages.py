"""`python -m pipeline look`: the picture after each stage of segmentation, for people who ask why it was misread."""

from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.recognition import layout
from pipeline.recognition.decode import decode
from pipeline.recognition.encode import png
from pipeline.recognition.eye import Eye
from pipeline.recognition.find import find
from pipeline.recognition.fit import fit, with_usual_stroke_width
from pipeline.recognition.foreground import find_foreground
from pipeline.recognition.ink import find_ink
from pipeline.recognition.page_detection import remove_table
from pipeline.recognition.pieces import Findings
from pipeline.recognition.ruled_lines import remove_ruled_lines
from pipeline.recognition.views import Viewer

Image = NDArray[np.uint8]

DIGIT, WRITING, CENTRE = (0, 200, 0), (220, 0, 0), (0, 60, 255)  # colours of what the eye sees
SHOWN_SIDE = 640  # pixels at least of the longer side of what the eye sees


def look(picture: Path, folder: Path, eye: Eye) -> list[Path]:
    """Write a PNG file for each stage into `folder`, numbered in order. Raises NotAPicture, TooLarge and OSError."""
    content = picture.read_bytes()
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.glob(f"{picture.stem}-[0-9]-*.png"):
        old.unlink()  # a page that is blank now has fewer stages than when it was not
    files = []
    for number, (name, after) in enumerate(stages(content, eye)):
        files.append(folder / f"{picture.stem}-{number}-{name}.png")
        files[-1].write_bytes(png(after))
    return files


def stages(picture: bytes, eye: Eye) -> Iterator[tuple[str, Image]]:
    """Each stage's name and the picture after it, (h, w, 3) or (h, w); a blank page has fewer.

    Raises NotAPicture and TooLarge.
    """
    pixels = whole = decode(picture).pixels
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
    viewer = Viewer(whole, find_ink(whole))
    yield "eye", _seen(viewer, find(eye, viewer))


def _seen(viewer: Viewer, findings: Findings) -> Image:
    """The view with the ink of digits and of other writing in colour, and a ring around each centre."""
    sight = findings.sight
    grey = viewer.view(findings.scale, findings.box)[..., 2].astype(np.float32)
    shown = np.repeat(0.5 * grey[..., None] + 90, 3, axis=2)
    for probability, colour in ((sight.digit, DIGIT), (sight.writing, WRITING)):
        shown += (np.array(colour, np.float32) - shown) * probability[..., None]
    enlarged = max(1, round(SHOWN_SIDE / max(shown.shape)))
    image = np.repeat(np.repeat(shown.astype(np.uint8), enlarged, axis=0), enlarged, axis=1)
    for x, y, size, _ in sight.centres.tolist():
        centre = round((x + 0.5) * enlarged), round((y + 0.5) * enlarged)
        cv2.circle(image, centre, max(2, round(size / 2 * enlarged)), CENTRE, 1, cv2.LINE_AA)
        cv2.circle(image, centre, 3, CENTRE, -1, cv2.LINE_AA)
    return image


def _grey(fraction: NDArray[np.float32]) -> Image:
    return (np.clip(fraction, 0, 1) * 255 + 0.5).astype(np.uint8)
