"""The databases that corrections are kept in."""

import psycopg
import pytest


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request, tmp_path) -> str:
    """Of a database that is there and empty."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/corrections.sqlite3"
    server = request.getfixturevalue("postgresql")
    with psycopg.connect(server.url, autocommit=True) as connection:
        connection.execute("DROP SCHEMA public CASCADE")
        connection.execute("CREATE SCHEMA public")
    return server.url
