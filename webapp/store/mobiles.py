"""Mobiles: whose number a text message comes from; found by a keyed fingerprint, never by words.

May import: sqlalchemy, domain, schema, the modules of this room.
"""

from __future__ import annotations

from sqlalchemy import select, update

from webapp.domain.person import Patient
from webapp.store.engine import Transaction
from webapp.store.patients import PATIENT_COLUMNS, mobile_mark, patient_of
from webapp.store.schema import PatientRow, PatientSecretRow, table_of

_secret = table_of(PatientSecretRow)
_BATCH = 500


def owners(tx: Transaction, mobile: str) -> tuple[Patient, ...]:
    """The patients of any clinic who have this number (+…), the newest procedure first."""
    query = (
        select(*PATIENT_COLUMNS)
        .join(PatientSecretRow, PatientSecretRow.patient_id == PatientRow.id)
        .where(_secret.c.mobile_mark == mobile_mark(tx, mobile), _secret.c.wrapped_key.is_not(None))
        .order_by(PatientRow.procedure_date.desc(), PatientRow.id)
    )
    return tuple(patient_of(row) for row in tx.execute(query))


def mark_old(tx: Transaction) -> int:
    """Fingerprint numbers that were stored before there were fingerprints; how many."""
    unmarked = _secret.c.mobile_mark.is_(None) & _secret.c.mobile.is_not(None)
    unmarked &= _secret.c.wrapped_key.is_not(None)
    query = select(_secret.c.patient_id, _secret.c.wrapped_key, _secret.c.mobile)
    rows = tx.execute(query.where(unmarked).limit(_BATCH)).all()
    for row in rows:
        seal = tx.keyring.seal_of(row.patient_id, row.wrapped_key)
        mark = mobile_mark(tx, seal.open("patient_secret.mobile", row.mobile))
        here = _secret.c.patient_id == row.patient_id
        tx.execute(update(_secret).where(here).values(mobile_mark=mark))
    return len(rows)
