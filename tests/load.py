"""Clients of a service that ask all the time, while something happens to it."""

import threading
from concurrent.futures import ThreadPoolExecutor

import httpx
from servers import Server

CLIENTS = 2


class Load:
    """`with Load(server, picture, digit) as load:` asks all the time, on new connections; `models` are who answered.

    Leaving it raises where a request failed or another digit was read.
    """

    def __init__(self, server: Server, picture: bytes, digit: int = 4):
        self.url, self.picture, self.digit = f"{server.url}/predict", picture, digit
        self.models: list[str] = []
        self.stopped = threading.Event()

    def __enter__(self):
        self.pool = ThreadPoolExecutor(CLIENTS)
        self.clients = [self.pool.submit(self.ask) for _ in range(CLIENTS)]
        return self

    def __exit__(self, *_):
        self.stopped.set()
        self.pool.shutdown()
        for client in self.clients:
            client.result()

    def ask(self) -> None:
        while not self.stopped.wait(0.02):
            answer = httpx.post(self.url, files={"image": self.picture}, trust_env=False, timeout=30)
            assert (answer.status_code, answer.json().get("digit")) == (200, self.digit), answer.text
            self.models.append(answer.json()["model"])

    def answered_by(self, model: str) -> bool:
        """Whether it is this model, in each worker by now; True also where a client has failed, which is told later."""
        return {*self.models[-10:]} == {model} or any(each.done() for each in self.clients)
