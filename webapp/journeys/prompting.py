"""Prompting: who is due is queued once, sent, reminded once, and the day is closed.

Any number of clocks may run this at once: every step claims its rows, and one unique key stands
for each reason to write. No transaction is held while the network is used. May import: domain,
library, store, delivery's protocol and this room.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from uuid import uuid4

from webapp.domain.checkin import Report, Reported
from webapp.domain.person import Patient, PatientStatus
from webapp.domain.rule import evaluate
from webapp.domain.schedule import (
    Timetable,
    Window,
    due_dates,
    local_day,
    next_due,
    quiet_end,
    quiet_of,
    timetable_of,
    window,
    windows_between,
)
from webapp.journeys import flagging, judging
from webapp.journeys.house import House
from webapp.store import audits, beats, checkins, clinics, messages, patients, prompts
from webapp.store.engine import Transaction
from webapp.store.links import Holder
from webapp.store.messages import OutgoingMessage
from webapp.store.prompts import Prompt, PromptState

BATCH_TO_CLOSE = 50  # days judged in one transaction: a patient who sends waits no longer
BATCH = 500  # rows claimed at a time: one by one costs forty times as much (benchmarks.md)


@dataclass(frozen=True, slots=True)
class Tick:
    """What one pass of the clock did."""

    queued: int = 0
    reminded: int = 0
    closed: int = 0
    flagged: int = 0


def tick(house: House, now: datetime) -> Tick:
    """One pass: queue what is due, remind, close what is over, and leave a beat."""
    queued = _until_empty(lambda: queue_due(house, now))
    reminded = _until_empty(lambda: queue_reminders(house, now))
    closed, flagged = close_days(house, now)
    with house.store.begin() as tx:
        messages.cancel_answered(tx, now)
        messages.expire(tx, now)
        messages.doubt_abandoned(tx, now)
        beats.beat(tx, beats.CLOCK, now)
    return Tick(queued, reminded, closed, flagged)


def _until_empty(step: object) -> int:
    total = 0
    while done := step():  # type: ignore[operator]
        total += done
    return total


def queue_due(house: House, now: datetime) -> int:
    """Queue one prompt for each patient of a batch who is due; how many were looked at."""
    with house.store.begin() as tx:
        due = patients.due(tx, now, BATCH)
        for patient in due:
            _queue_one(house, tx, patient, now)
        return len(due)


def _queue_one(house: House, tx: Transaction, patient: Patient, now: datetime) -> None:
    opened = _latest_due(timetable_for(house, patient), now)
    if opened is not None and pause_is_over(patient, opened.local_day):
        patient = _wake(tx, patient, now)
    if opened is not None and patient.status is PatientStatus.ACTIVE:
        prompt(tx, patient, opened, now)
    patients.set_next_due(tx, patient.id, _due_after(house, patient, now))


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
    since = now - timedelta(days=31)
    ready = windows_between(timetable, since, now + timedelta(microseconds=1))
    return ready[-1] if ready and now < ready[-1].answers_close_at else None


def prompt(tx: Transaction, patient: Patient, opened: Window, now: datetime) -> None:
    """Ask a patient about one day, once: a prompt, and its message if she has not answered yet.

    A prompt that is late does not go out in her quiet hours: it waits for their end.
    """
    send_at = quiet_end(max(now, opened.due_at), patient.timezone, quiet_of(patient))
    prompt = _prompt(patient, opened, _still_ahead(opened.reminder_at, send_at))
    if not prompts.add(tx, prompt):
        return
    if checkins.has_answered(tx, patient.id, opened.local_day):
        prompts.settle(tx, patient.id, opened.local_day, PromptState.ANSWERED, now)
    else:
        asked = _message(patient, prompt, "check-in", now)
        messages.queue(tx, (replace(asked, try_at=max(send_at, now)),))


def put_off(tx: Transaction, patient: Patient, opened: Window, at: datetime) -> None:
    """Ask about a day at a time that she chose, before she was asked at her usual one."""
    prompts.add(tx, replace(_prompt(patient, opened, at), due_at=at, later=True))


def _prompt(patient: Patient, opened: Window, remind_at: datetime | None) -> Prompt:
    return Prompt(
        id=str(uuid4()),
        patient_id=patient.id,
        clinic_id=patient.clinic_id,
        local_day=opened.local_day,
        pod=opened.pod,
        due_at=opened.due_at,
        remind_at=remind_at,
        closes_at=opened.answers_close_at,
        state=PromptState.DUE,
    )


def _still_ahead(reminder: datetime | None, sent_at: datetime) -> datetime | None:
    """The reminder's time; none for a prompt that goes out so late that both would come at once."""
    return reminder if reminder is not None and reminder > sent_at else None


def _message(patient: Patient, prompt: Prompt, purpose: str, now: datetime) -> OutgoingMessage:
    # She may ask for another time again and again; a reminder comes once.
    again = f":{prompt.remind_at:%H%M}" if prompt.later and prompt.remind_at else ""
    return OutgoingMessage(
        id=str(uuid4()),
        clinic_id=patient.clinic_id,
        purpose=purpose,
        channel=patient.channel,
        dedupe=f"{purpose}:{patient.id}:{prompt.local_day}{again}:{patient.channel}",
        queued_at=now,
        try_at=quiet_end(now, patient.timezone, quiet_of(patient)),
        not_after=prompt.closes_at,
        patient_id=patient.id,
        prompt_id=prompt.id,
        local_day=prompt.local_day,
    )


def queue_reminders(house: House, now: datetime) -> int:
    """Queue the one reminder of each prompt that has waited long enough, or what she asked for
    instead; how many."""
    with house.store.begin() as tx:
        waiting = prompts.to_remind(tx, now, BATCH)
        for prompt in waiting:
            patient = patients.load(tx, prompt.clinic_id, prompt.patient_id)
            if patient is not None and patient.status is PatientStatus.ACTIVE:
                purpose = "later" if prompt.later else "reminder"
                messages.queue(tx, (_message(patient, prompt, purpose, now),))
            prompts.reminded(tx, prompt.id)
        return len(waiting)


def close_days(house: House, now: datetime) -> tuple[int, int]:
    """Close every day that is over and judge the silence; how many days, and how many new flags."""
    closed = flagged = 0
    while batch := _close_batch(house, now):
        closed += len(batch)
        flagged += sum(batch)
    return closed, flagged


def _close_batch(house: House, now: datetime) -> list[int]:
    with house.store.begin() as tx:
        return [
            _close_one(house, tx, prompt, now)
            for prompt in prompts.to_close(tx, now, BATCH_TO_CLOSE)
        ]


def _close_one(house: House, tx: Transaction, prompt: Prompt, now: datetime) -> int:
    """Call the day missed, and raise what the silence rules find."""
    prompts.settle(tx, prompt.patient_id, prompt.local_day, PromptState.MISSED, now)
    holder = _holder(tx, prompt)
    if holder is None:
        return 0
    findings = evaluate(
        house.library.rules, judging.setup_for(house, holder.patient), _silence(tx, prompt)
    )
    raised = flagging.Raised(holder, f"missed:{prompt.local_day}", prompt.local_day, findings, now)
    new = flagging.raise_flags(house, tx, raised)
    audits.record(tx, _missed(prompt, now), holder.seal)
    return len(new)


def _silence(tx: Transaction, prompt: Prompt) -> tuple[Reported, ...]:
    days = checkins.last_of_each_day(checkins.in_brief(tx, prompt.patient_id))
    earlier = [day for day in days if day.local_day < prompt.local_day]
    missed = prompts.missed_before(tx, prompt.patient_id, prompt.local_day)
    history = judging.history_of(earlier, missed)
    return (*history, Report(prompt.pod, missed=True))


def _holder(tx: Transaction, prompt: Prompt) -> Holder | None:
    patient = patients.load(tx, prompt.clinic_id, prompt.patient_id)
    clinic = clinics.load(tx, prompt.clinic_id)
    seal = patients.seal_if_any(tx, prompt.clinic_id, prompt.patient_id)
    if patient is None or clinic is None or seal is None:
        return None
    return Holder(patient, clinic, prompt.local_day, revoked=False, seal=seal)


def _missed(prompt: Prompt, now: datetime) -> audits.Action:
    return audits.Action(
        clinic_id=prompt.clinic_id,
        actor="clock",
        action="check-in.missed",
        subject=f"prompt:{prompt.id}",
        channel="clock",
        at=now,
        patient_id=prompt.patient_id,
    )


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
