"""Recovering: one patient's recovery as her team reads it, on one page, and the list of all.

May import: domain, library, store and this room. Looking at a patient leaves an audit row.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

from webapp.domain.pathway import Pathway
from webapp.domain.person import Contact, Patient, PatientId, Staff, StaffId
from webapp.domain.review import Flag, FlagEvent, FlagState
from webapp.domain.schedule import due_dates, local_day, timetable_of
from webapp.domain.topic import TopicId
from webapp.journeys.desk import Desk, NotHere
from webapp.journeys.reviewing import InboxLine, lines_of
from webapp.store import audits, checkins, flags, messages, patients, prompts, readings, staff
from webapp.store.audits import AuditLine
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
class Sending:
    """What became of one message that asked for a day's answers."""

    purpose: str  # check-in, reminder, today-link
    state: str  # of webapp.store.messages.MessageState
    at: datetime  # when it ended; while it waits, when it is to be sent


@dataclass(frozen=True, slots=True)
class DayLine:
    """One asked or answered day of a recovery."""

    pod: int
    local_day: date
    status: DayStatus
    check_in: StoredCheckIn | None
    note: str
    versions: int  # how many times it was sent; more than one is a correction
    due_at: datetime | None = None
    sendings: tuple[Sending, ...] = ()


@dataclass(frozen=True, slots=True)
class ReadLine:
    """A page that she has said she read."""

    title: str  # in English; the topic's id where the topic is gone
    passage: str  # with language and version
    at: datetime


@dataclass(frozen=True, slots=True)
class ClosedLine:
    """A flag that was closed, and everything that happened to it."""

    flag: Flag
    events: tuple[FlagEvent, ...]


@dataclass(frozen=True, slots=True)
class Recovery:
    """Everything that the page of one patient shows."""

    patient: Patient
    pathway: Pathway
    contact: Contact | None
    pod: int
    today: date
    mme_per_tablet: float
    days: tuple[DayLine, ...]
    open_flags: tuple[InboxLine, ...]  # gravest first
    closed_flags: tuple[ClosedLine, ...]  # newest first
    events: Mapping[str, tuple[FlagEvent, ...]]
    read: tuple[ReadLine, ...]
    deeds: tuple[AuditLine, ...]  # newest first
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
    today, library = local_day(desk.now, patient.timezone), desk.house.library
    found = flags.of_patient(tx, desk.clinic_id, patient.id)
    events = flags.events(tx, desk.clinic_id, patient.id)
    closed = [flag for flag in found if flag.state is FlagState.CLOSED]
    return Recovery(
        patient=patient,
        pathway=library.pathways[patient.pathway],
        contact=patients.contact(tx, desk.clinic_id, patient.id),
        pod=patient.pod(today),
        today=today,
        mme_per_tablet=patient.mg_per_tablet * library.rules.mme_per_mg,
        days=_days(desk, tx, patient, today),
        open_flags=_open_lines(desk, tx, patient, found),
        closed_flags=tuple(ClosedLine(flag, events.get(flag.id, ())) for flag in closed),
        events=events,
        read=tuple(_read(desk, one) for one in readings.of_patient(tx, patient.id)),
        deeds=audits.lines_of_patient(tx, desk.clinic_id, patient.id)[::-1],
        people={person.id: person for person in staff.of_clinic(tx, desk.clinic_id)},
    )


def _open_lines(
    desk: Desk, tx: Transaction, patient: Patient, found: Iterable[Flag]
) -> tuple[InboxLine, ...]:
    still = [flag for flag in found if flag.state is not FlagState.CLOSED]
    gravest_first = sorted(still, key=lambda flag: (flag.severity.rank, flag.act_by))
    return tuple(lines_of(desk, tx, gravest_first, {patient.id: patient}))


def _read(desk: Desk, page: PageRead) -> ReadLine:
    topic = desk.house.library.topics.get(TopicId(page.topic))
    return ReadLine(topic.english.title if topic else page.topic, page.passage, page.at)


@dataclass(frozen=True, slots=True)
class _Kept:
    """What the store holds about the days of one patient."""

    last: Mapping[date, StoredCheckIn]
    times: Mapping[date, int]
    notes: Mapping[date, str]
    prompts: Mapping[date, Prompt]
    sendings: Mapping[date, tuple[Sending, ...]] = field(default_factory=dict)


def _days(desk: Desk, tx: Transaction, patient: Patient, today: date) -> tuple[DayLine, ...]:
    kept = _kept(desk, tx, patient)
    timetable = timetable_of(patient, desk.house.library.pathways[patient.pathway])
    days = sorted({*due_dates(timetable), *kept.last, *kept.prompts})
    return tuple(_day(patient, day, kept, today) for day in days)


def _day(patient: Patient, day: date, kept: _Kept, today: date) -> DayLine:
    prompt = kept.prompts.get(day)
    return DayLine(
        pod=patient.pod(day),
        local_day=day,
        status=_status(day, kept, today),
        check_in=kept.last.get(day),
        note=kept.notes.get(day, ""),
        versions=kept.times.get(day, 0),
        due_at=prompt.due_at if prompt else None,
        sendings=kept.sendings.get(day, ()),
    )


def _kept(desk: Desk, tx: Transaction, patient: Patient) -> _Kept:
    stored = checkins.versions(tx, patient.id)
    last = {one.local_day: one for one in checkins.last_of_each_day(stored)}
    seal = patients.seal_if_any(tx, desk.clinic_id, patient.id)
    return _Kept(
        last=last,
        times={day: sum(one.local_day == day for one in stored) for day in last},
        notes={day: checkins.open_note(seal, one) for day, one in last.items()} if seal else {},
        prompts={one.local_day: one for one in prompts.of_patient(tx, patient.id)},
        sendings=_sendings(messages.of_patient(tx, desk.clinic_id, patient.id)),
    )


def _sendings(sent: Sequence[OutgoingMessage]) -> Mapping[date, tuple[Sending, ...]]:
    found: dict[date, tuple[Sending, ...]] = {}
    for one in sent:
        if one.local_day is not None:
            sending = Sending(one.purpose, one.state.value, one.settled_at or one.try_at)
            found[one.local_day] = (*found.get(one.local_day, ()), sending)
    return found


_BY_PROMPT = {
    PromptState.DUE: DayStatus.WAITING,
    PromptState.ANSWERED: DayStatus.ANSWERED,
    PromptState.MISSED: DayStatus.MISSED,
    PromptState.CANCELLED: DayStatus.NOT_ASKED,
}


def _status(day: date, kept: _Kept, today: date) -> DayStatus:
    if day in kept.last:
        return DayStatus.ANSWERED
    if day in kept.prompts:
        return _BY_PROMPT[kept.prompts[day].state]
    return DayStatus.NOT_ASKED if day < today else DayStatus.AHEAD


@dataclass(frozen=True, slots=True)
class RosterLine:
    """One patient in the list of all."""

    patient: Patient
    contact: Contact | None
    pathway: Pathway
    pod: int
    last_answered: date | None
    open_flags: int


def roster(desk: Desk, wanted: str = "") -> tuple[RosterLine, ...]:
    """The patients of this clinic whose name holds `wanted`, the newest procedure first."""
    with desk.house.store.read() as tx:
        everyone = patients.of_clinic(tx, desk.clinic_id)
        contacts = patients.contacts(tx, desk.clinic_id, tuple(one.id for one in everyone))
        answered = checkins.last_answered(tx, desk.clinic_id)
        waiting = flags.open_by_patient(tx, desk.clinic_id)
    return tuple(
        RosterLine(
            patient=one,
            contact=contacts.get(one.id),
            pathway=desk.house.library.pathways[one.pathway],
            pod=one.pod(local_day(desk.now, one.timezone)),
            last_answered=answered.get(one.id),
            open_flags=waiting.get(one.id, 0),
        )
        for one in everyone
        if _is_wanted(contacts.get(one.id), wanted)
    )


def _is_wanted(contact: Contact | None, wanted: str) -> bool:
    """Whether a name holds every word that was typed, in any order and any capitals."""
    name = "" if contact is None else contact.name.casefold()
    return all(word in name for word in wanted.casefold().split())
