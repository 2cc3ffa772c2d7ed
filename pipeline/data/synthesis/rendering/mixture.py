"""What people send, about as often as they send it: random scenes of each kind.

The frequencies are a judgement, not a count; what they lead to is measured by pipeline.evaluation.robustness.
"""

from dataclasses import replace

import numpy as np

from pipeline.data.synthesis.rendering.paper import Colour
from pipeline.data.synthesis.rendering.scene import BLACK, WHITE, Scene

LONGEST_SIDE = 400  # pixels
LEAST_CONTRAST = 70  # grey levels between ink and paper
INK_COLOURS: tuple[Colour, ...] = (
    BLACK,
    (30, 34, 60),  # blue-black
    (28, 58, 160),  # blue
    (60, 90, 200),
    (190, 30, 40),  # red
    (20, 120, 60),  # green
    (20, 150, 190),  # cyan
)
TABLES: tuple[Colour, ...] = ((96, 66, 44), (60, 60, 64), (150, 120, 90), (30, 28, 28), (120, 130, 140))


def photograph(rng: np.random.Generator) -> Scene:
    """A phone's picture of handwriting on paper."""
    long = int(rng.integers(240, LONGEST_SIDE + 1))
    sides = long, int(long * rng.choice((0.75, 0.5625, 1.0)))
    scene = Scene(
        size=sides if rng.random() < 0.5 else sides[::-1],
        height=_between(rng, 0.15, 0.85),
        off_centre=1.0,
        rotation=12.0 if rng.random() < 0.7 else 0.0,
        tilt=rng.uniform(0, 0.3),
        paper=_paper(rng),
        texture=rng.uniform(0, 4),
        gradient=_sometimes(rng, 0.6, 0.1, 0.55),
        vignette=_sometimes(rng, 0.3, 0.1, 0.5),
        shadow=_sometimes(rng, 0.25, 0.15, 0.6),
        finger=_sometimes(rng, 0.1, 0.2, 0.6),
        edge=_sometimes(rng, 0.15, 0.03, 0.2),
        table=TABLES[rng.integers(len(TABLES))],
        noise=rng.uniform(1, 9),
        quality=int(rng.integers(30, 91)) if rng.random() < 0.6 else None,
    )
    scene = _with_lines(_legible(_with_pen(scene, rng)), rng, 0.4)
    stroke = (scene.stroke_width or 2.5) * scene.height * min(scene.size) / 20  # its width in pixels
    return replace(scene, blur=rng.uniform(0, 0.5 + 0.25 * stroke), motion=_sometimes(rng, 0.12, 1, 1 + 1.2 * stroke))


def scan(rng: np.random.Generator) -> Scene:
    """A flat-bed scanner's picture: even light, hardly any noise, the page slightly turned."""
    side = int(rng.integers(160, 361))
    scene = Scene(
        size=(side, int(side * rng.uniform(0.7, 1.1))),
        height=_between(rng, 0.2, 0.85),
        off_centre=1.0,
        rotation=4.0,
        paper=(int(rng.integers(225, 256)),) * 3,
        texture=rng.uniform(0, 2.5),
        blur=rng.uniform(0, 0.8),
        noise=rng.uniform(0, 3),
        quality=int(rng.integers(40, 91)) if rng.random() < 0.5 else None,
    )
    return _with_lines(_legible(_with_pen(scene, rng)), rng, 0.3)


def drawing(rng: np.random.Generator) -> Scene:
    """A drawing program's picture: one colour on another, any stroke width, dark on light or light on dark."""
    side = int(rng.integers(64, LONGEST_SIDE + 1))
    ink = BLACK if rng.random() < 0.6 else _colour(rng, 0, 160)
    page = WHITE if rng.random() < 0.8 else _colour(rng, 200, 256)
    if rng.random() < 0.25:
        ink, page = page, ink
    return Scene(
        size=(side, int(side * rng.choice((1.0, 0.75)))),
        height=_between(rng, 0.2, 0.9),
        off_centre=1.0,
        rotation=12.0 if rng.random() < 0.3 else 0.0,
        ink=ink,
        paper=page,
        stroke_width=None if rng.random() < 0.4 else _between(rng, 0.8, 4.5),
        growth=rng.uniform(-0.2, 0.6),
        quality=int(rng.integers(50, 91)) if rng.random() < 0.2 else None,
    )


def _with_pen(scene: Scene, rng: np.random.Generator) -> Scene:
    kind = rng.random()
    if kind < 0.2:  # pencil
        grey = int(rng.integers(60, 120))
        return replace(
            scene,
            ink=(grey, grey, grey + 5),
            stroke_width=_between(rng, 0.6, 1.8),
            strength=rng.uniform(0.45, 0.9),
            crumbling=rng.uniform(0.1, 0.6),
        )
    ink = INK_COLOURS[rng.integers(len(INK_COLOURS))]
    if kind < 0.7:  # ballpoint, fountain pen
        return replace(scene, ink=ink, stroke_width=_between(rng, 0.5, 1.8), strength=rng.uniform(0.65, 1.0))
    return replace(  # felt tip
        scene,
        ink=ink,
        stroke_width=None if rng.random() < 0.5 else _between(rng, 1.8, 4.0),
        growth=rng.uniform(-0.2, 0.7),
        strength=rng.uniform(0.85, 1.0),
    )


def _legible(scene: Scene) -> Scene:
    """Black ink at the least strength that a person still reads, where the pen drawn would hardly show on the paper."""
    contrast = scene.strength * float(np.abs(np.subtract(scene.ink, scene.paper)).max())
    return scene if contrast >= LEAST_CONTRAST else replace(scene, ink=BLACK, strength=max(scene.strength, 0.6))


def _with_lines(scene: Scene, rng: np.random.Generator, fraction: float) -> Scene:
    """Ruled or squared paper, its lines always fainter than the ink."""
    if rng.random() >= fraction:
        return scene
    squared = bool(rng.random() < 0.55)
    line = ((110, 140, 190), (130, 130, 135), (200, 140, 140), (120, 170, 170))[rng.integers(4)]
    spacing = _between(rng, 0.2, 0.9) if squared else _between(rng, 0.4, 1.8)
    return replace(scene, ruled=rng.uniform(0.15, 0.7) * scene.strength, squared=squared, spacing=spacing, line=line)


def _paper(rng: np.random.Generator) -> Colour:
    """Mostly nearly white, sometimes grey or tinted."""
    kind = rng.random()
    if kind < 0.6:
        light = rng.integers(222, 253)
        return int(light), int(light - rng.integers(0, 6)), int(light - rng.integers(0, 18))
    if kind < 0.8:
        return (int(rng.integers(140, 222)),) * 3
    return _colour(rng, 165, 250)


def _colour(rng: np.random.Generator, low: int, high: int) -> Colour:
    red, green, blue = (int(part) for part in rng.integers(low, high, 3))
    return red, green, blue


def _between(rng: np.random.Generator, low: float, high: float) -> float:
    """Log-uniform: a doubling is as likely anywhere."""
    return float(np.exp(rng.uniform(np.log(low), np.log(high))))


def _sometimes(rng: np.random.Generator, fraction: float, low: float, high: float) -> float:
    return rng.uniform(low, high) if rng.random() < fraction else 0.0
