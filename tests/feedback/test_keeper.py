"""Corrections in SQLite and in a real PostgreSQL: kept, bounded, withdrawn; tables made once, whoever comes at once."""

import contextlib
import dataclasses
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from corrections import correction, keeper, locked, soon
from servers import ROOT

from pipeline.errors import FeedbackFull, FeedbackOff, FeedbackUnavailable, ModelError, NoCorrection
from pipeline.feedback import database
from pipeline.feedback.keeper import Keeper
from pipeline.feedback.schema import METADATA
from pipeline.feedback.settings import NOTHING_KEPT, FeedbackSettings, from_environment, usable_url

pytestmark = pytest.mark.slow  # PostgreSQL is a process of its own


def test_what_is_kept_comes_back_in_the_order_it_came(url):
    now = datetime.now(UTC)
    seen = bytes(range(256)) * 3 + bytes(16)
    sent = [
        correction(b"\x00\xff" * 500, 10, seen=seen, time=now, confidence=1 / 3),
        correction(endpoint="/read", box=(1, 22, 333, 4444), digit=4, status="digit", time=now + timedelta(seconds=1)),
        correction(digit=None, status="blank", confidence=0.0, time=now - timedelta(days=1)),
    ]
    with keeper(url) as kept:
        for each in sent:
            kept.keep(each, soon())
        assert list(kept.everything()) == [sent[2], sent[0], sent[1]]
    with keeper(url) as again:  # another process, say
        told = again.told()
    assert [each.id for each in told] == [sent[2].id, sent[0].id, sent[1].id]
    assert told[1].time == now and told[1].confidence == 1 / 3
    assert len({each.id for each in sent}) == 3 and {len(each.id) for each in sent} == {32}


def test_a_withdrawn_correction_is_gone(url):
    with keeper(url) as kept:
        stays, goes = correction(), correction(b"goes")
        kept.keep(stays, soon())
        kept.keep(goes, soon())
        kept.withdraw(goes.id, soon())
        assert list(kept.everything()) == [stays]
        for unknown in (goes.id, "", "nosuch", "' OR 1=1 --", "x" * 5000):
            with pytest.raises(
                NoCorrection, match=r"^There is no correction with this id\. It may have been withdrawn"
            ):
                kept.withdraw(unknown, soon())
        assert list(kept.everything()) == [stays]


def test_a_withdrawn_picture_is_in_none_of_sqlite_files(tmp_path):
    secret = b"what somebody drew" * 1000  # over several of SQLite's pages
    with keeper(f"sqlite:///{tmp_path}/db") as kept:
        kept.keep(goes := correction(secret), soon())
        kept.keep(correction(), soon())
        assert b"what somebody drew" in b"".join(path.read_bytes() for path in tmp_path.iterdir())
        kept.withdraw(goes.id, soon())
        assert b"what somebody drew" not in b"".join(path.read_bytes() for path in tmp_path.iterdir())
    assert (tmp_path / "db").stat().st_mode & 0o077 == 0  # nobody else's to read


def test_no_more_are_kept_than_may_be_whoever_writes_at_once(url):
    def keep(number: int) -> bool:
        with contextlib.suppress(FeedbackFull):
            kept.keep(correction(bytes(10)), soon())
            return True
        return False

    with keeper(url, wait=20, most=5) as kept:
        with ThreadPoolExecutor(4) as pool:
            assert sum(pool.map(keep, range(12))) == 5
        with pytest.raises(FeedbackFull) as refused:
            kept.keep(correction(), soon())
        assert str(refused.value) == (
            "The correction was not kept: there is room for 5 of them and 1,048,576,000 bytes of pictures, and no "
            "more. Tell whoever runs this service."
        )
        first, *_ = kept.told()
        kept.withdraw(first.id, soon())
        assert keep(0) and not keep(0)
    with keeper(url, most_bytes=60) as larger:
        larger.keep(correction(bytes(10)), soon())
        with pytest.raises(FeedbackFull):
            larger.keep(correction(bytes(1)), soon())
        assert len(larger.told()) == 6


def test_the_migrations_make_the_tables_of_the_schema(url):
    with keeper(url) as kept:
        kept.told()
    engine = database.connect(usable_url(url), 2)
    with engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), METADATA) == []
    engine.dispose()


def test_many_may_come_at_once_to_a_database_without_tables(url):
    code = (
        "import sys; sys.path.insert(0, 'tests'); from corrections import *\n"
        "with keeper(sys.argv[1], wait=30) as kept: kept.keep(correction(), soon() + 60)"
    )
    command = [sys.executable, "-c", code, url]
    processes = [subprocess.Popen(command, cwd=ROOT, stderr=subprocess.PIPE, text=True) for _ in range(4)]
    assert [process.communicate(timeout=120)[1] for process in processes] == [""] * 4
    with keeper(url) as kept:
        assert len(kept.told()) == 4


def test_a_locked_database_is_waited_for_no_longer_than_told(url):
    with keeper(url, wait=1) as kept:
        kept.keep(correction(), soon())
        began = time.monotonic()
        with (
            locked(url),
            pytest.raises(FeedbackUnavailable, match=r"^The database of corrections, .*, cannot be used \("),
        ):
            kept.keep(correction(), soon())
        assert 0.9 < time.monotonic() - began < 15
        kept.keep(correction(), soon())
        assert len(kept.told()) == 2


def test_nothing_is_kept_or_withdrawn_once_it_was_too_late(url):
    with keeper(url) as kept:
        kept.keep(stays := correction(), soon())
        for late in (lambda: kept.keep(correction(), time.monotonic()), lambda: kept.withdraw(stays.id, 0)):
            with pytest.raises(FeedbackUnavailable, match=r"^The database of corrections, .*, took too long\.$"):
                late()
        assert list(kept.everything()) == [stays]


def test_a_database_of_a_later_version_is_left_alone(url):
    with keeper(url) as kept:
        kept.keep(correction(), soon())
    engine = sqlalchemy.create_engine(usable_url(url))
    with engine.begin() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    engine.dispose()
    with keeper(url) as kept, pytest.raises(FeedbackUnavailable, match="Can't locate revision identified by '9999'"):
        kept.told()


def test_a_file_that_is_deleted_meanwhile_is_made_anew(tmp_path):
    with keeper(f"sqlite:///{tmp_path}/new/db") as kept:
        kept.keep(correction(), soon())
        for path in (tmp_path / "new").iterdir():
            path.unlink()
        with pytest.raises(FeedbackUnavailable, match="no such table: held"):
            kept.keep(correction(), soon())
        kept.keep(correction(), soon())
        assert len(kept.told()) == 1


def test_a_file_that_is_no_database_is_one_line(tmp_path):
    (tmp_path / "db").write_bytes(b"no database" * 100)
    with keeper(f"sqlite:///{tmp_path}/db") as kept, pytest.raises(FeedbackUnavailable) as refused:
        kept.told()
    assert str(refused.value) == (
        f"The database of corrections, sqlite:///{tmp_path}/db, cannot be used (file is not a database)."
    )


def test_no_password_is_ever_told():
    url = usable_url("postgresql://anna:secret@127.0.0.1:1/digits")
    with keeper(url) as kept, pytest.raises(FeedbackUnavailable) as refused:
        kept.told()
    assert "anna:***@127.0.0.1" in str(refused.value) and "secret" not in str(refused.value)


def test_what_the_environment_says():
    home = Path("/home/digits")
    assert from_environment(home, {}) == FeedbackSettings("sqlite:////home/digits/digits-feedback.sqlite3")
    assert from_environment(home, {"DIGITS_FEEDBACK": ""}) == NOTHING_KEPT
    assert from_environment(home, {"DIGITS_FEEDBACK": "Off"}) == NOTHING_KEPT
    said = {
        "DIGITS_FEEDBACK": "postgres://u:p@h/d", "DIGITS_FEEDBACK_MOST": "5", "DIGITS_FEEDBACK_MOST_MB": "2",
        "DIGITS_FEEDBACK_PER_MINUTE": "3",
    }  # fmt: skip
    assert from_environment(home, said) == FeedbackSettings("postgresql+psycopg://u:p@h/d", 5, 2 * 2**20, 3)
    with pytest.raises(ModelError) as refused:
        from_environment(home, {"DIGITS_FEEDBACK": "mysql://u:secret@h/d"})
    assert str(refused.value) == (
        "The database of corrections in DIGITS_FEEDBACK is of the kind 'mysql', expected sqlite:////path/of/a/file or "
        "postgresql://user:password@host/name. Set one of these, or 'off'."
    )
    with pytest.raises(ModelError, match=r"is of the kind 'without ://', expected"):
        from_environment(home, {"DIGITS_FEEDBACK": "secret"})
    with pytest.raises(ModelError, match=r"^DIGITS_FEEDBACK_MOST is '0', expected a whole number from 1 on\.$"):
        from_environment(home, {"DIGITS_FEEDBACK_MOST": "0"})
    with pytest.raises(FeedbackOff, match="Name a database in DIGITS_FEEDBACK"):
        Keeper(NOTHING_KEPT).told()


def test_the_fields_of_a_correction_are_the_columns(tmp_path):
    """But for `bytes`, which counts the picture's."""
    fields = {field.name for field in dataclasses.fields(correction())}
    assert {column.name for column in METADATA.tables["corrections"].columns} == fields | {"bytes"}
