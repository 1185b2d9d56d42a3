"""Recording: what became of the letters that were given away is written down.

May import: domain, store, delivery's protocol and this room.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import datetime, timedelta

from webapp.delivery.channel import Fate, Outcome
from webapp.domain.person import Channel
from webapp.journeys import falling_back, hearing_back
from webapp.journeys.house import House
from webapp.store import receipts, subscriptions
from webapp.store.engine import Transaction
from webapp.store.messages import MessageState, OutgoingMessage

MOST_ATTEMPTS = 12
LONGEST_HOLD = timedelta(hours=1)  # however long a provider asks to be left alone
_FIRST_WAIT = timedelta(seconds=30)
_LONGEST_WAIT = timedelta(minutes=30)

Given = tuple[OutgoingMessage, Outcome]


def record_all(house: House, tx: Transaction, given: Sequence[Given], now: datetime) -> None:
    """Write down how letters fared: together those that are out, which is nearly all of them."""
    sent = {one.id: outcome.detail for one, outcome in given if _is_plainly_sent(outcome)}
    receipts.settle_all(tx, sent, MessageState.SENT, now)
    for message, outcome in given:
        if message.id not in sent:
            _record(house, tx, message, outcome, now=now)


def _is_plainly_sent(outcome: Outcome) -> bool:
    return outcome.fate is Fate.SENT and not outcome.gone


def _record(
    house: House, tx: Transaction, message: OutgoingMessage, outcome: Outcome, *, now: datetime
) -> None:
    for subscription in outcome.gone:
        subscriptions.retire(tx, subscription, now)
    again = outcome.fate is Fate.REFUSED_FOR_NOW and _again(tx, message, outcome, now)
    if not again:
        _settle(house, tx, message, outcome, now=now)


def heed(house: House, message: OutgoingMessage, outcome: Outcome, *, now: datetime) -> None:
    """What a provider's answer asks for beside writing it down."""
    if outcome.fate is Fate.SENT and message.channel is Channel.SMS:
        hearing_back.catch_up(house, message, outcome.detail, now)
    if outcome.fate is Fate.UNWANTED:
        hearing_back.obey(house, message, now)


def _again(tx: Transaction, message: OutgoingMessage, outcome: Outcome, now: datetime) -> bool:
    """Try it again later, if there is a later in which it is of use."""
    asked = min(outcome.wait or timedelta(), LONGEST_HOLD)
    at = now + max(wait_before(message.attempts), asked)
    if message.attempts >= MOST_ATTEMPTS or at >= message.not_after:
        return False
    receipts.try_again(tx, message.id, at, outcome.detail)
    return True


def _settle(
    house: House, tx: Transaction, message: OutgoingMessage, outcome: Outcome, *, now: datetime
) -> None:
    """Write down how a message ended; what failed goes by the next channel that there is."""
    detail = outcome.detail
    if outcome.fate is Fate.DEAD_ADDRESS:
        falling_back.mark_dead(tx, message, message.channel, detail, now=now)
    if outcome.fate in _FAILED:
        other = falling_back.fall_back(house, tx, message, now)
        detail = f"{detail}; goes by {other}" if other else detail
    receipts.settle(tx, message.id, _ENDS[outcome.fate], now, detail=detail)


_FAILED = frozenset({Fate.REFUSED, Fate.DEAD_ADDRESS, Fate.REFUSED_FOR_NOW})
_ENDS = {
    Fate.SENT: MessageState.SENT,
    Fate.REFUSED: MessageState.FAILED,
    Fate.REFUSED_FOR_NOW: MessageState.FAILED,
    Fate.DEAD_ADDRESS: MessageState.FAILED,
    Fate.UNWANTED: MessageState.FAILED,
    Fate.UNSURE: MessageState.UNSURE,
}


def wait_before(attempts: int) -> timedelta:
    """How long to wait after this many attempts: doubling, capped, with a little chance in it."""
    doubled: timedelta = _FIRST_WAIT * float(2 ** min(attempts, 10))
    return min(doubled, _LONGEST_WAIT) * random.uniform(0.8, 1.2)  # noqa: S311  (spreads retries)
