"""waitress, so that neither idle, slow nor greedy clients lock others out or fill the memory and the disk.

waitress receives whole requests in one thread and hands each to one of few workers; what is slow to send holds no
worker. What it lacks: room for newcomers where connections are held open, and a limit on all bodies together.
"""

import io
import resource
import socket
from functools import partial
from typing import Any

from flask import Flask
from waitress.channel import HTTPChannel
from waitress.parser import HTTPRequestParser
from waitress.server import create_server

from flask_app.pages import DISCARDED

THREADS = 8  # requests in hand at once; each mostly waits for the service
MOST_CONNECTIONS = 1000  # of all clients; one more costs the oldest that has sent no whole request
FILES_EACH = 3  # its socket, and what it sends and gets where that is long
OTHER_FILES = 1000  # of the forms in hand, 50 pictures each, and of Python itself
IDLE_SECONDS = 30  # after which a connection on which nothing moves is closed
LARGEST_HEADER = 32 * 1024  # bytes; browsers send about 1 kB
IN_MEMORY = 32 * 1024  # bytes of a body or an answer; a longer one goes to a file
MOST_BYTES_IN_HAND = 512 * 2**20  # of all bodies together, complete or not, on the disk
COUNTED_EACH = 2**20  # bytes of a body between two looks at all; the disk may get so many more of each connection


class Discarded:
    """Takes a body and drops it: a client sees an answer only once all of its body has been received."""

    def __init__(self, count: int):
        self.count = count

    def append(self, data: bytes) -> None:
        self.count += len(data)

    def __len__(self) -> int:
        return self.count

    def getfile(self) -> io.BytesIO:
        return io.BytesIO()

    def close(self) -> None:
        """Nothing is held."""


class Request(HTTPRequestParser):
    """Drops a body that is larger than the page takes, and marks one that finds no room beside the others."""

    headers: dict[str, str]

    def __init__(self, channel: "Channel"):
        super().__init__(channel.adj)
        self.channel, self.look_at = channel, COUNTED_EACH

    def received(self, data: bytes) -> int:
        consumed = super().received(data)
        if not self.holds_body:
            return consumed
        if max(self.content_length, self.body_bytes_received) > self.channel.largest_body:
            self.discard()  # Flask refuses it by its Content-Length
        elif self.body_bytes_received >= self.look_at:
            self.look_at = self.body_bytes_received + COUNTED_EACH
            if self.channel.bytes_in_hand() > self.channel.most_bytes:
                self.headers[DISCARDED.upper().replace("-", "_")] = "1"
                self.discard()
        return consumed

    @property
    def holds_body(self) -> bool:
        return self.body_rcv is not None and not isinstance(self.body_rcv.buf, Discarded)

    def discard(self) -> None:
        received: Any = self.body_rcv
        held, received.buf = received.buf, Discarded(len(received.buf))
        held.close()


class Channel(HTTPChannel):
    """One connection; when there are too many, a new one closes the oldest that waits for no answer."""

    server: Any
    request: Request | None
    requests: list[Request]  # those that are whole

    def __init__(self, server: Any, *arguments: Any, largest_body: int, most_bytes: int, **named: Any):
        super().__init__(server, *arguments, **named)
        self.largest_body, self.most_bytes = largest_body, most_bytes
        self.parser_class: Any = lambda _: Request(self)
        if len(server.active_channels) > MOST_CONNECTIONS:
            waiting = (each for each in server.active_channels.values() if not each.requests and not each.will_close)
            next(waiting, self).will_close = True

    def bytes_in_hand(self) -> int:
        """Of the bodies of all connections."""
        requests = (each for channel in self.server.active_channels.values() for each in channel.all_requests())
        return sum(each.body_bytes_received for each in requests if each.holds_body)

    def all_requests(self) -> list[Request]:
        return [*self.requests, *([self.request] if self.request else [])]


def serve(
    app: Flask, listener: socket.socket, largest_body: int, most_bytes: int = MOST_BYTES_IN_HAND, root_path: str = ""
) -> None:
    """Answer on the open socket until interrupted.

    A body over `largest_body` bytes, or one for which there is no room among `most_bytes`, reaches the app empty. All
    links begin with `root_path`, which a proxy in front may or may not have taken off the paths that come here.
    """
    allow_files(MOST_CONNECTIONS * FILES_EACH + OTHER_FILES)
    server: Any = create_server(
        app,
        sockets=[listener],
        threads=THREADS,
        connection_limit=MOST_CONNECTIONS + 100,  # where all of them wait for an answer; before, the oldest is closed
        channel_timeout=IDLE_SECONDS,
        cleanup_interval=IDLE_SECONDS // 6,
        asyncore_use_poll=True,  # select() takes no more than 1024 files
        recv_bytes=64 * 1024,
        inbuf_overflow=IN_MEMORY,
        outbuf_overflow=IN_MEMORY,
        max_request_header_size=LARGEST_HEADER,
        # Somewhat too large an upload must get as far as Flask, whose answer is readable; waitress hangs up on more.
        max_request_body_size=4 * largest_body,
        ident=None,
        url_prefix=root_path,
        trusted_proxy="127.0.0.1",  # may say whom it speaks for, as uvicorn has it in the sketchpad and the service
        trusted_proxy_headers={"x-forwarded-for"},
    )
    server.channel_class = partial(Channel, largest_body=largest_body, most_bytes=most_bytes)
    server.run()


def allow_files(count: int) -> None:
    """Let this process hold `count` files open, or as many as the system lets it."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = count if hard == resource.RLIM_INFINITY else min(count, hard)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
