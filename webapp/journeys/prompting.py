"""Prompting: who is due is queued once, sent, reminded once, and the day is closed.

Any number of clocks may run this at once: every step claims its rows, and one unique key stands
for each reason to write. No transaction is held while the network is used. May import: domain,
library, store, delivery's protocol and this room.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime

from webapp.domain.person import Patient, PatientStatus
from webapp.domain.schedule import (
    Timetable,
    Window,
    due_dates,
    latest_due,
    local_day,
    next_due,
    timetable_of,
    window,
)
from webapp.journeys.closing import close_days
from webapp.journeys.house import House
from webapp.journeys.inviting import message_about, prompt_all
from webapp.store import audits, beats, dues, messages, patients, prompts
from webapp.store.dues import Alike
from webapp.store.engine import Transaction

BATCH = 5000  # patients asked in one transaction: some tenths of a second on SQLite
REMINDERS = 1000  # reminders in one: each has statements of her own


@dataclass(frozen=True, slots=True)
class Tick:
    """What one pass of the clock did."""

    queued: int = 0
    reminded: int = 0
    closed: int = 0
    flagged: int = 0


def tick(house: House, now: datetime) -> Tick:
    """One pass: queue what is due, remind, close what is over, and leave a beat."""
    queued = queue_all_due(house, now)
    reminded = _to_the_end(lambda: queue_reminders(house, now), REMINDERS)
    closed, flagged = close_days(house, now)
    with house.store.begin() as tx:
        messages.cancel_answered(tx, now)
        messages.expire(tx, now)
        messages.doubt_abandoned(tx, now)
        beats.beat(tx, beats.CLOCK, now)
    return Tick(queued, reminded, closed, flagged)


def _to_the_end(step: Callable[[], int], full: int) -> int:
    """Take batch after batch; one that is not full was the last."""
    total = done = step()
    while done == full:
        total += (done := step())
    return total


def queue_all_due(house: House, now: datetime) -> int:
    """Queue everything that is due, batch after batch; how many patients were looked at."""
    return _to_the_end(lambda: queue_due(house, now), BATCH)


def queue_due(house: House, now: datetime) -> int:
    """Queue one prompt for each patient of a batch who is due; how many were looked at."""
    with house.store.begin() as tx:
        found = [_opened(house, tx, alike, now) for alike in dues.due(tx, now, BATCH)]
        asked = [
            (alike, opened)
            for alike, opened in found
            if opened is not None and alike.first.status is PatientStatus.ACTIVE
        ]
        prompt_all(tx, asked, now)
        following = ((alike.ids, _due_after(house, alike.first, now)) for alike, _ in found)
        dues.set_next(tx, following)
        return sum(len(alike.ids) for alike, _ in found)


def _opened(
    house: House, tx: Transaction, alike: Alike, now: datetime
) -> tuple[Alike, Window | None]:
    """The window that has come due for them; they wake if their pause is over by it."""
    opened = _latest_due(timetable_for(house, alike.first), now)
    if opened is not None and pause_is_over(alike.first, opened.local_day):
        alike = replace(alike, first=_wake(tx, alike.first, now))
    return alike, opened


def pause_is_over(patient: Patient, day: date) -> bool:
    """Whether she named, when she paused, this day or one before it as the first to be asked."""
    paused = patient.status is PatientStatus.PAUSED
    return paused and patient.paused_until is not None and patient.paused_until <= day


def _wake(tx: Transaction, patient: Patient, now: datetime) -> Patient:
    """Ask her again from the day on that she named when she paused."""
    awake = replace(patient, status=PatientStatus.ACTIVE, paused_until=None)
    patients.change(tx, awake, next_due_at=None)
    audits.record(
        tx,
        audits.Action(
            clinic_id=patient.clinic_id,
            actor="clock",
            action="patient.resume",
            subject=f"patient:{patient.id}",
            channel="clock",
            at=now,
            patient_id=patient.id,
            values={"old": {"paused_until": patient.paused_until}, "new": {"status": awake.status}},
        ),
    )
    return awake


def _due_after(house: House, patient: Patient, now: datetime) -> datetime | None:
    """When the clock must look at her after `now`: her next prompt, or the first after a pause."""
    timetable = timetable_for(house, patient)
    if patient.status is PatientStatus.ACTIVE:
        return _next_prompt(timetable, now)
    if patient.status is PatientStatus.STOPPED or patient.paused_until is None:
        return None
    after_pause = next(due_dates(timetable, patient.paused_until), None)
    first = window(timetable, after_pause).due_at if after_pause else None
    return first if first is None or first > now else _next_prompt(timetable, now)


def _next_prompt(timetable: Timetable, now: datetime) -> datetime | None:
    following = next_due(timetable, now)
    return following.due_at if following else None


def _latest_due(timetable: Timetable, now: datetime) -> Window | None:
    """The last window that has come due and still takes a first answer; late ones are not sent."""
    latest = latest_due(timetable, now)
    return latest if latest is not None and now < latest.answers_close_at else None


def queue_reminders(house: House, now: datetime) -> int:
    """Queue the one reminder of each prompt that has waited long enough, or what she asked for
    instead; how many."""
    with house.store.begin() as tx:
        waiting = prompts.to_remind(tx, now, REMINDERS)
        for prompt in waiting:
            patient = patients.load(tx, prompt.clinic_id, prompt.patient_id)
            if patient is not None and patient.status is PatientStatus.ACTIVE:
                purpose = "later" if prompt.later else "reminder"
                messages.queue(tx, (message_about(patient, prompt, purpose, now),))
            prompts.reminded(tx, prompt.id)
        return len(waiting)


def timetable_for(house: House, patient: Patient) -> Timetable:
    """Everything that decides when a patient is asked."""
    return timetable_of(patient, house.library.pathways[patient.pathway])


def first_due(house: House, patient: Patient, now: datetime) -> datetime | None:
    """When the clock must first look at a patient who is enrolled at `now`.

    A prompt of today that has passed is still sent while its day takes a first answer.
    """
    latest = _latest_due(timetable_for(house, patient), now)
    missed = latest is not None and latest.local_day == local_day(now, patient.timezone)
    if missed and patient.status is PatientStatus.ACTIVE:
        return now
    return _due_after(house, patient, now)


def window_of(house: House, patient: Patient, day: date) -> Window:
    """The window of one local day of a patient."""
    return window(timetable_for(house, patient), day)
