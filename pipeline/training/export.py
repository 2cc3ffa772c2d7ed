"""A trained network as files: Keras' own and the ONNX graph that serves."""

import hashlib
import os
import subprocess
import sys
import warnings
from pathlib import Path

import keras

from pipeline.errors import ModelError
from pipeline.recognition.fit import SIDE
from pipeline.registry.store import GRAPH
from pipeline.training import network

KERAS_FILE = "network.keras"
EXPORTING = "tensorflow"  # the backend whose ONNX export needs no packages but ours


def export(trained: keras.Model, folder: Path) -> dict[str, str]:
    """Write KERAS_FILE and GRAPH into the folder, in float32 throughout; returns their SHA-256 by name.

    Raises ModelError.
    """
    bare = network.build()  # without the optimizer, which would triple the file
    bare.set_weights(trained.get_weights())
    bare.save(folder / KERAS_FILE)
    if keras.backend.backend() == EXPORTING:
        _write_graph(bare, folder)
    else:
        _write_graph_elsewhere(folder)
    return {name: hashlib.sha256((folder / name).read_bytes()).hexdigest() for name in (KERAS_FILE, GRAPH)}


def _write_graph(bare: keras.Model, folder: Path) -> None:
    bare(keras.ops.zeros((1, SIDE, SIDE, 1), "uint8"))  # Keras exports only what has been called
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of tf2onnx, about NumPy 2; the graph is evaluated before it is stored
        bare.export(folder / GRAPH, format="onnx", verbose=False)


def _write_graph_elsewhere(folder: Path) -> None:
    """From KERAS_FILE, in a process with another backend: Keras cannot change it in this one."""
    command = [sys.executable, "-m", "pipeline.training.export", str(folder)]
    environment = {**os.environ, "KERAS_BACKEND": EXPORTING}
    root = Path(__file__).resolve().parents[2]
    done = subprocess.run(command, capture_output=True, text=True, env=environment, cwd=root)
    if done.returncode:
        raise ModelError(f"The trained network cannot be exported: {done.stderr.strip().splitlines()[-1]}")


if __name__ == "__main__":
    _write_graph(keras.saving.load_model(Path(sys.argv[1]) / KERAS_FILE, safe_mode=True), Path(sys.argv[1]))
