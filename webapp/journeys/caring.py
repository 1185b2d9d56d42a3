"""Caring: what a clinic changes about one patient: pausing, resuming, stopping, a link by hand.

May import: domain, store and this room.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from webapp.domain.enrolment import Fault, RowRefused
from webapp.domain.person import Clinic, Contact, Patient, PatientId, PatientStatus
from webapp.domain.preference import preferences_of, read_preferences
from webapp.journeys import linking, preferring
from webapp.journeys.desk import Desk, NotHere
from webapp.journeys.linking import MadeLink, NoLink
from webapp.journeys.preferring import How, NoAddress
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


ASKING = ("prompt_time", "quiet_from", "quiet_until", "timezone", "channel", "language")


def asking_of(patient: Patient) -> dict[str, str]:
    """How she is asked, as the fields of a form."""
    times = (patient.prompt_time, patient.quiet_from, patient.quiet_until)
    written = [f"{one:%H:%M}" if one else "" for one in times]
    return dict(
        zip(ASKING, (*written, patient.timezone, patient.channel, patient.language), strict=True)
    )


def change_asking(desk: Desk, patient_id: PatientId, row: Mapping[str, str]) -> Patient:
    """Ask her as the clinic says. Raises `NotHere`, or `RowRefused` with every fault in it."""
    patient = _known(desk, patient_id)
    wanted = read_preferences(row, preferences_of(patient), desk.house.library.languages)
    try:
        return preferring.change(desk.house, patient, wanted, how=_how(desk), now=desk.now)
    except NoAddress:
        raise RowRefused((_NO_ADDRESS,)) from None


_NO_ADDRESS = Fault("channel", "no-address", "she has no address for it")


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
