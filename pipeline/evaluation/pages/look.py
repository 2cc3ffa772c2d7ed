"""The colours of pen and paper, and what scanner or camera do to the page: (h, w, 3) uint8 RGB."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipeline.data.synthesis.rendering import camera, paper
from pipeline.data.synthesis.rendering.light import light
from pipeline.data.synthesis.rendering.paper import Colour
from pipeline.evaluation.pages.ink import Ink

Picture = NDArray[np.uint8]
Layer = tuple[Ink, Colour]

NEARLY_BLACK, WHITE = (20, 20, 20), (255, 255, 255)
PENS: tuple[Colour, ...] = (NEARLY_BLACK, (30, 30, 60), (25, 55, 160), (40, 70, 190), (170, 30, 45), (70, 70, 75))
PRINTS: tuple[Colour, ...] = (
    (20, 20, 20), (60, 60, 60), (120, 120, 120), (170, 60, 60), (60, 110, 180), (70, 140, 90), (220, 120, 60)
)  # fmt: skip
PAPERS: tuple[Colour, ...] = (
    WHITE,
    (248, 248, 244),
    (240, 236, 222),
    (228, 228, 230),
    (250, 240, 200),
    (222, 234, 245),
)


@dataclass(frozen=True)
class Look:
    """Pen, printed lines and paper; `texture` and `noise` in grey levels, `blur` in pixels, `quality` of a JPEG."""

    pen: Colour = NEARLY_BLACK
    printed: Colour = NEARLY_BLACK
    paper: Colour = WHITE
    texture: float = 0.0
    blur: float = 0.0
    noise: float = 0.0
    quality: int | None = None


def random_look(rng: np.random.Generator) -> Look:
    """Every second one a drawing in black on white, the others scans."""
    if rng.random() < 0.5:
        return Look()
    pen = PENS[rng.integers(len(PENS))]
    return Look(
        pen=pen,
        printed=pen if rng.random() < 0.4 else PRINTS[rng.integers(len(PRINTS))],
        paper=PAPERS[rng.integers(len(PAPERS))],
        texture=rng.uniform(0, 2.5),
        blur=rng.uniform(0, 1.0),
        noise=rng.uniform(0, 4),
        quality=int(rng.integers(50, 95)) if rng.random() < 0.5 else None,
    )


def page(layers: Sequence[Layer], look: Look, rng: np.random.Generator) -> Picture:
    """Layers of ink, each in its colour, on the paper of the look."""
    height, width = layers[0][0].shape
    sheet = paper.blank_page((height, width), look.paper, look.texture, rng)
    for ink, colour in layers:
        paper.blend(sheet, ink, colour)
    return seen(sheet, look, rng)


def seen(sheet: paper.Paper, look: Look, rng: np.random.Generator) -> Picture:
    """(h, w, 3) float32 0-255 as scanner or camera see it."""
    picture = camera.blur(np.clip(np.round(sheet), 0, 255).astype(np.uint8), look.blur)
    picture = camera.noise(picture, look.noise, rng)
    return picture if look.quality is None else camera.through_jpeg(picture, look.quality)


def lit(sheet: paper.Paper, rng: np.random.Generator) -> paper.Paper:
    """In the uneven light of a room, at times in a soft shadow, in place."""
    gradient, vignette = rng.uniform(0.03, 0.35), rng.uniform(0, 0.25)
    shadow = rng.uniform(0.1, 0.35) if rng.random() < 0.25 else 0.0
    height, width = sheet.shape[:2]
    sheet *= light((height, width), rng, gradient, vignette, shadow, 0.0)[..., None]
    return sheet


def photo_look(rng: np.random.Generator, pen: Colour, sheet: Colour) -> Look:
    """A phone's picture of that pen on that paper."""
    quality = int(rng.integers(50, 95)) if rng.random() < 0.7 else None
    return Look(pen, pen, sheet, rng.uniform(0, 3), rng.uniform(0.4, 1.4), rng.uniform(1, 6), quality)


def near(colour: Colour, rng: np.random.Generator, by: int = 12) -> Colour:
    """A colour like it."""
    red, green, blue = (int(np.clip(part + rng.integers(-by, by + 1), 0, 255)) for part in colour)
    return red, green, blue
