"""What a model costs: its size, its work for a digit, its training, and its time on one core of this machine."""

import time
from collections.abc import Callable
from math import prod
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np
import onnx

from pipeline.recognition.model import GRAPH, SLICE, Model

SINGLE_RUNS = 300
BATCH_RUNS = 9


def cost(model: Model, folder: Path, images: np.ndarray) -> dict[str, Any]:
    """Counts, bytes, seconds of training; milliseconds a digit alone and in a batch of SLICE, the medians of runs."""
    training = model.card["training"]
    some = np.resize(images, (SLICE, *images.shape[1:]))
    single = _median_ms(lambda run: model.predict(some[run % SLICE][None]), SINGLE_RUNS)
    return {
        "parameters": training["parameters"],
        "multiply_accumulates": multiply_accumulates(onnx.load(folder / GRAPH)),
        "graph_bytes": (folder / GRAPH).stat().st_size,
        "training_seconds": training["seconds"],
        "epochs": training["epochs"],
        "precision": training.get("precision"),
        "single_ms": single,
        "batch_ms": _median_ms(lambda run: model.predict(some), BATCH_RUNS) / SLICE,
    }


def multiply_accumulates(graph: onnx.ModelProto) -> int:
    """For one digit, in the convolutions and matrix products of a graph; all else is below a hundredth of it."""
    graph.graph.input[0].type.tensor_type.shape.dim[0].dim_value = 1
    graph = onnx.shape_inference.infer_shapes(graph, data_prop=True)
    weights = {each.name: tuple(each.dims) for each in graph.graph.initializer}
    shapes = {each.name: _shape(each) for each in [*graph.graph.value_info, *graph.graph.output]}
    total = 0
    for node in graph.graph.node:
        if node.op_type == "Conv":  # weights: (filters, channels, height, width)
            total += prod(shapes[node.output[0]]) * prod(weights[node.input[1]][1:])
        elif node.op_type in ("MatMul", "Gemm"):  # weights: (inputs, outputs), for one digit each used once
            total += prod(weights[node.input[1]])
    return total


def _shape(value: onnx.ValueInfoProto) -> tuple[int, ...]:
    """Dimensions; an unknown one, the number of digits, counts as 1."""
    return tuple(max(each.dim_value, 1) for each in value.type.tensor_type.shape.dim)


def _median_ms(work: Callable[[int], object], runs: int) -> float:
    work(0)  # ONNX Runtime takes its memory in the first run
    times = []
    for run in range(runs):
        began = time.perf_counter()
        work(run)
        times.append(time.perf_counter() - began)
    return 1000 * median(times)
