"""Looking at a whole database from outside: every row of every table, and its fingerprint.

May import: sqlalchemy and the schema.
"""

from __future__ import annotations

import hashlib
from typing import Any

from sqlalchemy import MetaData, func, inspect, select, text

from webapp.store.engine import Store
from webapp.store.schema import Base


def rows(store: Store) -> dict[str, list[tuple[Any, ...]]]:
    """Every row of every table, as the database gives them."""
    found = MetaData()
    with store.engine.connect() as connection:
        found.reflect(connection)
        return {
            name: sorted((tuple(row) for row in connection.execute(select(table))), key=repr)
            for name, table in found.tables.items()
        }


def fingerprint(store: Store) -> str:
    """Changes when any row of any table does."""
    return hashlib.sha256(repr(rows(store)).encode()).hexdigest()


def count(store: Store, table: str) -> int:
    """How many rows a table of ours holds."""
    counted = select(func.count()).select_from(Base.metadata.tables[table])
    with store.engine.connect() as connection:
        return int(connection.execute(counted).scalar_one())


def execute(store: Store, statement: str, **values: Any) -> None:
    """Do what somebody with the database's password could do, past all of our code."""
    with store.engine.begin() as connection:
        connection.execute(text(statement), values)


def past_the_guards(store: Store, table: str, statement: str, **values: Any) -> None:
    """Do it although the database guards the table, as its owner could."""
    with store.engine.begin() as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(text("SET session_replication_role = replica"))
            connection.execute(text(statement), values)
            connection.execute(text("SET session_replication_role = DEFAULT"))
            return
        kept = connection.execute(
            text("SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name = :t"),
            {"t": table},
        ).all()
        for name, _ in kept:
            connection.exec_driver_sql(f"DROP TRIGGER {name}")
        connection.execute(text(statement), values)
        for _, sql in kept:
            connection.exec_driver_sql(sql)


def names(store: Store) -> set[str]:
    """The tables that there are."""
    return set(inspect(store.engine).get_table_names())
