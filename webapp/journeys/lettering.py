"""Lettering: a message of the outbox becomes a letter: its words, its address, a link of its own.

The outbox holds no words and no address; both are looked up here, at the last moment, so that who
stopped or was erased meanwhile gets nothing. May import: domain, library, store, delivery's
protocol and this room.
"""

from __future__ import annotations

import re
from datetime import datetime

import structlog

from webapp.delivery.channel import Browser, Letter
from webapp.domain.emergency import Caller, contacts_for
from webapp.domain.emergency import Contact as Line
from webapp.domain.message import Message, fitted
from webapp.domain.person import Channel, Clinic, Contact, Patient, PatientStatus
from webapp.domain.text_answers import bare_numbers
from webapp.domain.topic import TopicId
from webapp.journeys.house import House
from webapp.journeys.keeping_diary import PURPOSE
from webapp.journeys.telling_staff import letter_to_staff
from webapp.library.message_files import render
from webapp.store import (
    choices,
    clinics,
    diaries,
    drafts,
    links,
    patients,
    reach,
    subscriptions,
)
from webapp.store.engine import Transaction
from webapp.store.messages import OutgoingMessage
from webapp.store.sealing import SealBroken

log = structlog.get_logger()
ASKING = frozenset({"check-in", "reminder", "later", "today-link"})  # while she wants to be asked
_ACT = "text-act"  # "call … now": one message for each line that there is to call
_LINES = {
    _ACT: "emergency_number",
    f"{_ACT}-crisis": "crisis_line",
    f"{_ACT}-poison": "poison_line",
    f"{_ACT}-clinic": "clinic_phone",
}
ANSWERS = frozenset({"stopped", "text-help", *_LINES})  # what she gets even after she stopped
_RINGS = re.compile(r"\{(emergency_number|crisis_line|poison_line|clinic_phone)\}")
READ_BACK = "text-read"
PUSH_WORDS = "push"  # what a push shows on a locked screen: not even the clinic's name


def letter_of(
    house: House, tx: Transaction, message: OutgoingMessage, now: datetime
) -> Letter | None:
    """The letter of a message; None if nobody can be, or wants to be, written to by its channel.

    Nor if it cannot be written: one letter must never keep all others waiting.
    """
    try:
        return _letter_of(house, tx, message, now)
    except (LookupError, ValueError, SealBroken) as fault:
        log.error("letter.unwritable", message=message.id, fault=type(fault).__name__)
        return None


def _letter_of(
    house: House, tx: Transaction, message: OutgoingMessage, now: datetime
) -> Letter | None:
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
    gaps = secret | _choices(house, patient, token) | _numbers_to_ring(house, message, reader)
    written = _words(house, message, reader, gaps)
    return Letter(
        id=message.id,
        to=address,
        subject=written.subject,
        text=written.text,
        sms=fitted(written.sms),
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
    name = _ACT if name in _LINES else name
    return render(
        house.library.messages,
        name,
        reader.patient.language,
        first_name=reader.contact.first_name,
        clinic=reader.clinic.name,
        clinic_phone=house.phone_of(reader.clinic, reader.patient.language),
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
    if message.purpose == READ_BACK:
        return _read_back(tx, reader.patient)
    if message.local_day is None:
        return None if message.purpose in ASKING else {}
    token = links.mint(tx, reader.patient.id, message.local_day, reader.now)
    return {"link": house.check_in_address(reader.patient.language, token)}


def _read_back(tx: Transaction, patient: Patient) -> dict[str, str] | None:
    """Her own numbers, bare: what they count is nobody's business who looks over her shoulder."""
    seal = patients.seal_of(tx, patient.clinic_id, patient.id)
    draft = drafts.of_patient(tx, patient.id, seal)
    return None if draft is None else {"wrote": bare_numbers(draft.said)}


def act_purpose(house: House, topic: str | None, *, line: str = "") -> str:
    """The message that says whom to call now: the line that a topic's words name first."""
    found = house.library.topics.get(TopicId(topic or ""))
    named = _RINGS.search(found.english.passage.text) if found else None
    wanted = line or (named[1] if named else _LINES[_ACT])
    return next(purpose for purpose, one in _LINES.items() if one == wanted)


def _numbers_to_ring(house: House, message: OutgoingMessage, reader: _Reader) -> dict[str, str]:
    """The numbers of her country, alone: the name of a line would say what it is for."""
    clinic, lang = reader.clinic, reader.patient.language
    caller = Caller(clinic.country, clinic.phone, clinic.after_hours_phone)
    contacts = contacts_for(house.library.telephones, caller, lang)
    emergency = _bare(contacts.emergency)
    line = contacts.by_placeholder.get(_LINES.get(message.purpose, ""))
    act = _bare(line) if line is not None and line.numbers else emergency
    return {"emergency_number": emergency, "act": act}


def _bare(line: Line) -> str:
    return line.numbers[0] if line.numbers else line.text


def _browsers(tx: Transaction, patient: Patient) -> tuple[Browser, ...]:
    seal = patients.seal_of(tx, patient.clinic_id, patient.id)
    found = subscriptions.of_patient(tx, patient.id, seal)
    return tuple(Browser(one.id, one.address) for one in found)


def _address(channel: Channel, contact: Contact) -> str:
    return {Channel.EMAIL: contact.email, Channel.SMS: contact.mobile}.get(channel, "")
