"""A database with very many patients who were asked a year ago and are not asked any more.

May import: webapp and tests.willow.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

from sqlalchemy import Connection, Engine, insert, text

from tests import willow
from webapp.assemble import open_house
from webapp.config import load_config
from webapp.domain.person import Clinic, ClinicId, Contact, OpeningHours, Patient
from webapp.journeys import governing
from webapp.journeys.house import House
from webapp.store import patients
from webapp.store.engine import open_engine
from webapp.store.schema import MessageRow, PatientRow, PromptRow

CLINICS = 10
LONG_AGO = 400  # days since the procedure of those who are enrolled and not asked any more
FIRST_DAY, DAYS = 3, 10  # postoperative days of those who are due: from which on, and how many

_NUMBERS = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < :many)"


@dataclass
class Place:
    """One database with so many patients enrolled, and what passes over it cost."""

    enrolled: int
    house: House
    now: datetime
    patient_engine: Engine  # for plain SQL that takes longer than the site would wait
    cpu_ms: list[float] = field(default_factory=list)
    idle_ms: list[float] = field(default_factory=list)  # CPU
    idle_wall_ms: list[float] = field(default_factory=list)

    def time(self) -> datetime:
        """What its watch says."""
        return self.now

    def close(self) -> None:
        """Give every connection back."""
        self.house.store.close()
        self.patient_engine.dispose()

    @contextmanager
    def by_hand(self) -> Iterator[Connection]:
        """A transaction for plain SQL that may take as long as it needs."""
        with self.patient_engine.begin() as connection:
            if connection.dialect.name == "postgresql":
                connection.execute(text("SET LOCAL statement_timeout = 0"))
            yield connection


def open_place(url: str, folder: Path, enrolled: int) -> Place:
    """A house of its own over this database, with that many enrolled."""
    given = {"THAW_DATA_DIR": str(folder), "THAW_DATABASE_URL": url}
    house = open_house(load_config(given))
    now = datetime.now(UTC).replace(hour=12, minute=0)
    for number in range(CLINICS):
        hours = tuple(OpeningHours(day, time(0), time(23)) for day in range(7))
        name = ClinicId(f"bench{number}")
        clinic = Clinic(name, f"Bench {number}", "US", "UTC", "0", "0", hours)
        governing.add_clinic(house, clinic, now=now)
    place = Place(enrolled, house, now, open_engine(url, patient=True))
    _enrol_in_bulk(place, enrolled)
    return place


def _enrol_in_bulk(place: Place, many: int) -> None:
    """Patients who were asked a year ago, each with a prompt and a message of then."""
    with place.by_hand() as connection:
        _one_by_hand(connection, place.now)
        for table in ("patient", "prompt", "message"):
            _copy(connection, table, _COPIED, many)
    with place.by_hand() as connection:
        connection.execute(text("ANALYZE"))


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


_CLINIC = "'bench' || (i % :clinics)"
_COPIED = {
    "id": "'p' || i", "patient_id": "'p' || i", "prompt_id": "'p' || i", "dedupe": "'p' || i",
    "clinic_id": _CLINIC,
}  # fmt: skip
RANDOM_ID = {"sqlite": "lower(hex(randomblob(16)))", "postgresql": "gen_random_uuid()"}


def _copy(
    connection: Connection, table: str, differing: dict[str, str], many: int, **given: object
) -> None:
    """So many copies of the first row of a table, but for columns whose SQL is given."""
    rows = connection.execute(text(f"SELECT * FROM {table} LIMIT 1"))
    names = list(rows.keys())
    values = ", ".join(differing.get(name, f"first.{name}") for name in names)
    copies = (
        f"{_NUMBERS} INSERT INTO {table} ({', '.join(names)}) "
        f"SELECT {values} FROM n, {table} AS first WHERE first.id = 'p0'"
    )
    connection.execute(text(copies), {"many": many, "clinics": CLINICS, **given})


def ask_in_bulk(place: Place, many: int) -> None:
    """So many more patients whose prompt is due now, without an address: they can be queued.

    They had their procedures on different days, as the patients of a clinic have.
    """
    name = place.house.store.engine.dialect.name
    with place.by_hand() as connection:
        for number in range(DAYS):
            share = many // DAYS + (number < many % DAYS)
            day = place.now.date() - timedelta(days=FIRST_DAY + number)
            differing = {
                "id": RANDOM_ID[name], "clinic_id": _CLINIC, "procedure_date": f"'{day}'",
                "next_due_at": _instant(place),
            }  # fmt: skip
            if share:
                _copy(connection, "patient", differing, share)


def _instant(place: Place) -> str:
    """The moment as this database writes it down."""
    zone = "" if place.house.store.engine.dialect.name == "sqlite" else "+00"
    return f"'{place.now.replace(tzinfo=None)!s}{zone}'".replace(":", "\\:")


def make_due(place: Place, many: int) -> None:
    """So many more patients whose prompt is due now, each with an address: they can be sent to."""
    day = place.now.date() - timedelta(days=FIRST_DAY)
    with place.house.store.begin() as tx:
        for number in range(many):
            who = patient_of(day, number % CLINICS)
            contact = Contact("Bench Patient", "Bench", f"{who.id}@example.org")
            patients.add(tx, who, contact, next_due_at=place.now, now=place.now)


def patient_of(procedure: date, clinic: int) -> Patient:
    """A patient of one of the clinics of the benchmark."""
    return willow.patient(procedure, clinic_id=ClinicId(f"bench{clinic}"))
