"""Daily links: a token that may write one day of one patient, and read nothing.

May import: sqlalchemy, domain, schema, the modules of this room.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Date, Insert, bindparam, insert, select, update

from webapp.domain.person import Clinic, ClinicId, Patient, PatientId
from webapp.domain.token import Token, fingerprint, new_token
from webapp.store import clinics, patients
from webapp.store.clinics import CLINIC_COLUMNS, clinic_of
from webapp.store.columns import Instant
from webapp.store.engine import Transaction
from webapp.store.given_groups import Given, Group, PreparedForGroups
from webapp.store.patients import PATIENT_COLUMNS, patient_of
from webapp.store.prepared import Prepared, Row
from webapp.store.schema import ClinicRow, LinkRow, PatientRow, PatientSecretRow, table_of
from webapp.store.sealing import Seal


@dataclass(frozen=True, slots=True)
class Holder:
    """Whom and which day a link stands for."""

    patient: Patient
    clinic: Clinic
    local_day: date
    revoked: bool
    seal: Seal


_HERS, _THEIRS = len(PATIENT_COLUMNS), len(PATIENT_COLUMNS) + len(CLINIC_COLUMNS)
_follow = (
    select(
        *(column.label(f"patient_{column.key}") for column in PATIENT_COLUMNS),
        *(column.label(f"clinic_{column.key}") for column in CLINIC_COLUMNS),
        LinkRow.local_day,
        LinkRow.revoked_at,
        PatientSecretRow.wrapped_key,
    )
    .select_from(LinkRow)
    .join(PatientRow, PatientRow.id == LinkRow.patient_id)
    .join(ClinicRow, ClinicRow.id == PatientRow.clinic_id)
    .join(PatientSecretRow, PatientSecretRow.patient_id == PatientRow.id)
    .where(LinkRow.token_hash == bindparam("token_hash"))
)


# Two submissions of one patient take turns, on every database; what refers to her need not wait.
_follow_one = Prepared(_follow)
_follow_alone = Prepared(_follow.with_for_update(of=PatientRow, key_share=True))


def mint(tx: Transaction, patient_id: PatientId, local_day: date, now: datetime) -> Token:
    """A fresh link for one local day of one patient. Only its fingerprint is stored."""
    return mint_all(tx, ((patient_id, local_day),), now)[0]


def mint_all(
    tx: Transaction, asked: Sequence[tuple[PatientId, date]], now: datetime
) -> tuple[Token, ...]:
    """The same for many patients and days, in their order."""
    tokens = tuple(new_token() for _ in asked)
    days: dict[date, dict[str, str]] = {}
    for token, (who, day) in zip(tokens, asked, strict=True):
        days.setdefault(day, {})[fingerprint(token)] = who
    _mint.run(tx, [Group(of, {"local_day": day}) for day, of in days.items()], {"now": now})
    return tokens


def _links_of(given: Given) -> Insert:
    table = table_of(LinkRow)
    values = {
        table.c.token_hash: given.members.c.key,
        table.c.patient_id: given.members.c.value,
        table.c.local_day: given.shared["local_day"],
        table.c.created_at: bindparam("now", type_=Instant()),
    }
    rows = select(*values.values()).select_from(given.members)
    return insert(table).from_select(list(values), rows)


_mint = PreparedForGroups({"local_day": Date()}, _links_of)


def follow(tx: Transaction, token: str, *, alone: bool = False) -> Holder | None:
    """Whom a token stands for; None if nobody, or if she has been erased.

    `alone` lets no other transaction write for her until this one ends.
    """
    query = _follow_alone if alone else _follow_one
    rows = query.run(tx, {"token_hash": fingerprint(token)})
    return _holder(tx, rows[0]) if rows else None


def _holder(tx: Transaction, row: Row) -> Holder | None:
    local_day, revoked_at, wrapped_key = row[_THEIRS:]
    if wrapped_key is None:
        return None
    patient = patient_of(row[:_HERS])
    return Holder(
        patient=patient,
        clinic=clinic_of(row[_HERS:_THEIRS]),
        local_day=local_day,
        revoked=revoked_at is not None,
        seal=tx.keyring.seal_of(patient.id, wrapped_key),
    )


def holder_of(
    tx: Transaction, clinic_id: ClinicId, patient_id: PatientId, day_of: Callable[[Patient], date]
) -> Holder | None:
    """A patient of a clinic on one of her days, without a link; None if she has been erased."""
    patient = patients.load(tx, clinic_id, patient_id)
    clinic = clinics.load(tx, clinic_id)
    seal = patients.seal_if_any(tx, clinic_id, patient_id)
    if patient is None or clinic is None or seal is None:
        return None
    return Holder(patient, clinic, day_of(patient), revoked=False, seal=seal)


def revoke(tx: Transaction, patient_id: PatientId, now: datetime) -> None:
    """Make every link of a patient useless: she stopped, was discharged, or it was not her."""
    table = table_of(LinkRow)
    still = (table.c.patient_id == patient_id) & table.c.revoked_at.is_(None)
    tx.execute(update(table).where(still).values(revoked_at=now))
