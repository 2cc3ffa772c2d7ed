"""Small data folders in IDX form."""

import hashlib
import struct

import numpy as np

from pipeline.data import mnist


def idx(array: np.ndarray) -> bytes:
    return bytes((0, 0, 8, array.ndim)) + struct.pack(f">{array.ndim}I", *array.shape) + array.tobytes()


def write_folder(folder, train: mnist.Split, test: mnist.Split):
    """A folder in IDX form with its own SHA256SUMS, as a user with other data would make it."""
    contents = {
        "train-images-idx3-ubyte": idx(train.images),
        "train-labels-idx1-ubyte": idx(train.labels),
        "t10k-images-idx3-ubyte": idx(test.images),
        "t10k-labels-idx1-ubyte": idx(test.labels),
    }
    folder.mkdir(exist_ok=True)
    for name, content in contents.items():
        (folder / name).write_bytes(content)
    sums = "".join(f"{hashlib.sha256(content).hexdigest()}  {name}\n" for name, content in contents.items())
    (folder / "SHA256SUMS").write_text(sums)
    return folder
