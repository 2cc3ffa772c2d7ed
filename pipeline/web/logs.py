"""The log as JSON, an object a line, for what collects logs; $DIGITS_LOG=text keeps BentoML's own form, for people."""

import json
import logging
import os
import time
from datetime import UTC, datetime
from typing import Any

FORM = "DIGITS_LOG"  # environment variable


def set_up() -> None:
    """Change the handlers that BentoML has set up."""
    for handler in {*logging.getLogger("bentoml").handlers, *logging.getLogger().handlers}:
        handler.addFilter(FloodGate())
        if os.environ.get(FORM) != "text":
            handler.setFormatter(JsonLines())


class JsonLines(logging.Formatter):
    """One JSON object a line: time, level, logger, message; the facts of a request; a traceback where there is one."""

    def format(self, record: logging.LogRecord) -> str:
        when = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
        line: dict[str, Any] = {"time": when, "level": record.levelname.lower(), "logger": record.name}
        line |= {"message": record.getMessage(), **getattr(record, "facts", {})}
        if record.exc_info:
            line["traceback"] = self.formatException(record.exc_info)
        return json.dumps(line, ensure_ascii=False, default=str)


class FloodGate(logging.Filter):
    """Lets so many errors a minute through: a fault that every request meets must not fill the disk."""

    def __init__(self, most: int = 20):
        super().__init__()
        self.most, self.minute, self.count = most, 0, 0

    def filter(self, record: logging.LogRecord) -> bool:
        if record.levelno < logging.ERROR:
            return True
        minute = int(time.monotonic() // 60)
        self.count = self.count + 1 if minute == self.minute else 1
        self.minute = minute
        if self.count == self.most:
            record.msg = f"{record.msg} (more errors of this minute are left out)"
        return self.count <= self.most
