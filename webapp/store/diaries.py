"""Codes that open a patient's own record, and the browsers that read it.

May import: sqlalchemy, domain, schema. A code is made when its letter is written and kept as a
keyed mark; it works only for the browser that asked, once, for ten minutes and five tries.
"""

from __future__ import annotations

import hmac
import secrets
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import insert, select, update

from webapp.domain.person import PatientId
from webapp.domain.token import Token, fingerprint, new_token
from webapp.store.engine import Transaction
from webapp.store.schema import PatientCodeRow, PatientSessionRow, table_of

CODE_LASTS = timedelta(minutes=10)  # from the moment that its letter is written
MOST_TRIES = 5
_DIGITS = 6
_codes, _sessions = table_of(PatientCodeRow), table_of(PatientSessionRow)


def ask(tx: Transaction, code_id: str, patient_id: PatientId, now: datetime) -> Token:
    """Note that a browser asked for a code; what it gets back stands for that browser."""
    request = new_token()
    row = {
        "id": code_id,
        "patient_id": patient_id,
        "request_hash": fingerprint(request),
        "asked_at": now,
        "code_hash": None,
        "expires_at": now + CODE_LASTS,
        "tries": 0,
        "used_at": None,
    }
    tx.execute(insert(_codes), row)
    return request


def write_code(tx: Transaction, code_id: str, now: datetime) -> str:
    """Make the code for a letter that is being written; an earlier one of the same letter dies."""
    code = f"{secrets.randbelow(10**_DIGITS):0{_DIGITS}d}"
    values = {"code_hash": _mark(tx, code_id, code), "expires_at": now + CODE_LASTS}
    tx.execute(update(_codes).where(_codes.c.id == code_id).values(**values))
    return code


def use_code(tx: Transaction, request: str, code: str, now: datetime) -> PatientId | None:
    """Whose code this is, used up; None if it is wrong, old, used, or tried too often.

    Every try is counted, so the transaction must be committed whatever the answer.
    """
    alive = (_codes.c.request_hash == fingerprint(request)) & _codes.c.used_at.is_(None)
    open_still = alive & (_codes.c.expires_at > now) & (_codes.c.tries < MOST_TRIES)
    counted = update(_codes).where(open_still).values(tries=_codes.c.tries + 1)
    row = tx.execute(counted.returning(*_codes.c)).one_or_none()
    if row is None or not _fits(tx, row, code):
        return None
    tx.execute(update(_codes).where(_codes.c.id == row.id).values(used_at=now))
    return PatientId(row.patient_id)


def _fits(tx: Transaction, row: Any, code: str) -> bool:
    return hmac.compare_digest(row.code_hash or "", _mark(tx, row.id, code))


def _mark(tx: Transaction, code_id: str, code: str) -> str:
    """A keyed mark: whoever reads the database cannot try the million codes there are."""
    return tx.keyring.mark("diary-code", code_id, code)


def start(tx: Transaction, patient_id: PatientId, now: datetime, expires_at: datetime) -> Token:
    """Let a browser read this patient's record. Only the token's fingerprint is stored."""
    token = new_token()
    row = {
        "token_hash": fingerprint(token),
        "patient_id": patient_id,
        "created_at": now,
        "expires_at": expires_at,
        "ended_at": None,
    }
    tx.execute(insert(_sessions), row)
    return token


def reader(tx: Transaction, token: str, now: datetime) -> PatientId | None:
    """Whose record a browser may read now."""
    query = select(_sessions.c.patient_id).where(
        _sessions.c.token_hash == fingerprint(token),
        _sessions.c.ended_at.is_(None),
        _sessions.c.expires_at > now,
    )
    found = tx.execute(query).scalar_one_or_none()
    return None if found is None else PatientId(found)


def end(tx: Transaction, token: str, now: datetime) -> None:
    """Let one browser read no more."""
    here = (_sessions.c.token_hash == fingerprint(token)) & _sessions.c.ended_at.is_(None)
    tx.execute(update(_sessions).where(here).values(ended_at=now))


def end_all(tx: Transaction, patient_id: PatientId, now: datetime) -> None:
    """Let no browser read this patient's record any more."""
    hers = (_sessions.c.patient_id == patient_id) & _sessions.c.ended_at.is_(None)
    tx.execute(update(_sessions).where(hers).values(ended_at=now))
