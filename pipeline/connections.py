"""HTTP/1.1 for strangers: uvicorn's fast parser takes heads of any size and waits for them for ever; this does not."""

import asyncio
import resource

from uvicorn import config
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

HEAD_SECONDS = 10.0  # for the head of a request to arrive, from the connection or the head's first byte on
MOST_SILENT_BYTES = 2**16  # that come without a piece of a body: of a head, of what stands around chunks, of trailers


class Http(HttpToolsProtocol):
    """Hangs up on those who are slow with a head, and on those who send much that is no body."""

    _deadline: asyncio.TimerHandle | None = None
    _silent = 0  # bytes since the last piece of a body
    _in_head = True

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._wait_for_head()

    def data_received(self, data: bytes) -> None:
        self._silent += len(data)
        super().data_received(data)
        if self.transport.is_closing():
            return
        if self._silent > MOST_SILENT_BYTES:
            self.send_400_response("Invalid HTTP request received.")
        elif self.cycle is None or self.cycle.response_complete:
            self._wait_for_head()

    def on_message_begin(self) -> None:
        self._in_head = True
        super().on_message_begin()

    def on_header(self, name: bytes, value: bytes) -> None:
        if self._in_head:  # else it is a trailer, which nobody asks for
            super().on_header(name, value)

    def on_headers_complete(self) -> None:
        self._stop()
        self._silent, self._in_head = 0, False
        super().on_headers_complete()

    def on_body(self, body: bytes) -> None:
        self._silent = 0
        super().on_body(body)

    def on_response_complete(self) -> None:
        self._stop()  # from here on it is uvicorn that counts, until the next head begins
        super().on_response_complete()

    def connection_lost(self, exc: Exception | None) -> None:
        self._stop()
        super().connection_lost(exc)

    def _wait_for_head(self) -> None:
        if self._deadline is None:
            self._deadline = self.loop.call_later(HEAD_SECONDS, self.transport.close)

    def _stop(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None


def install() -> None:
    """Have the uvicorn of this process use it, and let it hold as many connections as the system allows."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft != hard:
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    config.HTTP_PROTOCOLS["auto"] = f"{__name__}:{Http.__name__}"
