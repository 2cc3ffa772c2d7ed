"""One digit without any margin, and one on fine graph paper."""

from collections.abc import Sequence

import cv2
import numpy as np

from pipeline.data.synthesis.rendering.paper import Colour, blend
from pipeline.evaluation.pages.around import single
from pipeline.evaluation.pages.ink import Digit, Ink, enlarged
from pipeline.evaluation.pages.look import Look, Picture, page, random_look, seen

GRIDS: tuple[Colour, ...] = ((150, 175, 220), (190, 205, 235), (235, 180, 150), (160, 205, 170), (185, 185, 190))
INKS: tuple[Colour, ...] = ((20, 20, 20), (25, 30, 60), (30, 60, 160))


def tight(digits: Sequence[Digit], rng: np.random.Generator) -> Picture:
    """Cropped to the ink: 60-600 pixels high, a margin of at most 6 %, sharp or soft edges, at times light on dark."""
    height = float(np.exp(rng.uniform(np.log(60), np.log(600))))
    ink = np.pad(enlarged(digits[0], height, rng.uniform(-0.15, 0.2)), round(rng.uniform(0, 0.06) * height))
    if rng.random() < 0.5:
        ink = np.asarray(cv2.GaussianBlur(ink, (0, 0), rng.uniform(0.005, 0.03) * height), np.float32)
    look = random_look(rng)
    if rng.random() < 0.15:
        look = Look(pen=look.paper, paper=look.pen)
    return page([(ink, look.pen)], look, rng)


def graph_paper(digits: Sequence[Digit], rng: np.random.Generator) -> Picture:
    """A digit as high as 4 to 20 squares, at times with a heavier line every five or ten, at times a little turned."""
    on = single(digits[0], rng, (1.5, 3.0), 0.25)
    look = Look(
        pen=INKS[rng.integers(len(INKS))],
        paper=(252, 252, 250) if rng.random() < 0.6 else (238, 241, 248),
        blur=rng.uniform(0, 0.8),
        noise=rng.uniform(0, 3),
    )
    heavy = int(rng.choice([0, 0, 5, 10]))
    lines = _grid(on.ink.shape, max(5.0, on.height / rng.uniform(4, 20)), heavy, rng)
    sheet = np.full((*on.ink.shape, 3), look.paper, np.float32)
    blend(sheet, lines * np.float32(rng.uniform(0.5, 1.0)), GRIDS[rng.integers(len(GRIDS))])
    blend(sheet, on.ink, look.pen)
    return seen(sheet, look, rng)


def _grid(shape: tuple[int, ...], spacing: float, heavy: int, rng: np.random.Generator) -> Ink:
    """Lines one pixel wide `spacing` apart both ways; each `heavy`-th, if not 0, is two pixels wide and darker."""
    side = 2 * max(shape) + 40
    grid = np.zeros((side, side), np.float32)
    for k, at in enumerate(np.arange(rng.uniform(0, spacing), side - 2, spacing)):
        wide, dark = (2, 1.0) if heavy and k % heavy == 0 else (1, 0.75 if heavy else 1.0)
        for lines in (grid, grid.T):
            part = lines[round(at) : round(at) + wide]
            np.maximum(part, dark, out=part)
    if rng.random() < 0.3:
        turn = cv2.getRotationMatrix2D((side / 2, side / 2), rng.uniform(-6, 6), 1)
        grid = np.asarray(cv2.warpAffine(grid, turn, (side, side)), np.float32)
    top, left = (side - shape[0]) // 2, (side - shape[1]) // 2
    return grid[top : top + shape[0], left : left + shape[1]]
