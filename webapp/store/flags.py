"""Flags and what was done about them.

May import: sqlalchemy, domain, schema. Every read takes the clinic or the patient first.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import bindparam, func, insert, select, update

from webapp.domain.flag import Severity
from webapp.domain.person import ClinicId, PatientId, StaffId
from webapp.domain.review import EventKind, Flag, FlagEvent, FlagState, Outcome
from webapp.store import patients
from webapp.store.engine import Transaction
from webapp.store.schema import FlagEventRow, FlagRow, table_of
from webapp.store.sealing import Seal, SealBroken

_table, _events = table_of(FlagRow), table_of(FlagEventRow)
flag_columns = tuple(getattr(FlagRow, name) for name in Flag.__slots__)
_NOTE = "flag_event.note"
_OPEN = (FlagState.OPEN, FlagState.ACKNOWLEDGED)
_add, _add_event = insert(_table), insert(_events)
_open_of_patient = (
    select(*flag_columns)
    .where(FlagRow.patient_id == bindparam("patient"), FlagRow.state != FlagState.CLOSED)
    .order_by(FlagRow.opened_at)
)


def open_of_patient(tx: Transaction, patient_id: PatientId) -> tuple[Flag, ...]:
    """The flags of one patient that nobody has closed, oldest first."""
    return tuple(flag_of(row) for row in tx.execute(_open_of_patient, {"patient": patient_id}))


def of_patient(tx: Transaction, clinic_id: ClinicId, patient_id: PatientId) -> tuple[Flag, ...]:
    """Every flag of one patient of this clinic, newest first."""
    here = (FlagRow.clinic_id == clinic_id) & (FlagRow.patient_id == patient_id)
    rows = tx.execute(
        select(*flag_columns).where(here).order_by(FlagRow.opened_at.desc(), FlagRow.rule)
    )
    return tuple(flag_of(row) for row in rows)


def inbox(tx: Transaction, clinic_id: ClinicId, limit: int, offset: int = 0) -> tuple[Flag, ...]:
    """The flags of a clinic that nobody has closed: gravest first, then nearest target."""
    here = (FlagRow.clinic_id == clinic_id) & FlagRow.state.in_(_OPEN)
    order = (FlagRow.severity_rank, FlagRow.act_by, FlagRow.id)
    rows = tx.execute(
        select(*flag_columns).where(here).order_by(*order).limit(limit).offset(offset)
    )
    return tuple(flag_of(row) for row in rows)


def count_open(tx: Transaction, clinic_id: ClinicId) -> dict[Severity, int]:
    """How many flags of each severity nobody has closed."""
    here = (FlagRow.clinic_id == clinic_id) & FlagRow.state.in_(_OPEN)
    query = select(FlagRow.severity, func.count()).where(here).group_by(FlagRow.severity)
    return {Severity(severity): count for severity, count in tx.execute(query)}


def count_raised(tx: Transaction, clinic_id: ClinicId) -> dict[Severity, int]:
    """How many flags of each severity were ever raised."""
    query = select(FlagRow.severity, func.count()).where(FlagRow.clinic_id == clinic_id)
    rows = tx.execute(query.group_by(FlagRow.severity))
    return {Severity(severity): count for severity, count in rows}


def open_by_patient(tx: Transaction, clinic_id: ClinicId) -> dict[PatientId, int]:
    """How many flags of each patient of a clinic nobody has closed; without them, no entry."""
    here = (FlagRow.clinic_id == clinic_id) & FlagRow.state.in_(_OPEN)
    query = select(FlagRow.patient_id, func.count()).where(here).group_by(FlagRow.patient_id)
    return {PatientId(patient): count for patient, count in tx.execute(query)}


def load(tx: Transaction, clinic_id: ClinicId, flag_id: str, *, lock: bool = False) -> Flag | None:
    """One flag of this clinic; None if it is not this clinic's. `lock` holds it for a change."""
    query = select(*flag_columns).where(FlagRow.clinic_id == clinic_id, FlagRow.id == flag_id)
    row = tx.execute(query.with_for_update() if lock else query).one_or_none()
    return None if row is None else flag_of(row)


def add(tx: Transaction, flags: tuple[Flag, ...]) -> None:
    """Store new flags, each with its first event."""
    if not flags:
        return
    tx.execute(_add, [_as_row(flag) for flag in flags])
    opened = [FlagEvent(flag.id, 1, EventKind.OPENED, flag.opened_at) for flag in flags]
    tx.execute(_add_event, [_event_row(event, None) for event in opened])


def append(tx: Transaction, flag: Flag, event: FlagEvent, state: FlagState) -> None:
    """Add what happened to a flag. The same number twice is `AlreadyThere`."""
    seal = patients.seal_of(tx, flag.clinic_id, flag.patient_id) if event.note else None
    tx.execute(_add_event, _event_row(event, seal))
    if state != flag.state:
        tx.execute(update(_table).where(_table.c.id == flag.id).values(state=state))


def next_number(tx: Transaction, flag_id: str) -> int:
    """The number that the next event of this flag will have."""
    query = select(func.max(_events.c.number)).where(_events.c.flag_id == flag_id)
    return int(tx.execute(query).scalar_one_or_none() or 0) + 1


def last_kinds(tx: Transaction, flag_ids: tuple[str, ...]) -> dict[str, EventKind]:
    """The kind of the last thing that happened to each of some flags."""
    query = (
        select(_events.c.flag_id, _events.c.kind)
        .where(_events.c.flag_id.in_(flag_ids))
        .order_by(_events.c.number)
    )
    return {row.flag_id: EventKind(row.kind) for row in tx.execute(query)}


def events(
    tx: Transaction, clinic_id: ClinicId, patient_id: PatientId
) -> dict[str, tuple[FlagEvent, ...]]:
    """What happened to each flag of one patient of this clinic, in order."""
    query = (
        select(*_events.c)
        .join(_table, _table.c.id == _events.c.flag_id)
        .where(_table.c.clinic_id == clinic_id, _table.c.patient_id == patient_id)
        .order_by(_events.c.flag_id, _events.c.number)
    )
    seal = patients.seal_if_any(tx, clinic_id, patient_id)
    found: dict[str, list[FlagEvent]] = {}
    for row in tx.execute(query):
        found.setdefault(row.flag_id, []).append(_event(row, seal))
    return {flag_id: tuple(happened) for flag_id, happened in found.items()}


def last_events(
    tx: Transaction, clinic_id: ClinicId, flag_ids: tuple[str, ...]
) -> dict[str, FlagEvent]:
    """The last step by which staff took or closed each of some flags, without its note."""
    query = (
        select(*_events.c)
        .join(_table, _table.c.id == _events.c.flag_id)
        .where(_table.c.clinic_id == clinic_id, _events.c.flag_id.in_(flag_ids))
        .where(_events.c.kind.in_((EventKind.ACKNOWLEDGED, EventKind.CLOSED)))
        .order_by(_events.c.number)
    )
    return {row.flag_id: _event(row, None) for row in tx.execute(query)}


def _as_row(flag: Flag) -> dict[str, Any]:
    row = {name: getattr(flag, name) for name in Flag.__slots__}
    return {**row, "numbers": dict(flag.numbers), "severity_rank": flag.severity.rank}


def flag_of(row: Any) -> Flag:
    """A flag from a row that holds all of its columns."""
    fields = {name: getattr(row, name) for name in Flag.__slots__}
    fields["severity"], fields["state"] = Severity(row.severity), FlagState(row.state)
    return Flag(**fields)


def _event_row(event: FlagEvent, seal: Seal | None) -> dict[str, Any]:
    row: dict[str, Any] = {name: getattr(event, name) for name in FlagEvent.__slots__}
    row["note"] = seal.seal(_NOTE, event.note) if seal and event.note else None
    return row


def _event(row: Any, seal: Seal | None) -> FlagEvent:
    return FlagEvent(
        flag_id=row.flag_id,
        number=row.number,
        kind=EventKind(row.kind),
        at=row.at,
        staff_id=None if row.staff_id is None else StaffId(row.staff_id),
        outcome=None if row.outcome is None else Outcome(row.outcome),
        note=_open_note(row.note, seal),
        because=row.because,
    )


def _open_note(sealed: bytes | None, seal: Seal | None) -> str:
    if sealed is None or seal is None:
        return ""
    try:
        return seal.open(_NOTE, sealed)
    except SealBroken:
        return ""
