"""Patients: pseudonymous rows to query by, and sealed words that only their key opens.

May import: sqlalchemy, domain.person, schema, sealing. Every function that gives patient data
takes the clinic first: there is no way to ask for somebody else's patient.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, func, insert, select, update

from webapp.domain.person import (
    Channel,
    ClinicId,
    Contact,
    Origin,
    Patient,
    PatientId,
    PatientStatus,
)
from webapp.domain.schedule import QuietHours
from webapp.store.engine import Transaction
from webapp.store.prepared import Prepared
from webapp.store.schema import PatientRow, PatientSecretRow, table_of
from webapp.store.sealing import Seal

_SEALED = ("name", "first_name", "email", "mobile")
_ENUMS = tuple(
    (Patient.__slots__.index(name), {member.value: member for member in kind})
    for name, kind in (("channel", Channel), ("status", PatientStatus), ("origin", Origin))
)
PATIENT_COLUMNS = tuple(getattr(PatientRow, name) for name in Patient.__slots__)
SECRET_COLUMNS = tuple(getattr(PatientSecretRow, name) for name in _SEALED)


def add(
    tx: Transaction,
    patient: Patient,
    contact: Contact,
    *,
    next_due_at: datetime | None,
    now: datetime,
) -> None:
    """Store a new patient. The same person for the same procedure twice is `AlreadyThere`."""
    row = {name: getattr(patient, name) for name in Patient.__slots__}
    times = {"next_due_at": next_due_at, "enrolled_at": now}
    tx.execute(insert(table_of(PatientRow)), {**row, **times})
    tx.execute(insert(table_of(PatientSecretRow)), _sealed(tx, patient, contact))


def _sealed(tx: Transaction, patient: Patient, contact: Contact) -> dict[str, Any]:
    wrapped = tx.keyring.new_wrapped_key(patient.id)
    seal = tx.keyring.seal_of(patient.id, wrapped)
    words = {name: _seal_word(seal, name, getattr(contact, name)) for name in _SEALED}
    return {
        "patient_id": patient.id,
        "wrapped_key": wrapped,
        "enrolment_mark": enrolment_mark(tx, patient, contact),
        "mobile_mark": mobile_mark(tx, contact.mobile) if contact.mobile else None,
        **words,
    }


def _seal_word(seal: Seal, name: str, word: str) -> bytes | None:
    return seal.seal(f"patient_secret.{name}", word) if word or name == "name" else None


def enrolment_mark(tx: Transaction, patient: Patient, contact: Contact) -> str:
    """The keyed fingerprint that finds the same person enrolled twice for one procedure."""
    day = patient.procedure_date.isoformat()
    who = (contact.name, contact.email, contact.mobile)
    return tx.keyring.mark(patient.clinic_id, patient.pathway, day, *who)


def mobile_mark(tx: Transaction, mobile: str) -> str:
    """The keyed fingerprint by which a text message finds who sent it."""
    return tx.keyring.mark("mobile", mobile)


def enrolled_as(tx: Transaction, clinic_id: ClinicId, mark: str) -> PatientId | None:
    """The patient who already carries this enrolment mark, if there is one."""
    query = (
        select(PatientRow.id)
        .join(PatientSecretRow, PatientSecretRow.patient_id == PatientRow.id)
        .where(PatientRow.clinic_id == clinic_id, PatientSecretRow.enrolment_mark == mark)
    )
    found = tx.execute(query).scalar_one_or_none()
    return None if found is None else PatientId(found)


def load(
    tx: Transaction, clinic_id: ClinicId, patient_id: PatientId, *, alone: bool = False
) -> Patient | None:
    """One patient of this clinic; None if she is not this clinic's.

    `alone` lets no other transaction write for her until this one ends.
    """
    query = _load_alone if alone else _load
    rows = query.run(tx, {"patient": patient_id, "clinic": clinic_id})
    return patient_of(rows[0]) if rows else None


_one = select(*PATIENT_COLUMNS).where(
    PatientRow.id == bindparam("patient"), PatientRow.clinic_id == bindparam("clinic")
)
_load = Prepared(_one)
_load_alone = Prepared(_one.with_for_update(key_share=True))


def clinic_of_patient(tx: Transaction, patient_id: PatientId) -> ClinicId | None:
    """Which clinic a patient belongs to: for the command line, which serves every clinic."""
    found = tx.execute(select(PatientRow.clinic_id).where(PatientRow.id == patient_id)).scalar()
    return None if found is None else ClinicId(found)


def of_clinic(tx: Transaction, clinic_id: ClinicId) -> tuple[Patient, ...]:
    """All patients of a clinic, the newest procedure first."""
    query = (
        select(*PATIENT_COLUMNS)
        .where(PatientRow.clinic_id == clinic_id)
        .order_by(PatientRow.procedure_date.desc(), PatientRow.id)
    )
    return tuple(patient_of(row) for row in tx.execute(query))


def contacts(
    tx: Transaction, clinic_id: ClinicId, ids: tuple[PatientId, ...]
) -> dict[PatientId, Contact]:
    """Names and addresses of some patients of this clinic; erased ones are left out."""
    rows = tx.execute(_secrets, {"clinic": clinic_id, "ids": ids}).all()
    return {PatientId(row.patient_id): _contact(tx, row) for row in rows if row.wrapped_key}


_secrets = (
    select(*table_of(PatientSecretRow).columns)
    .join(PatientRow, PatientRow.id == PatientSecretRow.patient_id)
    .where(PatientRow.clinic_id == bindparam("clinic"))
    .where(PatientSecretRow.patient_id.in_(bindparam("ids", expanding=True)))
)


def contact(tx: Transaction, clinic_id: ClinicId, patient_id: PatientId) -> Contact | None:
    """Name and addresses of one patient of this clinic; None once she is erased."""
    rows = _secret.run(tx, {"clinic": clinic_id, "patient": patient_id})
    if not rows or rows[0][0] is None:
        return None
    wrapped, *sealed = rows[0]
    return contact_of(tx.keyring.seal_of(patient_id, wrapped), sealed)


_secret = Prepared(
    select(PatientSecretRow.wrapped_key, *SECRET_COLUMNS)
    .join(PatientRow, PatientRow.id == PatientSecretRow.patient_id)
    .where(PatientRow.clinic_id == bindparam("clinic"))
    .where(PatientSecretRow.patient_id == bindparam("patient"))
)


def _contact(tx: Transaction, row: Any) -> Contact:
    seal = tx.keyring.seal_of(row.patient_id, row.wrapped_key)
    return contact_of(seal, [getattr(row, name) for name in _SEALED])


def contact_of(seal: Seal, sealed: Sequence[bytes | None]) -> Contact:
    """A contact from the sealed words of `SECRET_COLUMNS`. Raises `SealBroken`."""
    return Contact(
        **{
            name: seal.open(f"patient_secret.{name}", words)
            for name, words in zip(_SEALED, sealed, strict=True)
            if words is not None
        }
    )


def seal_of(tx: Transaction, clinic_id: ClinicId, patient_id: PatientId) -> Seal:
    """The seal of one patient of this clinic. Raises `LookupError` if there is none."""
    seal = seal_if_any(tx, clinic_id, patient_id)
    if seal is None:
        raise LookupError(f"there is no key for patient {patient_id} of clinic {clinic_id}")
    return seal


def seal_if_any(tx: Transaction, clinic_id: ClinicId, patient_id: PatientId) -> Seal | None:
    """The seal of one patient of this clinic; None once her key is destroyed."""
    query = (
        select(PatientSecretRow.wrapped_key)
        .join(PatientRow, PatientRow.id == PatientSecretRow.patient_id)
        .where(PatientRow.clinic_id == clinic_id, PatientSecretRow.patient_id == patient_id)
    )
    wrapped = tx.execute(query).scalar_one_or_none()
    return None if wrapped is None else tx.keyring.seal_of(patient_id, wrapped)


def earliest_due(tx: Transaction) -> datetime | None:
    """When the clock must next look at a patient of any clinic."""
    query = select(func.min(PatientRow.next_due_at)).where(PatientRow.next_due_at.is_not(None))
    return tx.execute(query).scalar_one_or_none()  # type: ignore[no-any-return]


Nights = Mapping[PatientId, tuple[str, QuietHours]]  # time zone and quiet hours


def nights(tx: Transaction, ids: Collection[PatientId]) -> Nights:
    """The quiet hours of those of these patients, of any clinic, who have some: for the clock."""
    if not ids:
        return {}
    rows = tx.execute(_nights, {"ids": list(ids)})
    return {PatientId(who): (zone, QuietHours(start, end)) for who, zone, start, end in rows}


_nights = (
    select(PatientRow.id, PatientRow.timezone, PatientRow.quiet_from, PatientRow.quiet_until)
    .where(PatientRow.id.in_(bindparam("ids", expanding=True)))
    .where(PatientRow.quiet_from.is_not(None), PatientRow.quiet_until.is_not(None))
)


def set_next_due(tx: Transaction, patient_id: PatientId, at: datetime | None) -> None:
    """When the clock must look at this patient again; None for never."""
    table = table_of(PatientRow)
    tx.execute(update(table).where(table.c.id == patient_id).values(next_due_at=at))


def change(tx: Transaction, patient: Patient, *, next_due_at: datetime | None) -> None:
    """Store what was changed about a patient."""
    table = table_of(PatientRow)
    row = {name: getattr(patient, name) for name in Patient.__slots__}
    here = (table.c.id == patient.id) & (table.c.clinic_id == patient.clinic_id)
    tx.execute(update(table).where(here).values(**row, next_due_at=next_due_at))


def count_by_origin(tx: Transaction) -> dict[Origin, int]:
    """How many patients of each origin the whole database holds: guards the demo."""
    query = select(PatientRow.origin, func.count()).group_by(PatientRow.origin)
    return {Origin(origin): count for origin, count in tx.execute(query)}


def patient_of(row: Sequence[Any]) -> Patient:
    """A patient from a row of `PATIENT_COLUMNS`."""
    fields = list(row)
    for place, members in _ENUMS:
        fields[place] = members[fields[place]]
    return Patient(*fields)
