"""What the clients of a digit service send: sketches, tiny pictures, photographs, pages, bulk, and no pictures."""

from collections.abc import Sequence
from dataclasses import dataclass

import httpx
import numpy as np

from bench.reading import PHOTO, SKETCH
from pipeline.data import mnist
from pipeline.data.mnist import Split
from pipeline.data.synthesis.rendering.camera import jpeg
from pipeline.data.synthesis.rendering.scene import Scene, render
from pipeline.evaluation.pages.kinds import KINDS, page
from pipeline.recognition.encode import png
from pipeline.recognition.fit import SIDE

SEED = 1
PAGE_ROWS, PAGE_COLUMNS, PITCH = 18, 20, 40  # digits; pixels from one to the next: as much work as a page can be
SMALL_SKETCH = Scene(size=(200, 200), stroke_width=2.5)

# Of a hundred requests. Most of what a service of this kind gets is drawn on a screen; the rest is there so that each
# way through the service is taken often: malformed ones are 5 %.
MIX = {"sketch": 40, "tiny": 25, "photograph": 3, "page": 12, "classify": 8, "batch": 7, "malformed": 5}


@dataclass(frozen=True)
class Sent:
    """One request, ready to be sent any number of times."""

    kind: str
    path: str
    content_type: str
    body: bytes


def sketches(digits: Split, count: int, scene: Scene = SMALL_SKETCH) -> list[Sent]:
    return [_picture("sketch", "/predict", png(_rendered(digits, row, scene))) for row in range(count)]


def tiny(digits: Split, count: int) -> list[Sent]:
    return [_picture("tiny", "/predict", png(image)) for image in digits.images[:count]]


def full_page(digits: Split) -> bytes:
    """A PNG file of 360 small digits, black on white."""
    ink = np.zeros((PAGE_ROWS, PAGE_COLUMNS, PITCH, PITCH), np.uint8)
    edge = (PITCH - SIDE) // 2
    count = PAGE_ROWS * PAGE_COLUMNS
    ink[:, :, edge:-edge, edge:-edge] = digits.images[:count].reshape(PAGE_ROWS, PAGE_COLUMNS, SIDE, SIDE)
    return png(255 - ink.swapaxes(1, 2).reshape(PAGE_ROWS * PITCH, PAGE_COLUMNS * PITCH))


def traffic(photographs: int = 4) -> dict[str, list[Sent]]:
    """The different requests of each kind of MIX; rendering a photograph takes seconds."""
    digits = mnist.load().validation
    pages = [page(name, 0, digits) for name in KINDS]
    return {
        "sketch": sketches(digits, 20) + sketches(digits, 20, SKETCH),
        "tiny": tiny(digits, 40),
        "photograph": [
            _picture("photograph", path, jpeg(_rendered(digits, row, PHOTO), 92))
            for row, path in zip(range(photographs), ("/predict", "/read") * photographs, strict=False)
        ],
        "page": [_picture("page", each.endpoint, each.file) for each in pages],
        "classify": [
            Sent("classify", "/classify", "application/octet-stream", digits.images[:count].tobytes())
            for count in (1, 10, 100, 1000)
        ],
        "batch": [_batch([png(image) for image in digits.images[:count]]) for count in (1, 4, 16)],
        "malformed": _malformed(png(digits.images[0])),
    }


def _rendered(digits: Split, row: int, scene: Scene) -> np.ndarray:
    return render(digits.images[row], scene, np.random.default_rng(SEED + row))


def _picture(kind: str, path: str, file: bytes) -> Sent:
    return Sent(kind, path, "image/jpeg" if file.startswith(b"\xff\xd8") else "image/png", file)


def _batch(files: Sequence[bytes]) -> Sent:
    form = httpx.Request("POST", "http://x", files=[("images", (f"{i}.png", file)) for i, file in enumerate(files)])
    return Sent("batch", "/predict_batch", form.headers["content-type"], form.read())


def _malformed(good: bytes) -> list[Sent]:
    """Each is to be refused with a status of 400 to 422."""
    return [
        Sent("malformed", "/predict", "image/png", b""),
        Sent("malformed", "/predict", "image/png", np.random.default_rng(SEED).bytes(2000)),
        Sent("malformed", "/read", "image/png", good[: len(good) // 3]),
        Sent("malformed", "/predict", "text/plain", good),
        Sent("malformed", "/predict_batch", "multipart/form-data; boundary=b", b"--b\r\nnot a form"),
        Sent("malformed", "/classify", "application/octet-stream", bytes(785)),
    ]
