"""What every test may ask for. A test that asks for a database runs twice: SQLite, PostgreSQL.

May import: pytest, tests.databases, webapp.store.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from tests.databases import Databases, postgres_databases, sqlite_databases
from webapp.store.engine import Store, open_store

MASTER_KEY = b"thaw test master key, 32 bytes.."


@pytest.fixture(scope="session")
def _sqlite(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Databases]:
    with sqlite_databases(tmp_path_factory.mktemp("sqlite")) as databases:
        yield databases


@pytest.fixture(scope="session")
def _postgresql() -> Iterator[Databases]:
    with postgres_databases() as databases:
        yield databases


@pytest.fixture(params=["sqlite", "postgresql"])
def databases(request: pytest.FixtureRequest) -> Databases:
    """Makes databases of one kind; the test runs once for each kind."""
    return request.getfixturevalue(f"_{request.param}")


@pytest.fixture
def database_url(databases: Databases) -> Iterator[str]:
    """A database of the test's own at the newest schema, with nothing in it."""
    with databases.migrated() as url:
        yield url


@pytest.fixture
def empty_database_url(databases: Databases) -> Iterator[str]:
    """A database without a single table, for what is said about migrations."""
    with databases.empty() as url:
        yield url


@pytest.fixture
def store(database_url: str) -> Iterator[Store]:
    """The test's own store, closed afterwards."""
    opened = open_store(database_url, MASTER_KEY)
    yield opened
    opened.close()


@pytest.fixture
def clock_now() -> datetime:
    """The moment that a test calls now, unless it says otherwise: a Friday at noon, UTC."""
    return datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
