"""Flask and waitress around `keras.predict`: `python -m bench.serving.peers.flask_keras PORT`."""

import sys
from typing import Any

import keras
import waitress
from flask import Flask, request
from PIL import Image

from bench.serving.peers import naive
from pipeline.registry import store

app = Flask(__name__)
network: keras.Model = keras.saving.load_model(store.load().folder / "network.keras")


@app.post("/predict")
def predict() -> dict[str, Any]:
    digits = naive.prepared(Image.open(request.files["image"].stream))
    return naive.answer(network.predict(digits[..., None], verbose=0)[0])


if __name__ == "__main__":
    waitress.serve(app, host="127.0.0.1", port=int(sys.argv[1]), threads=4)
