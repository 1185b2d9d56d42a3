"""Staffing: who works here, how each of them signs in, and what the clinic says of itself.

May import: domain, store and this room.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import uuid4

from webapp.domain.enrolment import Fault, RowRefused, is_email
from webapp.domain.person import ClinicId, Role, Staff, StaffId
from webapp.journeys.desk import Desk, NotHere
from webapp.journeys.house import House
from webapp.journeys.signing_in import PASSWORDS
from webapp.store import audits, clinics, sessions, staff
from webapp.store.engine import AlreadyThere, Transaction

_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"  # without those that look alike
_GROUPS, _GROUP = 5, 5  # 25 letters: 123 random bits
_MOST_NAME_LETTERS = 200


class NotYourself(Exception):
    """Nobody shuts herself out: another administrator has to."""


@dataclass(frozen=True, slots=True)
class FirstPassword:
    """A password that is shown once, and to be changed at the first sign-in."""

    person: Staff
    password: str


def new_password() -> str:
    """A random first password, in groups that can be read out."""
    groups = ("".join(secrets.choice(_LETTERS) for _ in range(_GROUP)) for _ in range(_GROUPS))
    return "-".join(groups)


def staff_here(desk: Desk) -> tuple[Staff, ...]:
    """Everybody who works or worked in this clinic, in order of name."""
    with desk.house.store.read() as tx:
        return staff.of_clinic(tx, desk.clinic_id)


def add(desk: Desk, typed: Mapping[str, str]) -> FirstPassword:
    """Add a member of staff to this clinic. Raises `RowRefused` with every fault."""
    person, password = _read(desk.clinic_id, typed), new_password()
    try:
        with desk.house.store.begin() as tx:
            staff.add(tx, person, PASSWORDS.hash(password), None, desk.now)
            desk.record(tx, "staff.add", f"staff:{person.id}", values=_as_values(person))
    except AlreadyThere:
        raise RowRefused((_TAKEN,)) from None
    return FirstPassword(person, password)


_TAKEN = Fault("email", "taken", "is in use already; everybody needs an address of her own")


def add_by_command(
    house: House, clinic_name: str, typed: Mapping[str, str], *, now: datetime
) -> FirstPassword:
    """The same from the command line, for the clinic of this name. Raises `RowRefused`."""
    password = new_password()
    try:
        with house.store.begin() as tx:
            person = _read(_clinic_named(tx, clinic_name), typed)
            staff.add(tx, person, PASSWORDS.hash(password), None, now)
            subject, values = f"staff:{person.id}", _as_values(person)
            added = audits.Action(
                person.clinic_id, "command", "staff.add", subject, "command", now, values=values
            )
            audits.record(tx, added)
    except AlreadyThere:
        raise RowRefused((_TAKEN,)) from None
    return FirstPassword(person, password)


def _clinic_named(tx: Transaction, name: str) -> ClinicId:
    found = clinics.named(tx, name)
    if found is None:
        names = ", ".join(one.name for one in clinics.every(tx)) or "none yet"
        raise RowRefused((Fault("clinic", "unknown", f"is {name!r}; here are: {names}"),))
    return found.id


def _as_values(person: Staff) -> dict[str, object]:
    new = {"name": person.name, "email": person.email, "role": person.role}
    return {"old": None, "new": new}


def _read(clinic_id: ClinicId, typed: Mapping[str, str]) -> Staff:
    """A member of staff from what was typed. Raises `RowRefused` with every fault."""
    name, email, role = (typed.get(field, "").strip() for field in ("name", "email", "role"))
    faults = []
    if not name or len(name) > _MOST_NAME_LETTERS:
        faults.append(Fault("name", "missing", "is missing or too long"))
    if not is_email(email):
        faults.append(Fault("email", "not-an-email", "is not an e-mail address"))
    if role not in set(Role):
        faults.append(Fault("role", "unknown", f"is {role!r}; use {' or '.join(Role)}"))
    if faults:
        raise RowRefused(tuple(faults))
    new_id = StaffId(str(uuid4()))
    return Staff(new_id, clinic_id, email.lower(), name, Role(role), must_change_password=True)


def deactivate(desk: Desk, staff_id: StaffId) -> Staff:
    """Let somebody no longer sign in, and end her sessions. Raises `NotHere`, `NotYourself`."""
    with desk.house.store.begin() as tx:
        person = _colleague(desk, tx, staff_id)
        staff.set_active(tx, desk.clinic_id, staff_id, False)
        sessions.end_all(tx, staff_id, desk.now)
        _changed(desk, tx, person, "staff.deactivate", active=False)
    return person


def reactivate(desk: Desk, staff_id: StaffId) -> Staff:
    """Let somebody sign in again with what she had. Raises `NotHere`, `NotYourself`."""
    with desk.house.store.begin() as tx:
        person = _colleague(desk, tx, staff_id)
        staff.set_active(tx, desk.clinic_id, staff_id, True)
        _changed(desk, tx, person, "staff.reactivate", active=True)
    return person


def _changed(desk: Desk, tx: Transaction, person: Staff, action: str, *, active: bool) -> None:
    values = {"old": {"active": person.active}, "new": {"active": active}}
    desk.record(tx, action, f"staff:{person.id}", values=values)


def start_over(desk: Desk, staff_id: StaffId) -> FirstPassword:
    """Take a lost code app away and give a new first password: one without the other would let
    whoever knows the old password set up a second factor. Raises `NotHere`, `NotYourself`.
    """
    password = new_password()
    with desk.house.store.begin() as tx:
        person = _colleague(desk, tx, staff_id)
        staff.clear_second_factor(tx, staff_id)
        staff.set_password(tx, staff_id, PASSWORDS.hash(password), must_change=True)
        sessions.end_all(tx, staff_id, desk.now)
        desk.record(tx, "staff.start-over", f"staff:{staff_id}")
    return FirstPassword(person, password)


def _colleague(desk: Desk, tx: Transaction, staff_id: StaffId) -> Staff:
    """Somebody else of this clinic."""
    people = {person.id: person for person in staff.of_clinic(tx, desk.clinic_id)}
    if staff_id not in people:
        raise NotHere(staff_id)
    if staff_id == desk.actor.id:
        raise NotYourself
    return people[staff_id]
