"""An engine for a URL: what is written stays written, nobody waits for long, and the tables are up to date."""

import contextlib
import os
import sqlite3
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from sqlalchemy import Engine, NullPool, create_engine, event, make_url, text
from sqlalchemy.exc import SQLAlchemyError

MIGRATIONS = Path(__file__).with_name("migrations")
LOCK = 0x6469676974  # "digit": PostgreSQL's advisory lock of whoever migrates
EXCLUSIVE = {"begin": "BEGIN IMMEDIATE"}  # SQLite: lock now, not with the first write


def connect(url: str, wait: int) -> Engine:
    """An engine that has not connected yet; `wait`, whole seconds, is for a connection, a lock and a statement."""
    parsed = make_url(url)
    if parsed.get_backend_name() == "sqlite":
        return _sqlite(url, parsed.database, wait)
    milliseconds = 1000 * wait
    # An acknowledged write is on the disk, whatever the server's own setting.
    session = f"-c statement_timeout={milliseconds} -c lock_timeout={milliseconds} -c synchronous_commit=on"
    patience = {"connect_timeout": max(2, wait), "options": session}  # libpq takes no less
    # pool_pre_ping: the server may have been restarted since.
    return create_engine(
        url, hide_parameters=True, pool_pre_ping=True, pool_timeout=wait, pool_size=2, connect_args=patience
    )


def _sqlite(url: str, path: str | None, wait: int) -> Engine:
    if path:
        file = Path(path)
        file.parent.mkdir(parents=True, exist_ok=True)
        if not file.exists():  # what people drew is nobody else's; SQLite's other files take its permissions
            os.close(os.open(file, os.O_CREAT | os.O_RDWR, 0o600))
    # A connection for each use: one that is kept would go on writing into a file that was deleted meanwhile.
    engine = create_engine(url, hide_parameters=True, poolclass=NullPool, connect_args={"timeout": wait})

    @event.listens_for(engine, "connect")
    def settle(connection: Any, _: Any) -> None:
        connection.isolation_level = None  # the module begins no transactions of its own: `begin` below does
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "secure_delete=ON"):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def begin(connection: Any) -> None:
        connection.exec_driver_sql(connection.get_execution_options().get("begin", "BEGIN"))

    return engine


def bring_up_to_date(engine: Engine) -> None:
    """Make or change the tables where they are not as this version has them; one process at a time, all or nothing."""
    with engine.connect().execution_options(**EXCLUSIVE) as connection, connection.begin():
        if engine.dialect.name == "postgresql":
            connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": LOCK})
        config = Config()
        config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
        config.attributes["connection"] = connection
        command.upgrade(config, "head")


def empty_log(engine: Engine) -> None:
    """Of SQLite: drop its write-ahead log, which holds what was deleted; secure_delete has overwritten the rest.

    Where somebody else uses it, the next one who can does so.
    """
    if engine.dialect.name == "sqlite":
        with contextlib.suppress(SQLAlchemyError, sqlite3.Error), contextlib.closing(engine.raw_connection()) as raw:
            raw.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)")
