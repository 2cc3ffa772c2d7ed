"""What BentoML has no public way for: the one place that touches its private modules (written for 1.4)."""

import atexit
import os
import tempfile
from pathlib import Path
from typing import Any

import click
import psutil
from bentoml._internal.configuration.containers import BentoMLContainer
from bentoml._internal.server.http import traffic
from bentoml._internal.utils import circus as supervision
from bentoml._internal.utils.analytics import usage_stats

SHARED_MEMORY = Path("/dev/shm")  # of Linux
LOOK_AFTER_SECONDS = 0.5  # between two looks at whether all workers live; BentoML looks every 10 s


def home() -> Path:
    """The folder that holds BentoML's stores: $BENTOML_HOME, or ~/bentoml."""
    return Path(BentoMLContainer.bentoml_home.get())


def asked_host() -> str:
    """The address that `bentoml serve` was told to listen on, by --host or $BENTOML_HOST; empty where by none."""
    context = click.get_current_context(silent=True)
    return (context.params.get("host") if context else None) or ""


def stored_versions(name: str) -> list[str]:
    """Of a model in the store. Its folders tell; bentoml.models.list fails as soon as one of them is damaged."""
    folder = home() / "models" / name
    return [path.name for path in folder.iterdir() if path.is_dir()] if folder.is_dir() else []


def report_no_usage() -> None:
    """Switch off BentoML's usage reports, whatever started it: its command line has read the setting by now."""
    os.environ["BENTOML_DO_NOT_TRACK"] = "True"
    usage_stats.do_not_track.cache_clear()


def set_no_timers() -> None:
    """No limit of BentoML's on a request's time: pipeline.web has its own, whose refusals have the contract's form.

    BentoML's timers are never stopped: each keeps its request, 3 kB, for as long as the limit, answered or not.
    """
    traffic.TimeoutMiddleware = lambda app, timeout: app  # type: ignore[assignment, misc, return-value]


def tracing() -> dict[str, Any]:
    """Settings to follow no request with OpenTelemetry, which takes 0.5 ms of each, unless a sample rate is set."""
    return {} if BentoMLContainer.tracing.sample_rate.get() else {"excluded_urls": ".*"}


def look_after_workers() -> None:
    """Have a worker that was killed replaced at once; for the process that starts them, before it does."""

    class Supervisor(supervision.Arbiter):
        def __init__(self, *arguments: Any, **settings: Any):
            super().__init__(*arguments, **{**settings, "check_delay": LOOK_AFTER_SECONDS})

    supervision.Arbiter = Supervisor  # type: ignore[misc]


def keep_metrics_in_memory() -> None:
    """Count requests in shared memory, where there is any; for the process that starts the workers, before it does.

    The workers count in files that they map into memory, by default under $BENTOML_HOME: on a full disk, writing to
    one kills the worker (SIGBUS). This folder is also of its own, so that no other service clears it.
    """
    if os.access(SHARED_MEMORY, os.W_OK):
        folder = tempfile.TemporaryDirectory(prefix="digits-metrics-", dir=SHARED_MEMORY)
        atexit.register(folder.cleanup)
        BentoMLContainer.prometheus_multiproc_dir.set(folder.name)


def forget_dead_workers() -> None:
    """Drop their part of the gauges: what a killed worker had in hand is in hand no more."""
    folder = os.environ.get("PROMETHEUS_MULTIPROC_DIR")
    for file in Path(folder).glob("gauge_live*.db") if folder else ():
        if not psutil.pid_exists(int(file.stem.rpartition("_")[2])):
            file.unlink(missing_ok=True)
