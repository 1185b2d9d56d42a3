"""Staff of a clinic and what they sign in with.

May import: sqlalchemy, domain, schema.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, insert, select, update

from webapp.domain.person import ClinicId, Role, Staff, StaffId
from webapp.store.engine import Transaction
from webapp.store.schema import RecoveryCodeRow, StaffRow, table_of

_table, _codes = table_of(StaffRow), table_of(RecoveryCodeRow)
_SECRET = "staff.totp_secret"  # noqa: S105  (a place, not a secret)


@dataclass(frozen=True, slots=True)
class Credentials:
    """A member of staff with what proves who she is."""

    staff: Staff
    password_hash: str
    totp_secret: str | None
    totp_last_step: int


def add(
    tx: Transaction, staff: Staff, password_hash: str, totp_secret: str | None, now: datetime
) -> None:
    """Store a new member of staff. An e-mail address that is taken is `AlreadyThere`."""
    row = {name: getattr(staff, name) for name in Staff.__slots__}
    sealed = None if totp_secret is None else tx.keyring.own.seal(_SECRET, totp_secret)
    row |= {"password_hash": password_hash, "totp_secret": sealed, "totp_last_step": 0}
    tx.execute(insert(_table), {**row, "created_at": now})


def by_email(tx: Transaction, email: str) -> Credentials | None:
    """Who signs in with this e-mail address, whatever its capitals."""
    row = tx.execute(select(*_table.c).where(_table.c.email == email.strip().lower())).one_or_none()
    return None if row is None else _credentials(tx, row)


def by_id(tx: Transaction, staff_id: StaffId) -> Credentials | None:
    """One member of staff of any clinic: for somebody who is half signed in."""
    row = tx.execute(select(*_table.c).where(_table.c.id == staff_id)).one_or_none()
    return None if row is None else _credentials(tx, row)


def of_clinic(tx: Transaction, clinic_id: ClinicId) -> tuple[Staff, ...]:
    """The staff of a clinic, in order of name."""
    query = select(*_table.c).where(_table.c.clinic_id == clinic_id).order_by(_table.c.name)
    return tuple(staff_of(row) for row in tx.execute(query))


def use_totp_step(tx: Transaction, staff_id: StaffId, step: int) -> bool:
    """Take a TOTP step for this person; False if it, or a later one, was used before."""
    fresh = (_table.c.id == staff_id) & (_table.c.totp_last_step < step)
    done = tx.execute(update(_table).where(fresh).values(totp_last_step=step))
    return bool(done.rowcount == 1)


def set_totp(tx: Transaction, staff_id: StaffId, secret: str) -> None:
    """Give a person a new TOTP secret."""
    sealed = tx.keyring.own.seal(_SECRET, secret)
    values = {"totp_secret": sealed, "totp_last_step": 0}
    tx.execute(update(_table).where(_table.c.id == staff_id).values(**values))


def set_password(
    tx: Transaction, staff_id: StaffId, password_hash: str, *, must_change: bool
) -> None:
    """Give a person a new password hash; `must_change` if somebody else has seen the password."""
    values = {"password_hash": password_hash, "must_change_password": must_change}
    tx.execute(update(_table).where(_table.c.id == staff_id).values(**values))


def clear_second_factor(tx: Transaction, staff_id: StaffId) -> None:
    """Take a person's TOTP secret and recovery codes away, so that she sets up new ones."""
    values = {"totp_secret": None, "totp_last_step": 0}
    tx.execute(update(_table).where(_table.c.id == staff_id).values(**values))
    tx.execute(delete(_codes).where(_codes.c.staff_id == staff_id))


def set_mobile(tx: Transaction, staff_id: StaffId, mobile: str) -> None:
    """Where a person is paged by text message; "" for nowhere."""
    tx.execute(update(_table).where(_table.c.id == staff_id).values(mobile=mobile))


def set_active(tx: Transaction, clinic_id: ClinicId, staff_id: StaffId, active: bool) -> None:
    """Let a person of this clinic sign in, or no longer."""
    here = (_table.c.id == staff_id) & (_table.c.clinic_id == clinic_id)
    tx.execute(update(_table).where(here).values(active=active))


def replace_recovery_codes(tx: Transaction, staff_id: StaffId, hashes: tuple[str, ...]) -> None:
    """Give a person new recovery codes; the old ones are void."""
    tx.execute(delete(_codes).where(_codes.c.staff_id == staff_id))
    rows = [{"code_hash": one, "staff_id": staff_id, "used_at": None} for one in hashes]
    tx.execute(insert(_codes), rows)


def use_recovery_code(tx: Transaction, staff_id: StaffId, code_hash: str, now: datetime) -> bool:
    """Use up one recovery code; False if it is not hers or was used before."""
    fresh = (_codes.c.staff_id == staff_id) & (_codes.c.code_hash == code_hash)
    unused = fresh & _codes.c.used_at.is_(None)
    return bool(tx.execute(update(_codes).where(unused).values(used_at=now)).rowcount == 1)


def recovery_codes_left(tx: Transaction, staff_id: StaffId) -> int:
    """How many recovery codes this person has not used."""
    unused = (_codes.c.staff_id == staff_id) & _codes.c.used_at.is_(None)
    return len(tx.execute(select(_codes.c.code_hash).where(unused)).all())


def _credentials(tx: Transaction, row: Any) -> Credentials:
    secret = None if row.totp_secret is None else tx.keyring.own.open(_SECRET, row.totp_secret)
    return Credentials(staff_of(row), row.password_hash, secret, row.totp_last_step)


def staff_of(row: Any) -> Staff:
    """A member of staff from a row that holds all of the columns."""
    fields = {name: getattr(row, name) for name in Staff.__slots__}
    return Staff(**{**fields, "role": Role(row.role)})
