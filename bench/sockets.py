"""A lean HTTP client of one request, sent over and over: what measures a busy service must cost little beside it."""

import asyncio
import re
import time
from typing import NamedTuple, Self

from bench.own_service import HOST
from bench.traffic import Sent

LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)
HEAD_END = b"\r\n\r\n"
PATIENCE_SECONDS = 60.0  # for one answer; less than that is slow, more is none
BROKEN = 0  # in place of a status: the connection ended before the answer did, or no answer came


class Outcome(NamedTuple):
    """Of one request, in seconds: when it was due, how late it was sent, when after it was due the answer came."""

    due: float
    late: float
    taken: float
    status: int


def raw_request(sent: Sent) -> bytes:
    head = f"POST {sent.path} HTTP/1.1\r\nHost: x\r\nContent-Type: {sent.content_type}\r\n"
    return f"{head}Content-Length: {len(sent.body)}\r\n\r\n".encode() + sent.body


class Connection(asyncio.Protocol):
    """One connection that is kept, with one request on its way at most."""

    def __init__(self) -> None:
        self.open, self.received = True, b""
        self.transport: asyncio.Transport  # set by who connects: uvloop's is none of asyncio's classes
        self.answered: asyncio.Future[int] | None = None

    def ask(self, request: bytes) -> asyncio.Future[int]:
        """The status of the answer, once it is complete; BROKEN where none comes."""
        self.answered, self.received = asyncio.get_running_loop().create_future(), b""
        self.transport.write(request)
        return self.answered

    def data_received(self, data: bytes) -> None:
        self.received += data
        head, end, body = self.received.partition(HEAD_END)
        length = LENGTH.search(head) if end else None
        if length and len(body) >= int(length[1]):
            self._done(int(head[9:12]))

    def connection_lost(self, _: Exception | None) -> None:
        self.open = False
        self._done(BROKEN)

    def _done(self, status: int) -> None:
        if self.answered and not self.answered.done():
            self.answered.set_result(status)


class Connections:
    """As many connections to a port as there are requests on their way; `with` closes them."""

    def __init__(self, port: int):
        self.port = port
        self.idle: list[Connection] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for connection in self.idle:
            connection.transport.close()

    async def ask(self, request: bytes) -> int:
        """The status of the answer, or BROKEN."""
        while self.idle:
            connection = self.idle.pop()
            if connection.open:
                break
        else:
            try:
                loop = asyncio.get_running_loop()
                transport, connection = await loop.create_connection(Connection, HOST, self.port)
                connection.transport = transport
            except OSError:
                return BROKEN
        try:
            async with asyncio.timeout(PATIENCE_SECONDS):
                status = await connection.ask(request)
        except TimeoutError:
            connection.transport.close()
            return BROKEN
        self.idle.append(connection)
        return status


async def closed_loop(port: int, requests: list[bytes], clients: int, seconds: float) -> float:
    """Answers with status 200 a second that so many clients get, each sending its next request then."""
    start, count = time.perf_counter(), 0

    async def client(first: int) -> None:
        nonlocal count
        turn = first
        while time.perf_counter() < start + seconds:
            status = await connections.ask(requests[turn % len(requests)])  # not within +=, which reads the sum first
            count += status == 200
            turn += 1

    with Connections(port) as connections:
        await asyncio.gather(*map(client, range(clients)))
    return count / (time.perf_counter() - start)  # which is a little later: the last answers are waited for


async def open_loop(port: int, requests: list[bytes], rate: float, seconds: float) -> list[Outcome]:
    """`rate` requests a second, whether or not those before are answered.

    The time of an answer counts from when its request was due: a client that falls behind hides nothing.
    """
    start = time.perf_counter()
    found: list[Outcome] = []

    async def one(number: int, due: float) -> None:
        late = time.perf_counter() - start - due
        status = await connections.ask(requests[number % len(requests)])
        found.append(Outcome(due, late, time.perf_counter() - start - due, status))

    with Connections(port) as connections:
        async with asyncio.TaskGroup() as tasks:
            for number in range(round(rate * seconds)):
                due = number / rate
                await asyncio.sleep(due - (time.perf_counter() - start))
                tasks.create_task(one(number, due))
    return found
