"""Alarms, each from its beginning to its end, and the figures of each morning's note.

May import: sqlalchemy, domain, schema.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import func, select, update

from webapp.domain.alarm import AlarmKind
from webapp.domain.person import ClinicId
from webapp.store.dialects import insert_into
from webapp.store.engine import Transaction
from webapp.store.schema import AlarmRow, DayNoteRow, table_of

_table, _notes = table_of(AlarmRow), table_of(DayNoteRow)
_GOING_ON = _table.c.over_at.is_(None)

Figures = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Episode:
    """One alarm from when it began to when it was over."""

    id: str
    clinic_id: ClinicId
    kind: AlarmKind
    about: str  # the channel, say; "" where there is only one of a kind
    began_at: datetime
    over_at: datetime | None
    figures: Figures


def begin(tx: Transaction, episode: Episode) -> bool:
    """Store a new alarm; False if the same one is going on already."""
    row = {name: getattr(episode, name) for name in Episode.__slots__}
    statement = insert_into(tx, _table).values({**row, "figures": dict(episode.figures)})
    done = tx.execute(statement.on_conflict_do_nothing().returning(_table.c.id))
    return done.first() is not None


def end(tx: Transaction, alarm_id: str, now: datetime) -> bool:
    """Say that an alarm is over; False if somebody else has."""
    going = (_table.c.id == alarm_id) & _GOING_ON
    return bool(tx.execute(update(_table).where(going).values(over_at=now)).rowcount)


def going_on(tx: Transaction, clinic_id: ClinicId) -> tuple[Episode, ...]:
    """What is wrong for this clinic now."""
    query = select(*_table.c).where(_table.c.clinic_id == clinic_id, _GOING_ON)
    return tuple(_episode(row) for row in tx.execute(query.order_by(_table.c.began_at)))


def lately(tx: Transaction, clinic_id: ClinicId, since: datetime) -> tuple[Episode, ...]:
    """What was wrong for this clinic since then, the newest first."""
    query = select(*_table.c).where(_table.c.clinic_id == clinic_id, _table.c.began_at >= since)
    return tuple(_episode(row) for row in tx.execute(query.order_by(_table.c.began_at.desc())))


def load(tx: Transaction, alarm_id: str) -> Episode | None:
    """One alarm by its id."""
    row = tx.execute(select(*_table.c).where(_table.c.id == alarm_id)).one_or_none()
    return None if row is None else _episode(row)


def keep_note(
    tx: Transaction, clinic_id: ClinicId, day: date, figures: Figures, *, now: datetime
) -> bool:
    """Keep the figures of a clinic's note about a day; False if it has one."""
    row = {"clinic_id": clinic_id, "local_day": day, "made_at": now, "figures": dict(figures)}
    statement = insert_into(tx, _notes).values(row).on_conflict_do_nothing()
    return tx.execute(statement.returning(_notes.c.local_day)).first() is not None


def note_of(tx: Transaction, clinic_id: ClinicId, day: date) -> Figures | None:
    """The figures of a clinic's note about a day; None if it has none."""
    here = (_notes.c.clinic_id == clinic_id) & (_notes.c.local_day == day)
    found: Figures | None = tx.execute(select(_notes.c.figures).where(here)).scalar_one_or_none()
    return found


def last_noted(tx: Transaction) -> dict[ClinicId, date]:
    """The newest day that each clinic has a note about."""
    query = select(_notes.c.clinic_id, func.max(_notes.c.local_day).label("local_day"))
    rows = tx.execute(query.group_by(_notes.c.clinic_id))
    return {ClinicId(row.clinic_id): row.local_day for row in rows}


def _episode(row: Any) -> Episode:
    fields = {name: getattr(row, name) for name in Episode.__slots__}
    return Episode(**{**fields, "kind": AlarmKind(row.kind)})
