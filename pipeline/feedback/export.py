"""All corrections as one .npz, and back: the same corrections give the same bytes.

Arrays, one entry for each of n corrections in the order they came:

    ids, times (ISO 8601, UTC), endpoints, models, statuses   (n,) text
    digits       (n,) int8: what was answered, -1 for none
    confidences  (n,) float64, 0-1
    labels       (n,) uint8: what is right, 0-9; 10: no digit
    boxes        (n, 4) int32: of one digit of a number, x0, y0, x1, y1; -1 for none
    seen         (n, 28, 28) uint8: what the model saw; all 0 where it saw nothing
    pictures     (bytes,) uint8: all picture files one after the other
    ends         (n,) int64: where each of them ends in `pictures`

and `format`, which is FORMAT.
"""

import itertools
import zipfile
import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from pipeline.errors import DataError
from pipeline.feedback.correction import NOT_A_DIGIT, SEEN_BYTES, Correction

FORMAT = 1
NO_BOX = (-1, -1, -1, -1)
KINDS = {  # of the arrays: the kinds of their dtypes, and their shape behind n
    **dict.fromkeys(("ids", "times", "endpoints", "models", "statuses"), ("U", ())),
    **{"digits": ("i", ()), "confidences": ("f", ()), "labels": ("u", ()), "ends": ("i", ())},
    **{"boxes": ("i", (4,)), "seen": ("u", (28, 28))},
}


@dataclass(frozen=True)
class Exported:
    """What training needs of an export: (n, 28, 28) uint8 seen, (n,) uint8 labels 0-10, n picture files."""

    seen: NDArray[np.uint8]
    labels: NDArray[np.uint8]
    pictures: list[bytes]


def write(corrections: Iterable[Correction], path: Path) -> int:
    """Write the file whole or not at all; how many corrections are in it."""
    every = list(corrections)
    seen = b"".join(each.seen or bytes(SEEN_BYTES) for each in every)
    arrays = {
        "format": np.array(FORMAT),
        "ids": np.array([each.id for each in every], str),
        "times": np.array([each.time.isoformat() for each in every], str),
        "endpoints": np.array([each.endpoint for each in every], str),
        "models": np.array([each.model for each in every], str),
        "statuses": np.array([each.status for each in every], str),
        "digits": np.array([-1 if each.digit is None else each.digit for each in every], np.int8),
        "confidences": np.array([each.confidence for each in every], np.float64),
        "labels": np.array([each.label for each in every], np.uint8),
        "boxes": np.array([each.box or NO_BOX for each in every], np.int32).reshape(-1, 4),
        "seen": np.frombuffer(seen, np.uint8).reshape(-1, 28, 28),
        "pictures": np.frombuffer(b"".join(each.picture for each in every), np.uint8),
        "ends": np.cumsum([len(each.picture) for each in every], dtype=np.int64),
    }
    partial = path.with_name(f"{path.name}.partial")
    try:
        with partial.open("wb") as file:
            np.savez(file, **arrays)  # type: ignore[arg-type]
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)
    return len(every)


def read(path: Path) -> Exported:
    """What `write` wrote. Raises DataError."""
    try:
        with path.open("rb") as opened, np.load(opened, allow_pickle=False) as file:
            if int(file["format"]) != FORMAT:
                raise ValueError(f"its format is {file['format']}, expected {FORMAT}")
            arrays = {name: file[name] for name in (*KINDS, "pictures")}
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile, zlib.error) as error:
        raise DataError(
            f"{path}: is no file of corrections ({error}). Make one with 'python -m pipeline feedback export FILE'."
        ) from error
    _check(path, arrays)
    whole, bounds = arrays["pictures"].tobytes(), itertools.pairwise([0, *arrays["ends"].tolist()])
    pictures = [whole[start:end] for start, end in bounds]
    return Exported(arrays["seen"], arrays["labels"], pictures)


def _check(path: Path, arrays: dict[str, NDArray[np.generic]]) -> None:
    count = len(arrays["labels"]) if arrays["labels"].ndim else -1
    for name, (kind, rest) in KINDS.items():
        array = arrays[name]
        if array.dtype.kind != kind or array.shape != (count, *rest):
            raise DataError(f"{path}: {name} is {array.dtype} {array.shape}, expected {count} of shape {rest}.")
    ends, labels = arrays["ends"].astype(np.int64), arrays["labels"].astype(np.int64)
    if arrays["seen"].dtype != np.uint8 or arrays["labels"].dtype != np.uint8 or (labels > NOT_A_DIGIT).any():
        raise DataError(f"{path}: expected seen and labels in uint8, labels from 0 to {NOT_A_DIGIT}.")
    steps = np.diff(ends, prepend=0)
    if arrays["pictures"].dtype != np.uint8 or (steps < 0).any() or ends[-1:].sum() != arrays["pictures"].size:
        raise DataError(f"{path}: the pictures do not end where `ends` says. The file is damaged: export it again.")
