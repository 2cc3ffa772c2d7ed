"""Work in a thread of its own: in the tests' own thread Playwright keeps an event loop running."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any


def in_thread(function: Callable[..., Any], *arguments: Any) -> Any:
    """What a function returns or raises."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(function, *arguments).result()


def run(function: Callable[..., Any], *arguments: Any) -> Any:
    """What a coroutine function returns or raises."""
    return in_thread(lambda: asyncio.run(function(*arguments)))
