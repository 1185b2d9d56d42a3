"""What a killed sender claimed and never began goes out by another; what it began is in doubt."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from tests import willow
from webapp.delivery.channel import Bookcase, Fate, Letter, NoBooks, Outcome
from webapp.delivery.hand_books import open_bookcase
from webapp.domain.person import Channel
from webapp.journeys import checking_in, prompting, sending
from webapp.journeys.house import House
from webapp.store import messages, receipts
from webapp.store.messages import MessageState

MANY = 2 * sending.HANDFUL + 3


class Killed(BaseException):
    """The process ends here."""


@dataclass
class Post:
    """Takes letters until it is told to die."""

    dies_at: int = 10**6
    given: list[str] = field(default_factory=list)

    def send(self, letter: Letter) -> Outcome:
        if len(self.given) == self.dies_at:
            raise Killed
        self.given.append(letter.id)
        return Outcome(Fate.SENT)

    def close(self) -> None:
        pass


def send(house: House, post: Post, now: datetime, name: str, books: Bookcase | None = None) -> None:
    worker = sending.Worker(name, {Channel.EMAIL: lambda: post}, lambda: now, books or NoBooks())
    sending.settle_doubts(house, worker)
    sending.send_waiting(house, worker)


def states(house: House) -> dict[str, MessageState]:
    with house.store.read() as tx:
        rows = tx.execute(messages._table.select().where(messages._table.c.patient_id.is_not(None)))
        return {row.id: MessageState(row.state) for row in rows}


def test_only_the_handful_that_was_begun_is_in_doubt_and_the_rest_goes_out_once(
    house: House, clock_now: datetime
) -> None:
    willow.open_clinic(house, clock_now, willow.WILLOW, willow.SAM)
    for _ in range(MANY):
        willow.patient_on_day(house, 3, clock_now)
    prompting.tick(house, clock_now)
    first, second = Post(dies_at=sending.HANDFUL + 4), Post()
    with pytest.raises(Killed):
        send(house, first, clock_now, "killed")
    later = clock_now + sending.CLAIM_FOR
    prompting.tick(house, later)
    send(house, second, later, "next")
    ends = states(house)
    in_doubt = {one for one, state in ends.items() if state is MessageState.UNSURE}
    assert len(ends) == MANY and set(ends.values()) <= {MessageState.SENT, MessageState.UNSURE}
    # What it gave away is written down at the next handful, or as it goes down in order.
    assert len(in_doubt) <= sending.HANDFUL
    assert not in_doubt & set(second.given)
    assert not set(first.given) & set(second.given)
    assert set(first.given) | set(second.given) | in_doubt == set(ends)


def test_of_what_was_begun_the_hand_book_says_what_went_out_and_the_rest_goes_out_once(
    house: House, clock_now: datetime, tmp_path: Path
) -> None:
    willow.open_clinic(house, clock_now, willow.WILLOW, willow.SAM)
    for _ in range(MANY):
        willow.patient_on_day(house, 3, clock_now)
    prompting.tick(house, clock_now)
    books = open_bookcase(tmp_path)
    first, second = Post(dies_at=sending.HANDFUL + 4), Post()
    with pytest.raises(Killed):
        send(house, first, clock_now, "killed", books)
    later = clock_now + sending.CLAIM_FOR
    prompting.tick(house, later)
    send(house, second, later, "next", books)
    ends = states(house)
    in_doubt = {one for one, state in ends.items() if state is MessageState.UNSURE}
    assert 0 < len(in_doubt) <= sending.LANES, "more is in doubt than was being given away"
    assert not set(first.given) & set(second.given)
    assert {*first.given, *second.given, *in_doubt} == set(ends)


def test_a_doubt_that_nobody_can_clear_stands_before_no_other(
    house: House, clock_now: datetime
) -> None:
    """Two hundred are looked up in a pass; always the same ones would leave the rest in doubt."""
    willow.open_clinic(house, clock_now, willow.WILLOW, willow.SAM)
    for _ in range(3):
        willow.patient_on_day(house, 3, clock_now)
    prompting.tick(house, clock_now)
    later = clock_now + sending.CLAIM_FOR
    with house.store.begin() as tx:
        begun = [one.id for one in messages.claim(tx, "killed", clock_now, until=later, limit=3)]
        messages.begin(tx, "killed", begun, clock_now)
    prompting.tick(house, later)
    with house.store.read() as tx:
        looks = [receipts.in_doubt(tx, Channel.EMAIL, later, 1) for _ in range(60)]
    assert {one.id for look in looks for one in look} == set(begun)


def test_a_claimed_letter_about_a_day_that_was_answered_meanwhile_is_not_begun(
    house: House, clock_now: datetime
) -> None:
    willow.open_clinic(house, clock_now, willow.WILLOW, willow.SAM)
    rosa = willow.patient_on_day(house, 3, clock_now)
    prompting.tick(house, clock_now)
    until = clock_now + timedelta(minutes=5)
    with house.store.begin() as tx:
        (one,) = messages.claim(tx, "slow", clock_now, until=until, limit=10)
    link = willow.link_of(house, rosa, clock_now)
    checking_in.submit(house, link, willow.submission(clock_now), now=clock_now)
    with house.store.begin() as tx:
        assert messages.begin(tx, "slow", [one.id], clock_now) == frozenset()


def test_a_sender_that_slept_through_its_claim_begins_nothing(
    house: House, clock_now: datetime
) -> None:
    willow.open_clinic(house, clock_now, willow.WILLOW, willow.SAM)
    willow.patient_on_day(house, 3, clock_now)
    prompting.tick(house, clock_now)
    until = clock_now + timedelta(minutes=5)
    with house.store.begin() as tx:
        (one,) = messages.claim(tx, "asleep", clock_now, until=until, limit=10)
        assert messages.begin(tx, "asleep", [one.id], until) == frozenset()
        assert messages.begin(tx, "another", [one.id], clock_now) == frozenset()
        assert messages.begin(tx, "asleep", [one.id], clock_now) == {one.id}
