"""Readers: whom a batch of letters goes to, read in a few statements for all of them.

For the sender, which serves every clinic. May import: sqlalchemy, domain, schema, the modules of
this room.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import bindparam, select

from webapp.domain.person import Contact, Patient, PatientId
from webapp.store.engine import Transaction
from webapp.store.patients import PATIENT_COLUMNS, SECRET_COLUMNS, contact_of, patient_of
from webapp.store.schema import PatientRow, PatientSecretRow
from webapp.store.sealing import Seal


@dataclass(frozen=True, slots=True)
class Reader:
    """A patient whose words are still sealed: what one of them is kept in may be broken."""

    patient: Patient
    wrapped_key: bytes
    choices_token: bytes | None  # of her lasting link, if she has one
    sealed: Sequence[bytes | None]

    def seal(self, tx: Transaction) -> Seal:
        """Her seal. Raises `SealBroken`."""
        return tx.keyring.seal_of(self.patient.id, self.wrapped_key)

    def contact(self, tx: Transaction) -> Contact:
        """Her name and addresses. Raises `SealBroken`."""
        return contact_of(self.seal(tx), self.sealed)


_KEPT = PatientSecretRow.wrapped_key, PatientSecretRow.choices_token
_of_batch = (
    select(*PATIENT_COLUMNS, *_KEPT, *SECRET_COLUMNS)
    .join(PatientSecretRow, PatientSecretRow.patient_id == PatientRow.id)
    .where(PatientRow.id.in_(bindparam("ids", expanding=True)))
    .where(PatientSecretRow.wrapped_key.is_not(None))
)
_HERS, _SEALED = len(PATIENT_COLUMNS), len(PATIENT_COLUMNS) + len(_KEPT)


def of_batch(tx: Transaction, ids: Collection[PatientId]) -> dict[PatientId, Reader]:
    """Those of these patients, of any clinic, who have not been erased."""
    rows = tx.execute(_of_batch, {"ids": list(ids)}).all() if ids else ()
    return {row[0]: _reader(row) for row in rows}


def _reader(row: Sequence[Any]) -> Reader:
    wrapped_key, choices_token = row[_HERS:_SEALED]
    return Reader(patient_of(row[:_HERS]), wrapped_key, choices_token, row[_SEALED:])
