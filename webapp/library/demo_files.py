"""content/demo.yaml: the clinic, staff and visitor of the demo.

May import: pydantic, the domain and this room.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import time
from pathlib import Path
from typing import Any

from webapp.domain.person import Clinic, ClinicId, OpeningHours, Role, Staff, StaffId
from webapp.library.yaml_model import Strict, read_yaml


class ClinicFile(Strict):
    """The demo's clinic."""

    id: str
    name: str
    country: str
    timezone: str
    phone: str
    after_hours_phone: str
    hours: list[tuple[int, str, str]]


class StaffFile(Strict):
    """One member of the demo's staff."""

    id: str
    name: str
    email: str
    role: str


class VisitorFile(Strict):
    """The invented patient whose check-in address is printed."""

    name: str
    first_name: str
    email: str
    pathway: str
    prompt_time: str
    label_max: float
    days_since_procedure: int


class DemoFile(Strict):
    """content/demo.yaml."""

    clinic: ClinicFile
    password: str
    staff: list[StaffFile]
    visitor: VisitorFile


@dataclass(frozen=True, slots=True)
class Demo:
    """What the demo is made of."""

    clinic: Clinic
    staff: tuple[Staff, ...]
    password: str
    visitor: dict[str, Any]  # a row for enrolment
    visitor_days: int  # days since her procedure


def load_demo(content: Path) -> Demo:
    """The demo of content/demo.yaml. Raises LibraryError."""
    read = read_yaml(content / "demo.yaml", DemoFile)
    visitor = read.visitor.model_dump()
    days = visitor.pop("days_since_procedure")
    clinic = _clinic(read.clinic)
    staff = tuple(_staff(one, clinic.id) for one in read.staff)
    return Demo(clinic, staff, read.password, visitor, days)


def _clinic(read: ClinicFile) -> Clinic:
    hours = tuple(
        OpeningHours(day, time.fromisoformat(opens), time.fromisoformat(closes))
        for day, opens, closes in read.hours
    )
    plain = read.model_dump(exclude={"hours", "id"})
    return Clinic(id=ClinicId(read.id), hours=hours, **plain)


def _staff(read: StaffFile, clinic_id: ClinicId) -> Staff:
    return Staff(StaffId(read.id), clinic_id, read.email, read.name, Role(read.role))
