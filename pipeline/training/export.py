"""Trained networks as files: Keras' own and the ONNX graphs that serve."""

import hashlib
import os
import subprocess
import sys
import warnings
from pathlib import Path

import keras

from pipeline.errors import ModelError
from pipeline.registry.store import EYE, EYE_KERAS_FILE, GRAPH
from pipeline.training import eye_network, network

KERAS_FILE = "network.keras"
EXPORTING = "tensorflow"  # the backend whose ONNX export needs no packages but ours


def export(trained: keras.Model, folder: Path) -> dict[str, str]:
    """Write KERAS_FILE and GRAPH into the folder, in float32 throughout; returns their SHA-256 by name.

    Raises ModelError.
    """
    bare = network.build()  # without the optimizer, which would triple the file
    return _export(bare, trained, folder / KERAS_FILE, folder / GRAPH)


def export_eye(trained: keras.Model, folder: Path) -> dict[str, str]:
    """The same for a trained eye: EYE_KERAS_FILE and EYE."""
    return _export(eye_network.build(), trained, folder / EYE_KERAS_FILE, folder / EYE)


def _export(bare: keras.Model, trained: keras.Model, file: Path, graph: Path) -> dict[str, str]:
    bare.set_weights(trained.get_weights())
    bare.save(file)
    if keras.backend.backend() == EXPORTING:
        _write_graph(bare, graph)
    else:
        _write_graph_elsewhere(file, graph)
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in (file, graph)}


def _write_graph(bare: keras.Model, graph: Path) -> None:
    example = (1, *(side or eye_network.LEAST_SIDE for side in bare.input_shape[1:]))
    bare(keras.ops.zeros(example, "uint8"))  # Keras exports only what has been called
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of tf2onnx, about NumPy 2; the graph is evaluated before it is stored
        bare.export(graph, format="onnx", verbose=False)


def _write_graph_elsewhere(file: Path, graph: Path) -> None:
    """From a Keras file, in a process with another backend: Keras cannot change it in this one."""
    command = [sys.executable, "-m", "pipeline.training.export", str(file), str(graph)]
    environment = {**os.environ, "KERAS_BACKEND": EXPORTING}
    root = Path(__file__).resolve().parents[2]
    done = subprocess.run(command, capture_output=True, text=True, env=environment, cwd=root)
    if done.returncode:
        raise ModelError(f"The trained network cannot be exported: {done.stderr.strip().splitlines()[-1]}")


if __name__ == "__main__":
    _write_graph(keras.saving.load_model(sys.argv[1], safe_mode=True), Path(sys.argv[2]))
