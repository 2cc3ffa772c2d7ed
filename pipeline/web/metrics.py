"""What is counted, for Prometheus: labels have few values whatever a client sends, so that /metrics stays small."""

import functools
import os

import psutil
from prometheus_client import (
    CONTENT_TYPE_LATEST,
    REGISTRY,
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    generate_latest,
)
from prometheus_client.multiprocess import MultiProcessCollector
from starlette.requests import Request
from starlette.responses import Response

from pipeline.answer import Answer, Number
from pipeline.recognition.encode import pixels

SECONDS = (0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 30, 60)
SHARES = tuple(n / 20 for n in range(1, 21))
INKED = 127  # of 255

REQUESTS = Counter("digits_requests", "Requests answered.", ["endpoint", "status"])
REQUEST_SECONDS = Histogram("digits_request_seconds", "From head to answer.", ["endpoint"], buckets=SECONDS)
QUEUE_SECONDS = Histogram("digits_queue_seconds", "From the complete body to the beginning of work.", buckets=SECONDS)
WORK_IN_HAND = Gauge("digits_work_in_hand_seconds", "Expected work admitted, not done.", multiprocess_mode="livesum")
MEMORY = Gauge("digits_memory_bytes", "Resident, of all workers.", multiprocess_mode="livesum")
ANSWERS = Counter("digits_answers", "Answers, by what they say.", ["status"])
CORRECTIONS = Counter("digits_corrections", "Corrections by people, by what became of them.", ["outcome"])
CONFIDENCE = Histogram("digits_confidence", "Of answers with a digit; it drifts with the pictures.", buckets=SHARES)
INK_FRACTION = Histogram("digits_ink_fraction", "Of the 28×28 seen; it drifts with the pictures.", buckets=SHARES)


def note_memory() -> None:
    """What this worker holds now."""
    MEMORY.set(_this_process().memory_info().rss)


@functools.cache
def _this_process() -> psutil.Process:  # which reads for milliseconds when it is made, on a busy machine
    return psutil.Process()


def show(request: Request) -> Response:
    """What all workers counted, for Prometheus."""
    registry = REGISTRY
    if "PROMETHEUS_MULTIPROC_DIR" in os.environ:  # BentoML sets it for its workers
        registry = CollectorRegistry()
        MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    return Response(generate_latest(registry), media_type=CONTENT_TYPE_LATEST)


def count_answer(found: Answer | Number) -> None:
    """Count what was answered, and the digits it holds."""
    ANSWERS.labels(found.status).inc()
    for each in (found,) if isinstance(found, Answer) else found.digits:
        if each.digit is not None and each.seen is not None:
            CONFIDENCE.observe(each.confidence)
            INK_FRACTION.observe(float((pixels(each.seen) > INKED).mean()))
