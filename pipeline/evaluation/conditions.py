"""Under which conditions the reading of pictures is measured: each a way that pictures differ, in severities 1 to 3."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from pipeline.data.synthesis.rendering import render_photo
from pipeline.data.synthesis.rendering.bitmap import bitmap
from pipeline.data.synthesis.rendering.scene import Scene, encode, render, transparent
from pipeline.recognition.encode import png

Digit = NDArray[np.uint8]

CLEAN = "clean"
MIXTURE = "mixture of all"
PAGE = Scene(size=(360, 360), height=0.5)
PAPER = replace(PAGE, paper=(240, 238, 232), texture=2.0)
BLUE, RED, CYAN = (28, 58, 160), (200, 40, 50), (90, 190, 215)
BALLPOINT = replace(PAPER, stroke_width=1.4, ink=BLUE, strength=0.9)
PHOTO = replace(BALLPOINT, size=(480, 360), off_centre=0.8, squared=True, spacing=0.35)


def _each(scene: Scene, **fields: tuple) -> tuple[Scene, ...]:
    """The scene once for each value of the fields: one per severity."""
    return tuple(
        replace(scene, **dict(zip(fields, values, strict=True))) for values in zip(*fields.values(), strict=True)
    )


# Condition -> its scenes by severity. A digit of height 0.5 has 180 pixels, its pen about 20.
SCENES: dict[str, tuple[Scene, ...]] = {
    CLEAN: (PAGE,),
    "canvas of 480, 1000, 64 px": _each(PAGE, size=((480, 480), (1000, 1000), (64, 64))),
    "small": _each(PAGE, height=(0.25, 0.14, 0.08)),
    "off-centre": _each(replace(PAGE, height=0.3), off_centre=(0.4, 0.7, 1.0)),
    "rotation": _each(PAGE, rotation=(6.0, 12.0, 20.0)),
    "perspective": _each(PAGE, tilt=(0.1, 0.2, 0.33)),
    "thin pen": _each(PAGE, stroke_width=(1.2, 0.8, 0.5)),
    "thick pen": _each(PAGE, growth=(0.4, 0.8, 1.2)),
    "faint pencil": _each(
        replace(PAPER, stroke_width=1.3, ink=(80, 80, 85)), strength=(0.6, 0.38, 0.22), crumbling=(0.3, 0.4, 0.5)
    ),
    "coloured pen": _each(replace(BALLPOINT, paper=(255, 255, 255)), ink=(BLUE, RED, CYAN)),
    "tinted paper": _each(BALLPOINT, paper=((245, 235, 205), (200, 220, 190), (150, 170, 205))),
    "ruled paper": _each(replace(BALLPOINT, rotation=3.0), ruled=(0.25, 0.45, 0.7)),
    "squared paper": _each(replace(BALLPOINT, rotation=5.0, squared=True, spacing=0.3), ruled=(0.25, 0.45, 0.7)),
    "uneven light": _each(PAPER, gradient=(0.25, 0.45, 0.65), vignette=(0.2, 0.35, 0.5)),
    "shadow": _each(PAPER, shadow=(0.25, 0.45, 0.65)),
    "finger's shadow": _each(PAPER, finger=(0.3, 0.5, 0.7)),
    "paper's edge": _each(replace(PAPER, height=0.4, rotation=8.0), edge=(0.06, 0.14, 0.22)),
    "blur": _each(PAPER, blur=(3.0, 6.0, 10.0)),
    "motion blur": _each(PAPER, motion=(10.0, 20.0, 34.0)),
    "noise": _each(PAPER, noise=(10.0, 25.0, 45.0)),
    "JPEG": _each(replace(PAPER, noise=2.0), quality=(50, 30, 10)),
    "light on dark": _each(
        PAGE, ink=((255, 255, 255), (235, 235, 225), (190, 200, 190)), paper=((0, 0, 0), (40, 60, 50), (90, 100, 95)),
        noise=(0.0, 3.0, 8.0),
    ),
    "phone photo": _each(
        PHOTO, height=(0.5, 0.4, 0.3), tilt=(0.1, 0.2, 0.3), rotation=(4.0, 8.0, 12.0), ruled=(0.0, 0.3, 0.45),
        gradient=(0.2, 0.35, 0.45), shadow=(0.0, 0.25, 0.4), vignette=(0.0, 0.2, 0.3), edge=(0.0, 0.0, 0.08),
        blur=(0.7, 1.1, 1.5), motion=(0.0, 2.0, 3.0), noise=(3.0, 6.0, 9.0), quality=(85, 65, 45),
    ),
}  # fmt: skip


NOTHING = _each(PAGE, ink=((0, 0, 0), (255, 255, 255), CYAN), stroke_width=(None, 1.6, 1.0))


def _transparent(digit: Digit, severity: int, rng: np.random.Generator) -> bytes:
    return png(transparent(digit, NOTHING[severity - 1], rng), compression=0)


def _low_resolution(digit: Digit, severity: int, rng: np.random.Generator) -> bytes:
    """32, 28 and 16 pixels a side, cropped tightly; every second one in two levels, every second one dark on light."""
    side, margin = ((32, 3), (28, 0), (16, 0))[severity - 1]
    return png(bitmap(digit, side, margin, two_levels=rng.random() < 0.5, dark_ink=rng.random() < 0.5), compression=0)


def _mixture(digit: Digit, severity: int, rng: np.random.Generator) -> bytes:
    return png(render_photo(digit, rng), compression=0)


# Condition -> how many severities it has, and what draws it.
OTHERS: dict[str, tuple[int, Callable[[Digit, int, np.random.Generator], bytes]]] = {
    "transparent": (3, _transparent),
    "low resolution": (3, _low_resolution),
    MIXTURE: (1, _mixture),
}

# Conditions whose pages are also read without a digit, in all severities.
EMPTY_PAGES = (
    CLEAN, "tinted paper", "ruled paper", "squared paper", "uneven light", "shadow", "finger's shadow", "paper's edge",
    "noise", "JPEG", "light on dark", "phone photo",
)  # fmt: skip


def severities() -> list[tuple[str, int]]:
    """Every condition with every severity it has, CLEAN first."""
    counts = {name: len(scenes) for name, scenes in SCENES.items()} | {name: n for name, (n, _) in OTHERS.items()}
    return [(name, severity) for name, count in counts.items() for severity in range(1, count + 1)]


def picture(name: str, severity: int, digit: Digit, rng: np.random.Generator) -> bytes:
    """The picture file of a (28, 28) digit, white on black, under a condition in a severity from 1 on."""
    if name in OTHERS:
        return OTHERS[name][1](digit, severity, rng)
    scene = SCENES[name][severity - 1]
    return encode(render(digit, scene, rng), scene)


def empty_page(name: str, severity: int, rng: np.random.Generator) -> bytes:
    """The same page with nothing on it, for the conditions of EMPTY_PAGES."""
    scene = SCENES[name][severity - 1]
    return encode(render(None, scene, rng), scene)
