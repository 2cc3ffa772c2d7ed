"""Work waits in lanes, each with threads of its own, so that long work never holds up short work.

A lane knows how many seconds of work it has in hand, and refuses more than is soon done: overload is a quick refusal
and not a long queue.
"""

import math
import sys
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
MOST_SLOW_WAIT_SECONDS = 1.0  # for one of the longest pages, 0.9 s at most
MOST_BULK_WAIT_SECONDS = 10.0  # that a program waits
SWITCH_SECONDS = 0.0005  # Python's own is 0.005: ten times in its way, a glance beside a page would wait that long
FIRST_COST_SECONDS = 0.02  # of what has not been measured yet
NEWEST = 0.1  # what the newest measurement counts for
MOSTLY = 0.5
SHORT_SECONDS = 0.01  # of a core: longer work is nothing for the event loop
FORGETS = 0.97  # of the longest so far, with each piece of work: after 0.1 s, 80 go to a thread

Found = TypeVar("Found")
Gone = Callable[[], Awaitable[bool]]  # whether the client has hung up


class Lane:
    """So many pieces of work at a time, in the order they came."""

    def __init__(self, threads: int, most_wait: float = MOST_WAIT_SECONDS):
        self.threads, self.most_wait = threads, most_wait
        self.work = 0.0  # seconds that what is in hand is expected to keep one thread
        self.costs: dict[str, float] = {}  # such seconds by kind of work, as they are beside all else that runs now
        self.longest: dict[str, float] = {}  # such seconds of a core by kind of work, of what ran in the event loop
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

    def is_short(self, kind: str) -> bool:
        """Whether one more piece of this kind may run in the event loop: the last ones there were short."""
        self.longest[kind] = FORGETS * self.longest.get(kind, 0.0)
        return self.longest[kind] < SHORT_SECONDS

    def run_here(self, kind: str, function: Callable[..., Found], *arguments: Any) -> Found:
        """One admitted piece of work that is shorter than the way to a thread and back, as `is_short` has it."""
        metrics.QUEUE_SECONDS.observe(0)
        began, busy = time.perf_counter(), time.thread_time()
        try:
            return function(*arguments)
        finally:
            self.longest[kind] = max(self.longest.get(kind, 0.0), time.thread_time() - busy)
            self._measured(kind, time.perf_counter() - began)

    def _measured(self, kind: str, cost: float) -> None:
        self.costs[kind] = _mean(self.costs.get(kind, cost), cost)


class Lanes:
    """`quick`: first glances, some milliseconds each. `large`: those at large pictures, up to a tenth of a second.

    `slow`: pages, up to a second. `bulk`: many at a time.
    """

    def __init__(self, cores: int):
        self.quick = Lane(cores)
        self.large = Lane(1, MOST_SLOW_WAIT_SECONDS)
        self.slow = Lane(max(1, cores - 1), MOST_SLOW_WAIT_SECONDS)  # one core stays for glances
        self.bulk = Lane(1, MOST_BULK_WAIT_SECONDS)
        self.unclear: dict[str, float] = {}  # the share, by kind, of pictures that a glance did not tell

    def check(self, kind: str) -> None:
        """Raises Busy where a glance at a picture of this kind would most likely be in vain."""
        if self.unclear.get(kind, 0.0) > MOSTLY:
            self.slow.check()

    def glanced(self, kind: str, unclear: bool) -> None:
        """Note whether a glance told."""
        self.unclear[kind] = _mean(self.unclear.get(kind, float(unclear)), float(unclear))


def _mean(before: float, newest: float) -> float:
    return newest + (1 - NEWEST) * (before - newest)


def share_python() -> None:
    """For a process that works in lanes: short work gets Python's lock soon from a thread that does long work."""
    sys.setswitchinterval(SWITCH_SECONDS)
