"""Clients of the digit service: picture bytes in, Answer or Number out. What both pages use, and other programs may."""

import os
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Self

from pipeline import calls
from pipeline.answer import Answer, Box, Number
from pipeline.calls import MOST_BYTES as MOST_BYTES
from pipeline.calls import Call, Correction, Picture, Reply, Result, Unexpected
from pipeline.calls import Refused as Refused
from pipeline.errors import ServiceDown
from pipeline.explanation import Explanation

ENVIRONMENT_VARIABLE = "DIGITS_URL"
KEY_VARIABLE = "DIGITS_API_KEY"
DEFAULT_URL = "http://127.0.0.1:3000"
SECONDS, CONNECT_SECONDS = 30.0, 3.0  # a host that swallows connections is down, not slow


class _AnyClient:
    """Where the service is, how it is asked, and that it is not there."""

    def __init__(self, url: str | None, key: str | None, retries: int):
        self.url = (url or os.environ.get(ENVIRONMENT_VARIABLE) or DEFAULT_URL).rstrip("/")
        self._key, self._retries = key or os.environ.get(KEY_VARIABLE), retries

    def _settings(self) -> dict[str, Any]:
        import httpx  # takes as long as all other imports here: only who makes a client waits for it

        return {
            "base_url": self.url,
            "timeout": httpx.Timeout(SECONDS, connect=CONNECT_SECONDS),
            "trust_env": False,  # a proxy meant for the internet must not get in the way of a service next door
            "follow_redirects": False,  # a picture goes to this service and nowhere else
            "headers": {
                "Accept-Encoding": "identity",  # a few kB of gzip may unpack to a gigabyte
                **({"Authorization": f"Bearer {self._key}"} if self._key else {}),
            },
        }

    @contextmanager
    def _failures(self) -> Iterator[None]:
        import httpx

        try:
            yield
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise ServiceDown(
                f"The digit service at {self.url} does not answer ({type(error).__name__}). "
                "Start it with 'make up' or 'bentoml serve' and try again."
            ) from error
        except Unexpected as error:
            raise ServiceDown(
                f"What answers at {self.url} is not the digit service {error}. "
                f"Set {ENVIRONMENT_VARIABLE} to the service's address."
            ) from error

    def _repeatable(self, call: Call[Result]) -> Call[Result]:
        return call.repeatable() if self._retries else call


class Client(_AnyClient):
    """Talks to one service: the URL given, else the one $DIGITS_URL names, else port 3000 of this machine.

    It sends the key given, else the one that $DIGITS_API_KEY holds, where there is one. What was refused because many
    ask (429, 503) it sends again, at most `retries` times, each as late as the service asks for, up to a minute, and a
    random part of some seconds beyond. Safe to share between threads.
    """

    def __init__(self, url: str | None = None, key: str | None = None, retries: int = 0):
        import httpx

        super().__init__(url, key, retries)
        self._http = httpx.Client(**self._settings())

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Give the connections back; a client that lives as long as its process need not."""
        self._http.close()

    def recognise(self, picture: Picture) -> Answer:
        """The answer for one encoded picture (PNG, JPEG, …) or a file of it. Raises Refused and ServiceDown."""
        return self._result(calls.recognise(picture))

    def recognise_all(self, pictures: Sequence[Picture]) -> list[Answer | Refused]:
        """The same for up to 64, in their order; a bad one spoils no other. Raises Refused and ServiceDown."""
        return self._result(calls.recognise_all(pictures))

    def read(self, picture: Picture) -> Number:
        """The digits of one encoded picture or a file of it, in reading order. Raises Refused and ServiceDown."""
        return self._result(calls.read(picture))

    def explain(self, picture: Picture, *, filters: bool = False, occlusion: bool = False) -> Explanation:
        """As `recognise`, with what each layer of the network says. Raises Refused and ServiceDown."""
        return self._result(calls.explain(picture, filters, occlusion))

    def correct(
        self, picture: Picture, correction: Correction, box: Box | None = None, *, address: str | None = None
    ) -> str:
        """Say what a picture truly shows, or one digit of the number in it, whose `box` `read` told; the id to withdraw
        it with.

        Whoever made the picture agrees that the service keeps it: `correct` says so in their name. `address` is theirs,
        where a program speaks for many: the service allows so many corrections a minute from each. It believes this
        of programs on its own machine alone. Raises Refused and ServiceDown.
        """
        return self._result(calls.correct(picture, correction, box, address))

    def withdraw(self, id: str) -> None:
        """Have a correction deleted. Raises Refused and ServiceDown."""
        self._result(calls.withdraw(id))

    def model(self) -> str:
        """Tag of the model that answers now, asked for within a second. Raises Refused and ServiceDown."""
        return self._result(calls.model())

    def _result(self, call: Call[Result]) -> Result:
        call, tried = self._repeatable(call), 0
        while True:
            try:
                return self._send(call)
            except Refused as refused:
                time.sleep(calls.seconds_to_wait(refused, tried, self._retries))
            tried += 1

    def _send(self, call: Call[Result]) -> Result:
        with self._failures(), call.request() as asked, self._http.stream(**asked) as response:
            reply = Reply(response)
            for piece in response.iter_raw():
                reply.add(piece)
            return reply.result(call)


class AsyncClient(_AnyClient):
    """A Client for programs with an event loop of asyncio: `async with AsyncClient() as client`."""

    def __init__(self, url: str | None = None, key: str | None = None, retries: int = 0):
        import httpx

        super().__init__(url, key, retries)
        self._http = httpx.AsyncClient(**self._settings())

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def close(self) -> None:
        """Give the connections back."""
        await self._http.aclose()

    async def recognise(self, picture: Picture) -> Answer:
        """See Client."""
        return await self._result(calls.recognise(picture))

    async def recognise_all(self, pictures: Sequence[Picture]) -> list[Answer | Refused]:
        """See Client."""
        return await self._result(calls.recognise_all(pictures))

    async def read(self, picture: Picture) -> Number:
        """See Client."""
        return await self._result(calls.read(picture))

    async def explain(self, picture: Picture, *, filters: bool = False, occlusion: bool = False) -> Explanation:
        """See Client."""
        return await self._result(calls.explain(picture, filters, occlusion))

    async def correct(
        self, picture: Picture, correction: Correction, box: Box | None = None, *, address: str | None = None
    ) -> str:
        """See Client."""
        return await self._result(calls.correct(picture, correction, box, address))

    async def withdraw(self, id: str) -> None:
        """See Client."""
        await self._result(calls.withdraw(id))

    async def model(self) -> str:
        """See Client."""
        return await self._result(calls.model())

    async def _result(self, call: Call[Result]) -> Result:
        import asyncio  # not for those who have no event loop

        call, tried = self._repeatable(call), 0
        while True:
            try:
                return await self._send(call)
            except Refused as refused:
                await asyncio.sleep(calls.seconds_to_wait(refused, tried, self._retries))
            tried += 1

    async def _send(self, call: Call[Result]) -> Result:
        with self._failures(), call.request() as asked:
            async with self._http.stream(**asked) as response:
                reply = Reply(response)
                async for piece in response.aiter_raw():
                    reply.add(piece)
                return reply.result(call)
