"""Which version serves: $DIGITS_MODEL's, else the one promoted last, else the latest; promotion and rollback."""

import contextlib
import fcntl
import logging
import os
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from pipeline.errors import ModelError
from pipeline.registry import bentoml_adapter, store

# In the BentoML home, beside the model store; one tag per line.
RECORD = "digits-promoted.txt"  # the versions promoted, in order: the last one serves
NOTE = "digits-unpromoted.txt"  # what a service started with while nothing was promoted
LOCK = "digits-promoted.lock"  # empty; held by who changes the record
LOOK_SECONDS = 1.0

log = logging.getLogger("bentoml.digits")


@contextlib.contextmanager
def _one_at_a_time() -> Iterator[None]:
    """Of those who change the record, from reading it until it is written. The lock ends with its process."""
    with _path(LOCK).open("a") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def serving(default: str = "latest") -> str:
    """The full tag of the version that serves; the default where none is promoted. Raises ModelError."""
    promoted = _read(RECORD)
    if not promoted or os.environ.get(store.ENVIRONMENT_VARIABLE):
        return store.choose(default=default)
    return _stored(promoted[-1], "which is promoted", "'python -m pipeline rollback' or ")


@_one_at_a_time()
def promote(wanted: str) -> str:
    """Make a stored version the one that serves; returns the line that says so. Raises ModelError."""
    # Loaded, so that a damaged one never gets to serve; and an empty shell variable is no wish for the latest.
    tag = store.load(wanted or f"{store.NAME}:").tag
    promoted = _read(RECORD)
    before = promoted[-1] if promoted else _unpromoted()
    if tag != before:
        return _serve([*(promoted or [before]), tag], before)
    if promoted:
        return f"{tag} serves already."
    _write(RECORD, [tag])
    return f"{tag} serves already; from now on no newer one takes its place."


@_one_at_a_time()
def rollback() -> str:
    """Go back to the version that served before the one promoted last; returns the line that says so.

    Raises ModelError.
    """
    promoted = _read(RECORD)
    if len(promoted) < 2:
        why = f"no version served before {promoted[0]}" if promoted else "no version was promoted yet"
        raise ModelError(
            f"There is nothing to roll back to: {why}. The store holds: {', '.join(store.versions()) or 'nothing'}. "
            "Choose one with 'python -m pipeline promote MODEL'."
        )
    *earlier, current = promoted
    store.load(_stored(earlier[-1], "which served before"))
    return _serve(earlier, current)


def follow(serves: str, find: Callable[[], str], take: Callable[[str], None]) -> None:
    """From now on hand each version that `find` names to `take`, in a thread that ends with the process.

    `serves`: the version that serves now, "" where none could be loaded. What either raises is logged, once.
    """
    with contextlib.suppress(OSError, ModelError):  # a store that cannot be written serves as well
        if serves and not _read(RECORD):
            _write(NOTE, [serves])
    threading.Thread(target=_watch, args=(serves, find, take), name="promotion", daemon=True).start()


def _watch(serves: str, find: Callable[[], str], take: Callable[[str], None]) -> None:
    said = ""
    while True:
        try:
            wanted = find()
            if wanted != serves:
                take(wanted)
                serves = wanted
            said = ""
        except Exception as error:  # whatever is wrong with a new model, the old one reads on
            if str(error) != said:  # once, not every second
                log.error("%s. %s", f"Still serving {serves}" if serves else "Not ready", error)
            said = str(error)
        time.sleep(LOOK_SECONDS)


def _unpromoted() -> str:
    """What served until the first promotion. A service goes on with the model it started with, newer ones or not."""
    noted = _read(NOTE)
    return noted[0] if noted and _is_stored(noted[0]) else store.choose("latest")


def _serve(promoted: list[str], before: str) -> str:
    _write(RECORD, promoted)
    pinned = f" Where ${store.ENVIRONMENT_VARIABLE} is set, as it is here, that version serves instead."
    return f"{promoted[-1]} serves now; {before} served before." + (
        pinned if os.environ.get(store.ENVIRONMENT_VARIABLE) else ""
    )


def _stored(tag: str, role: str, or_else: str = "") -> str:
    if _is_stored(tag):
        return tag
    raise ModelError(
        f"{tag}, {role}, is not in the store any more. It holds: {', '.join(store.versions())}. "
        f"Bring it back with 'bentoml models import FILE', or let another serve: {or_else}"
        "'python -m pipeline promote MODEL'."
    )


def _is_stored(tag: str) -> bool:
    with contextlib.suppress(ModelError):
        return store.choose(tag) == tag  # and not another whose version only starts like it
    return False


def _path(name: str) -> Path:
    return bentoml_adapter.home() / name


def _read(name: str) -> list[str]:
    try:
        return _path(name).read_text("utf-8").split()
    except FileNotFoundError:
        return []
    except (OSError, ValueError) as error:
        raise ModelError(
            f"{_path(name)}: cannot be read ({error}). Expected one tag per line. Mend it, or delete it: "
            "then the latest version serves until one is promoted."
        ) from error


def _write(name: str, tags: list[str]) -> None:
    """Replace the file as a whole: who reads it meanwhile, or after a power failure, sees all of the old or the new."""
    partial = _path(f"{name}.{os.getpid()}.partial")
    try:
        with partial.open("w", encoding="utf-8") as file:
            file.writelines(f"{tag}\n" for tag in tags)
            file.flush()
            os.fsync(file.fileno())
        partial.replace(_path(name))
    finally:
        partial.unlink(missing_ok=True)
    folder = os.open(bentoml_adapter.home(), os.O_RDONLY)
    try:
        os.fsync(folder)  # where the new name is
    finally:
        os.close(folder)
