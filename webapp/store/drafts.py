"""Drafts: answers read from a text message that wait for a yes; sealed, and one for each patient.

May import: sqlalchemy, domain, schema, the modules of this room.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import delete, select

from webapp.domain.person import PatientId
from webapp.store.dialects import insert_into
from webapp.store.engine import Transaction
from webapp.store.schema import TextDraftRow, table_of
from webapp.store.sealing import Seal

_table = table_of(TextDraftRow)
_PLACE = "text_draft.sealed"
Said = Mapping[str, float | str]


@dataclass(frozen=True, slots=True)
class Draft:
    """What was read from a patient's text messages about one day, as the contract names it."""

    patient_id: PatientId
    local_day: date
    ref: str  # our name for the message that it was read from
    said: Said
    at: datetime


def keep(tx: Transaction, draft: Draft, seal: Seal) -> None:
    """Keep a draft in place of the one before."""
    row = {
        "patient_id": draft.patient_id,
        "local_day": draft.local_day,
        "ref": draft.ref,
        "sealed": seal.seal(_PLACE, json.dumps(draft.said)),
        "at": draft.at,
    }
    new = insert_into(tx, _table).values(row)
    tx.execute(new.on_conflict_do_update(index_elements=["patient_id"], set_=row))


def of_patient(tx: Transaction, patient_id: PatientId, seal: Seal) -> Draft | None:
    """The draft of a patient, if there is one."""
    row = tx.execute(select(*_table.columns).where(_table.c.patient_id == patient_id)).one_or_none()
    if row is None:
        return None
    said = json.loads(seal.open(_PLACE, row.sealed))
    return Draft(patient_id, row.local_day, row.ref, said, row.at)


def drop(tx: Transaction, patient_id: PatientId, ref: str) -> None:
    """Let a draft go: it is stored as a check-in, or she says that it is wrong."""
    tx.execute(delete(_table).where(_table.c.patient_id == patient_id, _table.c.ref == ref))


def older_than(tx: Transaction, moment: datetime, limit: int) -> tuple[PatientId, ...]:
    """Whose drafts have waited since before a moment: for the clock."""
    query = select(_table.c.patient_id).where(_table.c.at <= moment).order_by(_table.c.at)
    return tuple(PatientId(row.patient_id) for row in tx.execute(query.limit(limit)))
