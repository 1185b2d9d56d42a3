"""Staff who can really sign in: a password, a second factor, a browser that keeps its cookies.

May import: argon2, flask's test client, pyotp, the domain, journeys, and the store for staff.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta

import pyotp
from argon2 import PasswordHasher
from flask import Flask
from flask.testing import FlaskClient

from webapp.domain.person import ClinicId, Role, Staff, StaffId
from webapp.journeys import signing_in
from webapp.journeys.house import House
from webapp.journeys.signing_in import Caller, SignedIn
from webapp.store import staff

PASSWORD = "seven purple wolves sing"
# A hash says how it was made: this one is checked in no time, in the thousands of times it is.
_HASH = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(PASSWORD)
HOME = Caller("192.0.2.1", "")
_TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')


@dataclass(frozen=True)
class Member:
    """Somebody who works in a clinic, and the secret in her phone."""

    staff: Staff
    secret: str

    def code(self, now: datetime) -> str:
        """What her phone shows."""
        return pyotp.TOTP(self.secret).at(now)


def member(
    house: House, clinic_id: ClinicId, name: str, now: datetime, role: Role = Role.CLINICIAN
) -> Member:
    """A new member of staff with a second factor."""
    key = f"{clinic_id}-{name}"
    person = Staff(StaffId(key), clinic_id, f"{key}@example.org", name.title(), role)
    secret = pyotp.random_base32()
    with house.store.begin() as tx:
        staff.add(tx, person, _HASH, secret, now)
    return Member(person, secret)


def sign_in(house: House, who: Member, now: datetime, caller: Caller = HOME) -> SignedIn:
    """Both factors, one after the other."""
    half = signing_in.give_password(house, who.staff.email, PASSWORD, caller, now=now)
    return signing_in.give_code(house, half, who.code(now), caller, now=now)


def browser(app: Flask, who: Member | None = None, now: datetime | None = None) -> FlaskClient:
    """A browser; signed in through the pages if somebody is named."""
    client = app.test_client()
    if who is not None and now is not None:
        client.post("/clinic/sign-in", data=with_token(client, email=who.staff.email))
        posted = with_token(client, "/clinic/sign-in/code", code=who.code(now))
        done = client.post("/clinic/sign-in/code", data=posted)
        assert done.status_code == 302, done.text
    return client


def with_token(client: FlaskClient, page: str = "/clinic/sign-in", **fields: str) -> dict[str, str]:
    """Fields of a form with the session's token from a page that has one."""
    found = _TOKEN.search(client.get(page).text)
    assert found, f"{page} has no form"
    return {"csrf_token": found[1], "password": PASSWORD, **fields}


def later(now: datetime, **spell: float) -> datetime:
    """A moment after `now`."""
    return now + timedelta(**spell)
