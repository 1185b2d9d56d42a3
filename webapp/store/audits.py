"""The audit trail's rows: one appended for every action, never changed.

May import: sqlalchemy, domain.trail, schema. Each clinic has a chain of its own, so that clinics
do not wait for one another.
"""

from __future__ import annotations

import hmac
import json
from collections.abc import Collection, Generator, Mapping
from contextlib import closing
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, func, insert, select, update

from webapp.domain.person import ClinicId, Patient, PatientId
from webapp.domain.trail import START, TrailEntry, chained, first_fault, head_mac
from webapp.store import patients
from webapp.store.engine import Transaction
from webapp.store.prepared import Prepared
from webapp.store.schema import AuditHeadRow, AuditRow, table_of
from webapp.store.sealing import Seal, SealBroken

_PLACE = "audit.sealed_values"
_in_words = json.JSONEncoder(default=str, ensure_ascii=False).encode


@dataclass(frozen=True, slots=True)
class Action:
    """Something that was done, before it has a place in the chain."""

    clinic_id: ClinicId
    actor: str
    action: str
    subject: str
    channel: str
    at: datetime
    patient_id: PatientId | None = None
    values: Mapping[str, Any] = field(default_factory=dict)  # {"old": …, "new": …}


def by_patient(
    patient: Patient, action: str, at: datetime, values: Mapping[str, Any] | None = None
) -> Action:
    """Something that a patient did herself on one of our pages, about herself."""
    herself = f"patient:{patient.id}"
    where = patient.clinic_id
    return Action(where, herself, action, herself, "page", at, patient.id, values or {})


@dataclass(frozen=True, slots=True)
class AuditLine:
    """One row of the trail as a person reads it. Values are None once their key is destroyed."""

    number: int
    at: datetime
    actor: str
    action: str
    subject: str
    channel: str
    values: Mapping[str, Any] | None


_head = Prepared(
    select(AuditHeadRow.number, AuditHeadRow.hash)
    .where(AuditHeadRow.clinic_id == bindparam("clinic"))
    .with_for_update()
)
_move_head = Prepared(
    update(table_of(AuditHeadRow))
    .where(AuditHeadRow.clinic_id == bindparam("clinic"))
    .values(number=bindparam("new_number"), hash=bindparam("new_hash"), mac=bindparam("new_mac"))
)
_add = Prepared(insert(table_of(AuditRow)), [*TrailEntry.__slots__, "hash"])


def start_chain(tx: Transaction, clinic_id: ClinicId) -> None:
    """The empty trail of a new clinic."""
    mac = head_mac(tx.keyring.audit_key, clinic_id, 0, START)
    row = {"clinic_id": clinic_id, "number": 0, "hash": START, "mac": mac}
    tx.execute(insert(table_of(AuditHeadRow)), row)


def record(tx: Transaction, action: Action, seal: Seal | None = None) -> int:
    """Append one row to the clinic's trail and give its number.

    Values about a patient are sealed under her key (`seal`, looked up when it is not given), so
    that erasing her blanks them while the chain still verifies.
    """
    ((number, previous),) = _head.run(tx, {"clinic": action.clinic_id})
    entry = _entry(tx, action, number + 1, seal)
    hashed = chained(tx.keyring.audit_key, previous, entry)
    _add.run(tx, {**_as_row(entry), "hash": hashed})
    mac = head_mac(tx.keyring.audit_key, action.clinic_id, entry.number, hashed)
    moved = {"new_number": entry.number, "new_hash": hashed, "new_mac": mac}
    _move_head.run(tx, {"clinic": action.clinic_id, **moved})
    return entry.number


def _entry(tx: Transaction, action: Action, number: int, seal: Seal | None) -> TrailEntry:
    sealed = None
    if action.values:
        own = seal or _seal_for(tx, action)
        sealed = own.seal(_PLACE, _in_words(action.values))
    return TrailEntry(
        clinic_id=action.clinic_id,
        number=number,
        at=action.at,
        actor=action.actor,
        action=action.action,
        subject=action.subject,
        patient_id=action.patient_id,
        channel=action.channel,
        sealed_values=sealed,
    )


def _seal_for(tx: Transaction, action: Action) -> Seal:
    if action.patient_id is None:
        return tx.keyring.own
    return patients.seal_of(tx, action.clinic_id, action.patient_id)


def _as_row(entry: TrailEntry) -> dict[str, Any]:
    return {name: getattr(entry, name) for name in TrailEntry.__slots__}


def fault_in_chain(tx: Transaction, clinic_id: ClinicId) -> str | None:
    """What is wrong first in this clinic's trail, naming the row; None if it is whole."""
    columns = (AuditHeadRow.number, AuditHeadRow.hash, AuditHeadRow.mac)
    head = tx.execute(select(*columns).where(AuditHeadRow.clinic_id == clinic_id)).one_or_none()
    if head is None:
        return "its head is missing"
    expected = head_mac(tx.keyring.audit_key, clinic_id, head.number, head.hash)
    if not hmac.compare_digest(expected, head.mac):
        return "its head was altered"
    with closing(_chain(tx, clinic_id)) as rows:  # a fault ends the reading before the last row
        return first_fault(tx.keyring.audit_key, rows, (head.number, head.hash))


def head_of(tx: Transaction, clinic_id: ClinicId) -> str:
    """The trail's last row as "number:hash", to be kept somewhere else as proof."""
    row = tx.execute(
        select(AuditHeadRow.number, AuditHeadRow.hash).where(AuditHeadRow.clinic_id == clinic_id)
    ).one()
    return f"{row.number}:{row.hash}"


def hash_of_row(tx: Transaction, clinic_id: ClinicId, number: int) -> str | None:
    """The stored hash of one row; None if there is no such row."""
    query = select(AuditRow.hash).where(AuditRow.clinic_id == clinic_id, AuditRow.number == number)
    return tx.execute(query).scalar_one_or_none()  # type: ignore[no-any-return]


def length(tx: Transaction, clinic_id: ClinicId) -> int:
    """How many rows the trail holds."""
    query = select(func.count()).where(AuditRow.clinic_id == clinic_id)
    return int(tx.execute(query).scalar_one())


def _chain(tx: Transaction, clinic_id: ClinicId) -> Generator[tuple[TrailEntry, str], None, None]:
    columns = [getattr(AuditRow, name) for name in TrailEntry.__slots__]
    query = select(*columns, AuditRow.hash).where(AuditRow.clinic_id == clinic_id)
    with tx.execute(query.order_by(AuditRow.number).execution_options(yield_per=1000)) as rows:
        for row in rows:
            fields = row._asdict()
            stored = fields.pop("hash")
            yield TrailEntry(**fields), stored


def lines_of_patient(
    tx: Transaction, clinic_id: ClinicId, patient_id: PatientId
) -> tuple[AuditLine, ...]:
    """Who did what with this patient's record, oldest first."""
    query = (
        select(AuditRow)
        .where(AuditRow.clinic_id == clinic_id, AuditRow.patient_id == patient_id)
        .order_by(AuditRow.number)
    )
    rows = tx.execute(query.with_only_columns(*table_of(AuditRow).columns)).all()
    seal = patients.seal_if_any(tx, clinic_id, patient_id)
    return tuple(_line(row, seal) for row in rows)


def first_by_staff(
    tx: Transaction, patient_id: PatientId, actions: Collection[str], since: datetime
) -> datetime | None:
    """When somebody of the staff first did one of these with her record from `since` on."""
    query = select(func.min(AuditRow.at)).where(
        AuditRow.patient_id == patient_id,
        AuditRow.at >= since,
        AuditRow.action.in_(actions),
        AuditRow.actor.startswith("staff:"),
    )
    found: datetime | None = tx.execute(query).scalar_one()
    return found


def _line(row: Any, seal: Seal | None) -> AuditLine:
    values = None
    if row.sealed_values is not None and seal is not None:
        try:
            values = json.loads(seal.open(_PLACE, row.sealed_values))
        except SealBroken:
            values = None
    return AuditLine(row.number, row.at, row.actor, row.action, row.subject, row.channel, values)
