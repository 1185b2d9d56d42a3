"""Keeping a diary: a patient reads what she has sent, once a code to her own address proves her.

A daily link is not enough: it may be forwarded, and it may only write. It says whose address the
code goes to, and nothing else. May import: domain, store and this room.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from uuid import uuid4

from webapp.domain.checkin import Answers
from webapp.domain.person import Clinic, Patient, PatientId
from webapp.domain.token import Token, looks_like_token
from webapp.journeys.checking_in import LinkUnknown
from webapp.journeys.house import House
from webapp.journeys.looking_back import seen_since
from webapp.store import (
    audits,
    checkins,
    clinics,
    diaries,
    links,
    messages,
    patients,
    prompts,
    readings,
    throttles,
)
from webapp.store.checkins import StoredCheckIn
from webapp.store.engine import Transaction
from webapp.store.links import Holder
from webapp.store.messages import OutgoingMessage
from webapp.store.prompts import Prompt, PromptState
from webapp.store.sealing import Seal

PURPOSE = "diary-code"
READS_FOR = timedelta(minutes=30)
_DAY = 24 * 60 * 60  # seconds
_CODES_A_DAY = 5  # for one patient: nobody floods her post-box


class TooManyCodes(Exception):
    """This patient's budget of codes is spent for today."""


class WrongCode(Exception):
    """The code is wrong, old, used or tried too often; nobody is told which."""


@dataclass(frozen=True, slots=True)
class DiaryDay:
    """One day of her own: what she sent last, or None if she was asked and did not answer."""

    local_day: date
    pod: int
    answers: Answers | None


@dataclass(frozen=True, slots=True)
class Diary:
    """A patient's own record, oldest day first."""

    patient: Patient
    clinic: Clinic
    days: tuple[DiaryDay, ...]
    read: frozenset[str] = frozenset()  # the topics that she said she has read
    seen_at: datetime | None = None  # when her team first looked after her last answer


def ask_code(house: House, link: str, *, now: datetime) -> Token:
    """Send a code to the address of the patient that a link stands for.

    Gives what stands for the asking browser. Raises `LinkUnknown` or `TooManyCodes`.
    """
    with house.store.begin() as tx:
        holder = links.follow(tx, link) if looks_like_token(link) else None
        if holder is None or holder.revoked:
            raise LinkUnknown
        bucket = f"diary-code:{holder.patient.id}"
        spent = throttles.count(tx, bucket, now, seconds=_DAY) > _CODES_A_DAY
        if not spent:
            return _ask(tx, holder, now)
    raise TooManyCodes


def _ask(tx: Transaction, holder: Holder, now: datetime) -> Token:
    code_id, patient = str(uuid4()), holder.patient
    request = diaries.ask(tx, code_id, patient.id, now)
    message = OutgoingMessage(
        id=code_id,
        clinic_id=patient.clinic_id,
        purpose=PURPOSE,
        channel=patient.channel,
        dedupe=f"{PURPOSE}:{code_id}",
        queued_at=now,
        try_at=now,
        not_after=now + diaries.CODE_LASTS,
        patient_id=patient.id,
    )
    messages.queue(tx, (message,))
    audits.record(tx, audits.by_patient(patient, "diary.ask-code", now), holder.seal)
    return request


def give_code(house: House, request: str, code: str, *, now: datetime) -> Token:
    """Open the diary for half an hour. Raises `WrongCode`."""
    digits = "".join(letter for letter in code if not letter.isspace())
    with house.store.begin() as tx:
        patient_id = diaries.use_code(tx, request, digits, now)
        if patient_id is not None:
            return _start(tx, patient_id, now)
    raise WrongCode


def _start(tx: Transaction, patient_id: PatientId, now: datetime) -> Token:
    patient = _patient(tx, patient_id)
    if patient is None:
        raise WrongCode
    audits.record(tx, audits.by_patient(patient, "diary.open", now))
    return diaries.start(tx, patient_id, now, now + READS_FOR)


def _patient(tx: Transaction, patient_id: PatientId) -> Patient | None:
    clinic_id = patients.clinic_of_patient(tx, patient_id)
    return None if clinic_id is None else patients.load(tx, clinic_id, patient_id)


def open_diary(house: House, token: str, *, now: datetime) -> Diary | None:
    """The record of whom a browser may read; None once its half-hour is over. Writes nothing."""
    if not looks_like_token(token):
        return None
    with house.store.read() as tx:
        patient_id = diaries.reader(tx, token, now)
        patient = None if patient_id is None else _patient(tx, patient_id)
        clinic = None if patient is None else clinics.load(tx, patient.clinic_id)
        if patient is None or clinic is None:
            return None
        seal = patients.seal_if_any(tx, patient.clinic_id, patient.id)
        if seal is None:
            return None
        asked = prompts.of_patient(tx, patient.id)
        stored = checkins.last_of_each_day(checkins.versions(tx, patient.id))
        return Diary(
            patient=patient,
            clinic=clinic,
            days=_days(stored, seal, asked),
            read=frozenset(page.topic for page in readings.of_patient(tx, patient.id)),
            seen_at=_seen(tx, patient, stored),
        )


def _seen(tx: Transaction, patient: Patient, stored: Sequence[StoredCheckIn]) -> datetime | None:
    if not stored:
        return None
    return seen_since(tx, patient.id, max(one.committed_at for one in stored))


def _days(
    stored: Sequence[StoredCheckIn], seal: Seal, asked: Sequence[Prompt]
) -> tuple[DiaryDay, ...]:
    days = {
        one.local_day: DiaryDay(
            one.local_day,
            one.pod,
            replace(one.answers, note=checkins.open_note(seal, one)),
        )
        for one in stored
    }
    for prompt in asked:
        if prompt.state is PromptState.MISSED:
            days.setdefault(prompt.local_day, DiaryDay(prompt.local_day, prompt.pod, None))
    return tuple(days[day] for day in sorted(days))


def leave(house: House, token: str, *, now: datetime) -> None:
    """Let this browser read no more."""
    with house.store.begin() as tx:
        patient_id = diaries.reader(tx, token, now) if looks_like_token(token) else None
        patient = None if patient_id is None else _patient(tx, patient_id)
        if patient is not None:
            diaries.end(tx, token, now)
            audits.record(tx, audits.by_patient(patient, "diary.close", now))
