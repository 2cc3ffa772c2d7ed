"""Connections that never send a whole request head: uvicorn waits for them for ever."""

import asyncio
import resource

import h11
from uvicorn import config
from uvicorn.protocols.http.h11_impl import H11Protocol

HEAD_SECONDS = 10.0  # for the head of a request to arrive, from the connection or the head's first byte on


class Http(H11Protocol):
    """HTTP/1.1 that hangs up on those who are slow with the head."""

    _head: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._head = self.loop.call_later(HEAD_SECONDS, transport.close)

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        if self.conn.their_state is not h11.IDLE:
            self._stop()
        elif self._head is None:
            self._head = self.loop.call_later(HEAD_SECONDS, self.transport.close)

    def on_response_complete(self) -> None:
        self._stop()  # from here on it is uvicorn that counts, until the next head begins
        super().on_response_complete()

    def connection_lost(self, exc: Exception | None) -> None:
        self._stop()
        super().connection_lost(exc)

    def _stop(self) -> None:
        if self._head is not None:
            self._head.cancel()
            self._head = None


def install() -> None:
    """Have the uvicorn of this process use it, and let it hold as many connections as the system allows."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft != hard:
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    config.HTTP_PROTOCOLS["auto"] = f"{__name__}:{Http.__name__}"
