"""Reach: which addresses of patients are known to be dead, so that nothing more is sent there.

May import: sqlalchemy, domain, schema.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime

from sqlalchemy import bindparam, select

from webapp.domain.person import Channel, ClinicId, PatientId, PatientStatus
from webapp.store.dialects import insert_into
from webapp.store.engine import Transaction
from webapp.store.schema import PatientRow, UnreachableRow, table_of

_table = table_of(UnreachableRow)


def mark_dead(
    tx: Transaction, patient_id: PatientId, channel: Channel, because: str, *, now: datetime
) -> bool:
    """Send nothing more to this address; False if that was known. `because` names no address."""
    row = {"patient_id": patient_id, "channel": channel, "since": now, "because": because[:200]}
    new = insert_into(tx, _table).values(row).on_conflict_do_nothing()
    return tx.execute(new.returning(_table.c.patient_id)).first() is not None


def dead_among(tx: Transaction, ids: Collection[PatientId]) -> frozenset[tuple[PatientId, Channel]]:
    """The addresses of these patients, of any clinic, that are known to be dead."""
    rows = tx.execute(_dead_among, {"ids": list(ids)}) if ids else ()
    return frozenset((PatientId(who), Channel(channel)) for who, channel in rows)


_dead_among = select(_table.c.patient_id, _table.c.channel).where(
    _table.c.patient_id.in_(bindparam("ids", expanding=True))
)


def dead_channels(
    tx: Transaction, clinic_id: ClinicId, patient_id: PatientId
) -> Mapping[Channel, str]:
    """The dead addresses of a patient of this clinic, each with the reason."""
    query = (
        select(_table.c.channel, _table.c.because)
        .join(PatientRow, PatientRow.id == _table.c.patient_id)
        .where(PatientRow.clinic_id == clinic_id, _table.c.patient_id == patient_id)
    )
    return {Channel(channel): because for channel, because in tx.execute(query)}


def dead_here(tx: Transaction, clinic_id: ClinicId) -> tuple[tuple[PatientId, Channel, str], ...]:
    """Every dead address of this clinic's patients who are asked: whose, which, and why."""
    query = (
        select(_table.c.patient_id, _table.c.channel, _table.c.because)
        .join(PatientRow, PatientRow.id == _table.c.patient_id)
        .where(PatientRow.clinic_id == clinic_id, PatientRow.status == PatientStatus.ACTIVE)
        .order_by(_table.c.since.desc())
    )
    return tuple((PatientId(one), Channel(two), why) for one, two, why in tx.execute(query))
