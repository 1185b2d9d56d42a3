"""How often something was tried: budgets that hold across processes and machines.

May import: sqlalchemy, schema.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import delete, select

from webapp.store.dialects import insert_into
from webapp.store.engine import Transaction
from webapp.store.schema import ThrottleRow, table_of

_table = table_of(ThrottleRow)


def count(tx: Transaction, bucket: str, now: datetime, *, seconds: int) -> int:
    """Count one try in this bucket and give how many there were in this window of time."""
    row = {"bucket": bucket, "window": int(now.timestamp()) // seconds, "tries": 1}
    one_more = {"tries": _table.c.tries + 1}
    statement = insert_into(tx, _table).values(row)
    counted = statement.on_conflict_do_update(index_elements=["bucket", "window"], set_=one_more)
    return int(tx.execute(counted.returning(_table.c.tries)).scalar_one())


def tries(tx: Transaction, bucket: str, now: datetime, *, seconds: int) -> int:
    """How many tries there were in this window of time, without counting one."""
    window = int(now.timestamp()) // seconds
    query = select(_table.c.tries).where(_table.c.bucket == bucket, _table.c.window == window)
    return int(tx.execute(query).scalar_one_or_none() or 0)


def forget(tx: Transaction, bucket: str) -> None:
    """Clear a bucket: the right person got in."""
    tx.execute(delete(_table).where(_table.c.bucket == bucket))
