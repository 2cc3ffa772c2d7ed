"""MNIST in IDX form: read, check against its SHA-256, split always in the same way.

File format and origin: LeCun, Cortes and Burges, "The MNIST database of handwritten digits".
"""

import gzip
import hashlib
import math
import os
import struct
import zlib
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from sklearn.model_selection import train_test_split

from pipeline.errors import DataError
from pipeline.recognition.fit import SIDE

Images = NDArray[np.uint8]
Labels = NDArray[np.uint8]

SHIPPED = Path(__file__).resolve().parents[2] / "data" / "mnist"
ENVIRONMENT_VARIABLE = "DIGITS_DATA"
SPLIT_SEED = 20260101  # any fixed number; changing it changes what "validation" means
VALIDATION_EVERY = 12  # one in twelve: 5,000 of MNIST's 60,000 training digits

# SHA-256 of the uncompressed content of the four original files.
MNIST_SHA256 = {
    "train-images-idx3-ubyte": "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db",
    "train-labels-idx1-ubyte": "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5",
    "t10k-images-idx3-ubyte": "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7",
    "t10k-labels-idx1-ubyte": "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2",
}


@dataclass(frozen=True)
class Split:
    """Digits and their labels: images (n, 28, 28) uint8 0-255, white ink on black; labels (n,) uint8
    0-9, and 10, the reject class, among the examples made for training."""

    images: Images
    labels: Labels

    def __len__(self) -> int:
        return len(self.labels)


@dataclass(frozen=True)
class Splits:
    """The three splits and `sha256`, one hash over the four files they came from."""

    train: Split
    validation: Split
    test: Split
    sha256: str


def folder_in_use(folder: str | Path | None = None) -> Path:
    """The folder asked for, else the one $DIGITS_DATA names, else the MNIST that ships with the project."""
    return Path(folder or os.environ.get(ENVIRONMENT_VARIABLE) or SHIPPED)


def load(folder: str | Path | None = None) -> Splits:
    """Read, check and split the four IDX files of a folder; see `folder_in_use`. Raises DataError."""
    folder = folder_in_use(folder)
    if not folder.is_dir():
        raise DataError(f"{folder}: no such folder. Expected one that holds the four MNIST files; name it with --data.")
    expected = _expected_hashes(folder)
    hashes = hashlib.sha256()

    def read(part: str) -> Split:
        names = f"{part}-images-idx3-ubyte", f"{part}-labels-idx1-ubyte"
        contents = [_read_checked(folder, name, expected) for name in names]
        for content in contents:
            hashes.update(hashlib.sha256(content).digest())
        images, labels = (_parse_idx(folder / name, content) for name, content in zip(names, contents, strict=True))
        return _checked_split(folder, part, images, labels)

    everything, test = read("train"), read("t10k")
    train, validation = _split(folder, everything)
    return Splits(train, validation, test, hashes.hexdigest())


def _expected_hashes(folder: Path) -> dict[str, str]:
    """A folder's own SHA256SUMS (for data other than MNIST), else the hashes of the original MNIST."""
    sums = folder / "SHA256SUMS"
    if not sums.exists():
        return MNIST_SHA256
    rows = [line.split() for line in sums.read_text("utf-8").splitlines() if line.strip()]
    if any(len(row) != 2 for row in rows):
        raise DataError(f"{sums}: expected lines of the form '<sha256>  <file>', as the sha256sum command prints them.")
    return {name.lstrip("*").removesuffix(".gz"): digest for digest, name in rows}


def _read_checked(folder: Path, name: str, expected: dict[str, str]) -> bytes:
    path = next((p for p in (folder / name, folder / f"{name}.gz") if p.exists()), None)
    if path is None:
        raise DataError(f"{folder / name}: missing, and {name}.gz as well. Put one of the two into that folder.")
    try:
        content = path.read_bytes()
        if path.suffix == ".gz":
            content = gzip.decompress(content)
    except (OSError, EOFError, zlib.error) as error:
        raise DataError(f"{path}: cannot be read ({error}). It may be truncated: fetch the file again.") from error
    _check_idx(path, content)  # first, because "truncated" says more than "wrong hash"
    found = hashlib.sha256(content).hexdigest()
    if name not in expected:
        raise DataError(f"{folder / 'SHA256SUMS'}: has no line for {name}. Add one, with the hash of the raw content.")
    if found != expected[name]:
        raise DataError(
            f"{path}: its content has SHA-256 {found}, expected {expected[name]}. Fetch the file again; "
            "for data other than MNIST put a SHA256SUMS file (hashes of the raw content) into the folder."
        )
    return content


def _shape(content: bytes) -> tuple[int, ...]:
    """Dimensions in an IDX header: two zero bytes, type 8 (uint8), their number, each a big-endian uint32."""
    return struct.unpack_from(f">{content[3]}I", content, 4)


def _check_idx(path: Path, content: bytes) -> None:
    dimensions = 3 if "images" in path.name else 1
    magic = bytes((0, 0, 8, dimensions))
    header_bytes = 4 + 4 * dimensions
    if content[:4] != magic:
        raise DataError(
            f"{path}: starts with {content[:4].hex() or 'nothing'}, expected the IDX magic {magic.hex()}. "
            "This is not an MNIST file of that name: fetch it again."
        )
    if len(content) < header_bytes:
        raise DataError(f"{path}: truncated inside its header ({len(content)} bytes). Fetch the file again.")
    shape = _shape(content)
    expected_bytes = header_bytes + math.prod(shape)
    if len(content) != expected_bytes:
        raise DataError(
            f"{path}: holds {len(content):,} bytes, expected {expected_bytes:,} for the {shape[0]:,} items its header "
            f"announces. It is {'truncated' if len(content) < expected_bytes else 'too long'}: fetch the file again."
        )
    if dimensions == 3 and shape[1:] != (SIDE, SIDE):
        raise DataError(f"{path}: holds pictures of {shape[1]}×{shape[2]} pixels, expected {SIDE}×{SIDE}.")


def _parse_idx(path: Path, content: bytes) -> NDArray[np.uint8]:
    shape = _shape(content)
    return np.frombuffer(content, np.uint8, offset=4 + 4 * len(shape)).reshape(shape)


def _checked_split(folder: Path, part: str, images: Images, labels: Labels) -> Split:
    if len(images) != len(labels):
        raise DataError(
            f"{folder}: {part} has {len(images):,} images but {len(labels):,} labels. Use files that belong together."
        )
    if len(labels) == 0 or labels.max() > 9:
        found = f"a label {labels.max()}" if len(labels) else "no labels"
        raise DataError(f"{folder}: {part} has {found}, expected labels from 0 to 9. This is not a set of digits.")
    return Split(images, labels)


def _split(folder: Path, everything: Split) -> tuple[Split, Split]:
    """Training and validation digits, stratified by label, the same for ever."""
    try:
        train, validation = train_test_split(
            np.arange(len(everything)),
            test_size=len(everything) // VALIDATION_EVERY,
            stratify=everything.labels,
            random_state=SPLIT_SEED,
        )
    except ValueError as error:
        raise DataError(
            f"{folder}: {len(everything):,} training digits cannot be split ({error}). "
            "Use at least 120, 12 of each kind."
        ) from error
    return tuple(Split(everything.images[rows], everything.labels[rows]) for rows in (train, validation))  # type: ignore[return-value]
