"""Empty, migrated databases for tests, made by copying one that was migrated once.

May import: psycopg, webapp.store.migrate and tests.postgres. Copying a file, or a PostgreSQL
template, costs milliseconds, so every test that stores something has a database of its own.
"""

from __future__ import annotations

import contextlib
import itertools
import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Protocol
from urllib.parse import urlsplit

import psycopg

from tests.postgres import server
from webapp.store.migrate import upgrade

TABLES = (
    "SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename <> 'alembic_version'"
)


class Databases(Protocol):
    """A kind of database that hands out new ones."""

    def migrated(self) -> contextlib.AbstractContextManager[str]:
        """The URL of a new database at the newest schema, dropped afterwards."""

    def empty(self) -> contextlib.AbstractContextManager[str]:
        """The URL of a new database with nothing in it, dropped afterwards."""


class SqliteDatabases:
    """SQLite files in one folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._numbers = itertools.count(1)
        self._template = folder / "template.sqlite"
        upgrade(f"sqlite:///{self._template}")

    @contextlib.contextmanager
    def migrated(self) -> Iterator[str]:
        with self.empty() as url:
            shutil.copyfile(self._template, url.removeprefix("sqlite:///"))
            yield url

    @contextlib.contextmanager
    def empty(self) -> Iterator[str]:
        folder = self._folder / str(next(self._numbers))
        folder.mkdir()
        yield f"sqlite:///{folder}/thaw.sqlite"
        shutil.rmtree(folder)


class PostgresDatabases:
    """Databases of the PostgreSQL server that `admin` is connected to, as at `address`.

    A copy of the template takes a tenth of a second; emptying one that was used, a millisecond.
    So a used database is emptied and lent again, unless a test has left it in another shape.
    """

    def __init__(self, admin: psycopg.Connection, address: str) -> None:
        self._admin = admin
        self._address = urlsplit(address)
        self._prefix = f"thaw_test_{os.getpid()}"
        self._numbers = itertools.count(1)
        self._clean: list[str] = []
        self._template = self._create("template0")
        upgrade(self._url(self._template))
        self._emptying = self._statement_that_empties(self._template)

    @contextlib.contextmanager
    def migrated(self) -> Iterator[str]:
        name = self._clean.pop() if self._clean else self._create(self._template)
        yield self._url(name)
        try:
            with self._connected(name) as connection:
                connection.execute(self._emptying)
            self._clean.append(name)
        except psycopg.Error:
            self._drop(name)

    @contextlib.contextmanager
    def empty(self) -> Iterator[str]:
        name = self._create("template0")
        yield self._url(name)
        self._drop(name)

    def close(self) -> None:
        """Drop every database of ours that is left on that server."""
        for name in (*self._clean, self._template):
            self._drop(name)

    def _create(self, template: str) -> str:
        name = f"{self._prefix}_{next(self._numbers)}"
        self._admin.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}" STRATEGY FILE_COPY')
        return name

    def _drop(self, name: str) -> None:
        self._admin.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')

    def _statement_that_empties(self, name: str) -> str:
        """Deletes every row there is, past the triggers that rightly forbid it elsewhere."""
        with self._connected(name) as connection:
            tables = [row[0] for row in connection.execute(TABLES)]
        deletes = "; ".join(f'DELETE FROM "{table}"' for table in tables)
        return f"SET lock_timeout = 1000; SET session_replication_role = replica; {deletes}"

    def _connected(self, name: str) -> contextlib.AbstractContextManager[psycopg.Connection]:
        url = self._url(name).replace("+psycopg", "")
        return contextlib.closing(psycopg.connect(url, autocommit=True))

    def _url(self, name: str) -> str:
        return self._address._replace(scheme="postgresql+psycopg", path=f"/{name}").geturl()


@contextlib.contextmanager
def sqlite_databases(folder: Path) -> Iterator[Databases]:
    """SQLite databases in a folder of the test run."""
    yield SqliteDatabases(folder)


@contextlib.contextmanager
def postgres_databases() -> Iterator[Databases]:
    """PostgreSQL databases: of TEST_DATABASE_URL, or of a private server."""
    given = os.environ.get("TEST_DATABASE_URL", "").replace("+psycopg", "")
    with (
        contextlib.nullcontext(given) if given else server() as address,
        contextlib.closing(psycopg.connect(address, autocommit=True)) as admin,
        contextlib.closing(PostgresDatabases(admin, address)) as databases,
    ):
        yield databases
