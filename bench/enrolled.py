"""A database with very many patients who were asked a year ago and are not asked any more.

May import: webapp and tests.willow.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta

from sqlalchemy import Connection, insert, text

from tests import willow
from webapp.domain.person import ClinicId, Patient
from webapp.journeys.house import House
from webapp.store.schema import MessageRow, PatientRow, PromptRow

CLINICS = 10
LONG_AGO = 400  # days since the procedure of those who are enrolled and not asked any more


_NUMBERS = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < :many)"


def enrol_in_bulk(house: House, many: int, now: datetime) -> None:
    """Patients who were asked a year ago, each with a prompt, a message and a link of then."""
    given = {"many": many, "clinics": CLINICS}
    with house.store.engine.begin() as connection:
        _one_by_hand(connection, now)
        for table in ("patient", "prompt", "message"):
            connection.execute(text(_copies_of(connection, table)), given)
    with house.store.engine.connect() as connection:
        connection.execute(text("ANALYZE"))
        connection.commit()


def _one_by_hand(connection: Connection, now: datetime) -> None:
    """One patient with a prompt and a message: every other is a copy of her."""
    old = now - timedelta(days=LONG_AGO)
    who = patient_of(old.date(), 0)
    row = {name: getattr(who, name) for name in Patient.__slots__}
    connection.execute(
        insert(PatientRow), {**row, "id": "p0", "next_due_at": None, "enrolled_at": old}
    )
    prompt = {
        "id": "p0", "patient_id": "p0", "clinic_id": who.clinic_id, "local_day": old.date(),
        "pod": 3, "due_at": old, "remind_at": None, "closes_at": old, "state": "answered",
        "settled_at": old, "later": False,
    }  # fmt: skip
    connection.execute(insert(PromptRow), prompt)
    message = {
        "id": "p0", "clinic_id": who.clinic_id, "patient_id": "p0", "prompt_id": "p0",
        "local_day": old.date(), "purpose": "check-in", "channel": "email", "dedupe": "p0",
        "state": "sent", "queued_at": old, "try_at": old, "not_after": old, "attempts": 1,
        "settled_at": old,
    }  # fmt: skip
    connection.execute(insert(MessageRow), message)


_COPIED = {
    "id": "'p' || i", "patient_id": "'p' || i", "prompt_id": "'p' || i", "dedupe": "'p' || i",
    "clinic_id": "'bench' || (i % :clinics)",
}  # fmt: skip


def _copies_of(connection: Connection, table: str) -> str:
    rows = connection.execute(text(f"SELECT * FROM {table} LIMIT 1"))
    names = list(rows.keys())
    values = ", ".join(_COPIED.get(name, name) for name in names)
    return (
        f"{_NUMBERS} INSERT INTO {table} ({', '.join(names)}) "
        f"SELECT {values} FROM n, {table} AS first WHERE first.id = 'p0'"
    )


def patient_of(procedure: date, clinic: int) -> Patient:
    """A patient of one of the clinics of the benchmark."""
    return willow.patient(procedure, clinic_id=ClinicId(f"bench{clinic}"))
