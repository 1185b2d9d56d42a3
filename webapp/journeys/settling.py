"""Settling: what a clinic says of itself, and what each of its staff signs in with.

May import: domain, store and this room.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from uuid import uuid4

from webapp.domain.clinic_wish import as_row, read_clinic, read_mobile
from webapp.domain.enrolment import Fault, RowRefused
from webapp.domain.password import fault_in
from webapp.domain.person import Clinic, ClinicId
from webapp.journeys import governing, signing_in
from webapp.journeys.desk import Desk, NotHere
from webapp.journeys.house import House
from webapp.journeys.signing_in import TooManyTries, WrongCredentials
from webapp.store import clinics, sessions, staff, throttles
from webapp.store.engine import AlreadyThere

_WINDOW, _TRIES = 15 * 60, 10  # seconds; tries at one's own password in them
_NAME_TAKEN = Fault("name", "taken", "is another clinic's name already")


def change_clinic(desk: Desk, typed: Mapping[str, str]) -> Clinic:
    """Store what an administrator changed about her clinic. Raises `RowRefused`."""
    after = read_clinic(desk.clinic_id, typed)
    try:
        with desk.house.store.begin() as tx:
            before = clinics.load(tx, desk.clinic_id)
            if before is None:
                raise NotHere(desk.clinic_id)
            if after != before:
                clinics.change(tx, after)
                values = _difference(before, after)
                desk.record(tx, "clinic.change", f"clinic:{after.id}", values=values)
    except AlreadyThere:
        raise RowRefused((_NAME_TAKEN,)) from None
    return after


def _difference(before: Clinic, after: Clinic) -> dict[str, dict[str, str]]:
    """The old and new values of what was changed."""
    old, new = as_row(before), as_row(after)
    changed = [field for field in old if old[field] != new[field]]
    return {
        "old": {field: old[field] for field in changed},
        "new": {field: new[field] for field in changed},
    }


def add_clinic(house: House, typed: Mapping[str, str], *, now: datetime) -> Clinic:
    """A new clinic, from the command line. Raises `RowRefused`."""
    clinic = read_clinic(ClinicId(str(uuid4())), {**typed, "chat_on": "yes"})
    try:
        governing.add_clinic(house, clinic, now=now)
    except AlreadyThere:
        raise RowRefused((_NAME_TAKEN,)) from None
    return clinic


def change_own_password(desk: Desk, token: str, *, current: str, new: str) -> None:
    """Give oneself another password; every other browser is signed out.

    Raises `RowRefused` for a new one that cannot be used, `WrongCredentials` or `TooManyTries`.
    """
    check_own_password(desk, current)
    with desk.house.store.read() as tx:
        clinic = clinics.load(tx, desk.clinic_id)
    about = (desk.actor.name, desk.actor.email, clinic.name if clinic else "")
    fault = "the-same" if new == current else fault_in(new, about)
    if fault is not None:
        raise RowRefused((Fault("new", fault, f"cannot be used: {fault}"),))
    hashed = signing_in.PASSWORDS.hash(new)
    with desk.house.store.begin() as tx:
        staff.set_password(tx, desk.actor.id, hashed, must_change=False)
        sessions.end_others(tx, desk.actor.id, token, desk.now)
        desk.record(tx, "staff.password", f"staff:{desk.actor.id}")


def change_own_mobile(desk: Desk, typed: str) -> str:
    """Where one is paged by text message about urgent flags. Raises `RowRefused`."""
    with desk.house.store.begin() as tx:
        clinic = clinics.load(tx, desk.clinic_id)
        mobile = read_mobile(typed, clinic.country if clinic else "")
        staff.set_mobile(tx, desk.actor.id, mobile)
        values = {"old": {"mobile": desk.actor.mobile}, "new": {"mobile": mobile}}
        desk.record(tx, "staff.mobile", f"staff:{desk.actor.id}", values=values)
    return mobile


def check_own_password(desk: Desk, password: str) -> None:
    """Make sure that who sits here is who signed in. Raises `WrongCredentials`, `TooManyTries`."""
    with desk.house.store.begin() as tx:
        bucket = f"own-password:{desk.actor.id}"
        tries = throttles.count(tx, bucket, desk.now, seconds=_WINDOW)
        found = staff.by_id(tx, desk.actor.id)
    if tries > _TRIES or found is None:
        raise TooManyTries
    if not signing_in.password_is(found.password_hash, password):
        raise WrongCredentials
    with desk.house.store.begin() as tx:
        throttles.forget(tx, bucket)


def new_recovery_codes(desk: Desk, password: str) -> tuple[str, ...]:
    """Ten fresh recovery codes for oneself. Raises `WrongCredentials` or `TooManyTries`."""
    check_own_password(desk, password)
    return signing_in.new_recovery_codes(desk.house, desk.actor, now=desk.now)
