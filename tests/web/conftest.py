"""The service in-process."""

import pytest
from starlette.testclient import TestClient


@pytest.fixture(scope="session")
def client(stored):
    """Starlette's test client of the real service with the shipped model."""
    from service import DigitService

    with TestClient(DigitService.to_asgi()) as client:
        yield client
