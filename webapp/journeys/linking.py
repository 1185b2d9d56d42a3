"""Linking: a check-in address made by hand, for a patient who lost hers.

May import: domain, library, store and this room.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from webapp.domain.person import Patient, PatientId
from webapp.domain.schedule import DayState, local_day
from webapp.journeys import prompting
from webapp.journeys.house import House
from webapp.store import audits, links, patients


class NoLink(Exception):
    """No link can be made; the message says why."""


@dataclass(frozen=True, slots=True)
class MadeLink:
    """An address that was made, and whether its day takes answers now."""

    address: str
    day: date
    state: DayState


def make_link(
    house: House, patient_id: PatientId, day: date | None, *, now: datetime, actor: str = "command"
) -> MadeLink:
    """Make an address for one local day of a patient (today if None). Raises `NoLink`."""
    with house.store.begin() as tx:
        clinic_id = patients.clinic_of_patient(tx, patient_id)
        patient = patients.load(tx, clinic_id, patient_id) if clinic_id else None
        if patient is None:
            raise NoLink(f"there is no patient {patient_id}")
        wanted = day or local_day(now, patient.timezone)
        _refuse_before(patient, wanted)
        token = links.mint(tx, patient.id, wanted, now)
        audits.record(tx, _audit(patient, wanted, now, actor))
    state = prompting.window_of(house, patient, wanted).state(now)
    return MadeLink(house.check_in_address(patient.language, token), wanted, state)


def _refuse_before(patient: Patient, day: date) -> None:
    if patient.pod(day) < 0:
        raise NoLink(f"{day} is before the procedure ({patient.procedure_date})")


def _audit(patient: Patient, day: date, now: datetime, actor: str) -> audits.Action:
    return audits.Action(
        clinic_id=patient.clinic_id,
        actor=actor,
        action="link.make",
        subject=f"patient:{patient.id}:{day}",
        channel="page" if actor.startswith("staff:") else "command",
        at=now,
        patient_id=patient.id,
    )
