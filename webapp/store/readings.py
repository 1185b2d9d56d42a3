"""Which pages a patient has said she read, and in which version.

May import: sqlalchemy, domain, schema.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from webapp.domain.person import PatientId
from webapp.store.dialects import insert_into
from webapp.store.engine import Transaction
from webapp.store.schema import ReadingRow, table_of

_table = table_of(ReadingRow)


@dataclass(frozen=True, slots=True)
class PageRead:
    """One page, by the passage name that carries its language and version."""

    topic: str
    passage: str
    at: datetime


def add(tx: Transaction, patient_id: PatientId, page: PageRead) -> bool:
    """Note that a patient has read a page; False if she had said so before."""
    row = {"patient_id": patient_id, "topic": page.topic, "passage": page.passage, "at": page.at}
    statement = insert_into(tx, _table).values(row).on_conflict_do_nothing()
    return tx.execute(statement.returning(_table.c.patient_id)).first() is not None


def of_patient(tx: Transaction, patient_id: PatientId) -> tuple[PageRead, ...]:
    """The pages that a patient has said she read, oldest first."""
    query = select(*_table.c).where(_table.c.patient_id == patient_id).order_by(_table.c.at)
    return tuple(PageRead(row.topic, row.passage, row.at) for row in tx.execute(query))
