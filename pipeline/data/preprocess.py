"""`python -m pipeline preprocess`: the checked splits as one file, a summary of them, and a picture to look at."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image

from pipeline.data.mnist import Split, Splits
from pipeline.recognition.fit import SIDE

ARRAYS = "mnist.npz"
CONTACT_SHEET = "contact_sheet.png"
EXAMPLES = 20  # of each digit on the contact sheet
ENLARGED = 2  # screen pixels a digit pixel


@dataclass(frozen=True)
class SplitSummary:
    """What a split holds; what is called normalised is after the network's first layer, which scales by 1/255.

    `digits` are the counts of the labels 0-9.
    """

    shape: list[int]
    dtype: str
    pixel_range: list[int]
    normalised_range: list[float]
    normalised_mean: float
    normalised_deviation: float
    digits: list[int]


@dataclass(frozen=True)
class Summary:
    """The SHA-256 over the data files, the files written, and a summary for each of train, validation and test."""

    sha256: str
    files: list[str]
    splits: dict[str, SplitSummary]


def preprocess(splits: Splits, folder: Path) -> Summary:
    """Write ARRAYS and CONTACT_SHEET into `folder`; returns what they hold."""
    folder.mkdir(parents=True, exist_ok=True)
    parts = {"train": splits.train, "validation": splits.validation, "test": splits.test}
    arrays = {f"{part}_images": split.images[..., None] for part, split in parts.items()}
    labels = {f"{part}_labels": split.labels for part, split in parts.items()}
    partial = folder / f"partial-{ARRAYS}"
    np.savez_compressed(partial, **arrays, **labels)  # type: ignore[arg-type]
    partial.replace(folder / ARRAYS)  # whole or not at all
    contact_sheet(splits.train).save(folder / CONTACT_SHEET)
    files = [str(folder / ARRAYS), str(folder / CONTACT_SHEET)]
    return Summary(splits.sha256, files, {part: _summary(split) for part, split in parts.items()})


def _summary(split: Split) -> SplitSummary:
    low, high = int(split.images.min()), int(split.images.max())
    return SplitSummary(
        shape=[len(split), SIDE, SIDE, 1],
        dtype=str(split.images.dtype),
        pixel_range=[low, high],
        normalised_range=[low / 255, high / 255],
        normalised_mean=round(float(split.images.mean() / 255), 4),
        normalised_deviation=round(float(split.images.std() / 255), 4),
        digits=np.bincount(split.labels, minlength=10).tolist(),
    )


def describe(summary: Summary) -> str:
    """The summary as lines for a person."""
    lines = []
    for part, split in summary.splits.items():
        (low, high), (first, last) = split.pixel_range, split.normalised_range
        shape = "×".join(f"{n:,}" for n in split.shape)
        lines.append(
            f"{part:<10}  {shape:<14} {split.dtype} {low}-{high}, normalised by the network's first layer to "
            f"{first:.1f}-{last:.1f} (mean {split.normalised_mean}, deviation {split.normalised_deviation})"
        )
        lines.append(f"{'':<12}of each digit 0-9: {' '.join(map(str, split.digits))}")
    return "\n".join([*lines, f"data SHA-256 {summary.sha256}", *(f"wrote {file}" for file in summary.files)])


def contact_sheet(split: Split) -> Image.Image:
    """A row for each digit, the first EXAMPLES of each, dark ink on white."""
    rows = []
    for digit in range(10):
        found = split.images[split.labels == digit][:EXAMPLES]
        blank = np.zeros((EXAMPLES - len(found), SIDE, SIDE), np.uint8)
        rows.append(np.concatenate([*found, *blank], axis=1))
    sheet = Image.fromarray(255 - np.concatenate(rows))
    return sheet.resize((sheet.width * ENLARGED, sheet.height * ENLARGED), Image.Resampling.NEAREST)
