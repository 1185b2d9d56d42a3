"""Reviewing: who needs a human now, and what is done about it.

May import: domain, library, store and this room. Steps are appended; two clinicians at one flag
is told to the second by name.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from webapp.domain.checkin import Answers
from webapp.domain.flag import Severity
from webapp.domain.person import (
    Clinic,
    Contact,
    Patient,
    PatientId,
    PatientStatus,
    Staff,
    StaffId,
)
from webapp.domain.review import (
    EventKind,
    Flag,
    FlagEvent,
    NotPossible,
    Outcome,
    after,
    inbox_order,
)
from webapp.domain.schedule import local_day
from webapp.domain.topic import TopicId
from webapp.journeys import escalating, owning
from webapp.journeys.desk import Desk, NotHere
from webapp.journeys.owning import Owned
from webapp.store import checkins, clinics, flags, patients, prompts, staff
from webapp.store.checkins import StoredCheckIn
from webapp.store.engine import AlreadyThere, Transaction

INBOX_LINES = 50
BEFORE = 2  # answered days shown before the flagged one
_TRIES = 3


@dataclass(frozen=True, slots=True)
class Front:
    """What every page of the clinic's side says at its top."""

    clinic: Clinic
    open_flags: int


@dataclass(frozen=True, slots=True)
class InboxLine:
    """One flag as the inbox shows it."""

    flag: Flag
    patient: Patient
    contact: Contact | None  # None once she is erased
    today: Answers | None  # the answers of the flagged day
    previous: tuple[tuple[int, Answers], ...]  # (postoperative day, answers), newest first
    silent_days: int  # days since she last answered
    told_title: str  # of the topic that she was shown, in English; "" if there is none
    last_step: FlagEvent | None  # by which staff took or closed it
    last_by: Staff | None
    last_kind: EventKind | None  # the last of anybody's
    owned: Owned  # whose it is now, and who was paged


@dataclass(frozen=True, slots=True)
class SilentLine:
    """A patient who has not answered her last prompts and has no open flag to be found by."""

    patient: Patient
    contact: Contact | None
    missed: int  # prompts in a row
    last_answered: date | None


@dataclass(frozen=True, slots=True)
class Inbox:
    """Who needs a human now."""

    lines: tuple[InboxLine, ...]
    silent: tuple[SilentLine, ...]
    counts: Mapping[Severity, int]
    active_patients: int
    page: int = 1

    @property
    def pages(self) -> int:
        """How many pages all open flags fill; an empty inbox is one page."""
        return max(-(-sum(self.counts.values()) // INBOX_LINES), 1)


class TakenAlready(Exception):
    """Somebody else was first."""

    def __init__(self, by: Staff | None, at: datetime) -> None:
        super().__init__(f"{by.name if by else 'somebody'} did this at {at.isoformat()}")
        self.by, self.at = by, at


def front(desk: Desk) -> Front:
    """The clinic at whose desk one sits, and how much waits. Raises `NotHere`."""
    with desk.house.store.read() as tx:
        clinic = clinics.load(tx, desk.clinic_id)
        waiting = sum(flags.count_open(tx, desk.clinic_id).values())
    if clinic is None:
        raise NotHere(desk.clinic_id)
    return Front(clinic, waiting)


def inbox(desk: Desk, *, page: int = 1) -> Inbox:
    """The clinic's inbox: gravest first, then nearest target, then longest silence."""
    with desk.house.store.read() as tx:
        found = flags.inbox(tx, desk.clinic_id, INBOX_LINES, (page - 1) * INBOX_LINES)
        everyone = {one.id: one for one in patients.of_clinic(tx, desk.clinic_id)}
        lines = lines_of(desk, tx, found, everyone)
        silent = _silent(desk, tx, everyone)
        counts = flags.count_open(tx, desk.clinic_id)
    active = sum(one.status is PatientStatus.ACTIVE for one in everyone.values())
    ordered = sorted(lines, key=lambda line: inbox_order(line.flag, line.silent_days))
    return Inbox(tuple(ordered), silent, counts, active, page)


def line_of(desk: Desk, flag_id: str) -> InboxLine:
    """One flag of this clinic as the inbox shows it, whatever its state. Raises `NotHere`."""
    with desk.house.store.read() as tx:
        flag = _flag(desk, tx, flag_id)
        patient = patients.load(tx, desk.clinic_id, flag.patient_id)
        if patient is None:
            raise NotHere(flag_id)
        return lines_of(desk, tx, [flag], {patient.id: patient})[0]


@dataclass(frozen=True, slots=True)
class _Known:
    """What is asked of the store once for all lines of a page."""

    everyone: Mapping[PatientId, Patient]
    contacts: Mapping[PatientId, Contact]
    history: Mapping[PatientId, Sequence[StoredCheckIn]]
    steps: Mapping[str, FlagEvent]
    kinds: Mapping[str, EventKind]
    owned: Mapping[str, Owned]
    people: Mapping[StaffId, Staff]


def lines_of(
    desk: Desk, tx: Transaction, found: Sequence[Flag], everyone: Mapping[PatientId, Patient]
) -> list[InboxLine]:
    """Flags with what a clinician needs beside each; in the order given."""
    ids = tuple({flag.patient_id for flag in found})
    flag_ids = tuple(flag.id for flag in found)
    known = _Known(
        everyone=everyone,
        contacts=patients.contacts(tx, desk.clinic_id, ids),
        history={one: checkins.last_of_each_day(checkins.versions(tx, one)) for one in ids},
        steps=flags.last_events(tx, desk.clinic_id, flag_ids),
        kinds=flags.last_kinds(tx, flag_ids),
        owned=owning.of_flags(tx, desk.clinic_id, found),
        people={person.id: person for person in staff.of_clinic(tx, desk.clinic_id)},
    )
    return [_line(desk, flag, known) for flag in found]


def _line(desk: Desk, flag: Flag, known: _Known) -> InboxLine:
    patient, days = known.everyone[flag.patient_id], known.history[flag.patient_id]
    step = known.steps.get(flag.id)
    topic = desk.house.library.topics.get(TopicId(flag.advice))
    return InboxLine(
        flag=flag,
        patient=patient,
        contact=known.contacts.get(patient.id),
        today=next((day.answers for day in days if day.local_day == flag.local_day), None),
        previous=_previous(days, flag.local_day),
        silent_days=_silent_days(days, patient, desk.now),
        told_title=topic.english.title if topic and flag.told else "",
        last_step=step,
        last_by=known.people.get(step.staff_id) if step and step.staff_id else None,
        last_kind=known.kinds.get(flag.id),
        owned=known.owned[flag.id],
    )


def _previous(days: Sequence[StoredCheckIn], day: date) -> tuple[tuple[int, Answers], ...]:
    """The two answered days before a day, newest first."""
    earlier = [one for one in days if one.local_day < day]
    return tuple((one.pod, one.answers) for one in reversed(earlier[-BEFORE:]))


def _silent_days(days: Sequence[StoredCheckIn], patient: Patient, now: datetime) -> int:
    last = days[-1].local_day if days else patient.procedure_date
    return max((local_day(now, patient.timezone) - last).days, 0)


def _silent(
    desk: Desk, tx: Transaction, everyone: Mapping[PatientId, Patient]
) -> tuple[SilentLine, ...]:
    """Who has missed her last prompts, most missed first."""
    flagged = flags.open_by_patient(tx, desk.clinic_id)
    missed = prompts.missed_since_last_answer(tx, desk.clinic_id)
    answered = checkins.last_answered(tx, desk.clinic_id)
    quiet = [
        one
        for one, count in missed.items()
        if count >= desk.house.library.silence_after
        and one not in flagged
        and everyone[one].status is PatientStatus.ACTIVE
    ]
    contacts = patients.contacts(tx, desk.clinic_id, tuple(quiet))
    lines = [
        SilentLine(everyone[one], contacts.get(one), missed[one], answered.get(one))
        for one in quiet
    ]
    return tuple(sorted(lines, key=lambda line: (-line.missed, line.patient.id)))


def acknowledge(desk: Desk, flag_id: str, *, note: str = "") -> Flag:
    """Take responsibility for a flag. Raises `TakenAlready` naming who was first."""
    return _step(desk, flag_id, EventKind.ACKNOWLEDGED, note=note)


def close(desk: Desk, flag_id: str, *, outcome: Outcome, note: str = "") -> Flag:
    """Say what was done about a flag, and close it. Raises `TakenAlready`."""
    return _step(desk, flag_id, EventKind.CLOSED, outcome=outcome, note=note)


def add_note(desk: Desk, flag_id: str, note: str) -> Flag:
    """Add a note to a flag, whatever its state."""
    return _step(desk, flag_id, EventKind.NOTED, note=note)


def _step(
    desk: Desk, flag_id: str, kind: EventKind, *, outcome: Outcome | None = None, note: str = ""
) -> Flag:
    for _ in range(_TRIES - 1):
        try:
            return _step_once(desk, flag_id, kind, outcome, note)
        except AlreadyThere:  # something else happened to the flag at this moment: look again
            continue
    return _step_once(desk, flag_id, kind, outcome, note)


def _step_once(
    desk: Desk, flag_id: str, kind: EventKind, outcome: Outcome | None, note: str
) -> Flag:
    with desk.house.store.begin() as tx:
        return _append(desk, tx, _flag(desk, tx, flag_id, lock=True), kind, outcome, note)


def _append(  # noqa: PLR0913  (one step, all of it)
    desk: Desk, tx: Transaction, flag: Flag, kind: EventKind, outcome: Outcome | None, note: str
) -> Flag:
    try:
        state = after(flag.state, kind)
    except NotPossible:
        raise _taken(desk, tx, flag) from None
    number = flags.next_number(tx, flag.id)
    event = FlagEvent(flag.id, number, kind, desk.now, desk.actor.id, outcome, note)
    flags.append(tx, flag, event, state)
    if kind is EventKind.ACKNOWLEDGED:
        escalating.take(desk.house, tx, flag, desk.actor.id, now=desk.now)
    elif kind is EventKind.CLOSED:
        escalating.leave(tx, flag)
    values = {"old": flag.state, "new": state, "outcome": outcome, "note": note}
    action = f"flag.{_ACTIONS[kind]}"
    desk.record(tx, action, f"flag:{flag.id}", patient_id=flag.patient_id, values=values)
    return flag


_ACTIONS = {
    EventKind.ACKNOWLEDGED: "acknowledge",
    EventKind.CLOSED: "close",
    EventKind.NOTED: "note",
}


def _flag(desk: Desk, tx: Transaction, flag_id: str, *, lock: bool = False) -> Flag:
    flag = flags.load(tx, desk.clinic_id, flag_id, lock=lock)
    if flag is None:
        raise NotHere(flag_id)
    return flag


def _taken(desk: Desk, tx: Transaction, flag: Flag) -> TakenAlready:
    step = flags.last_events(tx, desk.clinic_id, (flag.id,)).get(flag.id)
    people = {person.id: person for person in staff.of_clinic(tx, desk.clinic_id)}
    by = people.get(step.staff_id) if step and step.staff_id else None
    return TakenAlready(by, step.at if step else flag.opened_at)
