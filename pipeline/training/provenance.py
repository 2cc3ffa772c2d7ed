"""What a model was made with: packages, and this code."""

import hashlib
import platform
import subprocess
from importlib import metadata
from pathlib import Path

import keras

from pipeline.registry.card import Code

PACKAGES = ("keras", "numpy", "onnxruntime", "bentoml")
FOLDER = Path(__file__).resolve().parents[1]


def packages() -> dict[str, str]:
    """The versions of Python, of PACKAGES and of Keras' backend."""
    backend = keras.backend.backend()
    found = {name: metadata.version(name) for name in PACKAGES} | {backend: __import__(backend).__version__}
    return {"python": platform.python_version(), **found}


def code() -> Code:
    """The commit in work ("-dirty" behind one with changes; None outside of git), and one SHA-256 over `pipeline/`."""
    sources = hashlib.sha256()
    for path in sorted(FOLDER.rglob("*.py")):
        sources.update(f"{path.relative_to(FOLDER).as_posix()}\0".encode() + path.read_bytes() + b"\0")
    return Code(_commit(), sources.hexdigest())


def _commit() -> str | None:
    command = "git", "describe", "--always", "--dirty", "--abbrev=12", "--exclude=*"
    try:
        done = subprocess.run(command, cwd=FOLDER, capture_output=True, text=True, timeout=10)
    except (OSError, subprocess.TimeoutExpired):
        return None
    return done.stdout.strip() or None
