"""Preferring: how a patient is asked, and whether she is, by her own word or her clinic's.

Each act is one transaction: the patient, what is taken back or made anew, the audit row, and one
message that confirms it. May import: domain, store and this room.
"""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from datetime import date, datetime, timedelta
from uuid import uuid4

from webapp.domain.person import Channel, Patient, PatientStatus
from webapp.domain.preference import (
    MOST_MESSAGES_A_DAY,
    NoticeKind,
    Preferences,
    later_times,
    with_preferences,
)
from webapp.domain.schedule import Window, is_due_on, local_day, quiet_end, quiet_of, today
from webapp.journeys import falling_back, inviting, prompting
from webapp.journeys.house import House
from webapp.store import (
    audits,
    checkins,
    choices,
    diaries,
    links,
    messages,
    notices,
    patients,
    prompts,
)
from webapp.store.engine import Transaction
from webapp.store.messages import OutgoingMessage
from webapp.store.notices import Notice
from webapp.store.prompts import PromptState

_CONFIRM_WITHIN = timedelta(days=1)
_Values = dict[str, dict[str, object]]  # "old" and "new", by field


@dataclass(frozen=True, slots=True)
class How:
    """By which way something was done, and by whom: the patient herself, if nobody is named."""

    channel: str  # page, sms, email, push
    actor: str = ""  # "staff:<id>"; "" is the patient


class NoAddress(Exception):
    """There is no address of hers for this channel."""


class TooLate(Exception):
    """That is no time at which she can be asked today."""


class Gone(Exception):
    """There is no such patient any more."""


@dataclass(frozen=True, slots=True)
class _Deed:
    """One change on its way into the store."""

    house: House
    tx: Transaction
    before: Patient
    how: How
    now: datetime

    @property
    def by_herself(self) -> bool:
        return not self.how.actor


def stop(house: House, patient: Patient, *, how: How, now: datetime) -> Patient:
    """Write to her no more. Her own word is confirmed once, and her clinic is told.

    Every daily link of hers is dead from then on. After a clinic's word, the lasting one is too.
    """
    with house.store.begin() as tx:
        deed = _begin(house, tx, patient, how, now)
        after = replace(deed.before, status=PatientStatus.STOPPED, paused_until=None)
        if not _become(deed, after, "patient.stop"):
            return after
        links.revoke(tx, after.id, now)
        diaries.end_all(tx, after.id, now)
        if deed.by_herself:
            _confirm(deed, after, "stopped")
            _tell_clinic(deed, NoticeKind.STOPPED)
        else:
            choices.withdraw(tx, after.id)
    return after


def pause(
    house: House, patient: Patient, *, until: date | None = None, how: How, now: datetime
) -> Patient:
    """Ask her nothing until her local day `until`, or until she resumes; her links still work."""
    with house.store.begin() as tx:
        deed = _begin(house, tx, patient, how, now)
        after = replace(deed.before, status=PatientStatus.PAUSED, paused_until=until)
        if _become(deed, after, "patient.pause") and deed.by_herself:
            _confirm(deed, after, "choices")
    return after


def resume(house: House, patient: Patient, *, how: How, now: datetime) -> Patient:
    """Ask her again, today too if today still takes answers."""
    with house.store.begin() as tx:
        deed = _begin(house, tx, patient, how, now)
        after = replace(deed.before, status=PatientStatus.ACTIVE, paused_until=None)
        _become(deed, after, "patient.resume")
    return after


def change(
    house: House, patient: Patient, wanted: Preferences, *, how: How, now: datetime
) -> Patient:
    """Ask her as she prefers from now on; only what has not gone out is made anew.

    Raises `NoAddress` for a channel that cannot reach her.
    """
    with house.store.begin() as tx:
        deed = _begin(house, tx, patient, how, now)
        if wanted.channel not in reachable_by(house, tx, deed.before):
            raise NoAddress(wanted.channel)
        after = with_preferences(deed.before, wanted)
        if _become(deed, after, "patient.prefer") and after.channel is not deed.before.channel:
            _confirm(deed, after, "choices")
    return after


def hold(house: House, patient: Patient, *, how: How, now: datetime) -> None:
    """Somebody else has her address: ask nothing, and let no link work, until the clinic looked."""
    with house.store.begin() as tx:
        deed = _begin(house, tx, patient, how, now)
        after = replace(deed.before, paused_until=None)
        if after.status is PatientStatus.ACTIVE or deed.before.paused_until is not None:
            after = replace(after, status=PatientStatus.PAUSED)
        _become(deed, after, "patient.not-me")
        links.revoke(tx, after.id, now)
        choices.withdraw(tx, after.id)
        diaries.end_all(tx, after.id, now)
        _tell_clinic(deed, NoticeKind.NOT_ME)


def later_today(
    house: House, patient: Patient, at: datetime, *, how: How, now: datetime
) -> datetime:
    """Ask her once more today at `at`, one of `times_left`, instead of reminding her.

    Raises `TooLate` if that is no such time.
    """
    with house.store.begin() as tx:
        deed = _begin(house, tx, patient, how, now)
        if at not in times_left(house, tx, deed.before, now):
            raise TooLate(at)
        opened = _opened(house, deed.before, now)
        asked = prompts.of_day(tx, patient.id, opened.local_day)
        if asked is None:  # she is asked at that time, and not before
            inviting.put_off(tx, deed.before, opened, at)
        else:
            prompts.put_off(tx, asked.id, at)
            messages.cancel_of_prompt(tx, asked.id, now)
        values: _Values = {"old": {}, "new": {"day": opened.local_day, "at": at}}
        audits.record(tx, _audit(deed, "patient.later", values))
    return at


def times_left(
    house: House, tx: Transaction, patient: Patient, now: datetime
) -> tuple[datetime, ...]:
    """When she can be asked about her open day instead; none once she has answered it."""
    opened = _opened(house, patient, now)
    if patient.status is not PatientStatus.ACTIVE or not is_due_on(
        prompting.timetable_for(house, patient), opened.local_day
    ):
        return ()
    asked = prompts.of_day(tx, patient.id, opened.local_day)
    settled = asked is not None and asked.state is not PromptState.DUE
    written = messages.count_of_day(tx, patient.id, opened.local_day)
    if settled or written >= MOST_MESSAGES_A_DAY:
        return ()
    if checkins.has_answered(tx, patient.id, opened.local_day):
        return ()
    return later_times(opened, quiet_of(patient), now)


def _opened(house: House, patient: Patient, now: datetime) -> Window:
    return today(prompting.timetable_for(house, patient), now)


def _begin(house: House, tx: Transaction, patient: Patient, how: How, now: datetime) -> _Deed:
    """The patient as she is stored now; nobody else changes her until this transaction ends."""
    before = patients.load(tx, patient.clinic_id, patient.id, alone=True)
    if before is None:
        raise Gone(patient.id)
    return _Deed(house, tx, before, how, now)


def _become(deed: _Deed, after: Patient, action: str) -> bool:
    """Bring a patient into another state; False, and no trace, if she is in it already."""
    if after == deed.before:
        return False
    tx, now = deed.tx, deed.now
    if after.status is PatientStatus.ACTIVE:
        prompts.reopen(tx, after.id, now)
        prompts.take_back_unsent(tx, after.id)
        _retime(deed, after)
    else:
        prompts.cancel_due(tx, after.id, now)
        messages.cancel_of_patient(tx, after.id, now)
    patients.change(tx, after, next_due_at=prompting.first_due(deed.house, after, now))
    audits.record(tx, _audit(deed, action, _difference(deed.before, after)))
    return True


def _retime(deed: _Deed, after: Patient) -> None:
    """What has gone out stays; its reminder and its end follow her new times."""
    quiet = quiet_of(after)
    for prompt in prompts.still_due(deed.tx, after.id):
        closes_at = prompting.window_of(deed.house, after, prompt.local_day).answers_close_at
        remind_at = prompt.remind_at and quiet_end(prompt.remind_at, after.timezone, quiet)
        kept = remind_at if remind_at is not None and remind_at < closes_at else None
        prompts.retime(deed.tx, prompt, remind_at=kept, closes_at=closes_at)


def _difference(before: Patient, after: Patient) -> _Values:
    """What changed, before and after."""
    changed = [
        field.name
        for field in fields(Patient)
        if getattr(before, field.name) != getattr(after, field.name)
    ]
    return {
        "old": {name: getattr(before, name) for name in changed},
        "new": {name: getattr(after, name) for name in changed},
    }


def _audit(deed: _Deed, action: str, values: _Values) -> audits.Action:
    who = deed.before
    return audits.Action(
        clinic_id=who.clinic_id,
        actor=deed.how.actor or f"patient:{who.id}",
        action=action,
        subject=f"patient:{who.id}",
        channel=deed.how.channel,
        at=deed.now,
        patient_id=who.id,
        values=values,
    )


def _confirm(deed: _Deed, after: Patient, purpose: str) -> None:
    """Say once a day that it was done, by the way it was asked for where that is a channel."""
    way = deed.how.channel
    channel = Channel(way) if way in set(Channel) else after.channel
    day = local_day(deed.now, after.timezone)
    said = OutgoingMessage(
        id=str(uuid4()),
        clinic_id=after.clinic_id,
        purpose=purpose,
        channel=channel,
        dedupe=f"{purpose}:{after.id}:{day}:{channel}",
        queued_at=deed.now,
        try_at=deed.now,
        not_after=deed.now + _CONFIRM_WITHIN,
        patient_id=after.id,
    )
    messages.queue(deed.tx, (said,))


def _tell_clinic(deed: _Deed, kind: NoticeKind) -> None:
    who = deed.before
    notices.add(
        deed.tx,
        Notice(str(uuid4()), who.clinic_id, who.id, kind.value, who.channel, deed.now),
    )


def reachable_by(house: House, tx: Transaction, patient: Patient) -> tuple[Channel, ...]:
    """The channels that are set up here and can reach her, and the one that is in use."""
    there = falling_back.channels_of(house, tx, patient)
    return tuple(one for one in Channel if one in there or one is patient.channel)
