"""Clients of a service that keep what came of their requests, and judge it."""

import asyncio
import time
from collections import Counter, defaultdict
from collections.abc import AsyncIterator
from typing import Self

import httpx
import numpy as np

from bench.traffic import MIX, SEED, Sent

HANG_UP = 0.02  # of the requests
HANG_UP_WITHIN_SECONDS = 0.05  # about as long as an answer takes
BUSY = (429, 503)
TIMEOUT_SECONDS = 60.0
KEEP_ALIVE_SECONDS = 2.0  # less than the server's 5, so that no connection is used while the server closes it


class Clients:
    """Send requests of the kinds of MIX; `faults` counts what should not have come, in words."""

    def __init__(self, url: str, kinds: dict[str, list[Sent]]):
        limits = httpx.Limits(keepalive_expiry=KEEP_ALIVE_SECONDS)
        self.http = httpx.AsyncClient(base_url=url, trust_env=False, timeout=TIMEOUT_SECONDS, limits=limits)
        self.kinds, self.rng = kinds, np.random.default_rng(SEED)
        self.names, self.shares = list(MIX), np.array(list(MIX.values())) / sum(MIX.values())
        self.first: dict[Sent, bytes] = {}
        self.statuses: Counter[str] = Counter()
        self.seconds: dict[str, list[float]] = defaultdict(list)  # of each answer that is not "busy", by kind
        self.faults: Counter[str] = Counter()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.http.aclose()

    async def as_fast_as_answered(self, clients: int, seconds: float) -> float:
        """Requests a second that so many clients get answered, each sending its next one then."""
        start, count = time.perf_counter(), 0

        async def client() -> None:
            nonlocal count
            while time.perf_counter() < start + seconds:
                await self.send(self.any_request())
                count += 1

        await asyncio.gather(*(client() for _ in range(clients)))
        return count / (time.perf_counter() - start)  # which is a little later: the last answers are waited for

    async def at_random_moments(self, rate: float, seconds: float) -> None:
        """`rate` requests a second in the mean, whether or not those before are answered."""
        now = time.perf_counter()
        end, moment = now + seconds, now
        async with asyncio.TaskGroup() as tasks:
            while max(moment, time.perf_counter()) < end:  # a client that falls behind does not go on for longer
                await asyncio.sleep(moment - time.perf_counter())
                leaves = self.rng.random() < HANG_UP
                tasks.create_task((self.hang_up if leaves else self.send)(self.any_request()))
                moment += self.rng.exponential(1 / rate)

    def any_request(self) -> Sent:
        of_kind = self.kinds[self.names[self.rng.choice(len(self.names), p=self.shares)]]
        return of_kind[self.rng.integers(len(of_kind))]

    async def send(self, sent: Sent) -> None:
        start = time.perf_counter()
        try:
            answer = await self.http.post(sent.path, content=sent.body, headers={"content-type": sent.content_type})
        except httpx.HTTPError as error:
            self.statuses["broken"] += 1
            self.faults[f"{type(error).__name__} on {sent.path}"] += 1
            return
        self.statuses[str(answer.status_code)] += 1
        if answer.status_code not in BUSY:
            self.seconds[sent.kind].append(time.perf_counter() - start)
            self.judge(sent, answer)

    def judge(self, sent: Sent, answer: httpx.Response) -> None:
        """A picture is answered, what is none is refused, and the same bytes get the same answer."""
        expected = answer.is_client_error if sent.kind == "malformed" else answer.is_success
        if not expected:
            self.faults[f"status {answer.status_code} to a {sent.kind} on {sent.path}"] += 1
        if self.first.setdefault(sent, answer.content) != answer.content:
            self.faults[f"another answer than the first to the same {sent.kind} on {sent.path}"] += 1

    async def hang_up(self, sent: Sent) -> None:
        """Send a request, or half of one, and leave at a random moment."""
        headers = {"content-type": sent.content_type, "content-length": str(len(sent.body))}
        body = _half(sent.body) if self.rng.random() < 0.5 else sent.body
        request = self.http.post(sent.path, content=body, headers=headers)
        try:
            await asyncio.wait_for(request, self.rng.uniform(0, HANG_UP_WITHIN_SECONDS))
        except (TimeoutError, httpx.HTTPError):
            self.statuses["hung up"] += 1
        else:
            self.statuses["answered before it hung up"] += 1


async def _half(body: bytes) -> AsyncIterator[bytes]:
    yield body[: len(body) // 2]
    await asyncio.sleep(TIMEOUT_SECONDS)
