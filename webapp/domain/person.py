"""People and places, and the ids that keep them apart.

May import: the standard library. Names and contacts are plain here; the store seals them.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, time
from enum import StrEnum
from typing import NewType

ClinicId = NewType("ClinicId", str)
PatientId = NewType("PatientId", str)
StaffId = NewType("StaffId", str)


class Role(StrEnum):
    """What a member of staff may do. An administrator may do all that a clinician may."""

    CLINICIAN = "clinician"
    ADMINISTRATOR = "administrator"


class Channel(StrEnum):
    """How a patient is reached."""

    EMAIL = "email"
    SMS = "sms"
    PUSH = "push"


class Origin(StrEnum):
    """Where a patient record comes from. Only `ENROLLED` is a real person of this clinic."""

    ENROLLED = "enrolled"
    CASE_REPORT = "case-report"
    SYNTHETIC = "synthetic"


class PatientStatus(StrEnum):
    """Whether a patient is asked. Paused and stopped patients get no prompts."""

    ACTIVE = "active"
    PAUSED = "paused"
    STOPPED = "stopped"


@dataclass(frozen=True, slots=True)
class OpeningHours:
    """Staffed hours of one weekday (0 is Monday), in the clinic's own time zone."""

    weekday: int
    opens: time
    closes: time


@dataclass(frozen=True, slots=True)
class Clinic:
    """A clinic: who reads the answers, when, and whom to ring."""

    id: ClinicId
    name: str
    country: str  # ISO 3166-1 alpha-2, decides the emergency numbers
    timezone: str  # IANA name
    phone: str  # as printed for patients
    after_hours_phone: str
    hours: tuple[OpeningHours, ...]
    chat_on: bool = True


@dataclass(frozen=True, slots=True)
class Contact:
    """What identifies and reaches a patient: sealed at rest, never in a log or a message."""

    name: str
    first_name: str = ""  # only if the patient chose one for messages
    email: str = ""
    mobile: str = ""


@dataclass(frozen=True, slots=True)
class Patient:
    """A pseudonymous patient: everything that may be read without unsealing."""

    id: PatientId
    clinic_id: ClinicId
    pathway: str
    procedure_date: date  # postoperative day 0, local
    timezone: str
    language: str
    channel: Channel
    prompt_time: time  # local
    status: PatientStatus
    origin: Origin
    mg_per_tablet: float = 5.0
    label_max: float | None = None  # most tablets in 24 h on the label
    pump_on: bool = False
    baseline_nrs: float | None = None
    quiet_from: time | None = None  # local; no message of ours from then on
    quiet_until: time | None = None  # local; the first moment that is no longer quiet
    paused_until: date | None = None  # the local day on which a pause ends; None: when she says

    def pod(self, day: date) -> int:
        """The postoperative day of a local calendar day (0 is the day of the procedure)."""
        return (day - self.procedure_date).days


@dataclass(frozen=True, slots=True)
class Staff:
    """A member of staff of one clinic."""

    id: StaffId
    clinic_id: ClinicId
    email: str
    name: str
    role: Role
    active: bool = True
    must_change_password: bool = False  # she has one that somebody else has seen
    mobile: str = ""  # +…; pages about urgent flags go here too
