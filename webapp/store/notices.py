"""Notices: what a clinic must read about reaching a patient, until somebody has handled it.

May import: sqlalchemy, domain, schema.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import insert, select, update

from webapp.domain.person import Channel, ClinicId, PatientId, StaffId
from webapp.store.engine import Transaction
from webapp.store.schema import NoticeRow, table_of


@dataclass(frozen=True, slots=True)
class Notice:
    """Something about reaching one patient."""

    id: str
    clinic_id: ClinicId
    patient_id: PatientId
    kind: str  # a `NoticeKind` of the domain
    channel: Channel  # the one that it is about
    at: datetime
    handled_at: datetime | None = None
    handled_by: StaffId | None = None


_table = table_of(NoticeRow)
_columns = tuple(_table.columns)
_OPEN = _table.c.handled_at.is_(None)


def add(tx: Transaction, notice: Notice) -> bool:
    """Store a notice; False if the clinic has the same one of this patient before it already."""
    same = (_table.c.patient_id == notice.patient_id) & (_table.c.kind == notice.kind)
    if tx.execute(select(_table.c.id).where(same, _OPEN)).first() is not None:
        return False
    row = {name: getattr(notice, name) for name in Notice.__slots__}
    tx.execute(insert(_table), row)
    return True


def open_of_clinic(tx: Transaction, clinic_id: ClinicId, limit: int) -> tuple[Notice, ...]:
    """What nobody of this clinic has handled, oldest first."""
    return _found(tx, (_table.c.clinic_id == clinic_id, _OPEN), limit)


def open_of_patient(
    tx: Transaction, clinic_id: ClinicId, patient_id: PatientId
) -> tuple[Notice, ...]:
    """What nobody has handled about one patient of this clinic, oldest first."""
    here = (_table.c.clinic_id == clinic_id, _table.c.patient_id == patient_id, _OPEN)
    return _found(tx, here, None)


def _found(tx: Transaction, which: Sequence[Any], limit: int | None) -> tuple[Notice, ...]:
    query = select(*_columns).where(*which).order_by(_table.c.at, _table.c.id).limit(limit)
    return tuple(_notice(row) for row in tx.execute(query))


def handle(
    tx: Transaction, clinic_id: ClinicId, notice_id: str, by: StaffId, now: datetime
) -> Notice | None:
    """Say that somebody handled a notice; None if it is not this clinic's, or handled already."""
    here = (_table.c.id == notice_id, _table.c.clinic_id == clinic_id, _OPEN)
    done = update(_table).where(*here).values(handled_at=now, handled_by=by).returning(*_columns)
    row = tx.execute(done).one_or_none()
    return None if row is None else _notice(row)


def _notice(row: Any) -> Notice:
    fields = {name: getattr(row, name) for name in Notice.__slots__}
    return Notice(**{**fields, "channel": Channel(row.channel)})
