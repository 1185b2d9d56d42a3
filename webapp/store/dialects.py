"""What SQLite and PostgreSQL each say in their own way: inserts that know of rows already there.

Also values that are written into a statement. May import: sqlalchemy, engine, prepared.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Table, literal_column
from sqlalchemy.dialects import postgresql, sqlite

from webapp.store.engine import Transaction
from webapp.store.prepared import Prepared

_INSERTS = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}


def insert_into(tx: Transaction, table: Table) -> Any:
    """The insert of the database in use, which has `on_conflict_do_…`."""
    return insert_for(tx.connection.dialect.name, table)


def insert_for(dialect_name: str, table: Table) -> Any:
    """The insert of this kind of database."""
    return _INSERTS[dialect_name](table)


class PreparedInsert:
    """An insert of these columns that knows of rows already there, ready for both databases."""

    def __init__(self, table: Table, columns: Sequence[str], finish: Callable[[Any], Any]) -> None:
        self._each = {
            name: Prepared(finish(insert(table)), columns) for name, insert in _INSERTS.items()
        }

    def on(self, tx: Transaction) -> Prepared:
        """The one of the database in use."""
        return self._each[tx.connection.dialect.name]


def left_alone(insert: Any) -> Any:
    """The insert that leaves a row as it is if it is there already."""
    return insert.on_conflict_do_nothing()


def written_out(value: str | int) -> ColumnElement[Any]:
    """A value of ours that stands in the statement itself: only then does a database use the index
    over rows of that value alone.
    """
    return literal_column(str(value) if isinstance(value, int) else f"'{value}'")
