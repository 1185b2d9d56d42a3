"""Signing in: e-mail and password, then a code of this minute or a recovery code.

Failures cost only whoever fails: a browser that has signed in before keeps a budget of its own,
so that no stranger can lock a nurse out. May import: domain, store, argon2, pyotp and this room.
"""

from __future__ import annotations

import hmac
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache

import pyotp
from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error, InvalidHashError

from webapp.domain.person import ClinicId, Staff, StaffId
from webapp.domain.token import Token, fingerprint, looks_like_token
from webapp.journeys.house import House
from webapp.store import audits, sessions, staff, throttles
from webapp.store.engine import Transaction
from webapp.store.sessions import StaffSession

# OWASP's second choice for argon2id: 20 ms here, where the library's default takes 120 ms.
PASSWORDS = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
SESSION_LASTS = timedelta(hours=12)
SESSION_IDLE = timedelta(minutes=15)
SEEN_EVERY = timedelta(minutes=1)  # how exactly idleness is known, to spare a write a page
HALF_LASTS = timedelta(minutes=10)
RECOVERY_CODES = 10
TOTP_SECONDS = 30
_TOTP_DIGITS = 6
_CODE_TRIES = 5  # in one window, from one place
_WINDOW = 15 * 60  # seconds in which tries are counted
_DAY = 24 * 60 * 60
_TRIES = 10  # in one window, from one place
_TRIES_A_DAY = 100  # on one account from browsers that never signed in (NIST 800-63B-4)


@dataclass(frozen=True, slots=True)
class Caller:
    """Where a try comes from."""

    address: str  # the network address, as far as it can be trusted
    device: str  # the token of a browser that has signed in before, or ""


@dataclass(frozen=True, slots=True)
class Half:
    """Somebody who has given the right password; the second factor is still to come."""

    staff_id: StaffId
    has_totp: bool


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A new session and the mark of the browser that it is in."""

    staff: Staff
    session: Token
    device: Token
    codes_left: int


class WrongCredentials(Exception):
    """The password or the code is not right; nobody is told which part."""


class TooManyTries(Exception):
    """This place has failed too often; it may try again later."""


def give_password(
    house: House, email: str, password: str, caller: Caller, *, now: datetime
) -> Half:
    """The first factor. Raises `WrongCredentials` or `TooManyTries`."""
    with house.store.begin() as tx:
        found = staff.by_email(tx, email)
        known = found is not None and _knows(tx, found.staff.id, caller)
        _count(tx, email, caller, known=known, now=now)
    nobody = _nobody()  # for everybody, so that the first unknown address takes no longer either
    right = password_is(found.password_hash if found else nobody, password)
    if found is None or not right or not found.staff.active:
        if found is not None:
            _tell(house, found.staff, "staff.password-wrong", now)
        raise WrongCredentials
    return Half(found.staff.id, found.totp_secret is not None)


@cache
def _nobody() -> str:
    """The hash that an unknown address is tried against: it takes as long as a known one."""
    return PASSWORDS.hash(secrets.token_hex(16))


def _knows(tx: Transaction, staff_id: StaffId, caller: Caller) -> bool:
    return looks_like_token(caller.device) and sessions.knows_device(tx, staff_id, caller.device)


def _count(tx: Transaction, email: str, caller: Caller, *, known: bool, now: datetime) -> None:
    """Count this try in the budget of its place; a known browser has one of its own."""
    account = fingerprint(email.strip().lower())[:32]
    if known:
        budgets = [(f"device:{fingerprint(caller.device)[:32]}", _WINDOW, _TRIES)]
    else:
        place = fingerprint(caller.address)[:32]
        budgets = [
            (f"place:{place}:{account}", _WINDOW, _TRIES),
            (f"place:{place}", _WINDOW, 5 * _TRIES),
            (f"account:{account}", _DAY, _TRIES_A_DAY),
        ]
    counted = [
        throttles.count(tx, name, now, seconds=spell) - most for name, spell, most in budgets
    ]
    if max(counted) > 0:
        raise TooManyTries


def password_is(stored: str, password: str) -> bool:
    """Whether this is the password behind a stored hash."""
    try:
        return PASSWORDS.verify(stored, password)
    except (Argon2Error, InvalidHashError):
        return False


def give_code(house: House, half: Half, code: str, caller: Caller, *, now: datetime) -> SignedIn:
    """The second factor: a TOTP code that was not used before, or a recovery code."""
    with house.store.begin() as tx:
        found = staff.by_id(tx, half.staff_id)
        throttles_full = found is None or _code_budget_is_spent(tx, half.staff_id, caller, now)
    if found is None or throttles_full:
        raise TooManyTries
    with house.store.begin() as tx:
        plain = "".join(code.split()).replace("-", "")
        if not found.staff.active or not _code_is_right(tx, found, plain, now):
            fits = False
        else:
            fits = True
            signed_in = _start(tx, found.staff, now)
    if not fits:
        _tell(house, found.staff, "staff.code-wrong", now)
        raise WrongCredentials
    return signed_in


def _code_budget_is_spent(
    tx: Transaction, staff_id: StaffId, caller: Caller, now: datetime
) -> bool:
    """Five tries at a code in a window for each place: six digits must not be guessed."""
    place = fingerprint(f"{caller.device}:{caller.address}")[:32]
    return throttles.count(tx, f"code:{staff_id}:{place}", now, seconds=_WINDOW) > _CODE_TRIES


def _code_is_right(tx: Transaction, found: staff.Credentials, code: str, now: datetime) -> bool:
    if len(code) == _TOTP_DIGITS and code.isascii() and code.isdigit():
        step = _matching_step(found.totp_secret, code, now)
        return step is not None and staff.use_totp_step(tx, found.staff.id, step)
    hashed = fingerprint(f"{found.staff.id}:{code.lower()}")
    return staff.use_recovery_code(tx, found.staff.id, hashed, now)


def _matching_step(secret: str | None, code: str, now: datetime) -> int | None:
    """The TOTP step of a code: this half-minute's, or one to either side for a slow clock."""
    if secret is None:
        return None
    totp = pyotp.TOTP(secret)
    this = int(now.timestamp()) // TOTP_SECONDS
    fitting = [
        step
        for step in (this - 1, this, this + 1)
        if hmac.compare_digest(totp.generate_otp(step), code)
    ]
    return fitting[-1] if fitting else None


def _start(tx: Transaction, person: Staff, now: datetime) -> SignedIn:
    session = sessions.start(tx, person.id, now, now + SESSION_LASTS)
    device = sessions.remember_device(tx, person.id, now)
    audits.record(tx, _done(person, "staff.sign-in", now))
    return SignedIn(person, session, device, staff.recovery_codes_left(tx, person.id))


def begin_totp() -> str:
    """A fresh TOTP secret, to be shown once as a QR code and kept only when a code proves it."""
    return pyotp.random_base32()


def totp_address_for(house: House, half: Half, secret: str) -> str:
    """The address that an authenticator app reads from the QR code."""
    with house.store.read() as tx:
        found = staff.by_id(tx, half.staff_id)
    name = found.staff.email if found else ""
    return pyotp.TOTP(secret).provisioning_uri(name=name, issuer_name="Thaw")


def set_up_totp(
    house: House, half: Half, secret: str, code: str, *, now: datetime
) -> tuple[SignedIn, tuple[str, ...]]:
    """Keep a TOTP secret that a code has proved, give recovery codes, and sign in.

    Only for somebody who has none yet: a second factor is never replaced by a password alone.
    """
    step = _matching_step(secret, "".join(code.split()), now)
    with house.store.begin() as tx:
        found = staff.by_id(tx, half.staff_id)
        if step is None or found is None or found.totp_secret is not None:
            raise WrongCredentials
        staff.set_totp(tx, half.staff_id, secret)
        staff.use_totp_step(tx, half.staff_id, step)
        codes = _new_codes(tx, half.staff_id)
        return _start(tx, found.staff, now), codes


def new_recovery_codes(house: House, person: Staff, *, now: datetime) -> tuple[str, ...]:
    """Ten fresh recovery codes; the old ones are void."""
    with house.store.begin() as tx:
        codes = _new_codes(tx, person.id)
        audits.record(tx, _done(person, "staff.recovery-codes", now))
    return codes


def _new_codes(tx: Transaction, staff_id: StaffId) -> tuple[str, ...]:
    """Codes of 80 random bits, shown in groups of four letters."""
    raw = [secrets.token_hex(10) for _ in range(RECOVERY_CODES)]
    hashes = tuple(fingerprint(f"{staff_id}:{code}") for code in raw)
    staff.replace_recovery_codes(tx, staff_id, hashes)
    return tuple("-".join(code[at : at + 4] for at in range(0, 20, 4)) for code in raw)


def session_of(house: House, token: str, *, now: datetime) -> StaffSession | None:
    """Who is signed in with this token; None once it is idle, old or ended."""
    if not looks_like_token(token):
        return None
    with house.store.read() as tx:
        found = sessions.find(tx, token)
    if found is None or now >= found.expires_at or now - found.seen_at >= SESSION_IDLE:
        return None
    if now - found.seen_at >= SEEN_EVERY:
        with house.store.begin() as tx:
            sessions.seen(tx, token, now)
    return found


def sign_out(house: House, person: Staff, token: str, *, now: datetime) -> None:
    """End a session."""
    with house.store.begin() as tx:
        sessions.end(tx, token, now)
        audits.record(tx, _done(person, "staff.sign-out", now))


def _tell(house: House, person: Staff, action: str, now: datetime) -> None:
    """A failure at somebody's account goes into the trail of her clinic."""
    with house.store.begin() as tx:
        audits.record(tx, _done(person, action, now))


def _done(person: Staff, action: str, now: datetime) -> audits.Action:
    clinic: ClinicId = person.clinic_id
    return audits.Action(clinic, f"staff:{person.id}", action, f"staff:{person.id}", "page", now)
