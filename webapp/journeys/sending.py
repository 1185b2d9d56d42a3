"""Sending: what waits in the outbox goes out, and what became of it is written down.

Claim in one transaction, use the network in none, record in another. May import: domain, library,
store, delivery's protocol and this room.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from threading import Lock

from webapp.delivery.channel import (
    Bookcase,
    Fate,
    HandBook,
    Letter,
    NoBooks,
    Outcome,
    Rememberer,
    Sender,
)
from webapp.domain.breaker import Breaker, Way
from webapp.domain.person import Channel
from webapp.journeys import falling_back, quieting
from webapp.journeys.house import House
from webapp.journeys.lettering import letters_of
from webapp.journeys.recording import LONGEST_HOLD, Given, heed, record_all
from webapp.store import messages, receipts
from webapp.store.messages import OutgoingMessage

BATCH = 300  # letters claimed and written in one transaction
HANDFUL = 100  # letters that one commit begins: so many may be in doubt if the machine dies
LANES = 4  # connections at once: in doubt if a sender is killed and its hand book is there
WORTH_A_LANE = 10  # fewer letters than this are not worth another connection
CLAIM_FOR = timedelta(minutes=5)
HELD_FOR = timedelta(seconds=30)  # then what is not begun is claimed anew: she may have stopped

Now = Callable[[], datetime]
Senders = Mapping[Channel, Callable[[], Sender]]


def _breakers() -> dict[Channel, Breaker]:
    return {channel: Breaker() for channel in Channel}


@dataclass(frozen=True, slots=True)
class Worker:
    """One sender process: its name, its channels, its watch, and what it met on each channel."""

    name: str  # nobody else ever had it: its hand books are found by it
    senders: Senders
    now: Now
    books: Bookcase = field(default_factory=NoBooks)
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
    with _Hand(house, worker, channel) as hand:
        while letters := _claim(house, worker, channel):
            tried += hand.send_all(letters)
    return tried


_Letters = Sequence[tuple[OutgoingMessage, Letter | None]]


def _claim(house: House, worker: Worker, channel: Channel) -> _Letters:
    """A batch with its letters, or one where the provider is tried again, or none where it is not.

    Nothing is sent yet.
    """
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
                letters = letters_of(house, tx, loud, now)
                return [(message, letters.get(message.id)) for message in loud]
    return ()


class _Hand:
    """Gives the letters of one channel away, a handful at a time, over a few connections.

    Each handful is on the disk before it is begun: one transaction writes down what became of the
    last one and that the next is begun. What a killed process claimed and never took goes out by
    another; of what it took, its hand book says what it gave away
    (docs/decisions/0017-hand-books.md).
    """

    def __init__(self, house: House, worker: Worker, channel: Channel) -> None:
        self._house, self._worker, self._channel = house, worker, channel
        self._senders: dict[int, Sender] = {}  # one for each lane
        self._pool, self._lock = ThreadPoolExecutor(LANES), Lock()
        self._done: list[Given] = []
        self._back: list[str] = []  # what was not begun after all
        self._book: HandBook = NoBooks()
        self._until = worker.now()

    def __enter__(self) -> _Hand:
        return self

    def __exit__(self, _kind: object, fault: BaseException | None, _trace: object) -> None:
        self._pool.shutdown()
        try:
            self._write_down((), settled=fault is None)
        finally:
            self._book.close(settled=False)
            for sender in self._senders.values():
                sender.close()

    def send_all(self, letters: _Letters) -> int:
        """Send a batch; what cannot be begun in time, or meets a closed channel, is given back.

        How many were tried.
        """
        self._until, tried = self._worker.now() + HELD_FOR, 0
        for start in range(0, len(letters), HANDFUL):
            few = self._take(letters[start : start + HANDFUL])
            self._send_few(few)
            tried += len(few) - len(self._back)
        return tried

    def _take(self, few: _Letters) -> _Letters:
        """Begin a handful: what of it is still ours."""
        ids = [message.id for message, _ in few]
        book = self._worker.books.open(self._worker.name)
        try:
            book.take(ids)
            begun = self._write_down(ids)
        except BaseException:
            book.close(settled=False)  # whatever the database took: none was given away
            raise
        self._book = book
        return [one for one in few if one[0].id in begun]

    def _write_down(self, next_ids: Sequence[str], *, settled: bool = True) -> frozenset[str]:
        """Write down what became of the last handful, and that the next is begun: what of it is.

        `settled` says that this leaves nothing of the last one open.
        """
        if not (self._done or self._back or next_ids):
            return frozenset()
        now = self._worker.now()
        with self._house.store.begin() as tx:
            record_all(self._house, tx, self._done, now)
            receipts.give_back(tx, self._worker.name, self._back)
            begun = messages.begin(tx, self._worker.name, next_ids, now)
        self._book.close(settled=settled)
        done, self._done, self._back, self._book = self._done, [], [], NoBooks()
        for message, outcome in done:
            heed(self._house, message, outcome, now=now)
        return begun

    def _send_few(self, few: _Letters) -> None:
        steady = self._worker.breakers[self._channel].steady
        lanes = max(1, min(LANES, len(few) // WORTH_A_LANE)) if steady else 1
        shares = [few[lane::lanes] for lane in range(lanes)]
        if lanes == 1:
            self._send_share(0, few)
        else:
            list(self._pool.map(self._send_share, range(lanes), shares))

    def _send_share(self, lane: int, few: _Letters) -> None:
        for message, letter in few:
            # Noted before the time is asked: who sleeps in between has said that it may be out.
            self._book.give(message.id)
            if self._may_go():
                outcome = self._send(lane, letter)
                self._done.append((message, outcome))
            else:
                outcome = Outcome(Fate.REFUSED_FOR_NOW)
                self._back.append(message.id)
            self._book.end(message.id, outcome)

    def _may_go(self) -> bool:
        """Whether the time is not over, and the provider not to be left alone."""
        now = self._worker.now()
        with self._lock:
            way = self._worker.breakers[self._channel].way(now)
        return now < self._until and way is not Way.SHUT

    def _send(self, lane: int, letter: Letter | None) -> Outcome:
        """Give one away, and let the channel's breaker know how its provider is."""
        if letter is None:
            return Outcome(Fate.REFUSED, "nobody can be written to by this channel")
        if self._channel not in self._worker.senders:
            return Outcome(Fate.REFUSED, f"the channel {self._channel} is not set up")
        if lane not in self._senders:
            self._senders[lane] = self._worker.senders[self._channel]()
        outcome = self._senders[lane].send(letter)
        breaker, now = self._worker.breakers[self._channel], self._worker.now()
        with self._lock:
            if outcome.wait is not None and outcome.provider_down:
                breaker.hold(now + min(outcome.wait, LONGEST_HOLD))  # busy, not broken
            else:
                breaker.met(now, fault=outcome.provider_down)
        return outcome


def settle_doubts(house: House, worker: Worker) -> int:
    """Find out what became of the letters in doubt: from the hand book of whoever had them, else
    from a provider that can be asked. How many are clear.

    One that surely did not go out goes again; of any other it stays unsure.
    """
    return sum(_look_up_all(house, worker, channel) for channel in worker.senders)


def _look_up_all(house: House, worker: Worker, channel: Channel) -> int:
    now, cleared = worker.now(), 0
    with house.store.read() as tx:
        doubtful = receipts.in_doubt(tx, channel, now, BATCH)
    if not doubtful:
        return 0
    sender, asks = worker.senders[channel](), True
    for message in doubtful:
        found = worker.books.look_up(message.claimed_by or "", message.id)
        if found.fate is Fate.UNSURE and isinstance(sender, Rememberer) and asks:
            found = sender.look_up(message.id)
            asks = found.fate is not Fate.UNSURE  # else the provider cannot be asked now
        if found.fate is not Fate.UNSURE:
            sent = found.fate is Fate.SENT
            with house.store.begin() as tx:
                cleared += receipts.clear_doubt(
                    tx, message.id, found.detail, was_sent=sent, now=now
                )
    sender.close()
    return cleared
