"""What every table has in common: naming, column types, and the way from a row to its table.

May import: sqlalchemy, columns.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar, cast

from sqlalchemy import Index, MetaData, Table, text
from sqlalchemy.orm import DeclarativeBase

from webapp.store.columns import Instant, SmallJson

_NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s",
    "pk": "pk_%(table_name)s",
}


# On SQLite such a table's rows lie under their own key: one search finds a row, and not two.
BY_KEY = {"sqlite_with_rowid": False}


class Base(DeclarativeBase):
    """Every table of the store."""

    metadata = MetaData(naming_convention=_NAMES)
    type_annotation_map: ClassVar[dict[Any, Any]] = {
        datetime: Instant,
        dict[str, Any]: SmallJson,
        list[Any]: SmallJson,
    }


def table_of(row: type[Base]) -> Table:
    """The table behind a row class, for statements that insert and update."""
    return cast(Table, row.__table__)


def partial_index(name: str, *columns: str, where: str) -> Index:
    """An index over the rows that meet a condition, on both databases."""
    condition = text(where)
    return Index(name, *columns, sqlite_where=condition, postgresql_where=condition)
