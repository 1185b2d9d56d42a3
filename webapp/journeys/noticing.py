"""Noticing: what a clinic reads about reaching its patients, until somebody has handled it.

May import: domain, store and this room.
"""

from __future__ import annotations

from dataclasses import dataclass

from webapp.domain.person import Contact, Patient, PatientId
from webapp.journeys.desk import Desk, NotHere
from webapp.store import notices, patients
from webapp.store.notices import Notice

MOST = 50  # on the inbox; the next ones come when these are handled


@dataclass(frozen=True, slots=True)
class NoticeLine:
    """One notice as it is shown."""

    notice: Notice
    patient: Patient
    contact: Contact | None  # None once she is erased, and where her name is known anyway


def unhandled(desk: Desk) -> tuple[NoticeLine, ...]:
    """What nobody of this clinic has handled, oldest first."""
    with desk.house.store.read() as tx:
        found = notices.open_of_clinic(tx, desk.clinic_id, MOST)
        ids = tuple({one.patient_id for one in found})
        contacts = patients.contacts(tx, desk.clinic_id, ids) if ids else {}
        known = {one: patients.load(tx, desk.clinic_id, one) for one in ids}
    return tuple(
        NoticeLine(one, who, contacts.get(one.patient_id))
        for one in found
        if (who := known[one.patient_id]) is not None
    )


def unhandled_of(desk: Desk, patient: Patient) -> tuple[NoticeLine, ...]:
    """What nobody has handled about one patient of this clinic, oldest first."""
    with desk.house.store.read() as tx:
        found = notices.open_of_patient(tx, desk.clinic_id, patient.id)
    return tuple(NoticeLine(one, patient, None) for one in found)


def handle(desk: Desk, notice_id: str) -> PatientId:
    """Say that a notice is handled; whom it was about. Raises `NotHere`."""
    with desk.house.store.begin() as tx:
        done = notices.handle(tx, desk.clinic_id, notice_id, desk.actor.id, desk.now)
        if done is None:
            raise NotHere(notice_id)
        values = {"old": None, "new": {"kind": done.kind}}
        subject = f"notice:{notice_id}"
        desk.record(tx, "notice.handle", subject, patient_id=done.patient_id, values=values)
    return done.patient_id
