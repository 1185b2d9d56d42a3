"""Enrolling: a person becomes a patient of a clinic, once, with everything that is asked checked.

May import: domain, library, store and this room.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from uuid import uuid4
from zoneinfo import available_timezones

from webapp.domain.enrolment import Defaults, Fault, RowRefused, Wish, read_wish
from webapp.domain.person import Clinic, ClinicId, Origin, Patient, PatientId, PatientStatus
from webapp.domain.schedule import local_day
from webapp.journeys import governing, preparing, prompting
from webapp.journeys.desk import Desk, NotHere
from webapp.journeys.house import House
from webapp.store import audits, clinics, patients
from webapp.store.engine import AlreadyThere, Transaction


@dataclass(frozen=True, slots=True)
class Enroller:
    """Who enrols, by which way: for the audit trail."""

    actor: str  # "staff:<id>" or "command"
    channel: str  # page or command


def enrol_row(
    house: House, enroller: Enroller, row: Mapping[str, object], *, now: datetime
) -> PatientId:
    """Enrol one row of the contract's section 5. Raises `RowRefused` with every fault in it."""
    with house.store.read() as tx:
        first = not clinics.every(tx)
    if first:
        _make_first_clinic(house, row, now)
    with house.store.read() as tx:
        clinic = _clinic_named(tx, str(row.get("clinic") or ""))
    return enrol(house, enroller, clinic, row, now=now)


def _make_first_clinic(house: House, row: Mapping[str, object], now: datetime) -> None:
    """The first patient of a new database brings her clinic; its numbers and hours come later.

    Until `thaw clinic` or the settings page gives them, patients read general words instead.
    """
    usual = house.library.enrolment
    zone = str(row.get("timezone") or "")
    clinic = Clinic(
        id=ClinicId(str(uuid4())),
        name=str(row.get("clinic") or "").strip() or usual.clinic,
        country=usual.country,
        timezone=zone if zone in available_timezones() else usual.timezone,
        phone="",
        after_hours_phone="",
        hours=(),
    )
    governing.add_clinic(house, clinic, now=now)


def enrol_at_desk(desk: Desk, row: Mapping[str, object]) -> PatientId:
    """Enrol a patient of the clinic of whoever is at the desk, from a form.

    A form asks for what a row may leave out: the usual pain, where the pathway is judged by it.
    Raises `RowRefused` with every fault in it.
    """
    clinic = clinic_of(desk)
    if left_out := _left_out(desk.house, row):
        today = local_day(desk.now, clinic.timezone)
        others = faults_of(row, defaults_of(desk.house, clinic), today)
        raise RowRefused((*others, *left_out))
    enroller = Enroller(f"staff:{desk.actor.id}", "page")
    return enrol(desk.house, enroller, clinic, row, now=desk.now)


def clinic_of(desk: Desk) -> Clinic:
    """The clinic of whoever is at the desk. Raises `NotHere` if there is none."""
    with desk.house.store.read() as tx:
        clinic = clinics.load(tx, desk.clinic_id)
    if clinic is None:
        raise NotHere(desk.clinic_id)
    return clinic


def faults_of(row: Mapping[str, object], defaults: Defaults, today: date) -> tuple[Fault, ...]:
    """Everything that is wrong with a row; nothing if it can be used."""
    try:
        read_wish(row, defaults, today)
    except RowRefused as refused:
        return refused.faults
    return ()


def _left_out(house: House, row: Mapping[str, object]) -> tuple[Fault, ...]:
    pathway = house.library.pathways.get(str(row.get("pathway") or ""))
    if pathway is None or not pathway.asks_baseline or str(row.get("baseline_nrs") or "").strip():
        return ()
    return (Fault("baseline_nrs", "missing", "is missing; this pathway is judged by it"),)


def enrol(
    house: House, enroller: Enroller, clinic: Clinic, row: Mapping[str, object], *, now: datetime
) -> PatientId:
    """Enrol a patient of this clinic. Raises `RowRefused` with every fault in it."""
    today = local_day(now, clinic.timezone)
    wish = read_wish(row, defaults_of(house, clinic), today)
    patient = _patient(house, clinic, wish)
    try:
        with house.store.begin() as tx:
            _refuse_twice(tx, patient, wish)
            store_patient(house, tx, patient, wish, now=now)
            audits.record(tx, _audit(enroller, patient, wish, now))
    except AlreadyThere:
        raise RowRefused((_TWICE,)) from None
    return patient.id


_TWICE = Fault("name", "enrolled-already", "this person is enrolled for this procedure already")


def store_patient(
    house: House, tx: Transaction, patient: Patient, wish: Wish, *, now: datetime
) -> None:
    """Store a patient whose row was read, and when the clock must first look at her."""
    first = prompting.first_due(house, patient, now)
    patients.add(tx, patient, wish.contact, next_due_at=first, now=now)
    preparing.send_reading(house, tx, patient, now)


def defaults_of(house: House, clinic: Clinic) -> Defaults:
    """What a new patient of this clinic has unless the row says otherwise."""
    usual = house.library.enrolment
    return Defaults(
        country=clinic.country,
        timezone=clinic.timezone,
        language=usual.language,
        prompt_time=usual.prompt_time,
        mg_per_tablet=usual.mg_per_tablet,
        pathways=tuple(house.library.pathways),
        languages=tuple(house.library.languages),
        quiet_from=usual.quiet_from,
        quiet_until=usual.quiet_until,
    )


def _clinic_named(tx: Transaction, name: str) -> Clinic:
    """The clinic that a row names; the only one there is, where it names none."""
    found = clinics.named(tx, name) if name else None
    every = clinics.every(tx)
    if found is None and not name and len(every) == 1:
        found = every[0]
    if found is None:
        names = ", ".join(clinic.name for clinic in every) or "none yet"
        english = f"is {name!r}; the clinics here are: {names}"
        raise RowRefused((Fault("clinic", "unknown", english),))
    return found


def _patient(house: House, clinic: Clinic, wish: Wish) -> Patient:
    return Patient(
        id=PatientId(str(uuid4())),
        clinic_id=clinic.id,
        pathway=wish.pathway,
        procedure_date=wish.procedure_date,
        timezone=wish.timezone,
        language=wish.language,
        channel=wish.channel,
        prompt_time=wish.prompt_time,
        status=PatientStatus.ACTIVE,
        origin=Origin.ENROLLED,
        mg_per_tablet=wish.mg_per_tablet,
        label_max=wish.label_max,
        pump_on=wish.pump_on,
        baseline_nrs=wish.baseline_nrs,
        quiet_from=wish.quiet_from,
        quiet_until=wish.quiet_until,
    )


def _refuse_twice(tx: Transaction, patient: Patient, wish: Wish) -> None:
    mark = patients.enrolment_mark(tx, patient, wish.contact)
    known = patients.enrolled_as(tx, patient.clinic_id, mark)
    if known is not None:
        raise RowRefused((Fault(_TWICE.field, _TWICE.code, f"{_TWICE.english} (id {known})"),))


def _audit(enroller: Enroller, patient: Patient, wish: Wish, now: datetime) -> audits.Action:
    return audits.Action(
        clinic_id=patient.clinic_id,
        actor=enroller.actor,
        action="patient.enrol",
        subject=f"patient:{patient.id}",
        channel=enroller.channel,
        at=now,
        patient_id=patient.id,
        values={"old": None, "new": {name: getattr(wish, name) for name in Wish.__slots__}},
    )
