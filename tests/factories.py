"""A clinic, its staff, a patient and her answers, made by the same journeys that real ones use.

May import: the domain, journeys, and the store for staff. Times are arguments, as everywhere.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import uuid4

from webapp.domain.checkin import Answers
from webapp.domain.person import Clinic, ClinicId, PatientId, Role, Staff, StaffId
from webapp.journeys import checking_in, enrolling, governing, linking
from webapp.journeys.checking_in import Receipt, Submission
from webapp.journeys.desk import Desk
from webapp.journeys.enrolling import Enroller
from webapp.journeys.house import House
from webapp.store import staff

COMMAND = Enroller("command", "command")
CALM = {"nrs_avg": 1, "nrs_worst": 2, "tablets": 0, "wakes": 0, "effects": ()}
URGENT = {**CALM, "effects": ("breathless",)}  # R01 holds for it
SORE = {**CALM, "nrs_avg": 5, "nrs_worst": 6}  # twice in a row, R14 and R15 hold


@dataclass(frozen=True)
class Place:
    """A clinic with two clinicians in it."""

    house: House
    clinic: Clinic
    sam: Staff
    ada: Staff
    now: datetime

    def desk_of(self, person: Staff, now: datetime | None = None) -> Desk:
        """That person at work, now or at another time."""
        return Desk(self.house, person, now or self.now)

    @property
    def desk(self) -> Desk:
        """Sam at work."""
        return self.desk_of(self.sam)

    def enrol(self, name: str = "Rosa Example", *, days_ago: int = 3, **row: object) -> PatientId:
        """A patient of this clinic whose procedure was `days_ago` days ago."""
        procedure = self.now - timedelta(days=days_ago)
        whole = {
            "clinic": self.clinic.id,
            "name": name,
            "email": f"{uuid4()}@example.org",
            "pathway": "mastectomy",
            "procedure_date": str(procedure.date()),
            "label_max": 8,
            **row,
        }
        return enrolling.enrol_row(self.house, COMMAND, whole, now=procedure)

    def report(
        self, patient: PatientId, *, days_ago: int = 0, at: datetime | None = None, **given: object
    ) -> Receipt:
        """What she sends, `days_ago` days ago at the hour that it is now, unless `at` says when."""
        when = at or self.now - timedelta(days=days_ago)
        made = linking.make_link(self.house, patient, when.date(), now=when)
        token = made.address.rsplit("/", 1)[1]
        sent = Submission(str(uuid4()), Answers(**given), when, "page")
        return checking_in.submit(self.house, token, sent, now=when)


def place(house: House, now: datetime, name: str = "Harbor Clinic") -> Place:
    """A new clinic with Sam and Ada in it."""
    began = datetime(2020, 1, 1, tzinfo=UTC)
    clinic = Clinic(
        ClinicId(name.casefold().replace(" ", "-")), name, "US", "UTC", "(555) 010-0199", "", ()
    )
    governing.add_clinic(house, clinic, now=began)
    people = [
        Staff(
            StaffId(f"{clinic.id}-{first}"),
            clinic.id,
            f"{first}@{clinic.id}.example",
            full,
            Role.CLINICIAN,
        )
        for first, full in (("sam", "Sam Okafor"), ("ada", "Ada Lindqvist"))
    ]
    with house.store.begin() as tx:
        for person in people:
            staff.add(tx, person, "no password fits", None, began)
    return Place(house, clinic, *people, now)
