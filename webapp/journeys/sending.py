"""Sending: what waits in the outbox goes out, and what became of it is written down.

Claim in one transaction, use the network in none, record in another. May import: domain, library,
store, delivery's protocol and this room.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from webapp.delivery.channel import Fate, Letter, Outcome, Sender
from webapp.domain.person import Channel, Patient, PatientStatus
from webapp.journeys.house import House
from webapp.journeys.keeping_diary import PURPOSE
from webapp.library.message_files import render
from webapp.store import clinics, diaries, links, messages, patients, staff
from webapp.store.engine import Transaction
from webapp.store.messages import MessageState, OutgoingMessage

BATCH = 100
CLAIM_FOR = timedelta(minutes=10)
MOST_ATTEMPTS = 12
_FIRST_WAIT = timedelta(seconds=30)
_LONGEST_WAIT = timedelta(minutes=30)

Now = Callable[[], datetime]
Senders = Mapping[Channel, Callable[[], Sender]]


@dataclass(frozen=True, slots=True)
class Worker:
    """One sender process: its name, its channels and its watch."""

    name: str
    senders: Senders
    now: Now


def send_waiting(house: House, worker: Worker) -> int:
    """Send everything that waits; how many letters were tried."""
    tried = 0
    while batch := _claim(house, worker):
        _send_batch(house, worker, batch)
        tried += len(batch)
    return tried


def _claim(house: House, worker: Worker) -> tuple[OutgoingMessage, ...]:
    now = worker.now()
    with house.store.begin() as tx:
        return messages.claim(tx, worker.name, now, until=now + CLAIM_FOR, limit=BATCH)


def _send_batch(house: House, worker: Worker, batch: tuple[OutgoingMessage, ...]) -> None:
    letters = _write_letters(house, worker, batch)
    open_senders: dict[Channel, Sender] = {}
    try:
        for message in batch:
            outcome = _send(worker, open_senders, message, letters.get(message.id))
            _record(house, worker, message, outcome)
    finally:
        for sender in open_senders.values():
            sender.close()


def _write_letters(
    house: House, worker: Worker, batch: tuple[OutgoingMessage, ...]
) -> dict[str, Letter]:
    """The letters of a batch, each with a link of its own; nothing is sent yet."""
    with house.store.begin() as tx:
        written = {one.id: _letter(house, tx, one, worker.now()) for one in batch}
    return {key: letter for key, letter in written.items() if letter is not None}


def _letter(
    house: House, tx: Transaction, message: OutgoingMessage, now: datetime
) -> Letter | None:
    if message.patient_id is not None:
        patient = patients.load(tx, message.clinic_id, message.patient_id)
        return None if patient is None else _to_patient(house, tx, message, patient, now)
    return _to_staff(house, tx, message)


def _to_patient(
    house: House, tx: Transaction, message: OutgoingMessage, patient: Patient, now: datetime
) -> Letter | None:
    if patient.status is not PatientStatus.ACTIVE:
        return None  # she paused or stopped after this was queued
    contact = patients.contact(tx, patient.clinic_id, patient.id)
    clinic = clinics.load(tx, patient.clinic_id)
    address = "" if contact is None else _address(message.channel, contact.email, contact.mobile)
    if contact is None or clinic is None or not address:
        return None
    secret = _secret_in(house, tx, message, patient, now)
    if not secret:
        return None
    written = render(
        house.library.messages,
        message.purpose,
        patient.language,
        first_name=contact.first_name,
        clinic=clinic.name,
        clinic_phone=clinic.phone,
        **secret,
    )
    return Letter(message.id, address, written.subject, written.text)


def _secret_in(
    house: House, tx: Transaction, message: OutgoingMessage, patient: Patient, now: datetime
) -> dict[str, str]:
    """What only this letter holds: a code, or a link of its day. Made now, and never kept plain."""
    if message.purpose == PURPOSE:
        return {"code": diaries.write_code(tx, message.id, now)}
    if message.local_day is None:
        return {}
    token = links.mint(tx, patient.id, message.local_day, now)
    return {"link": house.check_in_address(patient.language, token)}


def _address(channel: Channel, email: str, mobile: str) -> str:
    return email if channel is Channel.EMAIL else mobile


def _to_staff(house: House, tx: Transaction, message: OutgoingMessage) -> Letter | None:
    clinic = clinics.load(tx, message.clinic_id)
    people = {person.id: person for person in staff.of_clinic(tx, message.clinic_id)}
    person = people.get(message.staff_id) if message.staff_id else None
    if clinic is None or person is None:
        return None
    written = render(
        house.library.messages,
        message.purpose,
        "en",
        first_name="",
        clinic=clinic.name,
        clinic_phone=clinic.phone,
        link=f"{house.public_url}/clinic/",
    )
    return Letter(message.id, person.email, written.subject, written.text)


def _send(
    worker: Worker,
    open_senders: dict[Channel, Sender],
    message: OutgoingMessage,
    letter: Letter | None,
) -> Outcome:
    if letter is None:
        return Outcome(Fate.REFUSED, "nobody can be written to by this channel")
    if message.channel not in worker.senders:
        return Outcome(Fate.REFUSED, f"the channel {message.channel} is not set up")
    if message.channel not in open_senders:
        open_senders[message.channel] = worker.senders[message.channel]()
    return open_senders[message.channel].send(letter)


def _record(house: House, worker: Worker, message: OutgoingMessage, outcome: Outcome) -> None:
    now = worker.now()
    again = now + wait_before(message.attempts)
    with house.store.begin() as tx:
        if outcome.fate is Fate.REFUSED_FOR_NOW and _worth_trying(message, again):
            messages.try_again(tx, message.id, again, outcome.detail)
        else:
            messages.settle(tx, message.id, _ENDS[outcome.fate], now, detail=outcome.detail)


_ENDS = {
    Fate.SENT: MessageState.SENT,
    Fate.REFUSED: MessageState.FAILED,
    Fate.REFUSED_FOR_NOW: MessageState.FAILED,
    Fate.UNSURE: MessageState.UNSURE,
}


def _worth_trying(message: OutgoingMessage, again: datetime) -> bool:
    return message.attempts < MOST_ATTEMPTS and again < message.not_after


def wait_before(attempts: int) -> timedelta:
    """How long to wait after this many attempts: doubling, capped, with a little chance in it."""
    doubled: timedelta = _FIRST_WAIT * float(2 ** min(attempts, 10))
    return min(doubled, _LONGEST_WAIT) * random.uniform(0.8, 1.2)  # noqa: S311  (spreads retries)
