"""Bringing a database to the schema that this code expects, and saying whether it is there.

May import: alembic, engine, schema.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, text

from webapp.store.engine import Transaction, open_engine, translated
from webapp.store.turn_keeping import behind_door

_LOCK = 74_686_177  # of all advisory locks of a PostgreSQL server, the one for our migrations
_SCRIPTS = Path(__file__).parent / "migrations"


class SchemaAhead(Exception):
    """The database was made by a newer Thaw than this one."""


def upgrade(database_url: str, revision: str = "head") -> None:
    """Bring the database to `revision`. Raises `SchemaAhead` if it is from a newer Thaw."""
    with translated(), _connected(database_url) as connection, _alone(connection):
        _refuse_unknown(connection)
        _run(connection, command.upgrade, revision)


def downgrade(database_url: str, revision: str) -> None:
    """Take the database back to `revision` ("base" for empty)."""
    with _connected(database_url) as connection:
        _run(connection, command.downgrade, revision)


@contextmanager
def _connected(database_url: str) -> Iterator[Connection]:
    """A connection that waits as long as a step takes: an index over years of rows is no query."""
    engine = open_engine(database_url, patient=True)
    try:
        with engine.connect() as connection:
            if engine.dialect.name == "postgresql":
                connection.execute(text("SET statement_timeout = 0"))
                connection.execute(text("SET lock_timeout = 0"))
                connection.commit()
            yield connection
    finally:
        engine.dispose()


@contextmanager
def _alone(connection: Connection) -> Iterator[None]:
    """Let no other process migrate meanwhile: every worker of a server does so as it starts.

    Each step is a transaction of its own, so a lock is held over all of them. On PostgreSQL it
    belongs to the connection that does the work: when we are killed, the server gives it away
    only after the step that it was still doing for us.
    """
    if connection.dialect.name != "postgresql":
        with behind_door(f"{connection.engine.url.database}-upgrade"):
            yield
        return
    connection.execute(text("SELECT pg_advisory_lock(:lock)"), {"lock": _LOCK})
    connection.commit()
    try:
        yield
    finally:
        connection.rollback()
        connection.execute(text("SELECT pg_advisory_unlock(:lock)"), {"lock": _LOCK})
        connection.commit()


def schema_is_current(tx: Transaction) -> bool:
    """Whether the database stands at the newest revision this code knows."""
    found = MigrationContext.configure(tx.connection).get_current_revision()
    return found == newest_revision()


def revision_of(engine: Engine) -> str | None:
    """The revision that the database stands at; None if it is empty."""
    with engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()


@cache
def newest_revision() -> str | None:
    """The newest revision this code knows."""
    return ScriptDirectory(str(_SCRIPTS)).get_current_head()


def _refuse_unknown(connection: Connection) -> None:
    known = {script.revision for script in ScriptDirectory(str(_SCRIPTS)).walk_revisions()}
    found = MigrationContext.configure(connection).get_current_revision()
    connection.rollback()  # reading began a transaction, and each step wants its own
    if found is not None and found not in known:
        raise SchemaAhead(f"This database is at {found}, made by a newer Thaw. Upgrade Thaw first.")


def _run(connection: Connection, step: object, revision: str) -> None:
    config = Config()
    config.set_main_option("script_location", str(_SCRIPTS))
    config.attributes["connection"] = connection
    step(config, revision)  # type: ignore[operator]
