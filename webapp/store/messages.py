"""The outbox: what should go out, claimed in batches, and what became of it.

May import: sqlalchemy, domain, schema. A message holds no words and no address: both are looked
up when it is sent, so that nothing clinical can wait here and an erased patient gets nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import bindparam, exists, func, select, update

from webapp.domain.person import Channel, ClinicId, PatientId, StaffId
from webapp.store.dialects import insert_into, written_out
from webapp.store.engine import Transaction
from webapp.store.prepared import Prepared
from webapp.store.prompts import PromptState
from webapp.store.schema import MessageRow, PromptRow, table_of


class MessageState(StrEnum):
    """Queued, being sent, and then one of the ends. Unsure may have gone out: never sent again."""

    QUEUED = "queued"
    SENDING = "sending"
    SENT = "sent"
    DELIVERED = "delivered"
    FAILED = "failed"
    UNSURE = "unsure"
    EXPIRED = "expired"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class OutgoingMessage:
    """One message in the outbox. `dedupe` is the reason it is sent for: there is one for each."""

    id: str
    clinic_id: ClinicId
    purpose: str  # check-in, reminder, later, today-link, choices, stopped, staff-flag, …
    channel: Channel
    dedupe: str
    queued_at: datetime
    try_at: datetime
    not_after: datetime
    patient_id: PatientId | None = None
    staff_id: StaffId | None = None
    prompt_id: str | None = None
    local_day: date | None = None
    state: MessageState = MessageState.QUEUED
    attempts: int = 0
    claimed_by: str | None = None
    claimed_until: datetime | None = None
    begun_at: datetime | None = None  # from then on it may have gone out
    settled_at: datetime | None = None
    receipt: str | None = None
    fault: str | None = None


_table = table_of(MessageRow)
_QUEUED, _SENDING = written_out(MessageState.QUEUED), written_out(MessageState.SENDING)
MESSAGE_COLUMNS = tuple(_table.c[name] for name in OutgoingMessage.__slots__)
_STATE, _CHANNEL = (OutgoingMessage.__slots__.index(name) for name in ("state", "channel"))
_prompt = table_of(PromptRow)
_answered = exists().where(
    _prompt.c.id == _table.c.prompt_id, _prompt.c.state == PromptState.ANSWERED
)


def queue(tx: Transaction, messages: tuple[OutgoingMessage, ...]) -> int:
    """Put messages into the outbox; those whose reason is already there are left out."""
    if not messages:
        return 0
    rows = [_row(one, OutgoingMessage.__slots__) for one in messages]
    statement = insert_into(tx, _table).values(rows).on_conflict_do_nothing()
    return len(tx.execute(statement.returning(_table.c.id)).all())


def _row(one: OutgoingMessage, names: Sequence[str]) -> dict[str, Any]:
    row = {name: getattr(one, name) for name in names}
    # Plain strings: SQLite's driver takes longer to look at an enum than to store the row.
    row["state"], row["channel"] = one.state.value, one.channel.value
    return row


def waiting_channels(tx: Transaction, now: datetime) -> tuple[Channel, ...]:
    """The channels on which something is due to go out."""
    ready = (_table.c.state == _QUEUED) & (_table.c.try_at <= now) & (_table.c.not_after > now)
    found = tx.execute(select(_table.c.channel).where(ready).distinct())
    return tuple(sorted(Channel(row.channel) for row in found))


def claim(  # noqa: PLR0913  (whose claim, how long, how many, of what)
    tx: Transaction,
    worker: str,
    now: datetime,
    *,
    until: datetime,
    limit: int,
    channel: Channel | None = None,
) -> tuple[OutgoingMessage, ...]:
    """Take up to `limit` messages that are due, so that no other worker sends them.

    `channel` leaves those of the others alone; None takes all.
    """
    ready = (_table.c.state == _QUEUED) & (_table.c.try_at <= now)
    ready &= (_table.c.not_after > now) & ~_answered
    if channel is not None:
        ready &= _table.c.channel == channel
    chosen = (
        select(_table.c.id)
        .where(ready)
        .order_by(_table.c.try_at)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    taken = (
        update(_table)
        .where(_table.c.id.in_(chosen))
        .values(
            state=MessageState.SENDING,
            claimed_by=worker,
            claimed_until=until,
            begun_at=None,
            attempts=_table.c.attempts + 1,
        )
        .returning(*MESSAGE_COLUMNS)
    )
    return tuple(message_of(row) for row in tx.execute(taken))


_begin = (
    update(_table)
    .where(_table.c.id.in_(bindparam("ids", expanding=True)))
    .where(_table.c.claimed_by == bindparam("worker"), _table.c.state == _SENDING)
    .where(_table.c.claimed_until > bindparam("moment"), ~_answered)
    .values(begun_at=bindparam("moment"))
    .returning(_table.c.id)
)


def begin(tx: Transaction, worker: str, ids: Sequence[str], now: datetime) -> frozenset[str]:
    """Note that messages are handed over from now on; those that are still this worker's.

    Left out are those about a day that was answered since they were claimed.
    """
    values = {"ids": list(ids), "worker": worker, "moment": now}
    return frozenset(row.id for row in tx.execute(_begin, values)) if ids else frozenset()


def doubt_abandoned(tx: Transaction, now: datetime) -> None:
    """Settle what a worker claimed and left: unsure if it was begun, else for another worker."""
    _not_begun.run(tx, {"moment": now})
    _in_doubt.run(tx, {"moment": now})


_abandoned = update(_table).where(
    _table.c.state == _SENDING, _table.c.claimed_until <= bindparam("moment")
)
_not_begun = Prepared(
    _abandoned.where(_table.c.begun_at.is_(None)).values(
        state=_QUEUED, claimed_by=None, attempts=_table.c.attempts - 1
    )
)
_in_doubt = Prepared(
    _abandoned.values(
        state=MessageState.UNSURE.value,
        settled_at=bindparam("moment"),
        fault="the sender stopped half-way",
    )
)


def hold(tx: Transaction, message_id: str, until: datetime) -> None:
    """Put a claimed message back, untried, until then."""
    values = {
        "state": MessageState.QUEUED,
        "try_at": until,
        "claimed_by": None,
        "attempts": _table.c.attempts - 1,
    }
    tx.execute(update(_table).where(_table.c.id == message_id).values(**values))


def expire(tx: Transaction, now: datetime) -> None:
    """Give up on what is too late to be of use."""
    _expire.run(tx, {"moment": now})


_waiting = update(_table).where(_table.c.state == _QUEUED)
_expire = Prepared(
    _waiting.where(_table.c.not_after <= bindparam("moment")).values(
        state=MessageState.EXPIRED.value, settled_at=bindparam("moment")
    )
)


def cancel_of_patient(tx: Transaction, patient_id: PatientId, now: datetime) -> None:
    """Cancel what has not gone out to a patient who paused, stopped or has answered.

    Not the word whom to call now: that is said whatever else she wrote.
    """
    waiting = (_table.c.patient_id == patient_id) & (_table.c.state == MessageState.QUEUED)
    waiting &= ~_table.c.purpose.startswith("text-act")
    values = {"state": MessageState.CANCELLED, "settled_at": now}
    tx.execute(update(_table).where(waiting).values(**values))


def cancel_of_prompt(tx: Transaction, prompt_id: str, now: datetime) -> None:
    """Cancel what has not gone out about one prompt: she wants it at another time."""
    waiting = (_table.c.prompt_id == prompt_id) & (_table.c.state == MessageState.QUEUED)
    values = {"state": MessageState.CANCELLED, "settled_at": now}
    tx.execute(update(_table).where(waiting).values(**values))


def count_of_day(tx: Transaction, patient_id: PatientId, local_day: date) -> int:
    """How many messages about one local day were made for a patient."""
    about = (_table.c.patient_id == patient_id) & (_table.c.local_day == local_day)
    return int(tx.execute(select(func.count()).where(about)).scalar_one())


def cancel_answered(tx: Transaction, now: datetime) -> None:
    """Cancel what has not gone out about days that have been answered; no worker claims it."""
    _cancel_answered.run(tx, {"moment": now})


_cancel_answered = Prepared(
    _waiting.where(_answered).values(
        state=MessageState.CANCELLED.value, settled_at=bindparam("moment")
    )
)


def of_patient(
    tx: Transaction, clinic_id: ClinicId, patient_id: PatientId
) -> tuple[OutgoingMessage, ...]:
    """Everything that was to be sent to one patient of this clinic, oldest first."""
    here = (MessageRow.clinic_id == clinic_id) & (MessageRow.patient_id == patient_id)
    query = select(*MESSAGE_COLUMNS).where(here).order_by(MessageRow.queued_at, MessageRow.id)
    return tuple(message_of(row) for row in tx.execute(query))


def oldest_unsent(tx: Transaction) -> datetime | None:
    """When the oldest message that still waits was to be sent."""
    query = select(func.min(_table.c.try_at)).where(_table.c.state == _QUEUED)
    return tx.execute(query).scalar_one_or_none()  # type: ignore[no-any-return]


def message_of(row: Sequence[Any]) -> OutgoingMessage:
    """A message from a row of `MESSAGE_COLUMNS`."""
    fields = list(row)
    fields[_STATE], fields[_CHANNEL] = MessageState(row[_STATE]), Channel(row[_CHANNEL])
    return OutgoingMessage(*fields)
