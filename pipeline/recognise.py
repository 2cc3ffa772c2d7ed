"""From a picture to an Answer: the one function that serves, evaluates and is tested."""

import base64
from io import BytesIO

import numpy as np
from PIL import Image

from pipeline.answer import Answer, Number, PlacedAnswer, Status
from pipeline.model import Model
from pipeline.preprocess import preprocess
from pipeline.preprocess.decode import decode

NO_EVIDENCE = (0.1,) * 10


class Recogniser:
    """Reads digits with one model; safe to share between threads."""

    def __init__(self, model: Model):
        self.model = model
        self.unsure_below = float(model.card["unsure_below"])

    def recognise(self, picture: bytes) -> Answer:
        """The answer for one encoded picture (PNG, JPEG, …). Raises NotAPicture and TooLarge."""
        seen = preprocess(picture)
        if seen is None:
            return Answer("blank", None, 0.0, NO_EVIDENCE, None, self.model.tag)
        return self._answer(seen, self.model.predict(seen[None])[0])

    def read(self, picture: bytes) -> Number:
        """The digits of one encoded picture, in reading order. Raises NotAPicture and TooLarge."""
        height, width = decode(picture).shape[:2]
        answer = self.recognise(picture)
        if answer.digit is None:
            return Number("", (), width, height)
        placed = PlacedAnswer(**answer.to_json(), box=(0, 0, width, height))
        return Number(str(answer.digit), (placed,), width, height)

    def _answer(self, seen: np.ndarray, probabilities: np.ndarray) -> Answer:
        digit = int(probabilities.argmax())
        confidence = float(probabilities[digit])
        status: Status = "digit" if confidence >= self.unsure_below else "unsure"
        return Answer(status, digit, confidence, tuple(map(float, probabilities)), _data_url(seen), self.model.tag)


def _data_url(seen: np.ndarray) -> str:
    out = BytesIO()
    Image.fromarray(seen).save(out, "PNG", compress_level=1)
    return "data:image/png;base64," + base64.b64encode(out.getvalue()).decode("ascii")
