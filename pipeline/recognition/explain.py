"""From an Answer back to how it came about. Made for those who ask; reading goes on without it."""

from pipeline.answer import Answer
from pipeline.explanation import Explanation, Layer
from pipeline.recognition.encode import pixels
from pipeline.recognition.layers import Layers
from pipeline.recognition.model import Model
from pipeline.recognition.occlusion import occlusion


class Explainer:
    """Explains answers of one model; safe to share between threads."""

    def __init__(self, graph: bytes, model: Model):
        """`graph` is the ONNX file of the model."""
        self._layers, self._model = Layers(graph), model

    def explain(self, answer: Answer, filters: bool = False, hide: bool = False) -> Explanation:
        """What the network says of the 28×28 in `seen`.

        With `filters` also the convolutions' weights, with `hide` what hiding parts of the digit changes.
        """
        layers: tuple[Layer, ...] = ()
        hidden = None
        if answer.seen is not None:
            image = pixels(answer.seen)
            layers = self._layers.of(image)
            if hide and answer.digit is not None:
                hidden = occlusion(image, answer.digit, self._model)
        weights = self._layers.filters if filters else None
        return Explanation(**vars(answer), layers=layers, filters=weights, occlusion=hidden)
