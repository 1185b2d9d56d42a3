"""Dues: the patients of any clinic whose next prompt has come, for the clock.

Hundreds come due at once, and most of them share their dates with others: each way of being due is
given once, with all of whom it is true. May import: sqlalchemy, domain, schema, given_groups,
patients.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from operator import itemgetter
from typing import Any

from sqlalchemy import Integer, Update, bindparam, select, update

from webapp.domain.person import Patient, PatientId, PatientStatus
from webapp.store.columns import Instant
from webapp.store.engine import Transaction
from webapp.store.given_groups import Given, Group, PreparedForGroups
from webapp.store.patients import PATIENT_COLUMNS, patient_of
from webapp.store.schema import PatientRow, table_of

_DECIDING = (
    "pathway", "procedure_date", "timezone", "prompt_time", "quiet_from", "quiet_until",
    "channel",
)  # fmt: skip
_what_decides = itemgetter(*map(Patient.__slots__.index, _DECIDING))
_ID, _STATUS = map(Patient.__slots__.index, ("id", "status"))


@dataclass(frozen=True, slots=True)
class Alike:
    """Patients of whom everything is the same that decides when and how they are asked."""

    first: Patient  # one of them, who stands for all in this
    ids: Sequence[PatientId]  # of all of them


def due(tx: Transaction, now: datetime, limit: int) -> tuple[Alike, ...]:
    """Up to `limit` patients whose next prompt is due by `now`; no other clock gets them.

    Who is not active stands alone: what becomes of her is her own.
    """
    found: dict[object, list[Any]] = {}
    for row in tx.execute(_due, {"now": now, "limit": limit}).all():
        key = _what_decides(row) if row[_STATUS] == PatientStatus.ACTIVE else row[_ID]
        found.setdefault(key, []).append(row)
    return tuple(Alike(patient_of(rows[0]), [row[_ID] for row in rows]) for rows in found.values())


_due = (
    select(*PATIENT_COLUMNS)
    .where(PatientRow.next_due_at <= bindparam("now"))
    .order_by(PatientRow.next_due_at)
    .limit(bindparam("limit", type_=Integer))
    .with_for_update(skip_locked=True)
)


def set_next(tx: Transaction, when: Iterable[tuple[Sequence[PatientId], datetime | None]]) -> None:
    """When the clock must look at these patients again; None for never."""
    _set_next.run(tx, [Group({who: who for who in ids}, {"at": at}) for ids, at in when])


def _next_of(given: Given) -> Update:
    table = table_of(PatientRow)
    here = table.c.id == given.members.c.value
    return update(table).where(here).values(next_due_at=given.shared["at"])


_set_next = PreparedForGroups({"at": Instant()}, _next_of)
