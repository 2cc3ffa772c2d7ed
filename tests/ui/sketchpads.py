"""The sketchpad on a port of its own, in this process, with whatever recogniser and reader."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

from servers import free_port

from ui.app import start


@contextmanager
def served(recognise, read, port=None, **options):
    """Gives its URL."""

    async def started():
        return start(recognise, read, "127.0.0.1", port or free_port(), **options)

    # In an event loop, because outside one Gradio makes loops that nobody closes; in a thread of its own, because
    # Playwright's loop may be running in this one.
    with ThreadPoolExecutor(1) as thread:
        page = thread.submit(lambda: asyncio.run(started())).result()
    yield page.local_url.rstrip("/")
    page.close(verbose=False)
