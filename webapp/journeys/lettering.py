"""Lettering: a message of the outbox becomes a letter: its words, its address, a link of its own.

The outbox holds no words and no address; both are looked up here, at the last moment, so that who
stopped or was erased meanwhile gets nothing. May import: domain, library, store, delivery's
protocol and this room.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache, partial
from typing import TypeVar

import structlog

from webapp.delivery.channel import Browser, Letter
from webapp.domain.emergency import Caller, contacts_for
from webapp.domain.emergency import Contact as Line
from webapp.domain.message import Message, fitted
from webapp.domain.person import Channel, Clinic, Contact, Patient, PatientStatus
from webapp.domain.text_answers import bare_numbers
from webapp.domain.token import Token
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
    readers,
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


def letters_of(
    house: House, tx: Transaction, batch: Sequence[OutgoingMessage], now: datetime
) -> dict[str, Letter]:
    """The letters of a batch, by message, each with a link of its own.

    Left out is who cannot be, or does not want to be, written to by that channel, and what cannot
    be written: one letter must never keep all others waiting.
    """
    desk = _WritingDesk(house, tx, batch, now)
    return {one.id: letter for one in batch if (letter := _tried(desk.letter, one)) is not None}


_Made = TypeVar("_Made")


def _tried(
    make: Callable[[OutgoingMessage], _Made | None], message: OutgoingMessage
) -> _Made | None:
    """What can be made of a message; None, and a word in the log, if that fails."""
    try:
        return make(message)
    except (LookupError, ValueError, SealBroken) as fault:
        log.error("letter.unwritable", message=message.id, fault=type(fault).__name__)
        return None


def _is_wanted(message: OutgoingMessage, status: PatientStatus) -> bool:
    """Whether a patient of this status still gets it: she may have stopped after it was queued."""
    if message.purpose in ASKING:
        return status is PatientStatus.ACTIVE
    return status is not PatientStatus.STOPPED or message.purpose in ANSWERS


@dataclass(frozen=True, slots=True)
class _Reader:
    """Whom a letter is for, and where it goes."""

    patient: Patient
    contact: Contact
    clinic: Clinic
    address: str
    browsers: tuple[Browser, ...]


class _WritingDesk:
    """Where the letters of a batch are written. What they need is read once for all of them."""

    def __init__(
        self, house: House, tx: Transaction, batch: Sequence[OutgoingMessage], now: datetime
    ) -> None:
        self._house, self._tx, self._now = house, tx, now
        self._clinic = cache(partial(clinics.load, tx))
        self._places: dict[tuple[str, str, str], dict[str, str]] = {}
        ids = {one.patient_id for one in batch if one.patient_id is not None}
        self._known, self._dead = readers.of_batch(tx, ids), reach.dead_among(tx, ids)
        found = {one.id: _tried(self._reader, one) for one in batch}
        self._readers = {key: reader for key, reader in found.items() if reader is not None}
        reached = {reader.patient.id for reader in self._readers.values()}
        known = {who: self._known[who] for who in reached}
        kept = {who: (one.seal(tx), one.choices_token) for who, one in known.items()}
        self._choices = choices.tokens_in(tx, kept)
        self._links = self._mint([one for one in batch if one.id in self._readers])

    def _reader(self, message: OutgoingMessage) -> _Reader | None:
        """Whom a message is for; None if she cannot be, or does not want to be, reached by it."""
        known = self._known.get(message.patient_id) if message.patient_id else None
        if known is None or known.patient.clinic_id != message.clinic_id:
            return None
        patient, clinic = known.patient, self._clinic(message.clinic_id)
        dead = (patient.id, message.channel) in self._dead
        if clinic is None or dead or not _is_wanted(message, patient.status):
            return None
        contact = known.contact(self._tx)
        browsers = _browsers(self._tx, patient) if message.channel is Channel.PUSH else ()
        address = _address(message.channel, contact)
        return _Reader(patient, contact, clinic, address, browsers) if address or browsers else None

    def _mint(self, batch: Sequence[OutgoingMessage]) -> dict[str, Token]:
        """A link for each message that is about a day of hers, by message."""
        about = {
            one.id: (self._readers[one.id].patient.id, one.local_day)
            for one in batch
            if one.local_day is not None and one.purpose not in (PURPOSE, READ_BACK)
        }
        tokens = links.mint_all(self._tx, tuple(about.values()), self._now)
        return dict(zip(about, tokens, strict=True))

    def letter(self, message: OutgoingMessage) -> Letter | None:
        """The letter of a message of this batch."""
        if message.patient_id is None:
            return letter_to_staff(self._house, self._tx, message)
        reader = self._readers.get(message.id)
        secret = self._secret_in(message, reader) if reader is not None else None
        if reader is None or secret is None:
            return None
        lang, token = reader.patient.language, self._choices[reader.patient.id]
        own = {**secret, "choices_link": self._house.choices_address(lang, token)}
        written = self._words(message, reader, own)
        return Letter(
            id=message.id,
            to=reader.address,
            subject=written.subject,
            text=written.text,
            sms=fitted(written.sms),
            lang=lang,
            link=secret.get("link", ""),
            choices_link=self._house.one_click_address(lang, token),
            browsers=reader.browsers,
            not_after=message.not_after,
            topic=message.dedupe,
        )

    def _secret_in(self, message: OutgoingMessage, reader: _Reader) -> dict[str, str] | None:
        """What only this letter holds: a code, or a link of its day. Made now, never kept plain.

        None if the letter would be empty without it.
        """
        if message.purpose == PURPOSE:
            return {"code": diaries.write_code(self._tx, message.id, self._now)}
        if message.purpose == READ_BACK:
            return _read_back(self._tx, reader.patient)
        if message.id not in self._links:
            return None if message.purpose in ASKING else {}
        address = self._house.check_in_address(reader.patient.language, self._links[message.id])
        return {"link": address}

    def _words(self, message: OutgoingMessage, reader: _Reader, own: dict[str, str]) -> Message:
        name = PUSH_WORDS if message.channel is Channel.PUSH else message.purpose
        return render(
            self._house.library.messages,
            _ACT if name in _LINES else name,
            reader.patient.language,
            first_name=reader.contact.first_name,
            **self._place(reader, message.purpose),
            **own,
        )

    def _place(self, reader: _Reader, purpose: str) -> dict[str, str]:
        """What letters of one clinic in one language share: its name, and the numbers to ring."""
        lang = reader.patient.language
        key = reader.clinic.id, lang, purpose
        if key not in self._places:
            self._places[key] = _place_of(self._house, reader.clinic, lang, purpose)
        return self._places[key]


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


def _place_of(house: House, clinic: Clinic, lang: str, purpose: str) -> dict[str, str]:
    """A clinic's name and numbers, and those of its country, alone: the name of a line would say
    what it is for."""
    caller = Caller(clinic.country, clinic.phone, clinic.after_hours_phone)
    contacts = contacts_for(house.library.telephones, caller, lang)
    emergency = _bare(contacts.emergency)
    line = contacts.by_placeholder.get(_LINES.get(purpose, ""))
    return {
        "clinic": clinic.name,
        "clinic_phone": house.phone_of(clinic, lang),
        "emergency_number": emergency,
        "act": _bare(line) if line is not None and line.numbers else emergency,
    }


def _bare(line: Line) -> str:
    return line.numbers[0] if line.numbers else line.text


def _browsers(tx: Transaction, patient: Patient) -> tuple[Browser, ...]:
    seal = patients.seal_of(tx, patient.clinic_id, patient.id)
    found = subscriptions.of_patient(tx, patient.id, seal)
    return tuple(Browser(one.id, one.address) for one in found)


def _address(channel: Channel, contact: Contact) -> str:
    return {Channel.EMAIL: contact.email, Channel.SMS: contact.mobile}.get(channel, "")
