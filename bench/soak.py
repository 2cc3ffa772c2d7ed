"""Loads a service for minutes as clients of all kinds would, and says whether it grows, errs or contradicts itself.

    python -m bench.soak [--seconds 1200] [--load 70] [--log runs/soak.log] [--json]

First the mix of bench.traffic is sent as fast as it is answered, which is what the service can do beside this client on
the same machine; then at a share of that rate, at random moments. One client in fifty hangs up. Exits 1 where memory
grows by more than 2 % after the warm-up, an answer differs from the first to the same bytes, a connection breaks, or a
status is not the one that the request deserves (503 and 429, "busy", are nobody's fault).
"""

import argparse
import asyncio
import json
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np

from bench.clients import Clients
from bench.own_service import OwnService
from bench.traffic import Sent, traffic
from pipeline.arguments import whole_number

MOST_GROWTH = 0.02  # of the resident memory after the warm-up
WARM_UP = 0.25  # of the time: until then caches and arenas fill
WINDOW = 0.1  # of the time, after the warm-up and at the end: the medians of their memory are compared
CLIENTS = 8  # that measure the capacity: they keep two cores busy, and none is refused
CAPACITY_SECONDS = 10.0
WATCH_SECONDS = 1.0
MINUTE = 60.0


async def soak(service: OwnService, kinds: dict[str, list[Sent]], seconds: float, load: float) -> dict[str, Any]:
    """What came of `seconds` at the fraction `load` of the capacity; memory in bytes, one row a minute."""
    async with Clients(service.url, kinds) as clients:
        return await _watched(service, clients, seconds, load)


async def _watched(service: OwnService, clients: Clients, seconds: float, load: float) -> dict[str, Any]:
    capacity = await clients.as_fast_as_answered(CLIENTS, CAPACITY_SECONDS)
    clients.statuses.clear()
    clients.seconds.clear()
    memory: list[int] = []
    minutes: list[dict[str, float]] = []
    start = time.perf_counter()
    work = asyncio.create_task(clients.at_random_moments(load * capacity, seconds))
    while not work.done():
        await asyncio.wait([work], timeout=WATCH_SECONDS)
        memory.append(sum(service.memory().values()))
        passed = time.perf_counter() - start
        if passed >= (len(minutes) + 1) * MINUTE or work.done():
            minutes.append({"seconds": passed, "requests": clients.statuses.total(), "memory": memory[-1]})
    await work  # whose failure, if any, is raised here
    window = max(1, round(WINDOW * len(memory)))
    warm = round(WARM_UP * len(memory))
    after, end = float(np.median(memory[warm : warm + window])), float(np.median(memory[-window:]))
    return {
        "capacity": capacity,
        "rate": clients.statuses.total() / (time.perf_counter() - start),
        "minutes": minutes,
        "statuses": dict(sorted(clients.statuses.items())),
        "kinds": {kind: _times(taken) for kind, taken in clients.seconds.items()},
        "memory_after_warm_up": after,
        "memory_at_the_end": end,
        "growth": end / after - 1,
        "faults": dict(clients.faults),
    }


def _times(seconds: list[float]) -> dict[str, float]:
    p50, p99 = 1000 * np.quantile(seconds, (0.5, 0.99))
    return {"answers": len(seconds), "p50_ms": float(p50), "p99_ms": float(p99)}


def describe(found: dict[str, Any]) -> str:
    """The table for people."""
    lines = [f"capacity for the mix {found['capacity']:.0f} requests/s; load {found['rate']:.0f} requests/s", ""]
    lines.append(f"{'minutes':>8}{'requests':>10}{'memory':>12}")
    lines += [
        f"{row['seconds'] / MINUTE:>8.1f}{row['requests']:>10,}{_mebibytes(row['memory']):>12}"
        for row in found["minutes"]
    ]
    lines += ["", "  ".join(f"{status}: {count:,}" for status, count in found["statuses"].items()), ""]
    lines.append(f"{'kind':<12}{'answers':>10}{'p50':>12}{'p99':>12}")
    lines += [
        f"{kind:<12}{row['answers']:>10,}{row['p50_ms']:>9.1f} ms{row['p99_ms']:>9.1f} ms"
        for kind, row in found["kinds"].items()
    ]
    lines.append(
        f"\nmemory after the warm-up {_mebibytes(found['memory_after_warm_up'])}, at the end "
        f"{_mebibytes(found['memory_at_the_end'])}: {found['growth']:+.1%}, at most {MOST_GROWTH:+.0%} expected"
    )
    lines += [f"fault: {what}, {count} times" for what, count in found["faults"].items()]
    return "\n".join(lines)


def _mebibytes(count: float) -> str:
    return f"{count / 2**20:,.1f} MiB"


def main() -> int:
    parser = argparse.ArgumentParser(description="Load a service of its own for minutes and watch it.")
    parser.add_argument("--seconds", type=whole_number(4, 10**6), default=1200, help="of load (%(default)s)")
    parser.add_argument("--load", type=whole_number(1, 100), default=70, help="in %% of the capacity (%(default)s)")
    parser.add_argument("--log", type=Path, default=Path("runs/soak.log"), help="the service's log (%(default)s)")
    parser.add_argument("--json", action="store_true", help="print the metrics as JSON")
    options = parser.parse_args()
    kinds = traffic()
    with OwnService(options.log) as service:
        found = asyncio.run(soak(service, kinds, options.seconds, options.load / 100))
    print(json.dumps(found) if options.json else describe(found))
    return int(found["growth"] > MOST_GROWTH or bool(found["faults"]))


if __name__ == "__main__":
    sys.exit(main())
