"""Demonstrating: a demo clinic whose patients have lived through their days by the real code.

Each invented or published recovery is enrolled, prompted, answered, corrected and missed by the
same journeys that real patients go through, only with the clock set back. May import: domain,
library, store and this room.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from uuid import NAMESPACE_URL, uuid5
from zoneinfo import ZoneInfo

import pyotp

from webapp.domain.checkin import Answers
from webapp.domain.person import (
    Channel,
    Clinic,
    Contact,
    Origin,
    Patient,
    PatientId,
    PatientStatus,
)
from webapp.domain.review import Outcome
from webapp.domain.schedule import Window, local_day, timetable_of, windows_between
from webapp.domain.synthetic import Recovery, case_report_recoveries, synthetic_recoveries
from webapp.domain.token import Token
from webapp.journeys import checking_in, closing, governing, inviting, linking, prompting, reviewing
from webapp.journeys.checking_in import Submission
from webapp.journeys.desk import Desk
from webapp.journeys.house import House
from webapp.journeys.signing_in import PASSWORDS
from webapp.library.demo_files import Demo
from webapp.store import audits, flags, links, messages, patients, receipts, staff
from webapp.store.messages import MessageState

_SEED = 2026
_ASKED_HOURS_AGO = 3
_HANDLED_AFTER = timedelta(hours=12)
_HANDLED_AS = (Outcome.PHONED, Outcome.ADVISED, Outcome.EXPECTED)


class RealPatients(Exception):
    """This database holds real patients: a demo has no place in it."""


@dataclass(frozen=True, slots=True)
class DemoAddresses:
    """What to open, and how to sign in."""

    check_in: str
    email: str
    password: str


def open_demo(house: House, now: datetime) -> DemoAddresses:
    """Fill the demo clinic if the database is empty, and give a fresh check-in address.

    Raises `RealPatients` when anybody real is enrolled here.
    """
    demo = house.library.demo
    if not _is_filled(house, demo):
        fill_demo(house, now)
    visitor = _id_of(_visitor(demo, now))
    if not _is_enrolled(house, demo, visitor):
        _enrol_visitor(house, demo, now)
    made = linking.make_link(house, visitor, None, now=now)
    return DemoAddresses(made.address, demo.staff[0].email, demo.password)


def fill_demo(house: House, now: datetime) -> int:
    """Make the demo clinic, its staff and everybody in it; how many patients. May take a while."""
    demo = house.library.demo
    _refuse_real(house)
    governing.add_clinic(house, demo.clinic, now=now)
    _add_staff(house, demo, now)
    published = case_report_recoveries(house.library.cohorts)
    invented = synthetic_recoveries(house.library.cohorts, seed=_SEED)
    asked_at = _hours_ago(now, demo.clinic.timezone)
    for recovery in published:
        live_through(house, Life(demo.clinic, recovery, Origin.CASE_REPORT, asked_at), now)
    for recovery in invented:
        live_through(house, Life(demo.clinic, recovery, Origin.SYNTHETIC, asked_at), now)
    _handle_old_flags(house, demo, now)
    return len(published) + len(invented)


def _hours_ago(now: datetime, timezone: str) -> time:
    """A full hour a few hours ago, today: so that the inbox of a fresh demo is this morning's."""
    local = now.astimezone(ZoneInfo(timezone))
    return time(max(local.hour - _ASKED_HOURS_AGO, 0))


def _handle_old_flags(house: House, demo: Demo, now: datetime) -> None:
    """What was raised days ago has been dealt with, in turn, by everybody at the demo clinic."""
    with house.store.read() as tx:
        raised = flags.inbox(tx, demo.clinic.id, limit=10_000)
    old = [flag for flag in raised if flag.opened_at < now - _HANDLED_AFTER]
    for number, flag in enumerate(old):
        person = demo.staff[number % len(demo.staff)]
        outcome = _HANDLED_AS[number % len(_HANDLED_AS)]
        taken = flag.opened_at + timedelta(minutes=20 + 7 * (number % 9))
        reviewing.acknowledge(Desk(house, person, taken), flag.id)
        reviewing.close(Desk(house, person, taken + timedelta(minutes=9)), flag.id, outcome=outcome)


def _refuse_real(house: House) -> None:
    with house.store.read() as tx:
        real = patients.count_by_origin(tx).get(Origin.ENROLLED, 0)
    if real:
        raise RealPatients(
            f"This database holds {real} enrolled patients. "
            "A demo needs a database of its own: set THAW_DATA_DIR to another folder."
        )


def _is_filled(house: House, demo: Demo) -> bool:
    with house.store.read() as tx:
        return staff.by_email(tx, demo.staff[0].email) is not None


def _add_staff(house: House, demo: Demo, now: datetime) -> None:
    password = PASSWORDS.hash(demo.password)
    with house.store.begin() as tx:
        for person in demo.staff:
            staff.add(tx, person, password, pyotp.random_base32(), now)
            added = audits.Action(
                person.clinic_id, "command", "staff.add", f"staff:{person.id}", "command", now
            )
            audits.record(tx, added)


@dataclass(frozen=True, slots=True)
class Life:
    """One recovery to be lived through in the demo clinic."""

    clinic: Clinic
    recovery: Recovery
    origin: Origin
    prompt_time: time = time(9)  # local


def live_through(house: House, life: Life, now: datetime) -> PatientId:
    """Enrol one recovery and live each of its days up to `now`, as the real journeys would."""
    patient = _patient(life, now)
    _enrol(house, life, patient)
    timetable = timetable_of(patient, house.library.pathways[patient.pathway])
    asked = windows_between(timetable, _enrolled_at(patient), now)
    over = [day for day in asked if _is_lived(day, life.recovery.days, now)]
    tokens = _ask(house, patient, over)
    for opened, token in zip(over, tokens, strict=True):
        answers = life.recovery.days.get(opened.pod)
        if answers is None:
            closing.close_days(house, opened.answers_close_at)
        else:
            _answer(house, _Turn(patient, opened, token, now), answers)
    still_asked = len(over) < len(asked)  # a window of days may have been opened before today
    due = now if still_asked else prompting.first_due(house, patient, now)
    with house.store.begin() as tx:
        patients.set_next_due(tx, patient.id, due)
    return patient.id


def _is_lived(opened: Window, days: Mapping[int, Answers | None], now: datetime) -> bool:
    """Whether a day has been answered or is over; the real clock asks about one that still runs."""
    return opened.answers_close_at <= now or days.get(opened.pod) is not None


def _ask(house: House, patient: Patient, asked: Sequence[Window]) -> list[Token]:
    """Prompt every day as it came, with its message sent; a link for each."""
    with house.store.begin() as tx:
        for opened in asked:
            inviting.prompt(tx, patient, opened, opened.due_at)
        for message in messages.of_patient(tx, patient.clinic_id, patient.id):
            receipts.settle(tx, message.id, MessageState.SENT, message.queued_at, detail="demo")
        return [links.mint(tx, patient.id, day.local_day, day.due_at) for day in asked]


def _patient(life: Life, now: datetime) -> Patient:
    recovery = life.recovery
    today = local_day(now, life.clinic.timezone)
    return Patient(
        id=_id_of(recovery.id),
        clinic_id=life.clinic.id,
        pathway=recovery.pathway,
        procedure_date=today - timedelta(days=recovery.days_since_procedure),
        timezone=life.clinic.timezone,
        language=recovery.language,
        channel=Channel.EMAIL,
        prompt_time=life.prompt_time,
        status=PatientStatus.ACTIVE,
        origin=life.origin,
        mg_per_tablet=recovery.setup.mg_per_tablet,
        label_max=recovery.setup.label_max,
        pump_on=recovery.setup.pump_on,
        baseline_nrs=recovery.setup.baseline_nrs,
    )


def _id_of(recovery: str) -> PatientId:
    """The same patient id for the same recovery, so that filling a demo twice adds nobody."""
    return PatientId(str(uuid5(NAMESPACE_URL, f"thaw-demo:{recovery}")))


def _enrolled_at(patient: Patient) -> datetime:
    """The morning of the procedure, before the first prompt."""
    return datetime.combine(patient.procedure_date, time(6), ZoneInfo(patient.timezone))


def _enrol(house: House, life: Life, patient: Patient) -> None:
    at = _enrolled_at(patient)
    contact = Contact(name=life.recovery.name, email=f"{life.recovery.id}@demo.example")
    with house.store.begin() as tx:
        patients.add(tx, patient, contact, next_due_at=None, now=at)
        enrolled = audits.Action(
            clinic_id=patient.clinic_id,
            actor="command",
            action="patient.enrol",
            subject=f"patient:{patient.id}",
            channel="command",
            at=at,
            patient_id=patient.id,
        )
        audits.record(tx, enrolled)


@dataclass(frozen=True, slots=True)
class _Turn:
    """One day that a patient answers."""

    patient: Patient
    opened: Window
    token: Token
    now: datetime


def _answer(house: House, turn: _Turn, answers: Answers) -> None:
    patient, opened = turn.patient, turn.opened
    minutes = 5 + (sum(patient.id.encode()) + opened.pod * 37) % 180
    at = min(opened.due_at + timedelta(minutes=minutes), turn.now)
    name = f"thaw-demo:{patient.id}:{opened.pod}"
    submission = Submission(str(uuid5(NAMESPACE_URL, name)), answers, at, "demo")
    checking_in.submit(house, turn.token, submission, now=at)


def _visitor(demo: Demo, now: datetime) -> str:
    """The visitor of this local day: each day has a new one, so that her page is always fresh."""
    return f"visitor-{local_day(now, demo.clinic.timezone)}"


def _is_enrolled(house: House, demo: Demo, patient_id: PatientId) -> bool:
    with house.store.read() as tx:
        return patients.load(tx, demo.clinic.id, patient_id) is not None


def _enrol_visitor(house: House, demo: Demo, now: datetime) -> None:
    drawn = synthetic_recoveries(house.library.cohorts, seed=_SEED)[0]
    recovery = replace(
        drawn,
        id=_visitor(demo, now),
        name=demo.visitor["name"],
        days_since_procedure=demo.visitor_days,
        # Her today is left for the visitor to answer.
        days={pod: day for pod, day in drawn.days.items() if pod < demo.visitor_days},
    )
    # Her prompt of today is due this very minute, so that the post-box shows it being sent.
    due = now.astimezone(ZoneInfo(demo.clinic.timezone)).time().replace(second=0, microsecond=0)
    life = Life(demo.clinic, recovery, Origin.SYNTHETIC, due)
    live_through(house, life, now)
