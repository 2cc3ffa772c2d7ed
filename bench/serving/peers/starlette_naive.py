"""Starlette around the usual recipe: `uvicorn bench.serving.peers.starlette_naive:app`."""

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import UploadFile
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from bench.serving.peers import naive
from pipeline.registry import store

model = store.load().model


async def predict(request: Request) -> JSONResponse:
    async with request.form() as form:
        file = form["image"]
        assert isinstance(file, UploadFile)
        return JSONResponse(await run_in_threadpool(naive.recognise, model, file.file))


app = Starlette(routes=[Route("/predict", predict, methods=["POST"])])
