"""Linking: a check-in address made by hand, for a patient who lost hers.

May import: domain, library, store and this room.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from uuid import uuid4

from webapp.domain.person import Patient, PatientId, PatientStatus
from webapp.domain.schedule import (
    DayState,
    Window,
    current_window,
    is_due_on,
    local_day,
    next_due,
    timetable_of,
)
from webapp.journeys import prompting
from webapp.journeys.house import House
from webapp.store import audits, checkins, links, messages, patients
from webapp.store.engine import Transaction
from webapp.store.links import Holder
from webapp.store.messages import OutgoingMessage


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


@dataclass(frozen=True, slots=True)
class Offer:
    """What to offer somebody whose link is for another day."""

    window: Window
    is_open: bool  # today's check-in takes answers now
    answered: bool
    next_due: datetime | None


def offer_today(house: House, holder: Holder, now: datetime) -> Offer:
    """Whether there is a check-in today, and when the next one comes. Writes nothing."""
    with house.store.read() as tx:
        return _offer(house, tx, holder, now)


def _offer(house: House, tx: Transaction, holder: Holder, now: datetime) -> Offer:
    patient = holder.patient
    timetable = timetable_of(patient, house.library.pathways[patient.pathway])
    opened = current_window(timetable, now)
    answered = checkins.has_answered(tx, patient.id, opened.local_day)
    other = opened.local_day != holder.local_day
    asked = is_due_on(timetable, opened.local_day) and opened.state(now) is DayState.OPEN
    following = next_due(timetable, now)
    return Offer(
        window=opened,
        is_open=other and asked and patient.status is PatientStatus.ACTIVE and not holder.revoked,
        answered=answered,
        next_due=following.due_at if following else None,
    )


def send_today(house: House, token: str, *, now: datetime) -> tuple[Holder, Offer] | None:
    """Send the link of today to the patient's own address, once a day; None for no such link.

    The holder of an old link never gets a new one: only the patient's own address does.
    """
    with house.store.begin() as tx:
        holder = links.follow(tx, token)
        if holder is None:
            return None
        offer = _offer(house, tx, holder, now)
        if offer.is_open:
            messages.queue(tx, (_today_message(holder.patient, offer.window, now),))
            asked = _audit(holder.patient, offer.window.local_day, now, _by(holder.patient))
            audits.record(tx, asked)
    return holder, offer


def _by(patient: Patient) -> str:
    return f"patient:{patient.id}"


def _today_message(patient: Patient, opened: Window, now: datetime) -> OutgoingMessage:
    return OutgoingMessage(
        id=str(uuid4()),
        clinic_id=patient.clinic_id,
        purpose="today-link",
        channel=patient.channel,
        dedupe=f"today-link:{patient.id}:{opened.local_day}",
        queued_at=now,
        try_at=now,
        not_after=opened.answers_close_at,
        patient_id=patient.id,
        local_day=opened.local_day,
    )
