"""Marking read: a patient says that she has read a page, and her clinic can see it.

Reading itself is never noted; only what she says is, once for each version of a page. May import:
domain, library, store and this room.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from webapp.domain.person import Clinic, Patient
from webapp.domain.schedule import DayState
from webapp.domain.token import looks_like_token
from webapp.domain.topic import Topic, TopicId
from webapp.journeys import prompting
from webapp.journeys.house import House
from webapp.store import audits, clinics, diaries, links, patients, readings
from webapp.store.engine import Transaction
from webapp.store.readings import PageRead

# A link of a day to come is hers as well: reading is most useful before the procedure.
_TAKES_WORDS = frozenset({DayState.NOT_YET, DayState.OPEN, DayState.CHANGES_ONLY})


class PageMoved(Exception):
    """The words have changed since she opened the page, or it is gone."""


@dataclass(frozen=True, slots=True)
class Proof:
    """What a browser holds that says who reads; "" for what it does not hold."""

    link: str = ""  # of a day that takes answers, or will
    diary: str = ""  # an open diary


def mark_read(
    house: House, proof: Proof, *, topic_id: str, passage: str, now: datetime
) -> Clinic | None:
    """Note that a patient has read a page, and give her clinic; None if nobody is known.

    `passage` names the words she saw, such as numbness@en#3; the same words twice are noted once.
    Raises `PageMoved` where the topic has no such words now.
    """
    topic = house.library.topics.get(TopicId(topic_id))
    if topic is None or passage not in _names(topic):
        raise PageMoved
    page = PageRead(topic_id, passage, now)
    with house.store.begin() as tx:
        patient = known_reader(house, tx, proof, now)
        if patient is None:
            return None
        if readings.add(tx, patient.id, page):
            audits.record(tx, _audit(patient, page))
        return clinics.load(tx, patient.clinic_id)


def known_reader(house: House, tx: Transaction, proof: Proof, now: datetime) -> Patient | None:
    """Whom a browser proves to be, if anybody. It may add to her record, not read it."""
    return _by_link(house, tx, proof.link, now) or _by_diary(tx, proof.diary, now)


def _names(topic: Topic) -> frozenset[str]:
    return frozenset(words.name for words in topic.words.values())


def _by_link(house: House, tx: Transaction, token: str, now: datetime) -> Patient | None:
    holder = links.follow(tx, token) if looks_like_token(token) else None
    if holder is None or holder.revoked:
        return None
    state = prompting.window_of(house, holder.patient, holder.local_day).state(now)
    return holder.patient if state in _TAKES_WORDS else None


def _by_diary(tx: Transaction, token: str, now: datetime) -> Patient | None:
    patient_id = diaries.reader(tx, token, now) if looks_like_token(token) else None
    clinic_id = None if patient_id is None else patients.clinic_of_patient(tx, patient_id)
    if patient_id is None or clinic_id is None:
        return None
    return patients.load(tx, clinic_id, patient_id)


def _audit(patient: Patient, page: PageRead) -> audits.Action:
    """What she read tells of her health, so it stands among the sealed values."""
    values = {"new": {"passage": page.passage}}
    return audits.by_patient(patient, "page.read", page.at, values)
