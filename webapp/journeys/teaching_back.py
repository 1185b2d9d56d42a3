"""Teaching back: questions after the reading, so that the clinic hears what did not come across.

Anybody may answer them, and nothing is kept of it. Of a patient who came by her own link or diary,
each answer is kept for her clinic. May import: domain, library, store and this room.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from webapp.domain.person import Clinic, Contact, Patient, PatientId
from webapp.domain.schedule import local_day
from webapp.domain.teach_back import Answered, Question, TeachBack, last_of_each, unclear
from webapp.journeys.desk import Desk
from webapp.journeys.house import House
from webapp.journeys.marking_read import Proof, known_reader
from webapp.library.shelf import Library
from webapp.store import audits, clinics, lessons, patients


class NoSuchQuestion(Exception):
    """There is no such question, or no such choice."""


@dataclass(frozen=True, slots=True)
class Given:
    """One choice, as it was sent."""

    pathway: str
    question: str
    choice: str
    again: bool  # whether it was asked the second time


@dataclass(frozen=True, slots=True)
class Heard:
    """What came of an answer."""

    question: Question
    understood: bool
    clinic: Clinic | None  # hers, if it was kept for a clinic


class Clarity(StrEnum):
    """How far an idea came across."""

    CLEAR = "clear"
    CLEAR_AFTER_OTHER_WORDS = "clear-after-other-words"
    UNCLEAR = "unclear"
    NOT_ASKED = "not-asked"


@dataclass(frozen=True, slots=True)
class Idea:
    """One idea, and how far it came across to one patient."""

    question: Question
    clarity: Clarity
    at: datetime | None


@dataclass(frozen=True, slots=True)
class Unclear:
    """A patient before her day to whom something did not come across."""

    patient: Patient
    contact: Contact | None
    ideas: tuple[Question, ...]


def find(library: Library, pathway: str, question: str) -> tuple[TeachBack, Question]:
    """A question and the questions it belongs to. Raises `NoSuchQuestion`."""
    asked = library.teach_back.get(pathway)
    found = asked.question(question) if asked else None
    if asked is None or found is None:
        raise NoSuchQuestion
    return asked, found


def answer(house: House, proof: Proof, given: Given, *, now: datetime) -> Heard:
    """Hear an answer, and keep it for the clinic of a known patient. Raises `NoSuchQuestion`."""
    asked, question = find(house.library, given.pathway, given.question)
    choice = question.choice(given.choice)
    if choice is None:
        raise NoSuchQuestion
    told = Answered(question.id, asked.version, choice.id, choice.right, given.again)
    return Heard(question, choice.right, _keep(house, proof, asked, told, now))


def _keep(
    house: House, proof: Proof, asked: TeachBack, told: Answered, now: datetime
) -> Clinic | None:
    if not (proof.link or proof.diary):
        return None  # nobody is known: not even a connection is opened
    with house.store.begin() as tx:
        patient = known_reader(house, tx, proof, now)
        if patient is None or house.library.pathways[patient.pathway].judged_as != asked.id:
            return None
        lessons.add(tx, patient, told, now)
        audits.record(tx, _audit(patient, told, now))
        return clinics.load(tx, patient.clinic_id)


def _audit(patient: Patient, told: Answered, now: datetime) -> audits.Action:
    values = {"new": {"question": told.question, "choice": told.choice}}
    return audits.by_patient(patient, "teach-back.answer", now, values)


def ideas_of(desk: Desk, patient: Patient) -> tuple[Idea, ...]:
    """What came across to a patient of this clinic, idea by idea; nothing if she answered none."""
    library = desk.house.library
    asked = library.teach_back.get(library.pathways[patient.pathway].judged_as)
    with desk.house.store.read() as tx:
        told = lessons.of_patient(tx, desk.clinic_id, patient.id)
    if asked is None or not told:
        return ()
    last, at = last_of_each(one.answered for one in told), _times(told)
    return tuple(
        Idea(question, clarity_of(last.get(question.id)), at.get(question.id))
        for question in asked.questions
    )


def _times(told: Iterable[lessons.Told]) -> dict[str, datetime]:
    return {one.answered.question: one.at for one in told}


def clarity_of(last: Answered | None) -> Clarity:
    """How far an idea came across, by the last answer to its question."""
    if last is None:
        return Clarity.NOT_ASKED
    if not last.understood:
        return Clarity.UNCLEAR
    return Clarity.CLEAR_AFTER_OTHER_WORDS if last.again else Clarity.CLEAR


def unclear_before_the_day(desk: Desk) -> tuple[Unclear, ...]:
    """The patients whose procedure is still ahead and to whom an idea did not come across.

    The nearest procedure comes first.
    """
    with desk.house.store.read() as tx:
        clinic = clinics.load(tx, desk.clinic_id)
        today = local_day(desk.now, clinic.timezone) if clinic else desk.now.date()
        told = lessons.of_those_before_their_day(tx, desk.clinic_id, today)
        missing = {one: ids for one, ids in _unclear_of_each(told).items() if ids}
        if not missing:
            return ()
        people = {one.id: one for one in patients.of_clinic(tx, desk.clinic_id)}
        contacts = patients.contacts(tx, desk.clinic_id, tuple(missing))
    found = [
        Unclear(people[one], contacts.get(one), _asked(desk, people[one], ids))
        for one, ids in missing.items()
        if one in people
    ]
    return tuple(sorted(found, key=lambda one: (one.patient.procedure_date, one.patient.id)))


def _unclear_of_each(told: Iterable[lessons.Told]) -> dict[PatientId, tuple[str, ...]]:
    by_patient: dict[PatientId, list[Answered]] = {}
    for one in told:
        by_patient.setdefault(one.patient_id, []).append(one.answered)
    return {patient: unclear(answers) for patient, answers in by_patient.items()}


def _asked(desk: Desk, patient: Patient, ids: Iterable[str]) -> tuple[Question, ...]:
    """The questions of these ids that are still asked; what was taken out is no longer an idea."""
    library = desk.house.library
    asked = library.teach_back.get(library.pathways[patient.pathway].judged_as)
    found = (asked.question(id_) for id_ in ids) if asked else ()
    return tuple(one for one in found if one is not None)
