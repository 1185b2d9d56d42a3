"""When each process last said that it lives and is doing its work.

May import: sqlalchemy, schema.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select

from webapp.store.dialects import PreparedInsert, insert_into
from webapp.store.engine import Transaction
from webapp.store.schema import BeatRow, table_of

CLOCK = "clock"  # what is due was queued
SENDER = "sender"  # what waited was sent
LADDER = "ladder"  # flags that nobody took were taken up a step
WATCH = "watch"  # what should have happened was looked at
PARTS = (CLOCK, LADDER, SENDER, WATCH)
LATEST = "latest"  # the latest time that any clock has seen: it never goes back
_table = table_of(BeatRow)


def beat(tx: Transaction, name: str, now: datetime) -> None:
    """Say that a process lives."""
    _beat.on(tx).run(tx, {"name": name, "at": now})


def _again(insert: Any) -> Any:
    return insert.on_conflict_do_update(index_elements=["name"], set_={"at": insert.excluded.at})


_beat = PreparedInsert(_table, ("name", "at"), _again)


def start(tx: Transaction, names: Sequence[str], now: datetime) -> None:
    """Begin to expect the beats of some processes: from now on their silence shows."""
    rows = [{"name": name, "at": now} for name in names]
    tx.execute(insert_into(tx, _table).values(rows).on_conflict_do_nothing())


def advance(tx: Transaction, now: datetime) -> None:
    """Move `LATEST` to now, unless it is further already."""
    statement = insert_into(tx, _table).values(name=LATEST, at=now)
    behind = _table.c.at < now
    tx.execute(
        statement.on_conflict_do_update(index_elements=["name"], set_={"at": now}, where=behind)
    )


def claim(tx: Transaction, name: str, now: datetime, every: timedelta) -> bool:
    """Whether a chore is due that one process does each `every`: then it is this one's.

    One that was last done in the future is due too, or a clock that went back would stop it.
    """
    statement = insert_into(tx, _table).values(name=name, at=now)
    is_due = (_table.c.at <= now - every) | (_table.c.at > now + every)
    claimed = statement.on_conflict_do_update(
        index_elements=["name"], set_={"at": now}, where=is_due
    ).returning(_table.c.name)
    return tx.execute(claimed).first() is not None


def every(tx: Transaction) -> dict[str, datetime]:
    """When each process last said that it lives."""
    return {row.name: row.at for row in tx.execute(select(_table.c.name, _table.c.at))}


def last(tx: Transaction, name: str) -> datetime | None:
    """When a process last said that it lives."""
    query = select(_table.c.at).where(_table.c.name == name)
    return tx.execute(query).scalar_one_or_none()  # type: ignore[no-any-return]
