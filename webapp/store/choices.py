"""The one lasting link of a patient: it leads to what she may choose, and shows nothing of her.

May import: sqlalchemy, domain, schema, the modules of this room. The token is kept sealed under
her key, because each message that she gets holds the same one; it is found by its fingerprint.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from contextlib import suppress
from dataclasses import dataclass

from sqlalchemy import bindparam, select, update

from webapp.domain.person import ClinicId, PatientId
from webapp.domain.token import Token, fingerprint, new_token
from webapp.store.engine import Transaction
from webapp.store.prepared import Prepared
from webapp.store.schema import PatientRow, PatientSecretRow, table_of
from webapp.store.sealing import Seal, SealBroken

_PLACE = "patient_secret.choices_token"
_table = table_of(PatientSecretRow)


@dataclass(frozen=True, slots=True)
class Chooser:
    """Whom a lasting link stands for."""

    patient_id: PatientId
    clinic_id: ClinicId


Kept = Mapping[PatientId, tuple[Seal, bytes | None]]  # the seal of each, and her sealed token


def tokens_of(tx: Transaction, ids: Collection[PatientId]) -> dict[PatientId, Token]:
    """The lasting links of these patients, of any clinic, made when they are first needed.

    Left out is who is erased, and whose seal is broken.
    """
    return tokens_in(tx, _kept(tx, ids))


def tokens_in(tx: Transaction, kept: Kept) -> dict[PatientId, Token]:
    """The same for patients whose rows have been read."""
    tokens = _opened(kept)
    if without := {who: seal for who, (seal, sealed) in kept.items() if sealed is None}:
        tokens |= _give(tx, without)
    return tokens


def _opened(kept: Kept) -> dict[PatientId, Token]:
    tokens: dict[PatientId, Token] = {}
    for who, (seal, sealed) in kept.items():
        if sealed is not None:
            with suppress(SealBroken):
                tokens[who] = Token(seal.open(_PLACE, sealed))
    return tokens


def _give(tx: Transaction, seals: Mapping[PatientId, Seal]) -> dict[PatientId, Token]:
    """A lasting link for each of these patients who has none; the first that was made counts."""
    made = {who: new_token() for who in seals}
    rows = (
        {"token": seals[who].seal(_PLACE, token), "hash": fingerprint(token), "patient": who}
        for who, token in made.items()
    )
    all_are_first = _set_if_free.run_all(tx, rows) == len(made)
    return made if all_are_first else _opened(_kept(tx, seals))


def _kept(tx: Transaction, ids: Collection[PatientId]) -> Kept:
    found: dict[PatientId, tuple[Seal, bytes | None]] = {}
    for who, wrapped, sealed in tx.execute(_keys, {"ids": list(ids)}) if ids else ():
        with suppress(SealBroken):
            found[PatientId(who)] = tx.keyring.seal_of(who, wrapped), sealed
    return found


_keys = select(_table.c.patient_id, _table.c.wrapped_key, _table.c.choices_token).where(
    _table.c.patient_id.in_(bindparam("ids", expanding=True)), _table.c.wrapped_key.is_not(None)
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
