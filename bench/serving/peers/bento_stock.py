"""BentoML as its documentation shows it: `bentoml serve bench.serving.peers.bento_stock:Stock`."""

from typing import Any

import bentoml
from PIL.Image import Image

from bench.serving.peers import naive
from pipeline.registry import store


@bentoml.service(name="stock", workers=2)
class Stock:
    def __init__(self) -> None:
        self.model = store.load().model

    @bentoml.api
    def predict(self, image: Image) -> dict[str, Any]:
        return naive.recognise(self.model, image)
