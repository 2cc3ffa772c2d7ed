"""What the eye learns from: views of rendered pages, with what it should say about each of their pixels."""

import math
import signal
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.data.synthesis.pages import WRITING, Bank, DrawnPage, random_page
from pipeline.recognition.ink import find_ink
from pipeline.recognition.views import Viewer

AREA = 24_000  # pixels of a view of a whole picture
# Height and width of the canvases that views are put on, multiples of 32, of about AREA; and how often each.
CANVASES = {(160, 160): 0.42, (128, 192): 0.2, (192, 128): 0.1, (96, 288): 0.18, (288, 96): 0.03, (64, 448): 0.07}
DIGITS_CLOSER = 20.0, 75.0  # pixels of a digit in closer views
# How much an error weighs beside one on bare paper, so that paper, ink and other writing weigh about the same. Without,
# ink was told from paper, but 74 % of other writing and 37 % of print was taken for digits' (docs/experiments.md).
INKED_WEIGHT, WRITING_WEIGHT = 12, 30
INKED = 110  # of a view's 255, from which on something is there that may be taken for ink
UNIT = 16.0  # view pixels of an offset of 1, and of a size of e⁰
RNG = np.random.Generator
Box = tuple[int, int, int, int]
Sample = tuple[NDArray[np.uint8], NDArray[np.uint8], NDArray[np.float32]]  # view, owners, boxes in its pixels
BANK_FIELDS = "edges", "lines", "boxes", "labels"

_bank: list[Bank] = []  # of a process that renders


@dataclass(frozen=True)
class EyeBatch:
    """n views (n, h, w, 3) uint8 and what is true of them.

    `ink` (n, h, w, 3) uint8: a digit's, other writing's, and the weight of an error. `offsets` (n, h/2, w/2, 3)
    float16: x and y to the centre of the digit whose ink it is, in UNIT pixels, and the weight of an error (0 where it
    is no digit's). `centres` (n, h/4, w/4, 3) float16: heat 0-1, logarithm of the size in UNIT pixels, 1 where there is
    a size.
    """

    views: NDArray[np.uint8]
    ink: NDArray[np.uint8]
    offsets: NDArray[np.float16]
    centres: NDArray[np.float16]


def eye_batch(bank: Bank, n: int, rng: RNG) -> EyeBatch:
    """n random views of random pages, all on one canvas. Same state of `rng`, same batch."""
    shapes = list(CANVASES)
    canvas = shapes[rng.choice(len(shapes), p=list(CANVASES.values()))]
    samples: list[Sample] = []
    while len(samples) < n:
        samples += _views(random_page(bank, rng), canvas, rng)
    samples = samples[:n]
    truths = [_truth(*sample) for sample in samples]
    return EyeBatch(np.stack([view for view, _, _ in samples]), *(np.stack(each) for each in zip(*truths, strict=True)))


def save_bank(bank: Bank, folder: Path) -> None:
    """Write a bank for `open_bank`."""
    for field in BANK_FIELDS:
        np.save(folder / f"{field}.npy", getattr(bank, field))


def open_bank(folder: Path) -> None:
    """Make ready a process that renders: all of them share one bank in memory."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the process that trains
    cv2.setNumThreads(1)
    _bank.append(Bank(*(np.load(folder / f"{field}.npy", mmap_mode="r") for field in BANK_FIELDS)))


def rendered_batch(n: int, seed: tuple[int, ...]) -> EyeBatch:
    """A batch by a process that `open_bank` made ready."""
    return eye_batch(_bank[0], n, np.random.default_rng(seed))


def _views(page: DrawnPage, canvas: tuple[int, int], rng: RNG) -> list[Sample]:
    """The whole page, where it fits the canvas, and often a closer view of a part."""
    viewer = Viewer(page.pixels, find_ink(page.pixels))
    height, width = page.owners.shape
    whole = min(1.0, math.sqrt(AREA / (height * width)))
    fitting = min(1.0, canvas[0] / height, canvas[1] / width)
    found = []
    if fitting >= 0.6 * whole:
        scale = min(fitting, whole * rng.uniform(0.8, 1.15))
        found.append(_sample(page, viewer, scale, (0, 0, width, height), canvas))
    closer = not found or rng.random() < 0.5
    if closer and len(page.boxes):
        digit = float(np.median((page.boxes[:, 2:] - page.boxes[:, :2]).max(1)))
        scale = min(1.0, math.exp(rng.uniform(*np.log(DIGITS_CLOSER))) / digit)
        if found and scale < 1.2 * whole:
            return found
        h, w = min(height, int(canvas[0] / scale)), min(width, int(canvas[1] / scale))
        x, y = page.boxes[rng.integers(len(page.boxes))].reshape(2, 2).mean(0)
        x0 = int(np.clip(x - w * rng.uniform(0.1, 0.9), 0, width - w))
        y0 = int(np.clip(y - h * rng.uniform(0.1, 0.9), 0, height - h))
        found.append(_sample(page, viewer, scale, (x0, y0, x0 + w, y0 + h), canvas))
    return found


def _sample(page: DrawnPage, viewer: Viewer, scale: float, box: Box, canvas: tuple[int, int]) -> Sample:
    """The view of a part of the page, at the canvas' upper left as when it serves, with what is true of it."""
    x0, y0, x1, y1 = box
    view = viewer.view(scale, box)
    owners = _shrunk(page.owners[y0:y1, x0:x1], scale, view.shape[1::-1])
    on_canvas, owners_there = np.zeros((*canvas, 3), np.uint8), np.zeros(canvas, np.uint8)
    height, width = min(canvas[0], view.shape[0]), min(canvas[1], view.shape[1])
    on_canvas[:height, :width] = view[:height, :width]
    owners_there[:height, :width] = owners[:height, :width]
    boxes = (page.boxes - np.array([x0, y0, x0, y0], np.float32)) * np.float32(scale)
    return on_canvas, owners_there, boxes


def _shrunk(owners: NDArray[np.uint8], scale: float, size: tuple[int, int]) -> NDArray[np.uint8]:
    """As a view is shrunk: what has ink under it is inked; a digit's before other writing."""
    if scale >= 1:
        return owners
    reach = math.ceil(1 / scale)
    digits, writing = (
        cv2.resize(cv2.dilate(ink, np.ones((reach, reach), np.uint8)), size, interpolation=cv2.INTER_NEAREST)
        for ink in (np.where(owners == WRITING, np.uint8(0), owners), np.where(owners == WRITING, owners, np.uint8(0)))
    )
    return np.where(digits > 0, digits, writing)


def _truth(
    view: NDArray[np.uint8], owners: NDArray[np.uint8], boxes: NDArray[np.float32]
) -> tuple[NDArray[np.uint8], NDArray[np.float16], NDArray[np.float16]]:
    """The ink, offsets and centres of an EyeBatch, for one view."""
    height, width = owners.shape
    digit = (owners > 0) & (owners < WRITING)
    writing = owners == WRITING
    weight = np.where(writing, WRITING_WEIGHT, np.where(digit | (view[..., 0] > INKED), INKED_WEIGHT, 1))
    ink = np.stack([digit, writing, weight], -1).astype(np.uint8)
    coarse = cv2.dilate(np.where(digit, owners, 0).astype(np.uint8), np.ones((2, 2), np.uint8), anchor=(0, 0))[::2, ::2]
    centres = np.zeros((height // 4, width // 4, 3), np.float32)
    table = np.zeros((256, 3), np.float32)
    for k, (x0, y0, x1, y1) in enumerate(boxes.tolist()):
        x, y, size = (x0 + x1) / 2, (y0 + y1) / 2, max(x1 - x0, y1 - y0, 2.0)
        table[k + 1] = x, y, UNIT / size
        if 0 <= x < width and 0 <= y < height and size >= 5:
            _mark(centres, x / 4 - 0.5, y / 4 - 0.5, size)
    of = table[coarse]
    rows, columns = np.indices(coarse.shape, np.float32)
    offsets = np.stack([of[..., 0] - 2 * columns - 0.5, of[..., 1] - 2 * rows - 0.5, UNIT * of[..., 2]], -1) / UNIT
    offsets[coarse == 0] = 0
    return ink, offsets.astype(np.float16), centres.astype(np.float16)


def _mark(centres: NDArray[np.float32], x: float, y: float, size: float) -> None:
    """A Gaussian around a centre, 1 at the nearest place, and the size there and beside it."""
    column, row = (int(np.clip(round(at), 0, most - 1)) for at, most in ((x, centres.shape[1]), (y, centres.shape[0])))
    sigma = 0.5 + size / 4 / 12
    reach = int(3 * sigma) + 1
    top, left = max(0, row - reach), max(0, column - reach)
    part = centres[top : row + reach + 1, left : column + reach + 1]
    rows, columns = np.ogrid[top : top + part.shape[0], left : left + part.shape[1]]
    heat = np.exp(-((rows - row) ** 2 + (columns - column) ** 2) / (2 * sigma**2))
    nearer = heat > part[..., 0]
    part[..., 0][nearer] = heat[nearer]
    sized = nearer & (heat > 0.3)
    part[..., 1][sized] = math.log(size / UNIT)
    part[..., 2][sized] = 1
