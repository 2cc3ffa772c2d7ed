"""`python -m pipeline look`: the picture after each stage of preprocessing, for people who ask why it was misread."""

from pathlib import Path

from PIL import Image

from pipeline.recognition.segment import stages


def look(picture: Path, folder: Path) -> list[Path]:
    """Write a PNG file for each stage into `folder`, numbered in order. Raises NotAPicture, TooLarge and OSError."""
    content = picture.read_bytes()
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.glob(f"{picture.stem}-[0-9]-*.png"):
        old.unlink()  # a page that is blank now has fewer stages than when it was not
    files = []
    for number, (name, after) in enumerate(stages(content)):
        files.append(folder / f"{picture.stem}-{number}-{name}.png")
        Image.fromarray(after).save(files[-1])
    return files
