"""Check-ins: versions of each day's answers. Rows are added, never changed; the last one counts.

May import: sqlalchemy, domain, schema. Reading asks for the clinic or the patient first.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Protocol, TypeVar

from sqlalchemy import bindparam, exists, func, insert, select
from sqlalchemy.orm import aliased

from webapp.domain.checkin import Answers, SleepTrouble
from webapp.domain.person import ClinicId, Origin, PatientId
from webapp.store.engine import Transaction
from webapp.store.prepared import Prepared
from webapp.store.schema import CheckInRow, PatientRow, table_of
from webapp.store.sealing import Seal

_NOTE, _REPLY = "check_in.note", "check_in.reply"
NUMBERS = ("nrs_avg", "nrs_worst", "tablets", "sleep_trouble", "wakes", "temperature_c")


@dataclass(frozen=True, slots=True)
class StoredCheckIn:
    """One version of one day's answers, as it is kept. The note is "" until it is unsealed."""

    id: str
    patient_id: PatientId
    local_day: date
    pod: int
    version: int
    submission_id: str
    fingerprint: str  # of the answers: the same submission with other answers is refused
    answers: Answers
    said: frozenset[str]
    source: str  # page, api, demo
    late: bool
    answered_at: datetime
    received_at: datetime
    committed_at: datetime
    sealed_note: bytes | None
    sealed_reply: bytes


class OfOneDay(Protocol):
    """A version of what was answered on a local day."""

    @property
    def local_day(self) -> date:
        """The day."""


Dated = TypeVar("Dated", bound=OfOneDay)


@dataclass(frozen=True, slots=True)
class Place:
    """Where a check-in belongs: which patient, clinic and local day, and in which time zone."""

    patient_id: PatientId
    clinic_id: ClinicId
    local_day: date
    timezone: str
    pod: int


_table = table_of(CheckInRow)
_columns = tuple(column for column in _table.columns if column.key != "clinic_id")
_history = (
    select(*_columns)
    .where(CheckInRow.patient_id == bindparam("patient"))
    .order_by(CheckInRow.local_day, CheckInRow.version)
)
_one = select(*_columns).where(
    CheckInRow.patient_id == bindparam("patient"), CheckInRow.id == bindparam("check_in")
)
_of_day = (
    select(CheckInRow.id)
    .where(CheckInRow.patient_id == bindparam("patient"))
    .where(CheckInRow.local_day == bindparam("day"))
    .limit(1)
)
_add = Prepared(insert(_table), [column.key for column in _table.columns])
_sorted_words = json.JSONEncoder(sort_keys=True).encode
_SLEEP = {trouble.value: trouble for trouble in SleepTrouble}


def versions(tx: Transaction, patient_id: PatientId) -> tuple[StoredCheckIn, ...]:
    """Every version of every day of one patient, oldest first."""
    return tuple(_stored(row) for row in tx.execute(_history, {"patient": patient_id}))


def load(tx: Transaction, patient_id: PatientId, check_in_id: str) -> StoredCheckIn | None:
    """One version of this patient; None if there is none of this id."""
    row = tx.execute(_one, {"patient": patient_id, "check_in": check_in_id}).one_or_none()
    return None if row is None else _stored(row)


def has_answered(tx: Transaction, patient_id: PatientId, day: date) -> bool:
    """Whether there is a check-in of that local day."""
    return tx.execute(_of_day, {"patient": patient_id, "day": day}).first() is not None


def last_of_each_day(stored: Sequence[Dated]) -> tuple[Dated, ...]:
    """Of each day the version that counts, in order of day."""
    return tuple({check_in.local_day: check_in for check_in in stored}.values())


def add(tx: Transaction, place: Place, check_in: StoredCheckIn) -> None:
    """Store a version. The same day and version, or submission, twice is `AlreadyThere`."""
    answers = check_in.answers
    row: dict[str, Any] = {name: getattr(answers, name) for name in NUMBERS}
    row |= {name: getattr(place, name) for name in Place.__slots__}
    row |= {
        "id": check_in.id,
        "version": check_in.version,
        "submission_id": check_in.submission_id,
        "fingerprint": check_in.fingerprint,
        "effects": None if answers.effects is None else list(answers.effects),
        "said": sorted(check_in.said),
        "source": check_in.source,
        "late": check_in.late,
        "answered_at": check_in.answered_at,
        "received_at": check_in.received_at,
        "committed_at": check_in.committed_at,
        "note": check_in.sealed_note,
        "reply": check_in.sealed_reply,
    }
    _add.run(tx, row)


def seal_note(seal: Seal, note: str) -> bytes | None:
    """The free line, sealed; None if there is none."""
    return seal.seal(_NOTE, note) if note else None


def seal_reply(seal: Seal, reply: str) -> bytes:
    """What the patient was answered, sealed, so that a replay is answered the same."""
    return seal.seal(_REPLY, reply)


def open_reply(seal: Seal, check_in: StoredCheckIn) -> str:
    """What the patient was answered."""
    return seal.open(_REPLY, check_in.sealed_reply)


def open_note(seal: Seal, check_in: StoredCheckIn) -> str:
    """The free line of a check-in; "" if there is none."""
    return "" if check_in.sealed_note is None else seal.open(_NOTE, check_in.sealed_note)


def answers_by_pod(
    tx: Transaction, clinic_id: ClinicId, origins: Sequence[Origin]
) -> Mapping[PatientId, tuple[tuple[int, Answers], ...]]:
    """The answers that count, by patient and postoperative day, for a clinic's cohort page."""
    other = aliased(CheckInRow)
    newer = exists().where(
        other.patient_id == CheckInRow.patient_id,
        other.local_day == CheckInRow.local_day,
        other.version > CheckInRow.version,
    )
    query = (
        select(*_columns)
        .join(PatientRow, PatientRow.id == CheckInRow.patient_id)
        .where(PatientRow.clinic_id == clinic_id, PatientRow.origin.in_(origins), ~newer)
        .order_by(CheckInRow.patient_id, CheckInRow.pod)
    )
    found: dict[PatientId, list[tuple[int, Answers]]] = {}
    for row in tx.execute(query):
        found.setdefault(PatientId(row.patient_id), []).append((row.pod, answers_of(row)))
    return {patient: tuple(days) for patient, days in found.items()}


def last_answered(tx: Transaction, clinic_id: ClinicId) -> dict[PatientId, date]:
    """The last local day that each patient of this clinic answered."""
    last = (
        select(func.max(CheckInRow.local_day))
        .where(CheckInRow.patient_id == PatientRow.id)
        .scalar_subquery()
    )
    query = select(PatientRow.id, last).where(PatientRow.clinic_id == clinic_id)
    return {PatientId(patient): day for patient, day in tx.execute(query) if day is not None}


def answers_of(row: Any) -> Answers:
    """The answers in a row that has their columns."""
    return Answers(
        nrs_avg=row.nrs_avg,
        nrs_worst=row.nrs_worst,
        tablets=row.tablets,
        sleep_trouble=_SLEEP.get(row.sleep_trouble),
        wakes=row.wakes,
        effects=None if row.effects is None else tuple(row.effects),
        temperature_c=row.temperature_c,
    )


def _stored(row: Any) -> StoredCheckIn:
    return StoredCheckIn(
        id=row.id,
        patient_id=PatientId(row.patient_id),
        local_day=row.local_day,
        pod=row.pod,
        version=row.version,
        submission_id=row.submission_id,
        fingerprint=row.fingerprint,
        answers=answers_of(row),
        said=frozenset(row.said),
        source=row.source,
        late=row.late,
        answered_at=row.answered_at,
        received_at=row.received_at,
        committed_at=row.committed_at,
        sealed_note=row.note,
        sealed_reply=row.reply,
    )


def fingerprint_of(answers: Answers) -> str:
    """A fingerprint of answers: the same submission id with other answers is noticed."""
    words = _sorted_words(plain(answers))
    return hashlib.sha256(words.encode("utf-8", "surrogatepass")).hexdigest()


def plain(answers: Answers) -> dict[str, Any]:
    """The answers by name; a third of what `asdict` costs."""
    return {name: getattr(answers, name) for name in Answers.__slots__}
