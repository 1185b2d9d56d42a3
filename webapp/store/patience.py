"""How long we wait for PostgreSQL: a server that is stopped is noticed here, by nobody else.

A server that hangs obeys no timeout of its own, and its kernel keeps the line open. So every wait
has an end on this side, and for a moment after one nobody waits again. May import: psycopg,
sqlalchemy.
"""

from __future__ import annotations

from threading import Event, Timer
from typing import Any

import psycopg
from sqlalchemy import Engine, event

ANSWER_WITHIN = 4.5  # seconds; the server itself gives a statement up a little sooner
CONNECT_WITHIN = 2  # seconds
REST = 1.0  # seconds in which nobody tries again after a server did not answer


class Tired(psycopg.OperationalError):
    """The server did not answer a moment ago, and is left alone until it may have recovered."""


class Patience:
    """What one process remembers of a server that did not answer."""

    def __init__(self) -> None:
        self._resting = Event()

    def gave_up(self) -> None:
        """A wait came to its end without an answer."""
        self._resting.set()
        over = Timer(REST, self._resting.clear)
        over.daemon = True
        over.start()

    def check(self) -> None:
        """Raise `Tired` while nobody should wait for that server."""
        if self._resting.is_set():
            raise Tired("the database did not answer a moment ago")


def be_patient_within_reason(engine: Engine) -> None:
    """Let no wait of this engine for its server outlast `ANSWER_WITHIN`."""
    patience = Patience()
    connection_class = _connection_class(patience)

    @event.listens_for(engine, "do_connect")
    def connect(_dialect: Any, _record: Any, words: list[Any], named: dict[str, Any]) -> Any:
        patience.check()
        try:
            return connection_class.connect(*words, **named)
        except psycopg.errors.ConnectionTimeout:
            patience.gave_up()
            raise


def _connection_class(patience: Patience) -> type[psycopg.Connection[Any]]:
    class ImpatientConnection(psycopg.Connection[Any]):
        """A connection that is given up when the server does not answer in time."""

        def wait(self, gen: Any, interval: float = 0.1, timeout: float | None = None) -> Any:
            try:
                return super().wait(gen, interval, timeout or ANSWER_WITHIN)
            except psycopg.errors._WaitTimeout:
                patience.gave_up()
                self.pgconn.finish()  # nothing on it can be trusted any more
                raise

    return ImpatientConnection
