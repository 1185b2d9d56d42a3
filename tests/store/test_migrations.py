"""The schema moves up and down with rows in every table, on both databases, and loses none."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, date, datetime, time
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import JSON, MetaData, Table, insert, inspect, select

from tests.conftest import MASTER_KEY
from webapp.store import migrate
from webapp.store.engine import Store, open_store
from webapp.store.schema import Base

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
REVISIONS = [script.revision for script in ScriptDirectory(str(migrate._SCRIPTS)).walk_revisions()][
    ::-1
]


def a_row(table: Table) -> dict[str, Any]:
    """One row with something in every column, so that a lost column shows."""
    return {column.name: _a_value(column) for column in table.columns}


def _a_value(column: Any) -> Any:
    if isinstance(column.type, JSON):
        return [1]
    values: dict[Any, Any] = {str: "s", int: 1, float: 1.5, bool: True, bytes: b"s"}
    values |= {date: date(2026, 11, 20), time: time(9), datetime: NOW}
    return values[column.type.python_type]


def tables_of(store: Store) -> list[Table]:
    """The tables as they are now, whatever the code expects; referred ones first."""
    found = MetaData()
    with store.engine.connect() as connection:
        found.reflect(connection)
    return [table for table in found.sorted_tables if table.name != "alembic_version"]


def fill(store: Store, tables: list[Table]) -> None:
    with store.engine.begin() as connection:
        for table in tables:
            there = {column["name"] for column in inspect(connection).get_columns(table.name)}
            row = {name: value for name, value in a_row(table).items() if name in there}
            connection.execute(insert(table).values(row))


def rows_of(store: Store) -> dict[str, list[dict[str, Any]]]:
    tables = tables_of(store)
    with store.engine.connect() as connection:
        return {
            table.name: [row._asdict() for row in connection.execute(select(table))]
            for table in tables
        }


def holds(rows: list[dict[str, Any]], fewer: list[dict[str, Any]]) -> bool:
    """Whether these are the same rows, with the same values wherever both have the column."""
    pairs = zip(rows, fewer, strict=True)
    return all(few.items() <= row.items() for row, few in pairs)


@pytest.fixture
def opened(empty_database_url: str) -> Iterator[Store]:
    store = open_store(empty_database_url, MASTER_KEY)
    yield store
    store.close()


def test_the_migrations_make_what_the_code_expects(database_url: str) -> None:
    store = open_store(database_url, MASTER_KEY)
    with store.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, Base.metadata) == []
    store.close()


def test_every_step_up_keeps_every_row(opened: Store, empty_database_url: str) -> None:
    """At each revision all tables of it are filled; then the next step may lose nothing."""
    before: dict[str, list[dict[str, Any]]] = {}
    for revision in REVISIONS:
        migrate.upgrade(empty_database_url, revision)
        after = rows_of(opened)
        for name, kept in before.items():
            assert holds(after[name], kept), f"{name} lost something on the way to {revision}"
        fill(opened, [table for table in tables_of(opened) if not after[table.name]])
        before = rows_of(opened)
    assert all(before.values()), "a table had no row in it"


def test_every_step_down_and_up_again_works_with_rows_in_every_table(
    opened: Store, empty_database_url: str
) -> None:
    migrate.upgrade(empty_database_url)
    fill(opened, tables_of(opened))
    full = rows_of(opened)
    for revision in [*REVISIONS[-2::-1], "base"]:
        migrate.downgrade(empty_database_url, revision)
        for name, kept in rows_of(opened).items():
            same = [old.items() >= row.items() for row, old in zip(kept, full[name], strict=True)]
            assert same == [True], f"{name} lost something on the way down to {revision}"
    migrate.upgrade(empty_database_url)
    assert rows_of(opened) == {name: [] for name in full}


def test_a_newer_database_is_refused_with_the_remedy(
    opened: Store, empty_database_url: str
) -> None:
    migrate.upgrade(empty_database_url)
    with opened.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(migrate.SchemaAhead, match="Upgrade Thaw first"):
        migrate.upgrade(empty_database_url)


def test_several_processes_may_bring_one_database_up_at_once(empty_database_url: str) -> None:
    start = f"from webapp.store.migrate import upgrade; upgrade({empty_database_url!r})"
    started = [
        subprocess.Popen([sys.executable, "-c", start], stderr=subprocess.PIPE) for _ in range(3)
    ]
    said = [one.communicate(timeout=60)[1].decode() for one in started]
    assert [one.returncode for one in started] == [0, 0, 0], said
    store = open_store(empty_database_url, MASTER_KEY)
    with store.read() as tx:
        assert migrate.schema_is_current(tx)
    store.close()
