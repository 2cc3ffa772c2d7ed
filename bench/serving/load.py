"""What is sent, and what is measured while it is answered."""

import json
import subprocess
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

import numpy as np

from bench.reading import SKETCH
from bench.serving.peers import naive
from bench.serving.servers import Server
from pipeline.data import mnist
from pipeline.data.synthesis.rendering.scene import render
from pipeline.recognition.encode import png
from pipeline.registry import store

DIGIT = 7  # the only one that is sent, so that wrk can tell wrong answers
PICTURES = 20  # different ones
SCRIPT = Path(__file__).with_name("wrk.lua")


@dataclass(frozen=True)
class Load:
    """What a service did with so many connections, each asking again once it is answered; milliseconds."""

    rate: float  # right answers a second
    cpu: float  # of all its processes, a request
    p50: float
    p90: float
    p99: float
    memory: float  # MiB
    failed: int  # answers that were refusals, wrong, or broken off


def pictures(folder: Path) -> dict[str, list[Path]]:
    """PNG files of that digit, by kind, that this project and the usual recipe both read right."""
    digits, recogniser = mnist.load().validation, store.load().recogniser
    rows = np.flatnonzero(digits.labels == DIGIT)[: 5 * PICTURES]
    kinds = {
        "28×28": [png(image) for image in digits.images[rows]],
        "480×480": [png(render(digits.images[row], SKETCH, np.random.default_rng(int(row)))) for row in rows],
    }
    found = {}
    for kind, files in kinds.items():
        read = [
            file
            for file in files
            if naive.recognise(recogniser.model, BytesIO(file))["digit"] == DIGIT == recogniser.recognise(file).digit
        ]
        found[kind] = [folder / f"{kind}-{number}.png" for number in range(min(PICTURES, len(read)))]
        for path, file in zip(found[kind], read, strict=False):
            path.write_bytes(file)
    return found


def load(server: Server, files: list[Path], connections: int, seconds: float, query: str = "") -> Load:
    """Have wrk send them from so many connections for so long."""
    before = server.cpu_seconds()
    command = ["wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "--timeout", "30s", "--latency", "-s", str(SCRIPT)]
    command += [server.url + query, "--", str(DIGIT), "image", *map(str, files)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    found = json.loads(done.stdout.splitlines()[-1])
    cpu = 1000 * (server.cpu_seconds() - before) / max(1, found["answers"])
    failed = found["refused"] + found["wrong"] + found["broken"]
    rate = (found["answers"] - found["refused"] - found["wrong"]) / found["seconds"]
    return Load(rate, cpu, found["p50"], found["p90"], found["p99"], server.memory_bytes() / 2**20, failed)
