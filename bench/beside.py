"""How long small pictures take while others send pages: each worker has a page in hand, and the next one waits.

    python -m bench.beside [--seconds 20] [--log runs/beside.log] [--json]

A client sends digits of 28×28 to /predict one after the other, each on a connection of its own, as strangers would:
first alone, then beside two clients that send a page of 360 small digits as soon as the last one is answered, one to
/read, one to /predict; then alone once more, so that a machine with other work shows. Exits 1 where the p99 beside
pages is more than five times that alone.
"""

import argparse
import asyncio
import json
import multiprocessing
import sys
import time
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import uvloop

from bench.own_service import OwnService
from bench.sockets import Connections, raw_request
from bench.traffic import Sent, full_page, tiny
from pipeline.arguments import whole_number
from pipeline.data import mnist

MOST_TIMES = 5.0  # the p99 alone
ENDPOINTS = ("/read", "/predict")  # a client each
WARM_UP_SECONDS = 2.0
BUSY_SECONDS = 3.0  # until each worker has its page
OK = 200


def beside(service: OwnService, seconds: float) -> dict[str, Any]:
    """Times in milliseconds, each of `seconds`; memory of the largest worker in bytes."""
    digits = mnist.load().validation
    small, page = [raw_request(each) for each in tiny(digits, 40)], full_page(digits)
    pages = [raw_request(Sent("page", path, "image/png", page)) for path in ENDPOINTS]
    # The pages' clients have a process of their own, so that the small ones do not wait for them here.
    with ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as pool:
        _run(service.port, small, WARM_UP_SECONDS)
        before = _run(service.port, small, seconds)
        sent = pool.submit(_send_pages, service.port, pages, BUSY_SECONDS + seconds)
        time.sleep(BUSY_SECONDS)
        busy = _run(service.port, small, seconds)
        statuses = sent.result()
    after = _run(service.port, small, seconds)
    alone = float(np.mean([np.quantile(taken, 0.99) for taken in (before, after)]))
    return {
        "alone_ms": _quantiles(before),
        "beside_ms": _quantiles(busy),
        "after_ms": _quantiles(after),
        "times_p99": float(np.quantile(busy, 0.99)) / alone,
        "pages": statuses,
        "most_memory": max(service.memory().values()),
    }


def _run(port: int, requests: list[bytes], seconds: float) -> list[float]:
    return uvloop.run(_one_by_one(port, requests, seconds))


async def _one_by_one(port: int, requests: list[bytes], seconds: float) -> list[float]:
    """Milliseconds of each answer."""
    start, found = time.perf_counter(), list[float]()
    while (began := time.perf_counter()) < start + seconds:
        with Connections(port) as connections:
            status = await connections.ask(requests[len(found) % len(requests)])
        found.append(1000 * (time.perf_counter() - began))
        if status != OK:
            raise SystemExit(f"error: status {status} to a digit of 28×28, expected {OK}; the service's log says why")
    return found


def _send_pages(port: int, pages: list[bytes], seconds: float) -> dict[str, int]:
    """How many answers of each status the pages got."""

    async def client(page: bytes) -> list[int]:
        start, found = time.perf_counter(), []
        with Connections(port) as connections:
            while time.perf_counter() < start + seconds:
                found.append(await connections.ask(page))
        return found

    async def clients() -> list[list[int]]:
        return await asyncio.gather(*map(client, pages))

    statuses, counts = np.unique(np.concatenate(uvloop.run(clients())), return_counts=True)
    return dict(zip(map(str, statuses), counts.tolist(), strict=True))


def _quantiles(milliseconds: list[float]) -> dict[str, float]:
    p50, p90, p99 = np.quantile(milliseconds, (0.5, 0.9, 0.99)).tolist()
    return {"answers": len(milliseconds), "p50": p50, "p90": p90, "p99": p99, "most": max(milliseconds)}


ROWS = {"alone_ms": "alone", "beside_ms": "beside pages", "after_ms": "alone again"}


def describe(found: dict[str, Any]) -> str:
    """The table for people."""
    lines = [f"{'milliseconds':<16}{'answers':>10}{'p50':>10}{'p90':>10}{'p99':>10}{'most':>10}"]
    for field, name in ROWS.items():
        answers, *times = found[field].values()
        lines.append(f"{name:<16}{answers:>10,}" + "".join(f"{value:>10.1f}" for value in times))
    pages = ", ".join(f"{count} of {status}" for status, count in found["pages"].items())
    lines.append(f"p99 beside pages: {found['times_p99']:.1f} times that alone, at most {MOST_TIMES:g} expected")
    return "\n".join([*lines, f"pages answered: {pages}; largest process {found['most_memory'] / 2**20:.0f} MiB"])


def main() -> int:
    parser = argparse.ArgumentParser(description="Send a service of its own small pictures beside full pages.")
    parser.add_argument("--seconds", type=whole_number(1, 3600), default=20, help="of each of three (%(default)s)")
    parser.add_argument("--log", type=Path, default=Path("runs/beside.log"), help="the service's log (%(default)s)")
    parser.add_argument("--json", action="store_true", help="print the metrics as JSON")
    options = parser.parse_args()
    with OwnService(options.log) as service:
        found = beside(service, options.seconds)
    print(json.dumps(found) if options.json else describe(found))
    return int(found["times_p99"] > MOST_TIMES)


if __name__ == "__main__":
    sys.exit(main())
