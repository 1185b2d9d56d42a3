"""The one lasting link of a patient: it leads to what she may choose, and shows nothing of her.

May import: sqlalchemy, domain, schema, the modules of this room. The token is kept sealed under
her key, because each message that she gets holds the same one; it is found by its fingerprint.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select, update

from webapp.domain.person import ClinicId, PatientId
from webapp.domain.token import Token, fingerprint, new_token
from webapp.store import patients
from webapp.store.engine import Transaction
from webapp.store.schema import PatientRow, PatientSecretRow, table_of

_PLACE = "patient_secret.choices_token"
_table = table_of(PatientSecretRow)


@dataclass(frozen=True, slots=True)
class Chooser:
    """Whom a lasting link stands for."""

    patient_id: PatientId
    clinic_id: ClinicId


def token_of(tx: Transaction, clinic_id: ClinicId, patient_id: PatientId) -> Token | None:
    """The lasting link of a patient, made when it is first needed; None once she is erased."""
    found = _token(tx, clinic_id, patient_id)
    if found is not None:
        return found
    seal = patients.seal_if_any(tx, clinic_id, patient_id)
    if seal is None:
        return None
    token = new_token()
    # Only where there is none: of two senders that come at once, both must use the first one's.
    free = (_table.c.patient_id == patient_id) & _table.c.choices_hash.is_(None)
    values = {"choices_token": seal.seal(_PLACE, token), "choices_hash": fingerprint(token)}
    tx.execute(update(_table).where(free).values(**values))
    return _token(tx, clinic_id, patient_id)


def _token(tx: Transaction, clinic_id: ClinicId, patient_id: PatientId) -> Token | None:
    query = (
        select(_table.c.wrapped_key, _table.c.choices_token)
        .join(PatientRow, PatientRow.id == _table.c.patient_id)
        .where(PatientRow.clinic_id == clinic_id, _table.c.patient_id == patient_id)
    )
    row = tx.execute(query).one_or_none()
    if row is None or row.wrapped_key is None or row.choices_token is None:
        return None
    seal = tx.keyring.seal_of(patient_id, row.wrapped_key)
    return Token(seal.open(_PLACE, row.choices_token))


def follow(tx: Transaction, token: str) -> Chooser | None:
    """Whom a lasting link stands for; None if nobody, or if she has been erased."""
    query = (
        select(PatientRow.id, PatientRow.clinic_id)
        .join(PatientSecretRow, PatientSecretRow.patient_id == PatientRow.id)
        .where(_table.c.choices_hash == fingerprint(token), _table.c.wrapped_key.is_not(None))
    )
    row = tx.execute(query).one_or_none()
    return None if row is None else Chooser(PatientId(row.id), ClinicId(row.clinic_id))


def withdraw(tx: Transaction, patient_id: PatientId) -> None:
    """Make her lasting link useless: somebody else has it. The next message brings a new one."""
    here = _table.c.patient_id == patient_id
    tx.execute(update(_table).where(here).values(choices_token=None, choices_hash=None))
