"""What the digit is written on: paper with grain and printed lines, and the table that shows beside it."""

from functools import cache

import cv2
import numpy as np
from numpy.typing import NDArray

Colour = tuple[int, int, int]  # red, green, blue, each 0-255
Paper = NDArray[np.float32]  # (h, w, 3), grey levels 0-255 of each colour
Map = NDArray[np.float32]  # (h, w)
Homography = NDArray[np.float64]  # (3, 3), from page coordinates to the picture

_SUBPIXEL_BITS = 4  # OpenCV draws at 1/16 pixel
_REACH = 1.3  # picture sides from the digit to where lines and paper end; farther, a tilted view would fold over


@cache
def _noise() -> Map:
    """Standard normal noise, the same for ever; drawing it anew would cost more than all the rest of a picture."""
    return np.random.default_rng(20260101).standard_normal((1024, 2048), np.float32)


def grain(rng: np.random.Generator, height: int, width: int) -> Map:
    """(height, width) float32 standard normal noise: a random part of one large tile."""
    tile = _noise()
    if height > tile.shape[0] or width > tile.shape[1]:
        tile = np.tile(tile, (-(-height // tile.shape[0]), -(-width // tile.shape[1])))
    row, column = (
        int(rng.integers(0, full - part + 1)) for full, part in zip(tile.shape, (height, width), strict=True)
    )
    return tile[row : row + height, column : column + width]


def blank_page(size: tuple[int, int], colour: Colour, texture: float, rng: np.random.Generator) -> Paper:
    """(h, w, 3) float32 0-255 of `size` (h, w); `texture` is the standard deviation of the grain, in grey levels."""
    paper = np.full((*size, 3), colour, np.float32)
    if texture:
        height, width = size
        mottled = cv2.resize(grain(rng, height // 6 + 1, width // 6 + 1), (width, height))
        paper += texture * (0.6 * grain(rng, height, width) + 0.6 * mottled)[..., None]
    return paper


def draw_ruled_lines(
    paper: Paper, view: Homography, spacing: float, colour: Colour, strength: float, rng: np.random.Generator,
    squared: bool = False,
) -> Paper:  # fmt: skip
    """Printed lines `spacing` pixels apart, also crossing ones if `squared`; they cover a fraction `strength` 0-1."""
    height, width = paper.shape[:2]
    reach = _REACH * max(height, width)
    lines = []
    for axis in range(1 + squared):
        at = np.arange(-reach + rng.uniform(0, spacing), reach, spacing)
        ends = np.empty((len(at), 2, 2))  # line, end, (x, y)
        ends[:, :, axis] = -reach, reach
        ends[:, :, 1 - axis] = at[:, None]
        lines.append(ends)
    placed = cv2.perspectiveTransform(np.concatenate(lines), view)
    mask = np.zeros((height, width), np.uint8)
    thickness = max(1, round(max(height, width) / 350))
    cv2.polylines(mask, list(_fixed(placed)), False, 255, thickness, cv2.LINE_AA, _SUBPIXEL_BITS)
    return blend(paper, mask * np.float32(strength / 255), colour)


def lay_on_table(
    paper: Paper, view: Homography, place: NDArray[np.float64], half: float, beyond: float, colour: Colour,
    rng: np.random.Generator,
) -> Paper:  # fmt: skip
    """One to three sides of the page end inside the picture, and the table shows on a fraction `beyond` of it there.

    `place` is the digit's centre in the picture; no side comes nearer to it than `half` pixels.
    """
    height, width = paper.shape[:2]
    side = max(height, width)
    ends = rng.permutation(4) < rng.integers(1, 4)  # left, top, right, bottom
    room = np.array([place[0], place[1], width - place[0], height - place[1]])
    edge = np.where(ends, np.maximum(room - beyond * side, half), _REACH * side)
    corners = [(-edge[0], -edge[1]), (edge[2], -edge[1]), (edge[2], edge[3]), (-edge[0], edge[3])]
    placed = cv2.perspectiveTransform(np.array([corners]), view)[0]
    mask = np.zeros((height, width), np.uint8)
    cv2.fillConvexPoly(mask, _fixed(placed), 255, cv2.LINE_AA, _SUBPIXEL_BITS)
    table = blank_page((height, width), colour, 4.0, rng)
    # the page stands a little off the table and casts a soft shadow on it
    shade = cv2.GaussianBlur(mask, (0, 0), side / 80).astype(np.float32) / 255
    table *= (1 - 0.45 * shade)[..., None]
    return table + (paper - table) * (mask.astype(np.float32) / np.float32(255))[..., None]


def _fixed(points: np.ndarray) -> NDArray[np.int32]:
    """The fixed-point coordinates that OpenCV draws with."""
    return np.round(points * 2**_SUBPIXEL_BITS).astype(np.int32)


def blend(paper: Paper, cover: Map, colour: Colour) -> Paper:
    """`colour` over the paper where `cover` (h, w) float32 0-1 says so, in place."""
    rows, columns = np.flatnonzero(cover.any(axis=1)), np.flatnonzero(cover.any(axis=0))
    if len(rows):
        box = slice(rows[0], rows[-1] + 1), slice(columns[0], columns[-1] + 1)
        paper[box] += (np.array(colour, np.float32) - paper[box]) * cover[box][..., None]
    return paper
