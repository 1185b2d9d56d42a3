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
from sqlalchemy import Engine, text

from webapp.store.engine import Transaction, open_engine, translated
from webapp.store.turn_keeping import behind_door

_LOCK = 74_686_177  # of all advisory locks of a PostgreSQL server, the one for our migrations
_SCRIPTS = Path(__file__).parent / "migrations"


class SchemaAhead(Exception):
    """The database was made by a newer Thaw than this one."""


def upgrade(database_url: str, revision: str = "head") -> None:
    """Bring the database to `revision`. Raises `SchemaAhead` if it is from a newer Thaw."""
    engine = open_engine(database_url, patient=True)
    try:
        with translated(), _alone(engine):
            _refuse_unknown(engine)
            _run(engine, command.upgrade, revision)
    finally:
        engine.dispose()


@contextmanager
def _alone(engine: Engine) -> Iterator[None]:
    """Let no other process migrate meanwhile: every worker of a server does so as it starts.

    Each step is a transaction of its own, so a lock is held over all of them.
    """
    if engine.dialect.name != "postgresql":
        with behind_door(f"{engine.url.database}-upgrade"):
            yield
        return
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("SET statement_timeout = 0"))
        connection.execute(text("SET lock_timeout = 0"))
        connection.execute(text("SELECT pg_advisory_lock(:lock)"), {"lock": _LOCK})
        try:
            yield
        finally:
            connection.execute(text("SELECT pg_advisory_unlock(:lock)"), {"lock": _LOCK})


def downgrade(database_url: str, revision: str) -> None:
    """Take the database back to `revision` ("base" for empty)."""
    engine = open_engine(database_url, patient=True)
    try:
        _run(engine, command.downgrade, revision)
    finally:
        engine.dispose()


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


def _refuse_unknown(engine: Engine) -> None:
    known = {script.revision for script in ScriptDirectory(str(_SCRIPTS)).walk_revisions()}
    found = revision_of(engine)
    if found is not None and found not in known:
        raise SchemaAhead(f"This database is at {found}, made by a newer Thaw. Upgrade Thaw first.")


def _run(engine: Engine, step: object, revision: str) -> None:
    config = Config()
    config.set_main_option("script_location", str(_SCRIPTS))
    config.attributes["engine"] = engine
    step(config, revision)  # type: ignore[operator]
