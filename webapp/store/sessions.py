"""Signed-in browsers of staff, and browsers that have signed in before.

May import: sqlalchemy, domain, schema.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import insert, select, update

from webapp.domain.person import Staff, StaffId
from webapp.domain.token import Token, fingerprint, new_token
from webapp.store.engine import Transaction
from webapp.store.schema import KnownDeviceRow, StaffRow, StaffSessionRow, table_of
from webapp.store.staff import staff_of

_table, _devices = table_of(StaffSessionRow), table_of(KnownDeviceRow)


@dataclass(frozen=True, slots=True)
class StaffSession:
    """Who is signed in, since when, and when she was last seen."""

    staff: Staff
    created_at: datetime
    seen_at: datetime
    expires_at: datetime


def start(tx: Transaction, staff_id: StaffId, now: datetime, expires_at: datetime) -> Token:
    """Sign a browser in. Only the token's fingerprint is stored."""
    token = new_token()
    times = {"created_at": now, "seen_at": now, "expires_at": expires_at}
    tx.execute(
        insert(_table),
        {"token_hash": fingerprint(token), "staff_id": staff_id, "ended_at": None, **times},
    )
    return token


def find(tx: Transaction, token: str) -> StaffSession | None:
    """Whose session a token is; None if it is unknown, ended, or she may no longer sign in."""
    query = (
        select(
            *table_of(StaffRow).c,
            _table.c.created_at.label("since"),
            _table.c.seen_at,
            _table.c.expires_at,
        )
        .join(_table, _table.c.staff_id == StaffRow.id)
        .where(_table.c.token_hash == fingerprint(token), _table.c.ended_at.is_(None))
        .where(StaffRow.active)
    )
    row = tx.execute(query).one_or_none()
    return (
        None if row is None else StaffSession(staff_of(row), row.since, row.seen_at, row.expires_at)
    )


def seen(tx: Transaction, token: str, now: datetime) -> None:
    """Note that a session is in use."""
    here = _table.c.token_hash == fingerprint(token)
    tx.execute(update(_table).where(here).values(seen_at=now))


def end(tx: Transaction, token: str, now: datetime) -> None:
    """Sign one browser out."""
    here = (_table.c.token_hash == fingerprint(token)) & _table.c.ended_at.is_(None)
    tx.execute(update(_table).where(here).values(ended_at=now))


def end_all(tx: Transaction, staff_id: StaffId, now: datetime) -> None:
    """Sign a person out everywhere: her password changed, or she left."""
    here = (_table.c.staff_id == staff_id) & _table.c.ended_at.is_(None)
    tx.execute(update(_table).where(here).values(ended_at=now))


def end_others(tx: Transaction, staff_id: StaffId, token: str, now: datetime) -> None:
    """Sign a person out everywhere but here."""
    hers = (_table.c.staff_id == staff_id) & _table.c.ended_at.is_(None)
    elsewhere = hers & (_table.c.token_hash != fingerprint(token))
    tx.execute(update(_table).where(elsewhere).values(ended_at=now))


def remember_device(tx: Transaction, staff_id: StaffId, now: datetime) -> Token:
    """Mark a browser as one that has signed in with a second factor."""
    token = new_token()
    row = {"token_hash": fingerprint(token), "staff_id": staff_id, "created_at": now}
    tx.execute(insert(_devices), row)
    return token


def knows_device(tx: Transaction, staff_id: StaffId, token: str) -> bool:
    """Whether this browser has signed in as this person before."""
    here = (_devices.c.token_hash == fingerprint(token)) & (_devices.c.staff_id == staff_id)
    return tx.execute(select(_devices.c.staff_id).where(here)).first() is not None
