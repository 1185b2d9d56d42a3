"""Logs: one line of JSON for each event, with ids and never with content.

What a value may look like is a list of what is allowed, not of what is forbidden: a name, an
address, a note or a link's token does not fit and is left out. May import: structlog.
"""

from __future__ import annotations

import logging
import re
import sys
import traceback
from collections.abc import MutableMapping
from datetime import date, datetime, timedelta
from enum import Enum
from pathlib import Path
from types import TracebackType
from typing import Any, TextIO

import structlog

LEFT_OUT = "(left out)"
_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.:/+-]{0,63}")
_SECRET = re.compile(r"[A-Za-z0-9]{20,}|^\+?\d{7,}$")  # a link's token; a telephone number
_PLAIN = (bool, int, float, type(None))
_MOST_FRAMES = 8


def only_ids(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> dict[str, Any]:
    """Keep numbers, times and ids; leave out every other value."""
    return {key: _allowed(value) for key, value in event.items()}


def _allowed(value: Any) -> Any:
    if isinstance(value, _PLAIN):
        return value
    if isinstance(value, datetime | date | timedelta):
        return str(value)
    if isinstance(value, list | tuple):
        return [_allowed(one) for one in value]
    text = str(value.value if isinstance(value, Enum) else value)
    return text if _ID.fullmatch(text) and not _SECRET.search(text) else LEFT_OUT


def faults_without_words(
    _logger: Any, _method: str, event: MutableMapping[str, Any]
) -> MutableMapping[str, Any]:
    """A fault as its kind and its places: its words may hold what a patient wrote."""
    info = event.pop("exc_info", None)
    fault = sys.exc_info() if info is True else info
    if isinstance(fault, BaseException):
        fault = (type(fault), fault, fault.__traceback__)
    if fault and fault[0] is not None:
        event["fault"] = fault[0].__name__
        event["places"] = places(fault[2])
    return event


def places(found: TracebackType | None) -> list[str]:
    """Where a fault came through, the last place last: file and line, no source and no values."""
    frames = traceback.extract_tb(found)[-_MOST_FRAMES:]
    return [f"{Path(frame.filename).name}:{frame.lineno}" for frame in frames]


class _Lines(logging.Formatter):
    """What libraries log, as the same lines: the words of the program, none of the values."""

    def format(self, record: logging.LogRecord) -> str:
        # Only words with gaps are the program's own; others may have had values put into them.
        words = str(record.msg) if record.args else LEFT_OUT
        place = f"{record.filename}:{record.lineno}"
        event: dict[str, Any] = {"logger": record.name, "place": place, "exc_info": record.exc_info}
        event = only_ids(None, "", faults_without_words(None, "", event))
        stamp = datetime.fromtimestamp(record.created).astimezone().isoformat()
        said = {"words": words, "level": record.levelname.lower()}
        return str(structlog.processors.JSONRenderer()(None, "", {**said, **event, "at": stamp}))


def configure(stream: TextIO | None = None) -> None:
    """Log to `stream`, the standard error output if none is given: for the processes that serve."""
    target = stream or sys.stderr
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            faults_without_words,
            only_ids,
            structlog.processors.TimeStamper(fmt="iso", utc=True, key="at"),
            structlog.processors.JSONRenderer(),
        ],
        logger_factory=structlog.PrintLoggerFactory(target),
        cache_logger_on_first_use=False,
    )
    handler = logging.StreamHandler(target)
    handler.setFormatter(_Lines())
    logging.basicConfig(handlers=[handler], level=logging.WARNING, force=True)
