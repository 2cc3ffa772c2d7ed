"""`python -m pipeline` as a process."""

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
from servers import ROOT


class CommandLine:
    """`python -m pipeline` with a model store of its own, so that small models never serve other tests."""

    def __init__(self, home: Path):
        self.home, self.models = home, home / "models" / "digits"
        self.how = {"cwd": ROOT, "env": {**os.environ, "BENTOML_HOME": str(home)}, "text": True}

    def run(self, *arguments) -> subprocess.CompletedProcess:
        return subprocess.run(command(*arguments), capture_output=True, **self.how)

    def start(self, *arguments) -> subprocess.Popen:
        return subprocess.Popen(command(*arguments), stdout=subprocess.PIPE, stderr=subprocess.PIPE, **self.how)

    def folder(self, card: dict) -> Path:
        return self.models / card["version"]


def command(*arguments) -> list[str]:
    return [sys.executable, "-m", "pipeline", *map(str, arguments)]


def last_line(text: str) -> str:
    return text.strip().splitlines()[-1]


def weights_of(folder: Path) -> list[np.ndarray]:
    import keras

    return keras.saving.load_model(folder / "network.keras", safe_mode=True).get_weights()


def wait_for_epoch(process: subprocess.Popen, number: int, of: int = 200) -> None:
    assert process.stderr
    for line in process.stderr:
        if line.startswith(f"epoch {number:>2}/{of}"):
            return
    raise AssertionError("training ended early")
