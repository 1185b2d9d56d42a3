"""Lettering: a message of the outbox becomes a letter: its words, its address, a link of its own.

The outbox holds no words and no address; both are looked up here, at the last moment, so that who
stopped or was erased meanwhile gets nothing. May import: domain, library, store, delivery's
protocol and this room.
"""

from __future__ import annotations

from datetime import datetime

from webapp.delivery.channel import Browser, Letter
from webapp.domain.message import Message
from webapp.domain.person import Channel, Clinic, Contact, Patient, PatientStatus
from webapp.journeys.house import House
from webapp.journeys.keeping_diary import PURPOSE
from webapp.journeys.telling_staff import letter_to_staff
from webapp.library.message_files import render
from webapp.store import (
    choices,
    clinics,
    diaries,
    links,
    patients,
    reach,
    subscriptions,
)
from webapp.store.engine import Transaction
from webapp.store.messages import OutgoingMessage

ASKING = frozenset({"check-in", "reminder", "later", "today-link"})  # while she wants to be asked
ANSWERS = frozenset({"stopped", "text-act"})  # what she gets even after she stopped
PUSH_WORDS = "push"  # what a push shows on a locked screen: not even the clinic's name


def letter_of(
    house: House, tx: Transaction, message: OutgoingMessage, now: datetime
) -> Letter | None:
    """The letter of a message; None if nobody can be, or wants to be, written to by its channel."""
    if message.patient_id is None:
        return letter_to_staff(house, tx, message)
    patient = patients.load(tx, message.clinic_id, message.patient_id)
    if patient is None or not _is_wanted(message, patient.status):
        return None
    contact = patients.contact(tx, patient.clinic_id, patient.id)
    clinic = clinics.load(tx, patient.clinic_id)
    if contact is None or clinic is None:
        return None
    return _to_patient(house, tx, message, _Reader(patient, contact, clinic, now))


def _is_wanted(message: OutgoingMessage, status: PatientStatus) -> bool:
    """Whether a patient of this status still gets it: she may have stopped after it was queued."""
    if message.purpose in ASKING:
        return status is PatientStatus.ACTIVE
    return status is not PatientStatus.STOPPED or message.purpose in ANSWERS


class _Reader:
    """Whom a letter is for, and the moment it is written."""

    def __init__(self, patient: Patient, contact: Contact, clinic: Clinic, now: datetime) -> None:
        self.patient, self.contact, self.clinic, self.now = patient, contact, clinic, now


def _to_patient(
    house: House, tx: Transaction, message: OutgoingMessage, reader: _Reader
) -> Letter | None:
    patient = reader.patient
    browsers = _browsers(tx, patient) if message.channel is Channel.PUSH else ()
    address = _address(message.channel, reader.contact)
    if not (address or browsers) or reach.is_dead(tx, patient.id, message.channel):
        return None
    secret = _secret_in(house, tx, message, reader)
    if secret is None:
        return None
    token = choices.token_of(tx, patient.clinic_id, patient.id)
    written = _words(house, message, reader, secret | _choices(house, patient, token))
    return Letter(
        id=message.id,
        to=address,
        subject=written.subject,
        text=written.text,
        sms=written.sms,
        lang=patient.language,
        link=secret.get("link", ""),
        choices_link=house.one_click_address(patient.language, token) if token else "",
        browsers=browsers,
        not_after=message.not_after,
        topic=message.dedupe,
    )


def _words(
    house: House, message: OutgoingMessage, reader: _Reader, gaps: dict[str, str]
) -> Message:
    name = PUSH_WORDS if message.channel is Channel.PUSH else message.purpose
    return render(
        house.library.messages,
        name,
        reader.patient.language,
        first_name=reader.contact.first_name,
        clinic=reader.clinic.name,
        clinic_phone=reader.clinic.phone,
        **gaps,
    )


def _choices(house: House, patient: Patient, token: str | None) -> dict[str, str]:
    return {"choices_link": house.choices_address(patient.language, token)} if token else {}


def _secret_in(
    house: House, tx: Transaction, message: OutgoingMessage, reader: _Reader
) -> dict[str, str] | None:
    """What only this letter holds: a code, or a link of its day. Made now, and never kept plain.

    None if the letter would be empty without it.
    """
    if message.purpose == PURPOSE:
        return {"code": diaries.write_code(tx, message.id, reader.now)}
    if message.local_day is None:
        return None if message.purpose in ASKING else {}
    token = links.mint(tx, reader.patient.id, message.local_day, reader.now)
    return {"link": house.check_in_address(reader.patient.language, token)}


def _browsers(tx: Transaction, patient: Patient) -> tuple[Browser, ...]:
    seal = patients.seal_of(tx, patient.clinic_id, patient.id)
    found = subscriptions.of_patient(tx, patient.id, seal)
    return tuple(Browser(one.id, one.address) for one in found)


def _address(channel: Channel, contact: Contact) -> str:
    return {Channel.EMAIL: contact.email, Channel.SMS: contact.mobile}.get(channel, "")
