"""The Willow clinic: people given whole, for tests that start from the store and not from forms.

tests/factories.py enrols through the journeys instead. May import: domain, store and journeys.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import uuid4

from webapp.domain.checkin import Answers, SleepTrouble
from webapp.domain.person import (
    Channel,
    Clinic,
    ClinicId,
    Contact,
    OpeningHours,
    Origin,
    Patient,
    PatientId,
    PatientStatus,
    Role,
    Staff,
    StaffId,
)
from webapp.journeys import governing, prompting
from webapp.journeys.checking_in import Submission
from webapp.journeys.house import House
from webapp.store import links, patients, staff

HOURS = tuple(OpeningHours(day, time(9), time(17)) for day in range(5))
WILLOW = Clinic(
    id=ClinicId("willow"),
    name="Willow Clinic",
    country="US",
    timezone="UTC",
    phone="555 0100",
    after_hours_phone="555 0199",
    hours=HOURS,
)
BIRCH = replace(WILLOW, id=ClinicId("birch"), name="Birch Clinic", phone="555 0200")
SAM = Staff(StaffId("sam"), WILLOW.id, "sam@willow.example", "Sam Okafor", Role.CLINICIAN)
ADA = Staff(StaffId("ada"), WILLOW.id, "ada@willow.example", "Ada Lind", Role.ADMINISTRATOR)
QUIET_DAY = Answers(2, 3, 0, SleepTrouble.NONE, 0, (), None, "")


def patient(procedure_date: date, **changes: Any) -> Patient:
    """A patient of the Willow clinic with a procedure on that day."""
    usual = Patient(
        id=PatientId(str(uuid4())),
        clinic_id=WILLOW.id,
        pathway="mastectomy",
        procedure_date=procedure_date,
        timezone="UTC",
        language="en",
        channel=Channel.EMAIL,
        prompt_time=time(9),
        status=PatientStatus.ACTIVE,
        origin=Origin.ENROLLED,
        label_max=8,
    )
    return replace(usual, **changes)


def open_clinic(house: House, now: datetime, clinic: Clinic = WILLOW, *people: Staff) -> Clinic:
    """Add a clinic and its staff."""
    governing.add_clinic(house, clinic, now=now)
    with house.store.begin() as tx:
        for person in people:
            staff.add(tx, person, "no password", None, now)
    return clinic


def admit(house: House, who: Patient, now: datetime, contact: Contact | None = None) -> Patient:
    """Store a patient as enrolment does: the clock will find her when she is due."""
    reached = contact or Contact("Rosa Diaz", "Rosa", f"{who.id}@patients.example", "")
    with house.store.begin() as tx:
        first = prompting.first_due(house, who, now)
        patients.add(tx, who, reached, next_due_at=first, now=now)
    return who


def patient_on_day(house: House, pod: int, now: datetime, **changes: Any) -> Patient:
    """A stored patient who is on this postoperative day at `now`."""
    return admit(house, patient(now.date() - timedelta(days=pod), **changes), now)


def link_of(house: House, who: Patient, now: datetime, day: date | None = None) -> str:
    """The token of a link for one day of a patient; today if none is named."""
    with house.store.begin() as tx:
        return links.mint(tx, who.id, day or now.date(), now)


def submission(at: datetime, answers: Answers = QUIET_DAY, **changes: Any) -> Submission:
    """A sending with an id of its own."""
    return replace(Submission(str(uuid4()), answers, at, "page"), **changes)


def answers(**changes: Any) -> Answers:
    """A quiet day's answers, but for what is named."""
    return replace(QUIET_DAY, **changes)
