"""What every test may ask for. A test that asks for a database runs twice: SQLite, PostgreSQL.

`database_url`, `empty_database_url`, `store`: a database of the test's own. `library`: the
content, read once. `house`, `app`, `client`: the rooms put together over that store.
May import: pytest, tests.databases, every room of webapp.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from jinja2 import FileSystemBytecodeCache

from tests.databases import Databases, postgres_databases, sqlite_databases
from webapp import create_app
from webapp.config import Config, load_config
from webapp.journeys.house import House
from webapp.library.shelf import Library, load_library
from webapp.store.engine import Store, open_store

CONTENT = Path(__file__).parent.parent / "content"

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


@pytest.fixture(scope="session")
def library() -> Library:
    """Everything in content/, as the site reads it."""
    return load_library(CONTENT)


@pytest.fixture
def config(database_url: str, tmp_path: Path) -> Config:
    """The settings of a site whose data folder is the test's own."""
    return load_config({"THAW_DATA_DIR": str(tmp_path), "THAW_DATABASE_URL": database_url})


@pytest.fixture
def house(library: Library, store: Store, config: Config) -> House:
    """What every journey needs to hand, over the test's own database."""
    return House(library, store, config.public_url, config.demo)


@pytest.fixture(scope="session")
def _templates(tmp_path_factory: pytest.TempPathFactory) -> FileSystemBytecodeCache:
    return FileSystemBytecodeCache(str(tmp_path_factory.mktemp("templates")))


@pytest.fixture
def app(config: Config, house: House, _templates: FileSystemBytecodeCache) -> Flask:
    """The web application over the test's own database."""
    made = create_app(config, house)
    made.testing = True
    made.jinja_env.bytecode_cache = _templates  # each test makes an app: compile a page once
    return made


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A browser that knows nobody yet."""
    return app.test_client()
