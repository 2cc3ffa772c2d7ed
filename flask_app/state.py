"""What the footer tells: which model answers, and whether the service does."""

import time
from collections.abc import Callable

from pipeline.errors import DigitsError

SECONDS = 2.0  # that what was told is good for: a page must not wait for a service that does not answer


class ServiceState:
    """Calling it gives the model's tag and the state in words; asks at most every SECONDS."""

    def __init__(self, model: Callable[[], str]):
        self.model = model
        self.told, self.until = ("", ""), 0.0

    def __call__(self) -> tuple[str, str]:
        if time.monotonic() > self.until:
            self.told = self.ask()
            self.until = time.monotonic() + SECONDS
        return self.told

    def ask(self) -> tuple[str, str]:
        try:
            return self.model(), "service ready"
        except DigitsError:
            return "", "service does not answer"
