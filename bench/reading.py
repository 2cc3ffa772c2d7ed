"""Times the reading of a photograph, a sketch and a tiny picture on one core, beside the usual recipe.

    python -m bench.reading [--repeats 30] [--json]

Both are given the same bytes and the same model. The usual recipe is what most MNIST demos do: grey, Otsu's threshold,
bounding box, 20×20, centre of mass.
"""

import argparse
import json
import os
import sys
import time
from collections.abc import Callable
from io import BytesIO
from typing import Any

import cv2
import numpy as np
from PIL import Image

from pipeline.data import mnist
from pipeline.data.synthesis.rendering.camera import jpeg
from pipeline.data.synthesis.rendering.scene import Scene, render
from pipeline.recognition.encode import png
from pipeline.recognition.recogniser import Recogniser
from pipeline.recognition.stages import stages
from pipeline.registry import store

SEED = 1
PHOTO = Scene(
    size=(4000, 3000), height=0.3, rotation=6.0, tilt=0.15, stroke_width=1.4, ink=(28, 58, 160), strength=0.9,
    paper=(236, 234, 228), texture=2.0, ruled=0.35, squared=True, spacing=0.35, gradient=0.3, shadow=0.25, blur=3.0,
    noise=5.0,
)  # fmt: skip
SKETCH = Scene(size=(480, 480), stroke_width=2.5)


def pictures() -> dict[str, bytes]:
    """What is read: name -> file."""
    digit = mnist.load().test.images[0]
    photo, sketch = (render(digit, scene, np.random.default_rng(SEED)) for scene in (PHOTO, SKETCH))
    return {
        "JPEG photograph of 12 megapixels": jpeg(photo, 92),
        "PNG sketch of 480×480": png(sketch),
        "PNG of 28×28": png(digit),
    }


def usual_recipe(picture: bytes) -> np.ndarray:
    """(28, 28) uint8: the peer."""
    grey = 255 - np.asarray(Image.open(BytesIO(picture)).convert("L"))
    if np.median(grey) > 127:
        grey = 255 - grey
    _, ink = cv2.threshold(grey, 0, 255, cv2.THRESH_TOZERO | cv2.THRESH_OTSU)
    x, y, width, height = cv2.boundingRect(ink)
    scale = 20 / max(width, height)
    size = max(1, round(width * scale)), max(1, round(height * scale))
    small = cv2.resize(ink[y : y + height, x : x + width], size, interpolation=cv2.INTER_AREA)
    centre = cv2.moments(small)
    mass = max(centre["m00"], 1e-6)
    shift = np.array([[1, 0, 14 - centre["m10"] / mass], [0, 1, 14 - centre["m01"] / mass]], np.float32)
    return cv2.warpAffine(small, shift, (28, 28))


def milliseconds(repeats: int, *works: Callable[[], Any]) -> np.ndarray:
    """(works, repeats) how long each work took, in turns, so that a busy machine slows them alike."""
    found = np.empty((len(works), repeats + 1))  # one more to warm up
    for repeat in range(repeats + 1):
        for row, work in enumerate(works):
            start = time.perf_counter()
            work()
            found[row, repeat] = 1000 * (time.perf_counter() - start)
    return found[:, 1:]


def stage_times(picture: bytes, recogniser: Recogniser, repeats: int) -> dict[str, float]:
    """The median milliseconds of each stage of segmentation, its picture for people included, and of the model."""
    taken: dict[str, list[float]] = {}
    digit = np.zeros((28, 28), np.uint8)
    for _ in range(repeats):
        last = time.perf_counter()
        for name, after in stages(picture, recogniser.eye):
            now = time.perf_counter()
            taken.setdefault(name, []).append(1000 * (now - last))
            digit, last = after if after.shape == digit.shape else digit, time.perf_counter()
    taken["model"] = list(milliseconds(repeats, lambda: recogniser.model.classify(digit[None]))[0])
    return {name: float(np.median(times)) for name, times in taken.items()}


def measure(picture: bytes, recogniser: Recogniser, repeats: int) -> dict[str, Any]:
    def usual() -> int:
        return int(recogniser.model.classify(usual_recipe(picture)[None]).probabilities.argmax())

    ours, peer = milliseconds(repeats, lambda: recogniser.recognise(picture), usual)
    return {
        "bytes": len(picture),
        "p50_ms": float(np.median(ours)),
        "p90_ms": float(np.quantile(ours, 0.9)),
        "peer_p50_ms": float(np.median(peer)),
        "times_the_peer": float(np.median(ours) / np.median(peer)),
        "reads": recogniser.recognise(picture).digit,
        "peer_reads": usual(),
        "stages_ms": stage_times(picture, recogniser, repeats),
    }


def describe(name: str, row: dict[str, Any]) -> str:
    whole = sum(row["stages_ms"].values())
    parts = ", ".join(f"{stage} {time / whole:.0%}" for stage, time in row["stages_ms"].items())
    return (
        f"{name}: p50 {row['p50_ms']:.2f} ms, p90 {row['p90_ms']:.2f} ms, reads {row['reads']}; the usual recipe "
        f"{row['peer_p50_ms']:.2f} ms, reads {row['peer_reads']}: {row['times_the_peer']:.2f} times its time\n"
        f"  {parts}"
    )


def one_core() -> None:
    """One core for everything, so that times compare between machines."""
    cv2.setNumThreads(1)
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})


def main() -> int:
    parser = argparse.ArgumentParser(description="Time the reading of pictures on one core.")
    parser.add_argument("--repeats", type=int, default=30, help="readings of each picture (%(default)s)")
    parser.add_argument("--json", action="store_true", help="print the metrics as JSON")
    options = parser.parse_args()
    one_core()
    store.ensure_not_empty()
    recogniser = store.load().recogniser
    found = {name: measure(picture, recogniser, options.repeats) for name, picture in pictures().items()}
    print(json.dumps(found) if options.json else "\n".join(describe(*each) for each in found.items()))
    return 0


if __name__ == "__main__":
    sys.exit(main())
