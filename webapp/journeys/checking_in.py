"""Checking in: a patient follows her daily link, answers, and at once sees what to do.

Opening writes nothing. One transaction holds the check-in, its flags, its audit row and any
message to staff; the reply is given only after the commit. The same submission again is answered
the same and stored once. May import: domain, library, store and this room.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from webapp.domain.checkin import Answers, Report, Reported
from webapp.domain.flag import Finding
from webapp.domain.person import Patient
from webapp.domain.phrase import rules_met
from webapp.domain.rule import evaluate
from webapp.domain.schedule import DayState, Window, timetable_of, window
from webapp.journeys import flagging, judging
from webapp.journeys.house import House
from webapp.store import audits, checkins, histories, links, prompts
from webapp.store.checkins import Place, StoredCheckIn
from webapp.store.engine import AlreadyThere, StoreUnavailable, Transaction
from webapp.store.histories import Version
from webapp.store.links import Holder
from webapp.store.prompts import PromptState

_in_words = json.JSONEncoder(ensure_ascii=False).encode
LATE_ALLOWANCE = timedelta(hours=72)  # a phone without network may deliver this much later


class LinkUnknown(Exception):
    """No such link."""


class DayClosed(Exception):
    """The link is real, but its day takes no answers now; `state` says whether it ever will."""

    # Not a frozen dataclass: Python itself writes the traceback on an exception as it passes.
    def __init__(self, holder: Holder, window: Window, state: DayState) -> None:
        super().__init__(f"{window.local_day} is {state}")
        self.holder, self.window, self.state = holder, window, state


class NotStored(Exception):
    """The database did not take it. Nothing is known to be stored; sending it again is safe."""


class SubmissionReused(Exception):
    """This submission id already stands for other answers."""


@dataclass(frozen=True, slots=True)
class OpenDay:
    """A day that takes answers now: what the form needs, and nothing about her past."""

    holder: Holder
    window: Window
    state: DayState
    answered: bool  # whether this day has been answered before, so that sending corrects it


@dataclass(frozen=True, slots=True)
class Submission:
    """Answers as they were sent. `id` makes sending twice store once."""

    id: str
    answers: Answers
    answered_at: datetime  # on the patient's device
    source: str  # page or api


@dataclass(frozen=True, slots=True)
class Receipt:
    """What the patient is told after the commit; `body` is the API's reply, the same each time."""

    body: dict[str, Any]
    repeated: bool
    holder: Holder


def open_day(house: House, token: str, now: datetime) -> OpenDay:
    """What a link opens. Writes nothing. Raises `LinkUnknown` or `DayClosed`."""
    with house.store.read() as tx:
        holder = _known(links.follow(tx, token))
        answered = checkins.has_answered(tx, holder.patient.id, holder.local_day)
    opened = _window(house, holder)
    state = _state(opened, holder, answered=answered, at=now)
    if state in (DayState.NOT_YET, DayState.CLOSED):
        raise DayClosed(holder, opened, state)
    return OpenDay(holder, opened, state, answered)


def submit(house: House, token: str, submission: Submission, *, now: datetime) -> Receipt:
    """Store a check-in and give the advice for what it says.

    Raises `LinkUnknown`, `DayClosed`, `SubmissionReused` or `NotStored`.
    """
    try:
        return _submit(house, token, submission, now)
    except AlreadyThere:  # another copy of it was committed while this one was being judged
        return _submit(house, token, submission, now)
    except StoreUnavailable as fault:
        raise NotStored from fault


def _submit(house: House, token: str, submission: Submission, now: datetime) -> Receipt:
    with house.store.begin() as tx:
        holder = _known(links.follow(tx, token, alone=True))
        stored = histories.in_brief(tx, holder.patient.id)
        earlier = next((one for one in stored if one.submission_id == submission.id), None)
        if earlier is not None:
            return _repeat(tx, holder, earlier, submission)
        days = checkins.last_of_each_day(stored)
        before = next((day for day in days if day.local_day == holder.local_day), None)
        late = _admit(house, holder, submission, answered=before is not None, now=now)
        same = _unchanged(tx, holder, before, submission) if before else None
        if same is not None:
            return _receipt(holder, same)
        version = before.version + 1 if before else 1
        return _store(_Entry(house, tx, holder, submission, days, before, version, late, now))


def _known(holder: Holder | None) -> Holder:
    if holder is None:
        raise LinkUnknown
    return holder


def _window(house: House, holder: Holder) -> Window:
    pathway = house.library.pathways[holder.patient.pathway]
    return window(timetable_of(holder.patient, pathway), holder.local_day)


def _state(opened: Window, holder: Holder, *, answered: bool, at: datetime) -> DayState:
    """What the day takes at a moment: a day that was not answered takes no mere changes."""
    if holder.revoked or opened.pod < 0:
        return DayState.CLOSED
    state = opened.state(at)
    return DayState.CLOSED if state is DayState.CHANGES_ONLY and not answered else state


def _admit(
    house: House, holder: Holder, submission: Submission, *, answered: bool, now: datetime
) -> bool:
    """Whether the submission is late; `DayClosed` if it is too late, or too early."""
    opened = _window(house, holder)
    if _state(opened, holder, answered=answered, at=now) in (DayState.OPEN, DayState.CHANGES_ONLY):
        return False
    then = _state(opened, holder, answered=answered, at=submission.answered_at)
    in_time = then in (DayState.OPEN, DayState.CHANGES_ONLY)
    if in_time and submission.answered_at <= now <= opened.changes_close_at + LATE_ALLOWANCE:
        return True
    raise DayClosed(holder, opened, _state(opened, holder, answered=answered, at=now))


@dataclass(frozen=True, slots=True)
class _Entry:
    """One submission on its way into the store."""

    house: House
    tx: Transaction
    holder: Holder
    submission: Submission
    days: Sequence[Version]
    before: Version | None
    version: int
    late: bool
    now: datetime

    @property
    def patient(self) -> Patient:
        return self.holder.patient


def _store(entry: _Entry) -> Receipt:
    said = rules_met(
        entry.submission.answers.note, entry.patient.language, entry.house.library.phrases
    )
    report = Report(entry.patient.pod(entry.holder.local_day), entry.submission.answers, said=said)
    findings = evaluate(
        entry.house.library.rules,
        judging.setup_for(entry.house, entry.patient),
        (*_earlier(entry), report),
    )
    check_in_id = str(uuid4())
    advice = flagging.advice_for(entry.house, entry.holder, findings)
    body = _body(entry, check_in_id, report.pod, advice)
    checkins.add(entry.tx, _place(entry, report.pod), _row(entry, check_in_id, report, body))
    raised = flagging.Raised(entry.holder, check_in_id, entry.holder.local_day, findings, entry.now)
    flagging.raise_flags(entry.house, entry.tx, raised, corrects=entry.before is not None)
    _settle(entry)
    audits.record(entry.tx, _audit(entry, check_in_id, findings), entry.holder.seal)
    return Receipt(body, repeated=False, holder=entry.holder)


def _earlier(entry: _Entry) -> tuple[Reported, ...]:
    day = entry.holder.local_day
    return judging.recovery_before(entry.house, entry.tx, entry.patient, entry.days, day)


def _place(entry: _Entry, pod: int) -> Place:
    who = entry.patient
    return Place(who.id, who.clinic_id, entry.holder.local_day, who.timezone, pod)


def _row(entry: _Entry, check_in_id: str, report: Report, body: dict[str, Any]) -> StoredCheckIn:
    submission, seal = entry.submission, entry.holder.seal
    return StoredCheckIn(
        id=check_in_id,
        patient_id=entry.patient.id,
        local_day=entry.holder.local_day,
        pod=report.pod,
        version=entry.version,
        submission_id=submission.id,
        fingerprint=checkins.fingerprint_of(submission.answers),
        answers=submission.answers,
        said=report.said,
        source=submission.source,
        late=entry.late,
        answered_at=submission.answered_at,
        received_at=entry.now,
        committed_at=entry.now,
        sealed_note=checkins.seal_note(seal, submission.answers.note),
        sealed_reply=checkins.seal_reply(seal, _in_words(body)),
    )


def _body(
    entry: _Entry, check_in_id: str, pod: int, advice: list[dict[str, str]]
) -> dict[str, Any]:
    day = entry.holder.local_day.isoformat()
    return {"report_id": check_in_id, "day": day, "pod": pod, "advice": advice}


def _settle(entry: _Entry) -> None:
    """The day is answered: no worker claims what still waits to be sent about it."""
    day, who = entry.holder.local_day, entry.patient.id
    if entry.before is None:
        prompts.settle(entry.tx, who, day, PromptState.ANSWERED, entry.now)


def _repeat(tx: Transaction, holder: Holder, earlier: Version, submission: Submission) -> Receipt:
    stored = checkins.load(tx, holder.patient.id, earlier.id)
    if stored is None or stored.fingerprint != checkins.fingerprint_of(submission.answers):
        raise SubmissionReused
    return _receipt(holder, stored)


def _unchanged(
    tx: Transaction, holder: Holder, before: Version, submission: Submission
) -> StoredCheckIn | None:
    """The day's last version, if a page sends just that again: "back", and "send" once more."""
    if submission.source != "page":
        return None
    stored = checkins.load(tx, holder.patient.id, before.id)
    same = stored is not None and stored.fingerprint == checkins.fingerprint_of(submission.answers)
    return stored if same else None


def _receipt(holder: Holder, stored: StoredCheckIn) -> Receipt:
    """What was answered when this was first stored."""
    body = json.loads(checkins.open_reply(holder.seal, stored))
    return Receipt(body, repeated=True, holder=holder)


def _audit(entry: _Entry, check_in_id: str, findings: Sequence[Finding]) -> audits.Action:
    values = {
        "old": None if entry.before is None else checkins.plain(entry.before.answers),
        "new": checkins.plain(entry.submission.answers),
        "flags": [f"{found.rule} {found.severity}" for found in findings],
    }
    return audits.Action(
        clinic_id=entry.patient.clinic_id,
        actor=f"patient:{entry.patient.id}",
        action="check-in.correct" if entry.before else "check-in.send",
        subject=f"check_in:{check_in_id}",
        channel=entry.submission.source,
        at=entry.now,
        patient_id=entry.patient.id,
        values=values,
    )


def advice_given(house: House, token: str, report_id: str) -> Receipt | None:
    """What a patient was told when she sent a check-in; only for the browser that sent it.

    Needs both the link and the receipt's id, which is random and leaves the server once.
    """
    with house.store.read() as tx:
        holder = links.follow(tx, token)
        sent = None if holder is None else checkins.load(tx, holder.patient.id, report_id)
    return None if holder is None or sent is None else _receipt(holder, sent)
