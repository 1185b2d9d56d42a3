"""When each process last said that it lives and is doing its work.

May import: sqlalchemy, schema.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.dialects import postgresql, sqlite

from webapp.store.engine import Transaction
from webapp.store.schema import BeatRow, table_of

CLOCK = "clock"
_table = table_of(BeatRow)


def beat(tx: Transaction, name: str, now: datetime) -> None:
    """Say that a process lives."""
    dialect = postgresql if tx.connection.dialect.name == "postgresql" else sqlite
    statement = dialect.insert(_table).values(name=name, at=now)
    tx.execute(statement.on_conflict_do_update(index_elements=["name"], set_={"at": now}))


def last(tx: Transaction, name: str) -> datetime | None:
    """When a process last said that it lives."""
    query = select(_table.c.at).where(_table.c.name == name)
    return tx.execute(query).scalar_one_or_none()  # type: ignore[no-any-return]
