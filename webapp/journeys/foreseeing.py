"""Foreseeing: what would be sent when, as things stand now: `thaw due`.

May import: domain, store and this room. Nothing is written.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from webapp.domain.person import Patient, PatientStatus
from webapp.domain.schedule import windows_between
from webapp.journeys import prompting
from webapp.journeys.house import House
from webapp.store import clinics, patients, prompts
from webapp.store.prompts import Prompt


@dataclass(frozen=True, slots=True)
class DueLine:
    """One prompt that would be sent: a line of `thaw due`."""

    patient: str
    day: date
    pod: int
    at: datetime  # with the patient's offset
    timezone: str
    channel: str
    purpose: str


def due_lines(house: House, start: datetime, end: datetime) -> Iterator[DueLine]:
    """What would be prompted in [start, end), in order of time, without sending."""
    with house.store.read() as tx:
        everyone = [
            one for clinic in clinics.every(tx) for one in patients.of_clinic(tx, clinic.id)
        ]
        waiting = {(one.patient_id, one.local_day): one for one in prompts.later(tx)}
    found = [
        _due_line(patient, opened.local_day, opened.due_at, "check-in")
        for patient in everyone
        for opened in windows_between(prompting.timetable_for(house, patient), start, end)
        if _is_asked(patient, opened.local_day)
        and not _is_put_off(waiting.get((patient.id, opened.local_day)))
    ]
    known = {patient.id: patient for patient in everyone}
    found += [
        _due_line(known[one.patient_id], one.local_day, one.remind_at, "later")
        for one in waiting.values()
        if one.remind_at is not None and start <= one.remind_at < end
    ]
    return iter(sorted(found, key=lambda line: (line.at, line.patient)))


def _is_asked(patient: Patient, day: date) -> bool:
    """Whether she is asked on a day, as things stand: not while she pauses or once she stopped."""
    return patient.status is PatientStatus.ACTIVE or prompting.pause_is_over(patient, day)


def _is_put_off(prompt: Prompt | None) -> bool:
    """Whether she asked, before she was asked, to be asked at another time of that day."""
    return prompt is not None and prompt.due_at == prompt.remind_at


def _due_line(patient: Patient, day: date, at: datetime, purpose: str) -> DueLine:
    return DueLine(
        patient=patient.id,
        day=day,
        pod=patient.pod(day),
        at=at.astimezone(ZoneInfo(patient.timezone)),
        timezone=patient.timezone,
        channel=patient.channel.value,
        purpose=purpose,
    )
