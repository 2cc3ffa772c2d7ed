"""`python -m pipeline preprocess`: the checked splits as one file, their figures, and a picture to look at."""

from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from pipeline.data.mnist import Split, Splits
from pipeline.recognition.fit import SIDE

ARRAYS = "mnist.npz"
SHEET = "contact_sheet.png"
EXAMPLES = 20  # of each digit on the contact sheet
ENLARGED = 2  # screen pixels a digit pixel


def prepare(splits: Splits, folder: Path) -> dict[str, Any]:
    """Write ARRAYS and SHEET into `folder`; returns what they hold, JSON-ready."""
    folder.mkdir(parents=True, exist_ok=True)
    parts = {part: getattr(splits, part) for part in ("train", "validation", "test")}
    arrays = {f"{part}_images": split.images[..., None] for part, split in parts.items()}
    labels = {f"{part}_labels": split.labels for part, split in parts.items()}
    partial = folder / f"partial-{ARRAYS}"
    np.savez_compressed(partial, **arrays, **labels)
    partial.replace(folder / ARRAYS)  # whole or not at all
    contact_sheet(splits.train).save(folder / SHEET)
    return {
        "sha256": splits.sha256,
        "files": [str(folder / ARRAYS), str(folder / SHEET)],
        "splits": {part: _figures(split) for part, split in parts.items()},
    }


def _figures(split: Split) -> dict[str, Any]:
    """Figures of a split; those called normalised are of what the network's first layer makes of it (1/255)."""
    return {
        "shape": [len(split), SIDE, SIDE, 1],
        "dtype": str(split.images.dtype),
        "pixel_range": [int(split.images.min()), int(split.images.max())],
        "normalised_range": [float(split.images.min() / 255), float(split.images.max() / 255)],
        "normalised_mean": round(float(split.images.mean() / 255), 4),
        "normalised_deviation": round(float(split.images.std() / 255), 4),
        "digits": np.bincount(split.labels, minlength=10).tolist(),
    }


def describe(summary: dict[str, Any]) -> str:
    """The summary as lines for a person."""
    lines = []
    for part, figures in summary["splits"].items():
        (low, high), (first, last) = figures["pixel_range"], figures["normalised_range"]
        shape = "×".join(f"{n:,}" for n in figures["shape"])
        lines.append(
            f"{part:<10}  {shape:<14} {figures['dtype']} {low}-{high}, normalised by the network's first layer to "
            f"{first:.1f}-{last:.1f} (mean {figures['normalised_mean']}, deviation {figures['normalised_deviation']})"
        )
        lines.append(f"{'':<12}of each digit 0-9: {' '.join(map(str, figures['digits']))}")
    return "\n".join([*lines, f"data SHA-256 {summary['sha256']}", *(f"wrote {file}" for file in summary["files"])])


def contact_sheet(split: Split) -> Image.Image:
    """A row for each digit, the first EXAMPLES of each, dark ink on white."""
    rows = []
    for digit in range(10):
        found = split.images[split.labels == digit][:EXAMPLES]
        blank = np.zeros((EXAMPLES - len(found), SIDE, SIDE), np.uint8)
        rows.append(np.concatenate([*found, *blank], axis=1))
    sheet = Image.fromarray(255 - np.concatenate(rows))
    return sheet.resize((sheet.width * ENLARGED, sheet.height * ENLARGED), Image.Resampling.NEAREST)
