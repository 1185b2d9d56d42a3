"""Choosing: the page behind the link in every message. It writes, and shows nothing of her health.

The lasting link of a patient opens it, and so does a daily one that still lives (a text message
has room for one link only). May import: domain, store and this room.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from webapp.domain.person import Channel, Clinic, Patient
from webapp.journeys import preferring
from webapp.journeys.checking_in import LinkUnknown
from webapp.journeys.house import House
from webapp.journeys.preferring import How
from webapp.store import choices, clinics, links, patients
from webapp.store.engine import Transaction


@dataclass(frozen=True, slots=True)
class Choices:
    """What may be chosen by whoever holds the link: no name, no address, no answer is in it."""

    patient: Patient
    clinic: Clinic
    channels: tuple[Channel, ...]  # by which she can be reached
    later: tuple[datetime, ...]  # local times of today at which she can be asked instead


def open_choices(house: House, token: str, now: datetime) -> Choices:
    """What a link lets its holder choose. Writes nothing. Raises `LinkUnknown`."""
    with house.store.read() as tx:
        patient, clinic = _behind(tx, token)
        return Choices(
            patient=patient,
            clinic=clinic,
            channels=preferring.reachable_by(house, tx, patient),
            later=preferring.times_left(house, tx, patient, now),
        )


def who_chooses(house: House, token: str) -> Patient:
    """The patient behind a link, for `preferring`. Raises `LinkUnknown`."""
    with house.store.read() as tx:
        return _behind(tx, token)[0]


def stop_by_message(house: House, token: str, now: datetime) -> Clinic:
    """What the one-click header of an e-mail does (RFC 8058): stop. Raises `LinkUnknown`."""
    with house.store.read() as tx:
        patient, clinic = _behind(tx, token)
    preferring.stop(house, patient, how=How(Channel.EMAIL), now=now)
    return clinic


def not_me(house: House, token: str, now: datetime) -> Clinic:
    """Somebody else got our message: nothing more goes there until her clinic has looked.

    Every link that was sent is dead from then on. Raises `LinkUnknown`.
    """
    with house.store.read() as tx:
        patient, clinic = _behind(tx, token)
    preferring.hold(house, patient, how=How("page"), now=now)
    return clinic


def _behind(tx: Transaction, token: str) -> tuple[Patient, Clinic]:
    chooser = choices.follow(tx, token)
    if chooser is not None:
        patient = patients.load(tx, chooser.clinic_id, chooser.patient_id)
        clinic = clinics.load(tx, chooser.clinic_id)
        if patient is not None and clinic is not None:
            return patient, clinic
    holder = links.follow(tx, token)
    if holder is None or holder.revoked:
        raise LinkUnknown
    return holder.patient, holder.clinic
