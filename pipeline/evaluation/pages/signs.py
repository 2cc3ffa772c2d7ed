"""Signs and letters that stand between digits, as strokes of the pen that wrote those.

Coordinates are in heights of the digits: x to the right from the sign's left, y downwards from the digits' top to 1 at
their foot.
"""

import cv2
import numpy as np

from pipeline.data.synthesis.glyphs import SIDE, load_glyphs
from pipeline.data.synthesis.glyphs import stroke as glyph
from pipeline.data.synthesis.polylines import Points, Strokes, arc, line, through
from pipeline.evaluation.pages.ink import Ink, by_hand, cropped, nothing, stroke

MARGIN = 0.6  # heights of a digit around a sign while it is drawn
DOT = 1.3  # widths of the pen
BLURRED_EDGE = 2.5  # how much steeper the edge of an enlarged letter is made
LOWER_CASE = "acemnruvwx"
# What data/glyphs.npz lacks because it looks like a digit.
ROUND: dict[str, Strokes] = {
    "o": [arc(0.22, 0.76, 0.2, 0.24)],
    "g": [arc(0.2, 0.7, 0.19, 0.24), through(0.4, 0.5, 0.4, 0.9, 0.34, 1.32, 0.16, 1.36, 0.04, 1.24)],
}


def sign(name: str, height: float, pen: float, rng: np.random.Generator) -> tuple[Ink, float]:
    """A sign cropped to its ink, and how far below the digits' top that starts; all in pixels."""
    strokes = _strokes(name, rng)
    wobble = 0.008 * height
    around = MARGIN * height
    extent = np.concatenate(strokes)
    ink = nothing(height * (extent[:, 1].max() + 2 * MARGIN) + 4 * pen, height * extent[:, 0].max() + 2 * around)
    for points in strokes:
        dot = len(points) == 1
        shifted = points * height + around
        if not dot:
            shifted = by_hand(shifted, wobble, rng, spacing=max(2.0, height / 20))
        stroke(ink, shifted, pen * rng.uniform(*((DOT, 1.6 * DOT) if dot else (0.9, 1.1))))
    top = int(np.flatnonzero((ink > 0.1).any(axis=1))[0])
    return cropped(ink), top - around


def letter(character: str, height: float, pen: float, rng: np.random.Generator) -> tuple[Ink, float]:
    """A letter as `sign` gives one; capitals as high as digits, small ones lower."""
    if character in ROUND:
        return sign(character, height, pen, rng)
    glyphs = load_glyphs()
    row = rng.choice(np.flatnonzero(glyphs.characters == ord(character)))
    skeleton = np.unpackbits(glyphs.skeletons[row]).reshape(SIDE, SIDE) > 0
    tall = height * (0.6 if character in LOWER_CASE else 1.0) * rng.uniform(0.9, 1.08)
    ink = cropped(glyph(skeleton, width=float(np.clip(20 * pen / tall, 1, 4))))
    scale = tall / ink.shape[0]
    large = cv2.resize(ink, None, fx=scale, fy=scale, interpolation=cv2.INTER_CUBIC)
    edge = max(1.0, BLURRED_EDGE * min(scale, 2) / 2)
    sharp = np.clip((large - 0.5) * edge + 0.5, 0, 1).astype(np.float32)
    descends = 0.3 * tall if character in "py" else 0.0
    return sharp, height - tall + descends


def _strokes(name: str, rng: np.random.Generator) -> Strokes:
    lean = rng.uniform(0.35, 0.65)
    low = rng.uniform(0.45, 0.6)
    reach = rng.uniform(0.03, 0.22)
    wide = rng.uniform(0.3, 0.55)
    made: dict[str, Strokes] = {
        "/": [line(0, 1 + reach, lean, -reach)],
        "-": [line(0, low, wide, low + rng.uniform(-0.04, 0.04))],
        "–": [line(0, low, 1.6 * wide, low + rng.uniform(-0.04, 0.04))],
        "+": [line(0, low, wide, low), line(wide / 2, low - wide / 2, wide / 2, low + wide / 2)],
        "=": [line(0, low - 0.1, wide, low - 0.1), line(0, low + 0.12, wide, low + 0.12)],
        ".": [_dot(0.97)],
        ",": [through(0.08, 0.92, 0.08, 1.04, 0.0, 1.2)],
        ":": [_dot(rng.uniform(0.25, 0.4)), _dot(rng.uniform(0.75, 0.9))],
        "(": [arc(0.3, 0.5, rng.uniform(0.15, 0.3), 0.55 + reach, 115, 245)],
        ")": [arc(0.0, 0.5, rng.uniform(0.15, 0.3), 0.55 + reach, -65, 65)],
        "✓": [line(0, low, 0.18, 0.95, 0.65, -reach)],
        "%": [line(0.1, 1, 0.6, 0), arc(0.13, 0.2, 0.12, 0.17), arc(0.56, 0.8, 0.12, 0.17)],
        "$": [
            through(0.5, 0.18, 0.27, 0.05, 0.05, 0.25, 0.27, 0.5, 0.52, 0.74, 0.27, 0.95, 0.02, 0.82),
            line(0.27, -0.12, 0.27, 1.12),
        ],
        "€": [arc(0.45, 0.5, 0.38, 0.5, 50, 310), line(-0.05, 0.4, 0.5, 0.4), line(-0.05, 0.6, 0.45, 0.6)],
    }  # fmt: skip
    return made[name] if name in made else ROUND[name]


def _dot(y: float) -> Points:
    return np.array([(0.0, y)])
