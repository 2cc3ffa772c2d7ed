"""Work waits in lanes, each with threads of its own, so that long work never holds up short work.

A lane knows how many seconds of work it has in hand, and refuses more than is soon done: overload is a quick refusal
and not a long queue.
"""

import math
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

import anyio
import anyio.to_thread
from starlette.requests import ClientDisconnect

from pipeline.errors import Busy
from pipeline.web import metrics

MOST_WAIT_SECONDS = 0.3  # that a person hardly notices
MOST_SLOW_WAIT_SECONDS = 1.2  # for the longest page, about a second, and something more
MOST_BULK_WAIT_SECONDS = 10.0  # that a program waits
FIRST_COST_SECONDS = 0.02  # of what has not been measured yet
NEWEST = 0.1  # what the newest measurement counts for

Found = TypeVar("Found")
Gone = Callable[[], Awaitable[bool]]  # whether the client has hung up


class Lane:
    """So many pieces of work at a time, in the order they came."""

    def __init__(self, threads: int, most_wait: float = MOST_WAIT_SECONDS):
        self.threads, self.most_wait = threads, most_wait
        self.work = 0.0  # seconds that what is in hand is expected to keep one thread
        self.costs: dict[str, float] = {}  # such seconds by kind of work, as they are beside all else that runs now
        self._turns = anyio.CapacityLimiter(threads)
        self._pool = anyio.CapacityLimiter(math.inf)  # who has a turn needs no second one

    def check(self) -> None:
        """Raises Busy where new work would have to wait for too long."""
        wait = self.work / self.threads
        if wait > self.most_wait:
            raise Busy(
                f"What is in hand takes {wait:.1f} s, more than the {self.most_wait:g} s that a request may wait. "
                f"Try again in {math.ceil(wait)} s.",
                retry_after=math.ceil(wait),
            )

    @contextmanager
    def admitted(self, kind: str, count: int = 1) -> Iterator[None]:
        """Take on so many pieces of work of a kind. Raises Busy."""
        self.check()
        expected = count * self.costs.get(kind, FIRST_COST_SECONDS)
        self.work += expected
        metrics.WORK_IN_HAND.inc(expected)
        try:
            yield
        finally:
            self.work -= expected
            metrics.WORK_IN_HAND.dec(expected)

    async def run(self, kind: str, gone: Gone, function: Callable[..., Found], *arguments: Any) -> Found:
        """One admitted piece of work, in a thread. Raises ClientDisconnect where nobody waits for it any more."""
        came = time.perf_counter()
        waits = self._turns.available_tokens < 1
        async with self._turns:
            began = time.perf_counter()
            metrics.QUEUE_SECONDS.observe(began - came)
            if waits and await gone():
                raise ClientDisconnect
            try:
                return await anyio.to_thread.run_sync(function, *arguments, limiter=self._pool)
            finally:
                self._measured(kind, time.perf_counter() - began)

    def _measured(self, kind: str, cost: float) -> None:
        self.costs[kind] = cost + (1 - NEWEST) * (self.costs.get(kind, cost) - cost)


class Lanes:
    """`quick`: first glances, some milliseconds each. `slow`: pages, up to a second. `bulk`: many at a time."""

    def __init__(self, cores: int):
        self.quick = Lane(cores)
        self.slow = Lane(max(1, cores - 1), MOST_SLOW_WAIT_SECONDS)  # one core stays for glances
        self.bulk = Lane(1, MOST_BULK_WAIT_SECONDS)
