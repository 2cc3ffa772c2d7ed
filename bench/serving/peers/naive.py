"""The usual recipe: shrink a grey copy to 28×28, light ink on black, and ask the network."""

from typing import IO, Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from pipeline.recognition.fit import SIDE
from pipeline.recognition.model import Model


def prepared(image: Image.Image) -> NDArray[np.uint8]:
    """(1, 28, 28) uint8, light ink on black."""
    pixels = np.asarray(image.convert("L").resize((SIDE, SIDE), Image.Resampling.BILINEAR))
    return (255 - pixels if pixels.mean() > 127 else pixels)[None]


def answer(scores: NDArray[np.float32]) -> dict[str, Any]:
    """(11,) scores of the ten digits and of what is none -> what is sent."""
    digits = scores[:10] / scores[:10].sum()
    return {"digit": int(digits.argmax()), "probabilities": digits.tolist()}


def recognise(model: Model, file: IO[bytes] | Image.Image) -> dict[str, Any]:
    """What is sent for one picture file."""
    image = file if isinstance(file, Image.Image) else Image.open(file)
    return answer(model.forward(prepared(image))[0])
