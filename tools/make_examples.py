"""Make the pictures in pipeline/faces/static: the examples that both pages offer to click, with a list of them, and the
card that stands for a page where somebody links it.

    python tools/make_examples.py

Four are strokes of our own, which the sketchpad draws again stroke by stroke; the form field and the photograph are
rendered with MNIST's validation digits, as pages are for evaluation.
"""

import json

import cv2
import numpy as np
from PIL import Image, ImageDraw, ImageFont

from pipeline.data import mnist
from pipeline.data.synthesis.polylines import Strokes, arc, joined, line, through
from pipeline.evaluation.outcomes import rng_of
from pipeline.evaluation.pages import forms, photographs
from pipeline.evaluation.pages.kinds import Draw
from pipeline.faces import STATIC
from pipeline.faces.frame import NAME

FOLDER = STATIC / "examples"
SIDE, PEN = 512, 32  # pixels, as in ui/static/drawing.js
CARD = 1200, 630
FINER = 4  # drawn so many times as large, for smooth edges

# On a square of 1, from its upper left corner.
DRAWN: dict[str, tuple[str, Strokes]] = {
    "four": (
        "A sloppy 4",
        [
            through(0.43, 0.15, 0.34, 0.32, 0.21, 0.52, 0.27, 0.61, 0.46, 0.57, 0.66, 0.49, 0.83, 0.46),
            through(0.71, 0.27, 0.66, 0.44, 0.55, 0.70, 0.46, 0.90),
        ],
    ),
    "seven": (
        "A crossed 7",
        [
            joined(through(0.25, 0.22, 0.42, 0.2, 0.6, 0.21, 0.74, 0.18), through(0.74, 0.18, 0.62, 0.42, 0.49, 0.86)),
            through(0.38, 0.53, 0.55, 0.51, 0.72, 0.52),
        ],
    ),
    "zero": ("A slashed 0", [arc(0.5, 0.5, 0.21, 0.33, -110, 262), line(0.69, 0.22, 0.33, 0.80)]),
    "smiley": (
        "A smiley",
        [
            arc(0.5, 0.5, 0.36, 0.36, -95, 268),
            line(0.38, 0.36, 0.38, 0.45),
            line(0.62, 0.36, 0.62, 0.45),
            arc(0.5, 0.53, 0.19, 0.16, 165, 15),
        ],
    ),
}
# Kind of page, seed and how many digits: chosen by eye among the first dozen, for what one sees at a glance.
RENDERED: dict[str, tuple[str, Draw, int, int]] = {
    "field.png": ("A form field", forms.comb, 2, 5),
    "photo.jpg": ("A photographed number", photographs.on_ruled_paper, 3, 4),
}


def main() -> None:
    FOLDER.mkdir(parents=True, exist_ok=True)
    listed = [_draw(name, label, strokes) for name, (label, strokes) in DRAWN.items()]
    digits = mnist.load().validation
    for name, (label, kind, seed, count) in RENDERED.items():
        rng = rng_of(name, 0, seed)
        picture = kind(digits.images[rng.integers(len(digits), size=count)], rng)
        image = Image.fromarray(picture)
        image.thumbnail((SIDE, SIDE))
        (image.quantize(32) if name.endswith("png") else image).save(FOLDER / name, optimize=True, quality=80)
        listed.append({"name": name, "label": label, "mode": "number"})
    _card()
    (FOLDER / "examples.json").write_text(json.dumps(listed, separators=(",", ":")) + "\n", "utf-8")


def _card() -> None:
    """A drawn 4 beside what it is read as, as large as those who show such cards want it."""
    card = Image.new("RGB", CARD, "#f5f4f0")
    sheet = Image.open(FOLDER / "four.png").convert("RGB").resize((430, 430))
    card.paste("#858071", (88, 98, 522, 532))
    card.paste(sheet, (90, 100))
    pen = ImageDraw.Draw(card)
    pen.text((610, 110), "4", "#2f4ad0", ImageFont.load_default(300))
    pen.text((616, 440), NAME, "#1c2230", ImageFont.load_default(54))
    pen.text((618, 510), "drawn, scanned or photographed, and read", "#5b6273", ImageFont.load_default(25))
    card.quantize(64).save(STATIC / "card.png", optimize=True)


def _draw(name: str, label: str, strokes: Strokes) -> dict[str, object]:
    """Writes the picture; the example's line in the list, with its strokes."""
    large = np.full((FINER * SIDE, FINER * SIDE), 255, np.uint8)
    for stroke in strokes:
        cv2.polylines(large, [np.round(FINER * SIDE * stroke).astype(np.int32)], False, 0, FINER * PEN)
    drawn = cv2.resize(large, (SIDE, SIDE), interpolation=cv2.INTER_AREA)
    Image.fromarray(drawn).quantize(8).save(FOLDER / f"{name}.png", optimize=True)
    rounded = [np.round(stroke, 3).tolist() for stroke in strokes]
    return {"name": f"{name}.png", "label": label, "mode": "digit", "strokes": rounded}


if __name__ == "__main__":
    main()
