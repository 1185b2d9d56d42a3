"""Sending: what waits in the outbox goes out, and what became of it is written down.

Claim in one transaction, use the network in none, record in another. May import: domain, library,
store, delivery's protocol and this room.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from webapp.delivery.channel import Fate, Letter, Outcome, Rememberer, Sender
from webapp.domain.breaker import Breaker, Way
from webapp.domain.person import Channel
from webapp.journeys import falling_back, hearing_back, quieting
from webapp.journeys.house import House
from webapp.journeys.lettering import letters_of
from webapp.store import messages, receipts, subscriptions
from webapp.store.engine import Transaction
from webapp.store.messages import MessageState, OutgoingMessage

BATCH = 100
HANDFUL = 10  # letters that one commit begins: so many may be in doubt when a sender is killed
CLAIM_FOR = timedelta(minutes=5)
SURELY_OURS = timedelta(minutes=2)  # before a claim ends, what was not begun is given back
MOST_ATTEMPTS = 12
_FIRST_WAIT = timedelta(seconds=30)
_LONGEST_WAIT = timedelta(minutes=30)
_LONGEST_HOLD = timedelta(hours=1)  # however long a provider asks to be left alone

Now = Callable[[], datetime]
Senders = Mapping[Channel, Callable[[], Sender]]


def _breakers() -> dict[Channel, Breaker]:
    return {channel: Breaker() for channel in Channel}


@dataclass(frozen=True, slots=True)
class Worker:
    """One sender process: its name, its channels, its watch, and what it met on each channel."""

    name: str
    senders: Senders
    now: Now
    breakers: Mapping[Channel, Breaker] = field(default_factory=_breakers)


def send_waiting(house: House, worker: Worker) -> int:
    """Send everything that waits, each channel by itself; how many letters were tried."""
    with house.store.read() as tx:
        waiting = messages.waiting_channels(tx, worker.now())
    if len(waiting) > 1:  # a provider that hangs keeps no other channel waiting
        with ThreadPoolExecutor(len(waiting)) as pool:
            tried = sum(pool.map(lambda channel: _send_all(house, worker, channel), waiting))
    else:
        tried = sum(_send_all(house, worker, channel) for channel in waiting)
    falling_back.leave_slow_channels(house, worker.now())
    return tried


def _send_all(house: House, worker: Worker, channel: Channel) -> int:
    """Send all that waits on one channel, as long as its breaker lets it."""
    tried = 0
    while batch := _claim(house, worker, channel):
        tried += _send_batch(house, worker, batch)
    return tried


def _claim(house: House, worker: Worker, channel: Channel) -> tuple[OutgoingMessage, ...]:
    """A batch, or one letter where the provider is tried again, or nothing where it is not."""
    now = worker.now()
    limit = {Way.FREE: BATCH, Way.ONE: 1, Way.SHUT: 0}[worker.breakers[channel].way(now)]
    if not limit:
        return ()
    until = now + CLAIM_FOR
    with house.store.begin() as tx:
        while batch := messages.claim(
            tx, worker.name, now, until=until, limit=limit, channel=channel
        ):
            if loud := quieting.without_the_quiet(tx, batch, now):
                return loud
    return ()


def _send_batch(house: House, worker: Worker, batch: Sequence[OutgoingMessage]) -> int:
    """Send a batch; what cannot be begun in time, or meets a closed channel, is given back."""
    letters = _write_letters(house, worker, batch)
    last = worker.now() + CLAIM_FOR - SURELY_OURS
    back: list[OutgoingMessage] = []
    with _Hand(house, worker) as hand:
        for start in range(0, len(batch), HANDFUL):
            for message in hand.take(batch[start : start + HANDFUL]):
                now = worker.now()
                if now >= last or worker.breakers[message.channel].way(now) is Way.SHUT:
                    back.append(message)
                else:
                    hand.send(message, letters.get(message.id))
    if back:
        with house.store.begin() as tx:
            receipts.give_back(tx, worker.name, [message.id for message in back])
    return len(batch) - len(back)


class _Hand:
    """Gives letters away, a handful at a time. Each handful is on the disk before it is begun.

    One transaction writes down what became of a handful and that the next is begun: a process that
    is killed leaves a handful in doubt and no more; what it claimed and never took goes out by
    another. Smaller handfuls leave less in doubt, and cost a sync each (docs/faults.md).
    """

    def __init__(self, house: House, worker: Worker) -> None:
        self._house, self._worker = house, worker
        self._senders: dict[Channel, Sender] = {}
        self._done: list[tuple[OutgoingMessage, Outcome]] = []

    def __enter__(self) -> _Hand:
        return self

    def __exit__(self, *_fault: object) -> None:
        try:
            self.take(())
        finally:
            for sender in self._senders.values():
                sender.close()

    def take(self, few: Sequence[OutgoingMessage]) -> list[OutgoingMessage]:
        """Write down what became of the last handful, and begin this one: what is still ours."""
        done, self._done = self._done, []
        now = self._worker.now()
        with self._house.store.begin() as tx:
            for message, outcome in done:
                _record(self._house, tx, message, outcome, now=now)
            begun = messages.begin(tx, self._worker.name, [one.id for one in few], now)
        for message, outcome in done:
            _heed(self._house, message, outcome, now=now)
        return [one for one in few if one.id in begun]

    def send(self, message: OutgoingMessage, letter: Letter | None) -> None:
        """Give one away."""
        outcome = _send(self._worker, self._senders, message, letter)
        self._done.append((message, outcome))
        _note(self._worker, message, outcome)


def _write_letters(
    house: House, worker: Worker, batch: Sequence[OutgoingMessage]
) -> dict[str, Letter]:
    """The letters of a batch; nothing is sent yet."""
    with house.store.begin() as tx:
        return letters_of(house, tx, batch, worker.now())


def _send(
    worker: Worker,
    open_senders: dict[Channel, Sender],
    message: OutgoingMessage,
    letter: Letter | None,
) -> Outcome:
    if letter is None:
        return Outcome(Fate.REFUSED, "nobody can be written to by this channel")
    if message.channel not in worker.senders:
        return Outcome(Fate.REFUSED, f"the channel {message.channel} is not set up")
    if message.channel not in open_senders:
        open_senders[message.channel] = worker.senders[message.channel]()
    return open_senders[message.channel].send(letter)


def _note(worker: Worker, message: OutgoingMessage, outcome: Outcome) -> None:
    """Let the channel's breaker know how its provider is."""
    breaker, now = worker.breakers[message.channel], worker.now()
    if outcome.wait is not None and outcome.provider_down:
        breaker.hold(now + min(outcome.wait, _LONGEST_HOLD))  # busy, not broken
    elif outcome.fate is not Fate.REFUSED or message.channel in worker.senders:
        breaker.met(now, fault=outcome.provider_down)


def _record(
    house: House, tx: Transaction, message: OutgoingMessage, outcome: Outcome, *, now: datetime
) -> None:
    for subscription in outcome.gone:
        subscriptions.retire(tx, subscription, now)
    again = outcome.fate is Fate.REFUSED_FOR_NOW and _again(tx, message, outcome, now)
    if not again:
        settle(house, tx, message, outcome, now=now)


def _heed(house: House, message: OutgoingMessage, outcome: Outcome, *, now: datetime) -> None:
    """What a provider's answer asks for beside writing it down."""
    if outcome.fate is Fate.SENT and message.channel is Channel.SMS:
        hearing_back.catch_up(house, message, outcome.detail, now)
    if outcome.fate is Fate.UNWANTED:
        hearing_back.obey(house, message, now)


def _again(tx: Transaction, message: OutgoingMessage, outcome: Outcome, now: datetime) -> bool:
    """Try it again later, if there is a later in which it is of use."""
    asked = min(outcome.wait or timedelta(), _LONGEST_HOLD)
    at = now + max(wait_before(message.attempts), asked)
    if message.attempts >= MOST_ATTEMPTS or at >= message.not_after:
        return False
    receipts.try_again(tx, message.id, at, outcome.detail)
    return True


def settle(
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


def settle_doubts(house: House, worker: Worker) -> int:
    """Ask the providers that can be asked what became of the letters in doubt; how many are clear.

    One that the provider surely does not have may go out again; of any other it stays unsure.
    """
    cleared = 0
    for channel, opened in worker.senders.items():
        sender = opened()
        if isinstance(sender, Rememberer):
            cleared += _look_up_all(house, worker, channel, sender)
        sender.close()
    return cleared


def _look_up_all(house: House, worker: Worker, channel: Channel, sender: Rememberer) -> int:
    now, cleared = worker.now(), 0
    with house.store.read() as tx:
        doubtful = receipts.in_doubt(tx, channel, now, BATCH)
    for message in doubtful:
        found = sender.look_up(message.id)
        if found.fate is Fate.UNSURE:
            break  # the provider cannot be asked now
        with house.store.begin() as tx:
            cleared += receipts.clear_doubt(
                tx, message.id, found.detail, was_sent=found.fate is Fate.SENT, now=now
            )
    return cleared


def wait_before(attempts: int) -> timedelta:
    """How long to wait after this many attempts: doubling, capped, with a little chance in it."""
    doubled: timedelta = _FIRST_WAIT * float(2 ** min(attempts, 10))
    return min(doubled, _LONGEST_WAIT) * random.uniform(0.8, 1.2)  # noqa: S311  (spreads retries)
