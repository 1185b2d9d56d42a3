"""What became of messages after they were handed over, and what is done with those that failed.

A state only moves forward: whoever comes late changes nothing. May import: sqlalchemy, domain,
schema, and the messages and prompts of this room.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import String, Update, bindparam, exists, func, or_, select, update

from webapp.domain.person import Channel
from webapp.store.columns import Instant
from webapp.store.dialects import written_out
from webapp.store.engine import Transaction
from webapp.store.given_groups import Given, Group, PreparedForGroups
from webapp.store.messages import MESSAGE_COLUMNS, MessageState, OutgoingMessage, message_of
from webapp.store.prompts import PromptState
from webapp.store.schema import (
    MessageRow,
    PatientSecretRow,
    PromptRow,
    PushSubscriptionRow,
    UnreachableRow,
    table_of,
)

_table, _prompt = table_of(MessageRow), table_of(PromptRow)
_secret, _dead = table_of(PatientSecretRow), table_of(UnreachableRow)
_push = table_of(PushSubscriptionRow)
_sibling = _table.alias("sibling")
_QUEUED, _UNSURE = written_out(MessageState.QUEUED), written_out(MessageState.UNSURE)
_IN_DOUBT_FOR = timedelta(days=3)  # then no letter is of use any more, whatever became of it

# From which states a provider's word may bring a message to another one.
_BEFORE = {
    MessageState.SENT: (MessageState.SENDING, MessageState.UNSURE),
    MessageState.DELIVERED: (MessageState.SENDING, MessageState.UNSURE, MessageState.SENT),
    MessageState.FAILED: (MessageState.SENDING, MessageState.UNSURE, MessageState.SENT),
}


def load(tx: Transaction, message_id: str, *, alone: bool = False) -> OutgoingMessage | None:
    """One message by our own name for it; `alone` lets nobody else change it meanwhile."""
    query = select(*MESSAGE_COLUMNS).where(_table.c.id == message_id)
    row = tx.execute(query.with_for_update() if alone else query).one_or_none()
    return None if row is None else message_of(row)


def by_receipt(tx: Transaction, receipt: str) -> OutgoingMessage | None:
    """The text message that its provider calls by this name."""
    here = (_table.c.receipt == receipt) & (_table.c.channel == "sms")
    row = tx.execute(select(*MESSAGE_COLUMNS).where(here).with_for_update()).first()
    return None if row is None else message_of(row)


def settle(
    tx: Transaction, message_id: str, state: MessageState, now: datetime, *, detail: str = ""
) -> None:
    """Say how a message ended. `detail` is a receipt, or a fault without any content.

    What its provider has said meanwhile of its arrival stands, and gets the receipt only.
    """
    settle_all(tx, {message_id: detail}, state, now)


def settle_all(
    tx: Transaction, details: Mapping[str, str], state: MessageState, now: datetime
) -> None:
    """The same for many messages, each with its detail, that ended in the same way."""
    column = "receipt" if state in (MessageState.SENT, MessageState.DELIVERED) else "fault"
    said = {which: detail[:200] for which, detail in details.items()}
    ended = [Group(said, {"ended": state.value})] if said else []
    if column == "receipt":
        _keep_receipt.run(tx, ended)
    _end[column].run(tx, ended, {"moment": now})


_open = (_table.c.state == MessageState.QUEUED) | (_table.c.state == MessageState.SENDING)


def _told(given: Given) -> Update:
    """Those of the messages of which its provider has said more meanwhile."""
    here = (_table.c.id == given.members.c.key) & ~_open
    return update(_table).where(here).values(receipt=func.nullif(given.members.c.value, ""))


def _ended_with(column: str) -> Callable[[Given], Update]:
    def ended(given: Given) -> Update:
        values = {
            "state": given.shared["ended"],
            "settled_at": bindparam("moment", type_=Instant()),
            column: func.nullif(given.members.c.value, ""),
        }
        here = (_table.c.id == given.members.c.key) & _open
        return update(_table).where(here).values(values)

    return ended


_keep_receipt = PreparedForGroups({}, _told)
_end = {
    column: PreparedForGroups({"ended": String()}, _ended_with(column))
    for column in ("receipt", "fault")
}


def try_again(tx: Transaction, message_id: str, at: datetime, fault: str) -> None:
    """Put a message back that certainly did not go out."""
    values = {"state": MessageState.QUEUED, "try_at": at, "fault": fault[:200], "claimed_by": None}
    here = (_table.c.id == message_id) & (_table.c.state == MessageState.SENDING)
    tx.execute(update(_table).where(here).values(**values))


def move_on(  # noqa: PLR0913  (which, where to, by whose name, why, when)
    tx: Transaction,
    message_id: str,
    state: MessageState,
    *,
    now: datetime,
    receipt: str = "",
    fault: str = "",
) -> bool:
    """Bring a message to what its provider says; False if it is further on already."""
    may = (_table.c.id == message_id) & _table.c.state.in_(_BEFORE[state])
    values: dict[str, Any] = {"state": state, "settled_at": now}
    values |= {"receipt": receipt[:200]} if receipt else {}
    values |= {"fault": fault[:200]} if fault else {}
    return bool(tx.execute(update(_table).where(may).values(**values)).rowcount)


def say(tx: Transaction, message_id: str, fault: str) -> None:
    """Add to what is known of why a message failed."""
    tx.execute(update(_table).where(_table.c.id == message_id).values(fault=fault[:200]))


def give_back(tx: Transaction, worker: str, ids: Sequence[str]) -> None:
    """Put messages back that this worker claimed and never began to send."""
    values = {
        "state": MessageState.QUEUED,
        "claimed_by": None,
        "attempts": _table.c.attempts - 1,
    }
    if not ids:
        return
    mine = _table.c.id.in_(ids) & (_table.c.claimed_by == worker)
    still = _table.c.state == MessageState.SENDING
    tx.execute(update(_table).where(mine & still).values(**values))


def tried_in_vain(
    tx: Transaction, now: datetime, since: datetime, *, channels: Collection[Channel], limit: int
) -> tuple[OutgoingMessage, ...]:
    """Messages to patients that should be out since `since` and could go by another channel.

    None that went by another already: each is given out until it has, and then no more.
    """
    answered = exists().where(
        _prompt.c.id == _table.c.prompt_id, _prompt.c.state == PromptState.ANSWERED
    )
    begun = (_table.c.attempts > 0) & (_table.c.queued_at <= since)
    waiting = (_table.c.state == _QUEUED) & (begun | (_table.c.try_at <= since))
    waiting &= (_table.c.not_after > now) & ~answered & ~_has_sibling()
    other = or_(*(_could_go_by(channel) for channel in channels))
    query = (
        select(*MESSAGE_COLUMNS)
        .join(_secret, _secret.c.patient_id == _table.c.patient_id)
        .where(waiting, other)
        .order_by(_table.c.queued_at)
        .limit(limit)
    )
    locked = query.with_for_update(skip_locked=True, of=_table)
    return tuple(message_of(row) for row in tx.execute(locked))


def _has_sibling() -> Any:
    """Whether the same message went by another channel already."""
    return exists().where(
        _sibling.c.patient_id == _table.c.patient_id,
        _sibling.c.purpose == _table.c.purpose,
        _sibling.c.local_day.is_not_distinct_from(_table.c.local_day),
        _sibling.c.queued_at > _table.c.queued_at,
        _sibling.c.channel != _table.c.channel,
    )


def _could_go_by(channel: Channel) -> Any:
    """Whether there is another address of hers, and it is not known to be dead."""
    subscribed = exists().where(
        _push.c.patient_id == _table.c.patient_id, _push.c.retired_at.is_(None)
    )
    has = {
        Channel.EMAIL: _secret.c.email.is_not(None),
        Channel.SMS: _secret.c.mobile.is_not(None),
        Channel.PUSH: subscribed,
    }
    dead = exists().where(_dead.c.patient_id == _table.c.patient_id, _dead.c.channel == channel)
    return (_table.c.channel != channel) & has[channel] & ~dead


def in_doubt(
    tx: Transaction, channel: Channel, now: datetime, limit: int
) -> tuple[OutgoingMessage, ...]:
    """Messages of one channel that may have gone out and are still of use.

    In no order: those of which nobody can tell must not stand before the others at every look.
    """
    here = (_table.c.state == _UNSURE) & (_table.c.channel == channel)
    here &= (_table.c.settled_at > now - _IN_DOUBT_FOR) & (_table.c.not_after > now)
    some = select(*MESSAGE_COLUMNS).where(here).order_by(func.random()).limit(limit)
    return tuple(message_of(row) for row in tx.execute(some))


def clear_doubt(
    tx: Transaction, message_id: str, receipt: str, *, was_sent: bool, now: datetime
) -> bool:
    """The provider says whether it has a message in doubt; one it has not goes out again."""
    if was_sent:
        return move_on(tx, message_id, MessageState.SENT, now=now, receipt=receipt)
    here = (_table.c.id == message_id) & (_table.c.state == MessageState.UNSURE)
    values = {
        "state": MessageState.QUEUED,
        "try_at": now,
        "settled_at": None,
        "claimed_by": None,
        "fault": "it surely did not go out",
    }
    return bool(tx.execute(update(_table).where(here).values(**values)).rowcount)
