"""Caring: what a clinic changes about one patient: pausing, resuming, stopping, a link by hand.

May import: domain, store and this room.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from webapp.domain.person import Clinic, Contact, Patient, PatientId, PatientStatus
from webapp.journeys import linking, prompting
from webapp.journeys.desk import Desk, NotHere
from webapp.journeys.linking import MadeLink, NoLink
from webapp.store import clinics, diaries, links, messages, patients, prompts
from webapp.store.engine import Transaction


@dataclass(frozen=True, slots=True)
class Chart:
    """One patient of this clinic with what identifies her; None once she is erased."""

    patient: Patient
    contact: Contact | None
    clinic: Clinic


def open_chart(desk: Desk, patient_id: PatientId) -> Chart:
    """One patient of this clinic. Raises `NotHere`."""
    with desk.house.store.read() as tx:
        patient = _patient(desk, tx, patient_id)
        clinic = clinics.load(tx, desk.clinic_id)
        contact = patients.contact(tx, desk.clinic_id, patient_id)
    if clinic is None:
        raise NotHere(desk.clinic_id)
    return Chart(patient, contact, clinic)


def pause(desk: Desk, patient_id: PatientId) -> Patient:
    """Ask her nothing until somebody resumes; her links still work. Raises `NotHere`."""
    return _change(desk, patient_id, PatientStatus.PAUSED, "patient.pause")


def resume(desk: Desk, patient_id: PatientId) -> Patient:
    """Ask her again, from the next asked day on. Raises `NotHere`."""
    return _change(desk, patient_id, PatientStatus.ACTIVE, "patient.resume")


def stop(desk: Desk, patient_id: PatientId) -> Patient:
    """Ask her nothing more, and make every link of hers useless. Raises `NotHere`."""
    return _change(desk, patient_id, PatientStatus.STOPPED, "patient.stop")


def _change(desk: Desk, patient_id: PatientId, wanted: PatientStatus, action: str) -> Patient:
    """Bring a patient to a status, once: a second click changes nothing and leaves no row."""
    with desk.house.store.begin() as tx:
        before = _patient(desk, tx, patient_id)
        if before.status is wanted:
            return before
        after = replace(before, status=wanted)
        asked = wanted is PatientStatus.ACTIVE
        due = prompting.first_due(desk.house, after, desk.now) if asked else None
        patients.change(tx, after, next_due_at=due)
        if not asked:
            _fall_silent(tx, after, desk)
        values = {"old": {"status": before.status}, "new": {"status": wanted}}
        subject = f"patient:{patient_id}"
        desk.record(tx, action, subject, patient_id=patient_id, values=values)
    return after


def _fall_silent(tx: Transaction, patient: Patient, desk: Desk) -> None:
    """Take back what is due and what waits in the outbox; after a stop, links and diary too."""
    prompts.cancel_due(tx, patient.id, desk.now)
    messages.cancel_of_patient(tx, patient.id, desk.now)
    if patient.status is PatientStatus.STOPPED:
        links.revoke(tx, patient.id, desk.now)
        diaries.end_all(tx, patient.id, desk.now)


def give_link(desk: Desk, patient_id: PatientId) -> MadeLink:
    """A check-in address of today for a patient of this clinic. Raises `NotHere` or `NoLink`."""
    with desk.house.store.read() as tx:
        patient = _patient(desk, tx, patient_id)
    if patient.status is PatientStatus.STOPPED:
        raise NoLink("she has stopped: resume her first")
    actor = f"staff:{desk.actor.id}"
    return linking.make_link(desk.house, patient_id, None, now=desk.now, actor=actor)


def _patient(desk: Desk, tx: Transaction, patient_id: PatientId) -> Patient:
    patient = patients.load(tx, desk.clinic_id, patient_id)
    if patient is None:
        raise NotHere(patient_id)
    return patient
