"""Keep corrections, withdraw them, list them. Safe to share between threads, and with other processes."""

import logging
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC
from typing import Any

from alembic.util import CommandError
from sqlalchemy import Connection, Engine, delete, insert, make_url, select, update
from sqlalchemy.exc import SQLAlchemyError

from pipeline.errors import FeedbackFull, FeedbackOff, FeedbackUnavailable, NoCorrection
from pipeline.feedback import database
from pipeline.feedback.correction import Correction, Told
from pipeline.feedback.schema import CORRECTIONS, HELD
from pipeline.feedback.settings import FeedbackSettings

WAIT_SECONDS = 2  # for a connection, for a lock, for a statement
FULL_RETRY_SECONDS = 3600  # it takes a person to make room
TOLD = [column for column in CORRECTIONS.columns if column.name not in ("bytes", "seen", "picture")]
ALL = [*TOLD, CORRECTIONS.c.seen, CORRECTIONS.c.picture]

log = logging.getLogger("bentoml.digits")


class Keeper:
    """The database of the settings; it is opened, and its tables are made, when it is first used.

    All methods raise FeedbackUnavailable where it is down, slow or locked. Those with a `deadline`, of
    time.monotonic(), keep nothing once it is over: whoever asked has been told so by then.
    """

    def __init__(self, settings: FeedbackSettings, wait: int = WAIT_SECONDS):
        self.settings, self.wait = settings, wait
        self._engine: Engine | None = None
        self._opening = threading.Lock()

    def keep(self, correction: Correction, deadline: float) -> None:
        """Once this returns, the correction survives whatever happens to this process. Raises FeedbackFull."""
        row = {**vars(correction), "time": correction.time.replace(tzinfo=None), "bytes": len(correction.picture)}
        limits = self.settings
        one_more = (
            update(HELD)
            .where(HELD.c.corrections < limits.most, HELD.c.bytes + row["bytes"] <= limits.most_bytes)
            .values(corrections=HELD.c.corrections + 1, bytes=HELD.c.bytes + row["bytes"])
        )
        with self._transaction(deadline) as connection:
            if not connection.execute(one_more).rowcount:
                raise FeedbackFull(
                    f"The correction was not kept: there is room for {limits.most:,} of them and "
                    f"{limits.most_bytes:,} bytes of pictures, and no more. Tell whoever runs this service.",
                    FULL_RETRY_SECONDS,
                )
            connection.execute(insert(CORRECTIONS).values(row))

    def withdraw(self, id: str, deadline: float) -> None:
        """Delete a correction, so that its picture is in no file of SQLite's any more. Raises NoCorrection."""
        gone = delete(CORRECTIONS).where(CORRECTIONS.c.id == id).returning(CORRECTIONS.c.bytes)
        with self._transaction(deadline) as connection:
            found = connection.execute(gone).first()
            if found is None:
                raise NoCorrection("There is no correction with this id. It may have been withdrawn already.")
            one_less = {"corrections": HELD.c.corrections - 1, "bytes": HELD.c.bytes - found.bytes}
            connection.execute(update(HELD).values(one_less))
        database.empty_log(connection.engine)

    def told(self) -> list[Told]:
        """All corrections without their pictures, in the order they came."""
        with self._failing(), self._opened().connect() as connection:
            return [Told(**_fields(row)) for row in connection.execute(_in_time(TOLD))]

    def everything(self) -> Iterator[Correction]:
        """All corrections, in the order they came."""
        with self._failing(), self._opened().connect() as connection:
            for row in connection.execution_options(yield_per=100).execute(_in_time(ALL)):
                yield Correction(**_fields(row))

    def close(self) -> None:
        """Give the connections back."""
        engine, self._engine = self._engine, None
        if engine:
            engine.dispose()

    @contextmanager
    def _transaction(self, deadline: float) -> Iterator[Connection]:
        with self._failing(), self._opened().begin() as connection:
            yield connection
            if time.monotonic() > deadline:
                raise FeedbackUnavailable(f"{self._name()} took too long.")

    def _opened(self) -> Engine:
        with self._opening:
            if self._engine is None:
                if self.settings.url is None:
                    raise FeedbackOff("No corrections are kept here. Name a database in DIGITS_FEEDBACK.")
                engine = database.connect(self.settings.url, self.wait)
                try:
                    database.bring_up_to_date(engine)
                except BaseException:
                    engine.dispose()
                    raise
                self._engine = engine
            return self._engine

    @contextmanager
    def _failing(self) -> Iterator[None]:
        """What is wrong with a database, as FeedbackUnavailable."""
        try:
            yield
        except ModuleNotFoundError as error:
            raise FeedbackUnavailable(
                f"{self._name()} needs the package {error.name}: pip install -r requirements-postgresql.txt."
            ) from error
        except (SQLAlchemyError, CommandError, OSError) as error:
            self.close()  # so that the next use looks whether it is the same database, with its tables
            reason = " ".join(str(getattr(error, "orig", None) or error).split())
            raise FeedbackUnavailable(f"{self._name()} cannot be used ({reason}).") from error

    def _name(self) -> str:
        return f"The database of corrections, {make_url(self.settings.url or 'off:').render_as_string()},"


def _in_time(columns: list[Any]) -> Any:
    return select(*columns).order_by(CORRECTIONS.c.time, CORRECTIONS.c.id)


def _fields(row: Any) -> dict[str, Any]:
    fields = row._asdict()
    box = fields["box"]
    return {**fields, "time": fields["time"].replace(tzinfo=UTC), "box": tuple(box) if box else None}
