"""What a model costs: its size, its work for a digit, its training, and its time on one core of this machine."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from math import isqrt, prod
from statistics import median

import numpy as np
import onnx
from numpy.typing import NDArray

from pipeline.recognition.find import AREA
from pipeline.recognition.model import SLICE
from pipeline.registry.store import EYE, GRAPH, StoredModel

SINGLE_RUNS = 300
BATCH_RUNS = 9


@dataclass(frozen=True)
class Cost:
    """Counts, bytes and seconds; milliseconds for a digit alone and for one of a batch of SLICE, medians of runs.

    The same of the eye, whose milliseconds are for a view of the size that most pictures are looked at in.
    """

    parameters: int
    multiply_accumulates: int
    graph_bytes: int
    training_seconds: float
    epochs: int
    precision: str
    single_ms: float
    batch_ms: float
    eye_parameters: int
    eye_bytes: int
    eye_training_seconds: float
    eye_ms: float


def cost(stored: StoredModel, images: NDArray[np.uint8]) -> Cost:
    """Counted in the model's card and graph, and timed on some of (n, 28, 28) images."""
    training, model, graph = stored.card.training, stored.model, stored.folder / GRAPH
    some = np.resize(images, (SLICE, *images.shape[1:]))
    view = np.zeros((isqrt(AREA), isqrt(AREA), 3), np.uint8)
    single = _median_ms(lambda run: model.classify(some[run % SLICE][None]), SINGLE_RUNS)
    return Cost(
        parameters=training.parameters,
        multiply_accumulates=multiply_accumulates(onnx.load(graph)),
        graph_bytes=graph.stat().st_size,
        training_seconds=training.seconds,
        epochs=training.epochs,
        precision=training.precision,
        single_ms=single,
        batch_ms=_median_ms(lambda run: model.classify(some), BATCH_RUNS) / SLICE,
        eye_parameters=stored.card.eye.parameters,
        eye_bytes=(stored.folder / EYE).stat().st_size,
        eye_training_seconds=stored.card.eye.seconds,
        eye_ms=_median_ms(lambda run: stored.recogniser.eye.look(view), SINGLE_RUNS),
    )


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
