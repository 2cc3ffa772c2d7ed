"""Draw letters and signs of many fonts into data/glyphs.npz, the shapes that pipeline.data.synthesis starts from.

A developer's command, run once; data/glyphs.md says how. Needs fonttools besides the
project's requirements.
"""

import argparse
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from fontTools.ttLib import TTFont
from glyph_choice import (
    HAND_FACES,
    HANGUL_FACES,
    KANA_FACES,
    LATIN_LOOKALIKES,
    LOOKALIKES,
    PRINT_FACES,
    SCRIPTS,
    SYMBOLS,
)
from PIL import Image, ImageDraw, ImageFont

from pipeline.data import mnist
from pipeline.data.synthesis.glyphs import GLYPHS, SIDE, stroke
from pipeline.data.synthesis.shapes import skeleton
from pipeline.recognition.fit import fit

RENDER_PIXELS = 160  # font size; a glyph is then brought to SIDE
LATIN = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
LONGEST_BAR = 3.2  # times as long as wide: a bar, thus a 1 or a dash
RING_OVERLAP = 0.88  # with the ellipse in its box, from which a filled ring counts as a 0
MOST_COMPONENTS = {"ascii": 3, "other": 8}
LONGEST = 250  # pixels of skeleton; more is too much for a stroke in a picture of 28
# A glyph is dropped if more than this fraction of MNIST digits are farther from their nearest neighbour than it is.
TOO_NEAR = {"ascii": 0.35, "other": 0.12}


@dataclass(frozen=True)
class Glyph:
    """One character of one face: its shape, (SIDE, SIDE) bool."""

    character: str
    face: str
    shape: np.ndarray


def wanted() -> Iterator[tuple[str, str]]:
    """(face, character) pairs, each face by the stem of its file name."""
    latin = [c for c in LATIN if c not in LATIN_LOOKALIKES]
    signs = [c for c in SYMBOLS if ord(c) < 0x2000]
    for face in HAND_FACES:
        yield from ((face, c) for c in latin + signs)
    for face in PRINT_FACES:
        yield from ((face, c) for c in latin)
    for faces, characters in ((HANGUL_FACES, hangul()), (KANA_FACES, kana() + simple_cjk())):
        yield from ((face, c) for face in faces for c in characters)
    for faces, first, last in SCRIPTS:
        yield from ((face, chr(code)) for face in faces for code in range(first, last + 1) if is_letter(chr(code)))
    for face in ("Symbola_hint", "NotoSansSymbols2-Regular", "DejaVuSans"):
        yield from ((face, c) for c in SYMBOLS)


def is_letter(character: str) -> bool:
    return unicodedata.category(character) in ("Lo", "Ll", "Lu")


def hangul() -> list[str]:
    """Jamo and every 53rd syllable: 51 and 211."""
    return [chr(c) for c in range(0x3131, 0x3164)] + [chr(c) for c in range(0xAC00, 0xD7A4, 53)]


def kana() -> list[str]:
    return [chr(c) for c in (*range(0x3042, 0x3094), *range(0x30A2, 0x30F5)) if is_letter(chr(c))]


def simple_cjk() -> list[str]:
    """The frequent characters of GB 2312, of which `main` keeps the simplest; each 12th of 3,755."""
    pairs = [bytes((row, cell)) for row in range(0xB0, 0xD8) for cell in range(0xA1, 0xFF)]
    return [c for c in (pair.decode("gb2312", "ignore") for pair in pairs) if c][::12]


def may_be_a_digit(character: str) -> bool:
    """Numbers of any script (Unicode), and what a person may read as 0-9 (our own list)."""
    return character in LOOKALIKES or unicodedata.numeric(character, None) is not None


def render(font: ImageFont.FreeTypeFont, character: str) -> np.ndarray | None:
    """(SIDE, SIDE) bool, longest side SIDE, centred; None where nothing or too little is drawn."""
    left, top, right, bottom = (round(v) for v in font.getbbox(character))
    if not (8 < max(right - left, bottom - top) < 6 * RENDER_PIXELS):
        return None
    picture = Image.new("L", (right - left + 8, bottom - top + 8))
    ImageDraw.Draw(picture).text((4 - left, 4 - top), character, fill=255, font=font)
    box = picture.getbbox()
    if box is None:
        return None
    ink = np.asarray(picture.crop(box))
    height, width = ink.shape
    scale = SIDE / max(height, width)
    size = max(1, round(width * scale)), max(1, round(height * scale))
    small = cv2.resize(ink, size, interpolation=cv2.INTER_AREA) > 110
    shape = np.zeros((SIDE, SIDE), bool)
    row, column = (SIDE - size[1]) // 2, (SIDE - size[0]) // 2
    shape[row : row + size[1], column : column + size[0]] = small
    return shape if 40 < shape.sum() < 0.7 * SIDE * SIDE else None


def is_bar(shape: np.ndarray, longest: float = LONGEST_BAR) -> bool:
    """Long and narrow, in whatever direction."""
    if not shape.any():
        return True
    _, sides, _ = cv2.minAreaRect(np.argwhere(shape).astype(np.float32))
    return max(sides) + 1 > longest * (min(sides) + 1)


def is_broken(shape: np.ndarray, character: str) -> bool:
    """Hairlines of which only crumbs are left."""
    labels, _ = cv2.connectedComponents(shape.astype(np.uint8), connectivity=8)
    return labels - 1 > (MOST_COMPONENTS["ascii"] if character.isascii() else MOST_COMPONENTS["other"])


def is_ring(shape: np.ndarray) -> bool:
    """One piece around one hole, its outside nearly an ellipse."""
    contours, hierarchy = cv2.findContours(shape.astype(np.uint8), cv2.RETR_CCOMP, cv2.CHAIN_APPROX_NONE)
    outer = [contour for contour, h in zip(contours, hierarchy[0], strict=True) if h[3] < 0]
    if len(outer) != 1 or len(contours) > 2:
        return False
    filled = cv2.drawContours(np.zeros(shape.shape, np.uint8), outer, -1, 1, -1)
    x, y, width, height = cv2.boundingRect(outer[0])
    ellipse = np.zeros(shape.shape, np.uint8)
    cv2.ellipse(ellipse, ((x + width / 2 - 0.5, y + height / 2 - 0.5), (width, height), 0), 1, -1)
    return len(contours) == 2 and (filled & ellipse).sum() / (filled | ellipse).sum() > RING_OVERLAP


def nearness(skeletons: np.ndarray) -> np.ndarray:
    """For each glyph the fraction of MNIST digits farther from their nearest neighbour than it is from its own."""
    digits = mnist.load().train.images
    drawn = np.stack([fit(stroke(skeleton, 2.6)) for skeleton in skeletons])
    known, others = digits[:20000], digits[20000:23000]
    typical = np.sort(_nearest(others, known))
    return 1 - np.searchsorted(typical, _nearest(drawn, known)) / len(typical)


def _nearest(images: np.ndarray, known: np.ndarray) -> np.ndarray:
    a, b = _blurred(images), _blurred(known)
    squares = (b**2).sum(1)
    parts = [((c**2).sum(1)[:, None] + squares - 2 * c @ b.T).min(1) for c in np.array_split(a, len(a) // 500 + 1)]
    return np.sqrt(np.maximum(np.concatenate(parts), 0))


def _blurred(images: np.ndarray) -> np.ndarray:
    """Unit vectors, so that stroke width is no distance."""
    soft = np.stack([cv2.GaussianBlur(image, (0, 0), 1.2) for image in images.astype(np.float32)])
    flat = soft.reshape(len(images), -1)
    return flat / np.linalg.norm(flat, axis=1, keepdims=True)


def collect(fonts: Path) -> list[Glyph]:
    """All glyphs that are no bar, no ring, in no list of lookalikes, and of which no two are the same."""
    files = {path.stem: path for path in sorted(fonts.rglob("*")) if path.suffix.lower() in (".ttf", ".otf", ".ttc")}
    glyphs, seen = [], set()
    opened: dict[str, tuple] = {}
    for face, character in wanted():
        if face not in opened:
            if face not in files:
                raise SystemExit(f"{face}: no such face under {fonts}. Install the packages that data/glyphs.md names.")
            cmap = TTFont(files[face], fontNumber=0, lazy=True).getBestCmap()
            opened[face] = ImageFont.truetype(str(files[face]), RENDER_PIXELS), cmap
        font, cmap = opened[face]
        if ord(character) not in cmap or may_be_a_digit(character):
            continue
        shape = render(font, character)
        if shape is None or shape.tobytes() in seen or is_bar(shape) or is_ring(shape) or is_broken(shape, character):
            continue
        seen.add(shape.tobytes())
        glyphs.append(Glyph(character, face, shape))
    return glyphs


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("fonts", type=Path, help="folder below which the fonts are, such as /usr/share/fonts")
    parser.add_argument("--out", type=Path, default=GLYPHS)
    parser.add_argument("--all", action="store_true", help="keep what comes near MNIST digits (to look at it)")
    arguments = parser.parse_args()
    glyphs = collect(arguments.fonts)
    shapes = np.stack([glyph.shape for glyph in glyphs])
    skeletons = np.stack([skeleton(shape.astype(np.uint8)) for shape in shapes]) > 0
    near = nearness(skeletons)
    bars = np.array([is_bar(skeleton, 2 * LONGEST_BAR) for skeleton in skeletons])
    limit = np.array([TOO_NEAR["ascii" if glyph.character.isascii() else "other"] for glyph in glyphs])
    keep = np.flatnonzero(((near < limit) & (skeletons.sum((1, 2)) < LONGEST) & ~bars) | arguments.all)
    faces = sorted({glyphs[i].face for i in keep})
    extra = {"near": near[keep].astype(np.float32)} if arguments.all else {}
    np.savez_compressed(
        arguments.out,
        shapes=np.packbits(shapes[keep].reshape(len(keep), -1), axis=1),
        skeletons=np.packbits(skeletons[keep].reshape(len(keep), -1), axis=1),
        characters=np.array([ord(glyphs[i].character) for i in keep], np.uint32),
        faces=np.array([faces.index(glyphs[i].face) for i in keep], np.uint16),
        face_names=np.array(faces),
        **extra,
    )
    print(f"{arguments.out}: {len(keep):,} glyphs of {len(faces)} faces, {arguments.out.stat().st_size / 1e6:.2f} MB")
    print(f"{len(glyphs) - len(keep)} more came too near to digits or were too intricate")


if __name__ == "__main__":
    main()
