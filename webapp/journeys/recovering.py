"""Recovering: one patient's recovery as her team reads it, on one page.

May import: domain, library, store and this room. Looking at a patient leaves an audit row.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from webapp.domain.person import Contact, Patient, PatientId, Staff, StaffId
from webapp.domain.review import Flag, FlagEvent
from webapp.domain.schedule import due_dates, local_day, timetable_of
from webapp.journeys.desk import Desk, NotHere
from webapp.store import checkins, flags, messages, patients, prompts, readings, staff
from webapp.store.checkins import StoredCheckIn
from webapp.store.engine import Transaction
from webapp.store.messages import OutgoingMessage
from webapp.store.prompts import Prompt, PromptState
from webapp.store.readings import PageRead


class DayStatus(StrEnum):
    """What is known of one day. Missing is shown as missing, never as zero."""

    ANSWERED = "answered"
    MISSED = "missed"
    WAITING = "waiting"
    NOT_ASKED = "not-asked"  # before she was enrolled, or while she was paused
    AHEAD = "ahead"


@dataclass(frozen=True, slots=True)
class DayLine:
    """One asked or answered day of a recovery."""

    pod: int
    local_day: date
    status: DayStatus
    check_in: StoredCheckIn | None
    note: str
    versions: int  # how many times it was sent; more than one is a correction


@dataclass(frozen=True, slots=True)
class Recovery:
    """Everything that the page of one patient shows."""

    patient: Patient
    contact: Contact | None
    pod: int
    today: date
    days: tuple[DayLine, ...]
    open_flags: tuple[Flag, ...]
    closed_flags: tuple[Flag, ...]
    events: Mapping[str, tuple[FlagEvent, ...]]
    prompts: tuple[Prompt, ...]
    messages: tuple[OutgoingMessage, ...]
    read: tuple[PageRead, ...]
    people: Mapping[StaffId, Staff]


def recovery(desk: Desk, patient_id: PatientId) -> Recovery:
    """The whole recovery of one patient of this clinic. Raises `NotHere`."""
    with desk.house.store.begin() as tx:
        patient = patients.load(tx, desk.clinic_id, patient_id)
        if patient is None:
            raise NotHere(patient_id)
        desk.record(tx, "patient.view", f"patient:{patient.id}", patient_id=patient.id)
        return _recovery(desk, tx, patient)


def _recovery(desk: Desk, tx: Transaction, patient: Patient) -> Recovery:
    today = local_day(desk.now, patient.timezone)
    found = flags.of_patient(tx, desk.clinic_id, patient.id)
    asked = prompts.of_patient(tx, patient.id)
    return Recovery(
        patient=patient,
        contact=patients.contact(tx, desk.clinic_id, patient.id),
        pod=patient.pod(today),
        today=today,
        days=_days(desk, tx, patient, asked, today),
        open_flags=tuple(flag for flag in found if flag.state != "closed"),
        closed_flags=tuple(flag for flag in found if flag.state == "closed"),
        events=flags.events(tx, desk.clinic_id, patient.id),
        prompts=asked,
        messages=messages.of_patient(tx, desk.clinic_id, patient.id),
        read=readings.of_patient(tx, patient.id),
        people={person.id: person for person in staff.of_clinic(tx, desk.clinic_id)},
    )


def _days(
    desk: Desk, tx: Transaction, patient: Patient, asked: Sequence[Prompt], today: date
) -> tuple[DayLine, ...]:
    stored = checkins.versions(tx, patient.id)
    last = {day.local_day: day for day in checkins.last_of_each_day(stored)}
    times: dict[date, int] = {}
    for one in stored:
        times[one.local_day] = times.get(one.local_day, 0) + 1
    timetable = timetable_of(patient, desk.house.library.pathways[patient.pathway])
    seal = patients.seal_if_any(tx, desk.clinic_id, patient.id)
    states = {prompt.local_day: prompt.state for prompt in asked}
    return tuple(
        DayLine(
            pod=patient.pod(day),
            local_day=day,
            status=_status(day, last, states, today),
            check_in=last.get(day),
            note=checkins.open_note(seal, last[day]) if seal and day in last else "",
            versions=times.get(day, 0),
        )
        for day in sorted({*due_dates(timetable), *last})
    )


_BY_PROMPT = {
    PromptState.DUE: DayStatus.WAITING,
    PromptState.ANSWERED: DayStatus.ANSWERED,
    PromptState.MISSED: DayStatus.MISSED,
    PromptState.CANCELLED: DayStatus.NOT_ASKED,
}


def _status(
    day: date, last: Mapping[date, StoredCheckIn], states: Mapping[date, PromptState], today: date
) -> DayStatus:
    if day in last:
        return DayStatus.ANSWERED
    if day in states:
        return _BY_PROMPT[states[day]]
    return DayStatus.NOT_ASKED if day < today else DayStatus.AHEAD
