"""Clinics: who reads the answers, when, and whom to ring.

May import: sqlalchemy, domain.person, schema.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, time
from typing import Any

from sqlalchemy import bindparam, insert, select, update

from webapp.domain.person import Clinic, ClinicId, OpeningHours
from webapp.store.engine import Transaction
from webapp.store.prepared import Prepared
from webapp.store.schema import ClinicRow, table_of

CLINIC_COLUMNS = tuple(getattr(ClinicRow, name) for name in Clinic.__slots__)


def add(tx: Transaction, clinic: Clinic, now: datetime) -> None:
    """Store a new clinic. Its name must be its own (`AlreadyThere` otherwise)."""
    tx.execute(insert(table_of(ClinicRow)), {**_as_row(clinic), "created_at": now})


def change(tx: Transaction, clinic: Clinic) -> None:
    """Store what was changed about a clinic."""
    table = table_of(ClinicRow)
    tx.execute(update(table).where(table.c.id == clinic.id).values(**_as_row(clinic)))


def load(tx: Transaction, clinic_id: ClinicId) -> Clinic | None:
    """One clinic by its id."""
    rows = _load.run(tx, {"clinic": clinic_id})
    return clinic_of(rows[0]) if rows else None


_load = Prepared(select(*CLINIC_COLUMNS).where(ClinicRow.id == bindparam("clinic")))


def named(tx: Transaction, name: str) -> Clinic | None:
    """One clinic by its id or its name."""
    query = _all_columns().where((ClinicRow.id == name) | (ClinicRow.name == name))
    row = tx.execute(query).first()
    return None if row is None else clinic_of(row)


def every(tx: Transaction) -> tuple[Clinic, ...]:
    """All clinics, in order of name."""
    return tuple(clinic_of(row) for row in tx.execute(_all_columns().order_by(ClinicRow.name)))


def _all_columns() -> Any:
    return select(*CLINIC_COLUMNS)


def _as_row(clinic: Clinic) -> dict[str, Any]:
    hours = [
        [spell.weekday, f"{spell.opens:%H:%M}", f"{spell.closes:%H:%M}"] for spell in clinic.hours
    ]
    plain = {name: getattr(clinic, name) for name in Clinic.__slots__}
    return {**plain, "hours": hours}


def clinic_of(row: Sequence[Any]) -> Clinic:
    """A clinic from a row of `CLINIC_COLUMNS`."""
    fields = dict(zip(Clinic.__slots__, row, strict=True))
    hours = tuple(
        OpeningHours(weekday, time.fromisoformat(opens), time.fromisoformat(closes))
        for weekday, opens, closes in fields["hours"]
    )
    return Clinic(**{**fields, "hours": hours})
