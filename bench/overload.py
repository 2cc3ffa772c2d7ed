"""Sends a service twice what it can do, and says what gets through, how soon the rest is refused, and what remains.

    python -m bench.overload [--rounds 3] [--seconds 10] [--percent 200] [--log runs/overload.log] [--json]

Small sketches to /predict, in rounds: as fast as they are answered; then so many percent of that, whether or not those
before are answered; then as fast as they are answered once more. The mean of the two is the capacity, beside this
client on the same machine, whatever else runs there in that minute. Another process asks /livez during the overload,
and sends single sketches after it, until they are answered as they were at the start. Last come many clients that each
ask again as soon as they are answered, or refused.
"""

import argparse
import json
import multiprocessing
import sys
import time
from collections.abc import Callable, Coroutine
from concurrent.futures import Executor, ProcessPoolExecutor
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import uvloop

from bench.own_service import OwnService
from bench.sockets import Outcome, closed_loop, open_loop, raw_request
from bench.traffic import sketches
from pipeline.arguments import whole_number
from pipeline.data import mnist

CLIENTS = 12  # that measure the capacity: they keep two cores busy, and none is refused, however they share workers
WARM_UP_SECONDS = 2.0
CAPACITY_SECONDS = 4.0  # before a round's overload, and after it
CROWD = 400  # clients that ask again at once
PROBES = 20.0  # a second, of /livez and of what is normal: little beside the load
USUAL_SECONDS = 5.0  # of probing before the overload
NORMAL = 2.0  # times the usual p99 is normal again
RECOVERY_SECONDS = 30  # of probing after it, at most
REFUSED = (429, 503)
LIVEZ = b"GET /livez HTTP/1.1\r\nHost: x\r\n\r\n"


class Round(NamedTuple):
    """Of one overload: answers a second before and after it, and in time; what came of its requests and of /livez."""

    before: float
    after: float
    goodput: float
    load: list[Outcome]
    livez: list[Outcome]
    normal_after: float | None

    @property
    def capacity(self) -> float:
        return (self.before + self.after) / 2


def overload(port: int, rounds: int, seconds: float, times: float) -> dict[str, Any]:
    """What came of `rounds` of `seconds` at `times` the capacity; rates a second, times in milliseconds."""
    requests = [raw_request(each) for each in sketches(mnist.load().validation, 20)]
    # The load has a process of its own, so that what is asked beside it does not wait for it here.
    with ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as pool:
        pool.submit(_run, closed_loop, port, requests, CLIENTS, WARM_UP_SECONDS).result()
        usual = _milliseconds(_run(open_loop, port, requests, PROBES, USUAL_SECONDS), (200,))
        normal = NORMAL * float(np.quantile(usual, 0.99))
        found = [_round(pool, port, requests, seconds, times, normal) for _ in range(rounds)]
        crowd = pool.submit(_run, closed_loop, port, requests, CROWD, CAPACITY_SECONDS).result()
    load, livez = ([each for one in found for each in getattr(one, name)] for name in ("load", "livez"))
    statuses, counts = np.unique([each.status for each in load], return_counts=True)
    after = [one.normal_after for one in found if one.normal_after is not None]
    return {
        "capacities": [(one.before, one.after) for one in found],
        "goodputs": [one.goodput / one.capacity for one in found],
        "crowd": crowd / found[-1].after,
        "statuses": dict(zip(statuses.tolist(), counts.tolist(), strict=True)),
        "usual_ms": _quantiles(usual),
        "answers_ms": _quantiles(_milliseconds(load, (200,))),
        "refusals_ms": _quantiles(_milliseconds(load, REFUSED)),
        "livez_ms": _quantiles(_milliseconds(livez, (200,))),
        "livez_failed": sum(each.status != 200 for each in livez),
        "sent_late_ms": _quantiles(1000 * np.array([each.late for each in load])),
        "normal_after_seconds": max(after) if len(after) == rounds else None,
    }


def _round(pool: Executor, port: int, requests: list[bytes], seconds: float, times: float, normal: float) -> Round:
    before = pool.submit(_run, closed_loop, port, requests, CLIENTS, CAPACITY_SECONDS).result()
    sent = pool.submit(_run, open_loop, port, requests, times * before, seconds)
    livez = _run(open_loop, port, [LIVEZ], PROBES, seconds)
    normal_after = _recovery(port, requests, normal)
    load = sent.result()
    after = pool.submit(_run, closed_loop, port, requests, CLIENTS, CAPACITY_SECONDS).result()
    in_time = sum(each.status == 200 and each.due + each.taken <= seconds for each in load)
    return Round(before, after, in_time / seconds, load, livez, normal_after)


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
    rounds = "; ".join(
        f"{before:.0f}, {after:.0f}: {goodput:.0%}"
        for (before, after), goodput in zip(found["capacities"], found["goodputs"], strict=True)
    )
    lines = [
        f"requests/s before and after, goodput of their mean: {rounds}; median {np.median(found['goodputs']):.0%}",
        f"{CROWD} clients that ask again at once: {found['crowd']:.0%} of the last",
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
    parser.add_argument("--rounds", type=whole_number(1, 100), default=3, help="of it all (%(default)s)")
    parser.add_argument("--seconds", type=whole_number(1, 3600), default=10, help="of overload each (%(default)s)")
    parser.add_argument("--percent", type=whole_number(1, 10_000), default=200, help="of the capacity (%(default)s)")
    parser.add_argument("--log", type=Path, default=Path("runs/overload.log"), help="the service's log (%(default)s)")
    parser.add_argument("--json", action="store_true", help="print the metrics as JSON")
    options = parser.parse_args()
    with OwnService(options.log) as service:
        found = overload(service.port, options.rounds, options.seconds, options.percent / 100)
    print(json.dumps(found) if options.json else describe(found))
    return 0


if __name__ == "__main__":
    sys.exit(main())
