"""The one lasting link of a patient: it leads to what she may choose, and shows nothing of her.

May import: sqlalchemy, domain, schema, the modules of this room. The token is kept sealed under
her key, because each message that she gets holds the same one; it is found by its fingerprint.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import bindparam, select, update

from webapp.domain.person import ClinicId, PatientId
from webapp.domain.token import Token, fingerprint, new_token
from webapp.store.engine import Transaction
from webapp.store.prepared import Prepared
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
    wrapped, sealed = _kept(tx, clinic_id, patient_id)
    if wrapped is None:
        return None
    seal = tx.keyring.seal_of(patient_id, wrapped)
    if sealed is not None:
        return Token(seal.open(_PLACE, sealed))
    token = new_token()
    values = {"token": seal.seal(_PLACE, token), "hash": fingerprint(token), "patient": patient_id}
    if _set_if_free.run_all(tx, (values,)):
        return token
    _, sealed = _kept(tx, clinic_id, patient_id)
    return None if sealed is None else Token(seal.open(_PLACE, sealed))


def _kept(
    tx: Transaction, clinic_id: ClinicId, patient_id: PatientId
) -> tuple[bytes | None, bytes | None]:
    """Her wrapped key and her sealed token, as far as there are any."""
    rows = _keys.run(tx, {"patient": patient_id, "clinic": clinic_id})
    return (rows[0][0], rows[0][1]) if rows else (None, None)


_keys = Prepared(
    select(_table.c.wrapped_key, _table.c.choices_token)
    .join(PatientRow, PatientRow.id == _table.c.patient_id)
    .where(PatientRow.clinic_id == bindparam("clinic"), _table.c.patient_id == bindparam("patient"))
)
# Only where there is none: of two senders that come at once, both must use the first one's.
_set_if_free = Prepared(
    update(_table)
    .where(_table.c.patient_id == bindparam("patient"), _table.c.choices_hash.is_(None))
    .values(choices_token=bindparam("token"), choices_hash=bindparam("hash"))
)


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
