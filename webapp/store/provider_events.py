"""What providers told us, each thing once: a second telling of the same changes nothing.

May import: sqlalchemy, domain, schema.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import func, select, update

from webapp.store.dialects import insert_into
from webapp.store.engine import Transaction
from webapp.store.schema import ProviderEventRow, table_of

_table = table_of(ProviderEventRow)


def add(tx: Transaction, provider: str, ref: str, event: str, *, now: datetime) -> bool:
    """Note something that a provider said of its message `ref`; False if it said so before."""
    row = {"provider": provider, "ref": ref, "event": event, "at": now, "known": False}
    new = insert_into(tx, _table).values(row).on_conflict_do_nothing()
    return tx.execute(new.returning(_table.c.ref)).first() is not None


def seen(tx: Transaction, provider: str, ref: str, event: str) -> bool:
    """Whether a provider said this before."""
    return tx.execute(select(_table.c.ref).where(_one(provider, ref, event))).first() is not None


def know(tx: Transaction, provider: str, ref: str, event: str) -> None:
    """It was about a message, or from a patient, of ours."""
    tx.execute(update(_table).where(_one(provider, ref, event)).values(known=True))


def early(tx: Transaction, provider: str, ref: str) -> tuple[str, ...]:
    """What a provider said of a message before we had its name for it, oldest first."""
    here = (_table.c.provider == provider) & (_table.c.ref == ref) & ~_table.c.known
    query = select(_table.c.event).where(here).order_by(_table.c.at)
    return tuple(row.event for row in tx.execute(query))


def count_unknown(tx: Transaction, since: datetime) -> int:
    """How much was said about messages and by people that nobody here knows."""
    strange = ~_table.c.known & (_table.c.at >= since)
    return int(tx.execute(select(func.count()).where(strange)).scalar_one())


def _one(provider: str, ref: str, event: str) -> Any:
    return (_table.c.provider == provider) & (_table.c.ref == ref) & (_table.c.event == event)
