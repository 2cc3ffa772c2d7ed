"""Starlette around this project's recogniser: `uvicorn bench.serving.peers.starlette_own:app`."""

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import UploadFile
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from pipeline.recognition.recogniser import use_one_thread
from pipeline.registry import store

use_one_thread()
recogniser = store.load().recogniser


async def predict(request: Request) -> JSONResponse:
    async with request.form() as form:
        file = form["image"]
        assert isinstance(file, UploadFile)
        picture = await file.read()
    return JSONResponse((await run_in_threadpool(recogniser.recognise, picture)).to_json())


app = Starlette(routes=[Route("/predict", predict, methods=["POST"])])
