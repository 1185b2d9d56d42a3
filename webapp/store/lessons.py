"""What patients answered about what they read: rows are added; of each question the last counts.

May import: sqlalchemy, domain, schema.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from uuid import uuid4

from sqlalchemy import Select, insert, select

from webapp.domain.person import ClinicId, Patient, PatientId, PatientStatus
from webapp.domain.teach_back import Answered
from webapp.store.engine import Transaction
from webapp.store.schema import PatientRow, TeachBackRow, table_of

_table = table_of(TeachBackRow)
_people = table_of(PatientRow)


@dataclass(frozen=True, slots=True)
class Told:
    """One answer, and when it was given."""

    patient_id: PatientId
    answered: Answered
    at: datetime


def add(tx: Transaction, patient: Patient, answered: Answered, at: datetime) -> None:
    """Keep one answer of a patient."""
    row = {
        "id": str(uuid4()),
        "clinic_id": patient.clinic_id,
        "patient_id": patient.id,
        "question": answered.question,
        "version": answered.version,
        "choice": answered.choice,
        "understood": answered.understood,
        "again": answered.again,
        "at": at,
    }
    tx.execute(insert(_table), row)


def of_patient(tx: Transaction, clinic_id: ClinicId, patient_id: PatientId) -> tuple[Told, ...]:
    """Everything that a patient of this clinic answered, oldest first."""
    query = _of_clinic(clinic_id).where(_table.c.patient_id == patient_id)
    return tuple(map(_told, tx.execute(query)))


def of_those_before_their_day(
    tx: Transaction, clinic_id: ClinicId, today: date
) -> tuple[Told, ...]:
    """What everybody answered whose procedure is on `today` or later, oldest first."""
    coming = select(_people.c.id).where(
        _people.c.clinic_id == clinic_id,
        _people.c.procedure_date >= today,
        _people.c.status == PatientStatus.ACTIVE.value,
    )
    query = _of_clinic(clinic_id).where(_table.c.patient_id.in_(coming))
    return tuple(map(_told, tx.execute(query)))


def _of_clinic(clinic_id: ClinicId) -> Select[tuple[object, ...]]:
    return select(*_table.c).where(_table.c.clinic_id == clinic_id).order_by(_table.c.at)


def _told(row: object) -> Told:
    given: TeachBackRow = row  # type: ignore[assignment]  # a result row has the columns' names
    answered = Answered(given.question, given.version, given.choice, given.understood, given.again)
    return Told(PatientId(given.patient_id), answered, given.at)
