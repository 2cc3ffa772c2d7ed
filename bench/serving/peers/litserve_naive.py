"""LitServe: `python -m bench.serving.peers.litserve_naive PORT`."""

import sys
from io import BytesIO
from typing import Any

import litserve
from fastapi import Request
from starlette.datastructures import FormData, UploadFile

from bench.serving.peers import naive
from pipeline.registry import store


class Api(litserve.LitAPI):
    def setup(self, device: str) -> None:
        self.model = store.load().model

    def decode_request(self, request: Request) -> bytes:
        assert isinstance(request, FormData)
        file = request["image"]
        assert isinstance(file, UploadFile)
        return file.file.read()

    def predict(self, picture: bytes) -> dict[str, Any]:
        return naive.recognise(self.model, BytesIO(picture))

    def encode_response(self, output: dict[str, Any]) -> dict[str, Any]:
        return output


if __name__ == "__main__":
    server = litserve.LitServer(Api(api_path="/predict"), accelerator="cpu", workers_per_device=2)
    server.run(host="127.0.0.1", port=int(sys.argv[1]), log_level="warning", generate_client_file=False)
