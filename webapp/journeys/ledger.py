"""The ledger: what was sent to whom, what came of it, and whom a human has to reach instead.

May import: domain, store and this room. What may not have gone out is shown as in doubt.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from webapp.domain.person import Channel, Clinic, Contact, Patient, PatientId
from webapp.domain.schedule import local_day
from webapp.journeys import reconciling, watching
from webapp.journeys.desk import Desk, NotHere
from webapp.store import alarms, clinics, messages, outcomes, patients, reach
from webapp.store.alarms import Episode
from webapp.store.engine import Transaction
from webapp.store.messages import MessageState, OutgoingMessage

__all__ = ["Episode", "MessageState", "OutgoingMessage", "delivery", "of_patient"]

DAYS = 14  # shown on the delivery page, today included
LOST_SHOWN = timedelta(days=3)
MOST_LINES = 100
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class PatientLedger:
    """Every message to one patient, the newest first."""

    patient: Patient
    contact: Contact | None
    messages: tuple[OutgoingMessage, ...]
    dead: Mapping[Channel, str]  # her addresses that are refused, each with the reason


@dataclass(frozen=True, slots=True)
class Unreached:
    """A patient whom our messages may not have reached, and why."""

    patient: Patient
    contact: Contact | None
    lost: tuple[OutgoingMessage, ...] = ()  # of the last days, newest first
    dead: tuple[Channel, ...] = ()
    not_asked: date | None = None  # a day on which she should have been asked and was not


@dataclass(frozen=True, slots=True)
class DayOfSending:
    """How the messages about one local day stand."""

    day: date
    by: Mapping[tuple[str, MessageState], int]  # by channel and state


@dataclass(frozen=True, slots=True)
class Delivery:
    """A clinic's sending: whom a human must reach first, then the figures."""

    clinic: Clinic
    unreached: tuple[Unreached, ...]
    days: tuple[DayOfSending, ...]  # the newest first
    going_on: tuple[Episode, ...]
    over: tuple[Episode, ...]  # of the same days, newest first
    healthy: bool


def of_patient(desk: Desk, patient_id: PatientId) -> PatientLedger:
    """Every message to one patient of this clinic. Raises `NotHere`."""
    with desk.house.store.begin() as tx:
        patient = patients.load(tx, desk.clinic_id, patient_id)
        if patient is None:
            raise NotHere(patient_id)
        desk.record(tx, "patient.view", f"patient:{patient.id}", patient_id=patient.id)
        found = messages.of_patient(tx, desk.clinic_id, patient.id)
        return PatientLedger(
            patient,
            patients.contact(tx, desk.clinic_id, patient.id),
            tuple(reversed(found)),
            reach.dead_channels(tx, desk.clinic_id, patient.id),
        )


def delivery(desk: Desk) -> Delivery:
    """How this clinic's sending stands. Raises `NotHere`."""
    house, now = desk.house, desk.now
    with house.store.read() as tx:
        clinic = clinics.load(tx, desk.clinic_id)
        if clinic is None:
            raise NotHere(desk.clinic_id)
        since = now - DAYS * _DAY
        going_on = alarms.going_on(tx, clinic.id)
        lately = alarms.lately(tx, clinic.id, since)
        return Delivery(
            clinic=clinic,
            unreached=_unreached(desk, tx, clinic),
            days=_days(tx, clinic, local_day(now, clinic.timezone)),
            going_on=going_on,
            over=tuple(one for one in lately if one.over_at is not None),
            healthy=not going_on and watching.sending_is_healthy(house, now),
        )


def _days(tx: Transaction, clinic: Clinic, today: date) -> tuple[DayOfSending, ...]:
    from_day = today - (DAYS - 1) * _DAY
    queued = datetime.combine(from_day - _DAY, time(), UTC)  # its messages were queued after this
    found = outcomes.days_of(tx, clinic.id, queued, from_day=from_day)
    days = sorted({day for day, _, _ in found} | {today}, reverse=True)
    return tuple(
        DayOfSending(
            day, {(by, state): many for (one, by, state), many in found.items() if one == day}
        )
        for day in days
    )


def _unreached(desk: Desk, tx: Transaction, clinic: Clinic) -> tuple[Unreached, ...]:
    """Whom a human has to reach: who was not asked, then dead addresses, then what was lost."""
    missing = {
        one.patient.id: one.window.local_day
        for one in reconciling.missing(desk.house, tx, clinic, desk.now)
    }
    dead: dict[PatientId, list[Channel]] = {}
    for patient_id, channel, _ in reach.dead_here(tx, clinic.id):
        dead.setdefault(patient_id, []).append(channel)
    lost = _by_patient(outcomes.lost_messages(tx, clinic.id, desk.now - LOST_SHOWN, MOST_LINES))
    ids = tuple(dict.fromkeys((*missing, *dead, *lost)))[:MOST_LINES]
    contacts = patients.contacts(tx, clinic.id, ids)
    known = ((one, patients.load(tx, clinic.id, one)) for one in ids)
    return tuple(
        Unreached(
            patient=patient,
            contact=contacts.get(one),
            lost=tuple(lost.get(one, ())),
            dead=tuple(dead.get(one, ())),
            not_asked=missing.get(one),
        )
        for one, patient in known
        if patient is not None
    )


def _by_patient(
    found: Iterable[OutgoingMessage],
) -> dict[PatientId, Sequence[OutgoingMessage]]:
    by: dict[PatientId, list[OutgoingMessage]] = {}
    for one in found:
        if one.patient_id is not None:
            by.setdefault(one.patient_id, []).append(one)
    return dict(by)
