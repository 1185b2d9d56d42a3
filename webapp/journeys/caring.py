"""Caring: what a clinic changes about one patient: pausing, resuming, stopping, a link by hand.

May import: domain, store and this room.
"""

from __future__ import annotations

from dataclasses import dataclass

from webapp.domain.person import Clinic, Contact, Patient, PatientId, PatientStatus
from webapp.journeys import linking, preferring
from webapp.journeys.desk import Desk, NotHere
from webapp.journeys.linking import MadeLink, NoLink
from webapp.journeys.preferring import How
from webapp.store import clinics, patients
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
    return preferring.pause(desk.house, _known(desk, patient_id), how=_how(desk), now=desk.now)


def resume(desk: Desk, patient_id: PatientId) -> Patient:
    """Ask her again, today too if today still takes answers. Raises `NotHere`."""
    return preferring.resume(desk.house, _known(desk, patient_id), how=_how(desk), now=desk.now)


def stop(desk: Desk, patient_id: PatientId) -> Patient:
    """Ask her nothing more, and make every link of hers useless. Raises `NotHere`."""
    return preferring.stop(desk.house, _known(desk, patient_id), how=_how(desk), now=desk.now)


def _how(desk: Desk) -> How:
    return How("page", f"staff:{desk.actor.id}")


def _known(desk: Desk, patient_id: PatientId) -> Patient:
    with desk.house.store.read() as tx:
        return _patient(desk, tx, patient_id)


def give_link(desk: Desk, patient_id: PatientId) -> MadeLink:
    """A check-in address of today for a patient of this clinic. Raises `NotHere` or `NoLink`."""
    patient = _known(desk, patient_id)
    if patient.status is PatientStatus.STOPPED:
        raise NoLink("she has stopped: resume her first")
    actor = f"staff:{desk.actor.id}"
    return linking.make_link(desk.house, patient_id, None, now=desk.now, actor=actor)


def _patient(desk: Desk, tx: Transaction, patient_id: PatientId) -> Patient:
    patient = patients.load(tx, desk.clinic_id, patient_id)
    if patient is None:
        raise NotHere(patient_id)
    return patient
