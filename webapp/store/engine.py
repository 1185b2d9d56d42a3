"""Opening the database: SQLite that survives a power cut, or PostgreSQL, behind one `Store`.

May import: sqlalchemy, patience, sealing, turn_keeping. Every write happens in one visible
transaction: `store.begin()`.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, make_url
from sqlalchemy.engine import URL
from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError
from sqlalchemy.pool import QueuePool

from webapp.store.sealing import Keyring
from webapp.store.turn_keeping import in_turn

BUSY_TIMEOUT_MS = 5000
_READ_ONLY = "thaw_read_only"


@dataclass(frozen=True, slots=True)
class Transaction:
    """One open transaction and the keys to read what is sealed in it."""

    connection: Connection
    keyring: Keyring

    @property
    def execute(self) -> Any:
        """The connection's `execute`: store modules build the statements."""
        return self.connection.execute


class StoreUnavailable(Exception):
    """The database did not take the write. Nothing is known to be stored; trying again is safe."""


class AlreadyThere(Exception):
    """A unique key says that this row exists: somebody, or the same request, was first."""


@dataclass(frozen=True, slots=True)
class Store:
    """The database and the keys. One for each process."""

    engine: Engine
    keyring: Keyring

    @contextmanager
    def begin(self) -> Iterator[Transaction]:
        """A transaction that writes; committed when the block ends, rolled back if it raises."""
        with translated(), self.engine.begin() as connection:
            yield Transaction(connection, self.keyring)

    @contextmanager
    def read(self) -> Iterator[Transaction]:
        """A transaction that only reads; on SQLite it never waits for a writer."""
        with translated(), self.engine.connect() as connection:
            yield Transaction(connection.execution_options(**{_READ_ONLY: True}), self.keyring)

    def close(self) -> None:
        """Give every connection back."""
        self.engine.dispose()


class translated:  # used as a word: `with translated():`
    """Turns the driver's errors into the two that callers act on."""

    def __enter__(self) -> None:
        """Nothing needs to be made ready."""

    def __exit__(self, _kind: object, fault: BaseException | None, _trace: object) -> None:
        """Raise the store's own fault in place of the driver's."""
        if isinstance(fault, IntegrityError):
            raise AlreadyThere(str(fault.orig)) from fault
        if isinstance(fault, DBAPIError):
            raise StoreUnavailable(str(fault.orig)) from fault


def open_store(database_url: str, master_key: bytes) -> Store:
    """Open the database at `database_url` (sqlite:///… or postgresql+psycopg://…)."""
    return Store(open_engine(database_url), Keyring(master_key))


def open_passing_store(database_url: str, master_key: bytes) -> Store:
    """A store of which nothing need survive, for simulations: on SQLite no commit waits for a disk.

    Never for anybody real.
    """
    store = open_store(database_url, master_key)
    if store.engine.dialect.name == "sqlite":

        @event.listens_for(store.engine, "connect")
        def hurry(connection: Any, _record: Any) -> None:
            connection.execute("PRAGMA synchronous=OFF")

    return store


def open_engine(database_url: str, *, patient: bool = False) -> Engine:
    """An engine with this project's safe settings for the kind of database named.

    `patient` is for migrations, which may take long: everybody else gives a server up that hangs.
    """
    url = make_url(database_url)
    if url.get_backend_name() == "sqlite":
        return _sqlite_engine(url)
    return _postgresql_engine(url, patient=patient)


def sqlite_module() -> ModuleType:
    """The SQLite driver: a recent bundled one where there is one, else Python's own."""
    try:
        from pysqlite3 import dbapi2  # type: ignore[import-untyped]
    except ImportError:  # no wheel for this platform: the version gate below still holds
        import sqlite3 as dbapi2
    return dbapi2  # type: ignore[no-any-return]


def wal_is_safe(version: tuple[int, ...]) -> bool:
    """Whether this SQLite has the fix for the WAL-reset bug (reliability.md, 0.3)."""
    if version[:2] == (3, 44):
        return version >= (3, 44, 6)
    if version[:2] == (3, 50):
        return version >= (3, 50, 7)
    return version >= (3, 51, 3)


def _sqlite_engine(url: URL) -> Engine:
    module = sqlite_module()
    engine = create_engine(
        url,
        module=module,
        json_deserializer=_read_json,
        poolclass=QueuePool,
        pool_size=8,
        max_overflow=8,
        pool_use_lifo=True,  # the connection last used still has its pages and statements
        connect_args={"check_same_thread": False, "timeout": BUSY_TIMEOUT_MS / 1000},
    )
    journal = _journal_settings(module.sqlite_version_info)

    @event.listens_for(engine, "connect")
    def prepare(connection: Any, _record: Any) -> None:
        connection.isolation_level = None  # we write BEGIN ourselves, below
        cursor = connection.cursor()
        for setting in (_PAGE_SIZE, *journal, *_SQLITE_SETTINGS):
            cursor.execute(f"PRAGMA {setting}")
        cursor.close()
        _keep_private(url.database)

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        # A deferred BEGIN that later writes can fail as "locked" or lose an update.
        if connection.get_execution_options().get(_READ_ONLY, False):
            _say(connection, "BEGIN")
            return
        with in_turn(f"{url.database}-turn"):
            _say(connection, "BEGIN IMMEDIATE")

    return engine


def _say(connection: Connection, words: str) -> None:
    """Say it to the driver itself; its fault is told as SQLAlchemy tells one."""
    driver = connection.connection.dbapi_connection
    try:
        driver.cursor().execute(words)  # type: ignore[union-attr]
    except connection.dialect.loaded_dbapi.Error as fault:
        raise OperationalError(words, None, fault) from fault


# Of a new database: in larger pages fewer are read and written for the same rows, and a check-in
# costs a tenth less. One that is there keeps its own.
_PAGE_SIZE = "page_size=16384"  # bytes
_SQLITE_SETTINGS = (
    "foreign_keys=ON",
    f"busy_timeout={BUSY_TIMEOUT_MS}",
    "journal_size_limit=67108864",
    "secure_delete=ON",
    "cache_size=-65536",  # 64 MiB: a patient's days are rarely read from the disk
)


def _read_json(text: str) -> Any:
    """JSON as it is stored. Most lists are empty, and a history holds sixty of them."""
    return [] if text == "[]" else json.loads(text)


def _journal_settings(version: tuple[int, ...]) -> tuple[str, str]:
    """WAL with a sync at each commit; the old journal where WAL may corrupt."""
    if wal_is_safe(version):
        return ("journal_mode=WAL", "synchronous=FULL")
    return ("journal_mode=DELETE", "synchronous=EXTRA")


def _keep_private(database: str | None) -> None:
    if database and Path(database).exists():
        os.chmod(database, 0o600)


def _postgresql_engine(url: URL, *, patient: bool) -> Engine:
    from webapp.store.patience import CONNECT_WITHIN, be_patient_within_reason  # and its driver

    engine = create_engine(
        url,
        pool_size=8,
        max_overflow=8,
        pool_use_lifo=True,
        pool_timeout=4,
        pool_pre_ping=True,
        pool_recycle=300,
        connect_args={"connect_timeout": CONNECT_WITHIN, "options": _POSTGRESQL_OPTIONS},
    )
    if not patient:
        be_patient_within_reason(engine)
    return engine


# An answer that is acknowledged is on the disk, whatever a server's own settings say.
_POSTGRESQL_OPTIONS = (
    "-c statement_timeout=4000 -c lock_timeout=2000 -c idle_in_transaction_session_timeout=10000"
    " -c synchronous_commit=on"
)
