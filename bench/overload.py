"""Sends a service twice what it can do, and says what gets through, how soon the rest is refused, and what remains.

    python -m bench.overload [--seconds 20] [--percent 200] [--log runs/overload.log] [--json]

Small sketches to /predict: first as fast as they are answered, which gives the capacity beside this client on the same
machine; then so many percent of it, whether or not those before are answered. Another process asks /livez meanwhile,
and sends single sketches after the end, until they are answered as they were before.
"""

import argparse
import json
import multiprocessing
import sys
import time
from collections.abc import Callable, Coroutine
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import uvloop

from bench.serving import OwnService
from bench.sockets import Outcome, closed_loop, open_loop, raw_request
from bench.traffic import sketches
from pipeline.arguments import whole_number
from pipeline.data import mnist

CLIENTS = 32  # that measure the capacity: they keep two cores busy, and none is refused
WARM_UP_SECONDS = 2.0
CAPACITY_SECONDS = 5.0
PROBES = 20.0  # a second, of /livez and of what is normal: little beside the load
USUAL_SECONDS = 5.0  # of probing before the overload
NORMAL = 2.0  # times the usual p99 is normal again
RECOVERY_SECONDS = 30  # of probing after it, at most
REFUSED = (429, 503)
LIVEZ = b"GET /livez HTTP/1.1\r\nHost: x\r\n\r\n"


def overload(port: int, seconds: float, times: float) -> dict[str, Any]:
    """What came of `seconds` at `times` the capacity; rates a second, times in milliseconds."""
    requests = [raw_request(each) for each in sketches(mnist.load().validation, 20)]
    # The load has a process of its own, so that what is asked beside it does not wait for it here.
    with ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as pool:
        pool.submit(_run, closed_loop, port, requests, CLIENTS, WARM_UP_SECONDS).result()
        capacity = pool.submit(_run, closed_loop, port, requests, CLIENTS, CAPACITY_SECONDS).result()
        usual = _milliseconds(_run(open_loop, port, requests, PROBES, USUAL_SECONDS), (200,))
        load = pool.submit(_run, open_loop, port, requests, times * capacity, seconds)
        livez = _run(open_loop, port, [LIVEZ], PROBES, seconds)
        normal_after = _recovery(port, requests, NORMAL * np.quantile(usual, 0.99))
        found = load.result()
    in_time = sum(each.status == 200 and each.due + each.taken <= seconds for each in found)
    statuses, counts = np.unique([each.status for each in found], return_counts=True)
    return {
        "capacity": capacity,
        "goodput": in_time / seconds / capacity,
        "statuses": dict(zip(statuses.tolist(), counts.tolist(), strict=True)),
        "usual_ms": _quantiles(usual),
        "answers_ms": _quantiles(_milliseconds(found, (200,))),
        "refusals_ms": _quantiles(_milliseconds(found, REFUSED)),
        "livez_ms": _quantiles(_milliseconds(livez, (200,))),
        "livez_failed": sum(each.status != 200 for each in livez),
        "sent_late_ms": _quantiles(1000 * np.array([each.late for each in found])),
        "normal_after_seconds": normal_after,
    }


def _recovery(port: int, requests: list[bytes], normal_ms: float) -> float | None:
    """Seconds until a whole second's probes are answered within what is normal; None where that is too long."""
    start = time.perf_counter()
    for _ in range(RECOVERY_SECONDS):
        began = time.perf_counter() - start
        probes = _run(open_loop, port, requests, PROBES, 1.0)
        if all(probe.status == 200 and 1000 * probe.taken <= normal_ms for probe in probes):
            return began
    return None


def _run(loop: Callable[..., Coroutine[Any, Any, Any]], *arguments: Any) -> Any:
    return uvloop.run(loop(*arguments))


def _milliseconds(found: list[Outcome], statuses: tuple[int, ...]) -> np.ndarray:
    return 1000 * np.array([each.taken for each in found if each.status in statuses])


def _quantiles(milliseconds: np.ndarray) -> dict[str, float] | None:
    if not len(milliseconds):
        return None
    p50, p99 = np.quantile(milliseconds, (0.5, 0.99)).tolist()
    return {"p50": p50, "p99": p99, "most": float(milliseconds.max())}


ROWS = {
    "usual_ms": "answers before it",
    "answers_ms": "answers (200)",
    "refusals_ms": "refusals (429, 503)",
    "livez_ms": "/livez meanwhile",
    "sent_late_ms": "sent after it was due",
}


def describe(found: dict[str, Any]) -> str:
    """The table for people."""
    statuses = ", ".join(f"{count:,} of {status}" for status, count in found["statuses"].items())
    lines = [
        f"capacity {found['capacity']:.0f} requests/s; goodput {found['goodput']:.0%} of it",
        f"statuses: {statuses}; /livez failed {found['livez_failed']} times",
        f"{'milliseconds':<24}{'p50':>10}{'p99':>10}{'most':>10}",
    ]
    for field, name in ROWS.items():
        row = found[field]
        lines.append(f"{name:<24}" + ("".join(f"{value:>10.1f}" for value in row.values()) if row else f"{'none':>10}"))
    after = found["normal_after_seconds"]
    said = f"not within {RECOVERY_SECONDS} s" if after is None else f"{after:.0f} s after the end"
    return "\n".join([*lines, f"as before the overload: {said}"])


def main() -> int:
    parser = argparse.ArgumentParser(description="Send a service of its own more than it can do.")
    parser.add_argument("--seconds", type=whole_number(1, 3600), default=20, help="of overload (%(default)s)")
    parser.add_argument("--percent", type=whole_number(1, 10_000), default=200, help="of the capacity (%(default)s)")
    parser.add_argument("--log", type=Path, default=Path("runs/overload.log"), help="the service's log (%(default)s)")
    parser.add_argument("--json", action="store_true", help="print the metrics as JSON")
    options = parser.parse_args()
    with OwnService(options.log) as service:
        found = overload(service.port, options.seconds, options.percent / 100)
    print(json.dumps(found) if options.json else describe(found))
    return 0


if __name__ == "__main__":
    sys.exit(main())
