"""What is printed or drawn around digits: frames, circles, underlines, boxes, combs, windows, tables."""

import numpy as np
from numpy.typing import NDArray

from pipeline.data.synthesis.pages.layout import Layout, Role, Stroke
from pipeline.data.synthesis.polylines import arc, line

RNG = np.random.Generator
Box = tuple[float, float, float, float]


def grown(box: Box, x: float, y: float) -> Box:
    return box[0] - x, box[1] - y, box[2] + x, box[3] + y


def line_width(rng: RNG) -> float:
    """Of print, in heights of a digit: hairlines to bold frames."""
    return float(np.exp(rng.uniform(np.log(0.008), np.log(0.11))))


def frame(layout: Layout, box: Box, rng: RNG) -> None:
    """A rectangle around a box, printed or by hand; sometimes with round corners, dashed, or open at a side."""
    x0, y0, x1, y1 = box
    kind = rng.random()
    if kind < 0.45:
        points = line(x0, y0, x1, y0, x1, y1, x0, y1, x0, y0)
        _print(layout, [points], rng)
    elif kind < 0.75:  # by hand: corners missed, sides bent
        d = rng.normal(0, 0.03 * (y1 - y0), 8)
        sides = (
            line(x0 + d[0], y0 + d[1], x1 + d[2], y0), line(x1 + d[3], y0 + d[4], x1, y1 + d[5]),
            line(x1 + d[6], y1, x0 + d[7], y1 + d[0]), line(x0, y1 + d[1], x0 + d[2], y0 - d[3]),
        )  # fmt: skip
        _print(layout, [_bent(side, rng) for side in sides], rng)
    elif kind < 0.88:
        r = rng.uniform(0.1, 0.4) * min(x1 - x0, y1 - y0)
        corners = [
            arc(x0 + r, y0 + r, r, r, 180, 270), arc(x1 - r, y0 + r, r, r, 270, 360),
            arc(x1 - r, y1 - r, r, r, 0, 90), arc(x0 + r, y1 - r, r, r, 90, 180),
        ]  # fmt: skip
        _print(layout, [np.concatenate([*corners, corners[0][:1]])], rng)
    else:
        dash = rng.uniform(0.05, 0.2)
        four = ((x0, y0, x1, y0), (x1, y0, x1, y1), (x1, y1, x0, y1), (x0, y1, x0, y0))
        kept = rng.random(4) < 0.85
        _print(layout, [d for side, keep in zip(four, kept, strict=True) if keep for d in _dashes(side, dash)], rng)


def circle(layout: Layout, box: Box, rng: RNG) -> None:
    """A ring or ellipse around a box; by hand it may be open or overlap."""
    x0, y0, x1, y1 = box
    rx, ry = (x1 - x0) / 2 * rng.uniform(1.2, 1.7), (y1 - y0) / 2 * rng.uniform(1.15, 1.6)
    if rng.random() < 0.4:
        rx = ry = max(rx, ry)
    start = rng.uniform(0, 360)
    ring = arc((x0 + x1) / 2, (y0 + y1) / 2, rx, ry, start, start + rng.choice([360, rng.uniform(320, 420)]))
    by_hand = rng.random() < 0.6
    _print(layout, [_bent(ring, rng, 0.05) if by_hand else ring], rng, by_hand)


def underlines(layout: Layout, box: Box, rng: RNG) -> None:
    """One or two lines under a box, close or with a gap, that may touch what stands there."""
    x0, _, x1, y1 = box
    y = y1 + rng.uniform(-0.04, 0.35)
    reach = rng.uniform(0.0, 0.6)
    apart = rng.uniform(0.07, 0.25)
    width = line_width(rng)
    own = rng.random() < 0.7
    for k in range(1 + (rng.random() < 0.4)):
        ends = rng.normal(0, 0.05, 4)
        points = _bent(line(x0 - reach + ends[0], y + ends[1] + k * apart, x1 + reach + ends[2], y + k * apart), rng)
        layout.strokes.append(Stroke(points, Role.PRINT, None if own else width, own_ink=own))


def overline(layout: Layout, box: Box, rng: RNG) -> None:
    """A line over a box."""
    x0, y0, x1, _ = box
    points = line(x0 - rng.uniform(0, 0.4), y0 - rng.uniform(0.05, 0.3), x1 + rng.uniform(0, 0.4), y0 - 0.15)
    _print(layout, [_bent(points, rng)], rng, rng.random() < 0.6)


def cells(layout: Layout, box: Box, columns: int, rows: int, rng: RNG) -> None:
    """A table of joined boxes."""
    x0, y0, x1, y1 = box
    over = rng.uniform(0, 0.1) if rng.random() < 0.2 else 0.0
    across = [line(x0 - over, y, x1 + over, y) for y in np.linspace(y0, y1, rows + 1)]
    down = [line(x, y0 - over, x, y1 + over) for x in np.linspace(x0, x1, columns + 1)]
    if rng.random() < 0.2:  # no outer sides
        across, down = across[1:-1] or across, down[1:-1] or down
    _print(layout, [*across, *down], rng)


def comb(layout: Layout, box: Box, columns: int, rng: RNG) -> None:
    """A base line with teeth between the digits."""
    x0, y0, x1, y1 = box
    tooth = rng.uniform(0.15, 1.0) * (y1 - y0)
    teeth = [line(x, y1, x, y1 - tooth) for x in np.linspace(x0, x1, columns + 1)]
    base = [line(x0, y1, x1, y1)] if rng.random() < 0.9 else []
    top = [line(x0, y0, x1, y0)] if rng.random() < 0.15 else []
    _print(layout, [*base, *top, *teeth], rng)


def windows(layout: Layout, box: Box, columns: int, rng: RNG) -> None:
    """Dark areas in which the digits are light: one for each, or one for all."""
    x0, y0, x1, y1 = box
    edges = np.linspace(x0, x1, columns + 1)
    gap = rng.uniform(0, 0.35) * (edges[1] - edges[0])
    spans = [(x0, x1)] if rng.random() < 0.3 else list(zip(edges[:-1] + gap / 2, edges[1:] - gap / 2, strict=True))
    marked = rng.integers(1, 3) if rng.random() < 0.3 else 0  # of another colour: a meter's decimals
    red, green, blue = rng.permutation([rng.integers(60, 190), *rng.integers(0, 60, 2)]).tolist()
    for k, (a, b) in enumerate(spans, 1):
        colour = (red, green, blue) if k > len(spans) - marked else None
        layout.strokes.append(
            Stroke(np.array([[a, y0], [b, y0], [b, y1], [a, y1]]), Role.GROUND, filled=True, colour=colour)
        )
    if rng.random() < 0.3:
        _print(
            layout, [line(x0 - gap, y0 - gap, x1 + gap, y0 - gap, x1 + gap, y1 + gap, x0 - gap, y1 + gap, x0, y0)], rng
        )
    layout.inverted = True


def _print(layout: Layout, lines: list[NDArray[np.floating]], rng: RNG, own_ink: bool | None = None) -> None:
    own = rng.random() < 0.35 if own_ink is None else own_ink
    width = None if own and rng.random() < 0.6 else line_width(rng)
    layout.strokes += [Stroke(points, Role.PRINT, width, own_ink=own) for points in lines]


def _bent(points: NDArray[np.floating], rng: RNG, much: float = 0.015) -> NDArray[np.floating]:
    """As a hand bends a line: by smooth waves."""
    size = np.ptp(points, axis=0).max()
    t = np.linspace(0, 1, len(points))[:, None]
    waves = sum(rng.normal(0, much / k, 2) * np.sin(np.pi * (k * t + rng.random())) for k in (1, 2, 3))
    return points + size * waves


def _dashes(side: Box, dash: float) -> list[NDArray[np.floating]]:
    ends = np.array(side).reshape(2, 2)
    n = max(2, int(np.abs(ends[1] - ends[0]).max() / dash))
    at = np.linspace(ends[0], ends[1], n + 1)
    return [at[k : k + 2] for k in range(0, n, 2)]
