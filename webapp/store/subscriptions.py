"""Push subscriptions: which browsers of a patient take messages; their addresses are sealed.

May import: sqlalchemy, domain, schema, the modules of this room.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from uuid import uuid4

from sqlalchemy import select, update

from webapp.domain.person import PatientId
from webapp.domain.push import PushAddress
from webapp.store.dialects import insert_into
from webapp.store.engine import Transaction
from webapp.store.schema import PushSubscriptionRow, table_of
from webapp.store.sealing import Seal

_table = table_of(PushSubscriptionRow)
_PLACE = "push_subscription.sealed"
_live = _table.c.retired_at.is_(None)


@dataclass(frozen=True, slots=True)
class Subscription:
    """One browser of one patient that takes push messages."""

    id: str
    address: PushAddress


def add(
    tx: Transaction, patient_id: PatientId, seal: Seal, address: PushAddress, now: datetime
) -> None:
    """Remember a browser; one that is known already becomes this patient's, with the new keys."""
    row = {
        "id": str(uuid4()),
        "patient_id": patient_id,
        "mark": _mark(tx, address.endpoint),
        "sealed": seal.seal(_PLACE, json.dumps([address.endpoint, address.p256dh, address.auth])),
        "created_at": now,
        "retired_at": None,
    }
    new = insert_into(tx, _table).values(row)
    again = {name: row[name] for name in ("patient_id", "sealed", "created_at", "retired_at")}
    tx.execute(new.on_conflict_do_update(index_elements=["mark"], set_=again))


def of_patient(tx: Transaction, patient_id: PatientId, seal: Seal) -> tuple[Subscription, ...]:
    """The browsers of a patient that still take messages, the newest first."""
    query = (
        select(_table.c.id, _table.c.sealed)
        .where(_table.c.patient_id == patient_id, _live)
        .order_by(_table.c.created_at.desc(), _table.c.id)
    )
    rows = tx.execute(query).all()
    return tuple(
        Subscription(row.id, PushAddress(*json.loads(seal.open(_PLACE, row.sealed))))
        for row in rows
    )


def has_any(tx: Transaction, patient_id: PatientId) -> bool:
    """Whether a patient has a browser that takes push messages."""
    query = select(_table.c.id).where(_table.c.patient_id == patient_id, _live).limit(1)
    return tx.execute(query).first() is not None


def remove(tx: Transaction, patient_id: PatientId, endpoint: str, now: datetime) -> bool:
    """Retire a browser at the patient's own wish; False if it is not hers."""
    hers = (_table.c.mark == _mark(tx, endpoint)) & (_table.c.patient_id == patient_id) & _live
    return bool(tx.execute(update(_table).where(hers).values(retired_at=now)).rowcount)


def retire(tx: Transaction, subscription_id: str, now: datetime) -> None:
    """Send nothing more to a browser: its push service says that it is gone."""
    tx.execute(update(_table).where(_table.c.id == subscription_id).values(retired_at=now))


def _mark(tx: Transaction, endpoint: str) -> str:
    """The keyed fingerprint of an endpoint: its letters tell a person apart."""
    return tx.keyring.mark("push", endpoint.replace("\x1f", ""))
