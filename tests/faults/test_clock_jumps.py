"""F9: the machine's time jumps by hours and days, back and forth, and drifts.

The clock's own code is run with a time that is passed in: no patient is written to twice for one
day, and nothing goes out after its day has closed.
"""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import text

from tests import willow
from tests.faults.tally import Tally, size
from webapp import clock
from webapp.delivery.channel import Fate, Letter, Outcome
from webapp.domain.person import Channel
from webapp.journeys import sending
from webapp.journeys.house import House

PASSES, PATIENTS, SEED = size(40, 2000), size(4, 40), 2026
JUMPS = tuple(
    timedelta(**{unit: sign * many})
    for sign in (1, -1)
    for unit, many in (("hours", 2), ("days", 1), ("seconds", 10), ("minutes", 61))
)


@dataclass
class Post:
    """Takes every letter, and remembers when."""

    now: datetime
    given: list[tuple[str, datetime]] = field(default_factory=list)

    def send(self, letter: Letter) -> Outcome:
        self.given.append((letter.id, self.now))
        return Outcome(Fate.SENT)

    def close(self) -> None:
        pass


def test_a_clock_that_jumps_writes_to_nobody_twice_and_never_too_late(
    house: House, clock_now: datetime
) -> None:
    tally, chance, post = Tally("F9 clock jumps"), random.Random(SEED), Post(clock_now)
    willow.open_clinic(house, clock_now, willow.WILLOW, willow.SAM)
    for _ in range(PATIENTS):
        willow.patient_on_day(house, 1, clock_now)
    worker = sending.Worker("jumping", {Channel.EMAIL: lambda: post}, lambda: post.now)
    for _ in range(PASSES):
        assert clock.pass_once(house, worker)
        post.now += chance.choice((*JUMPS, timedelta(seconds=15), timedelta(minutes=30)))
    reasons = reasons_of(house)
    count(tally, reasons, post)
    tally.line(f"passes {PASSES}", f"jumps {len(JUMPS)} kinds", f"seed {SEED}")
    assert tally.acked >= PATIENTS
    assert (tally.doubled, tally.lost) == (0, set())


def reasons_of(house: House) -> dict[str, tuple[str, datetime]]:
    """For each message to a patient why it is sent, and until when it may be."""
    from webapp.store.schema import MessageRow, table_of

    table = table_of(MessageRow)
    with house.store.read() as tx:
        assert tx.execute(text("SELECT count(*) FROM prompt")).scalar_one()
        rows = tx.execute(table.select().where(table.c.patient_id.is_not(None)))
        return {
            row.id: (f"{row.patient_id} {row.local_day} {row.purpose}", row.not_after)
            for row in rows
        }


def count(tally: Tally, reasons: dict[str, tuple[str, datetime]], post: Post) -> None:
    """Doubled: two letters for one reason. Lost: a letter when it was of no use any more."""
    sent = [(*reasons[name], at) for name, at in post.given if name in reasons]
    tally.acked = tally.stored = len(sent)
    tally.doubled = sum(many - 1 for many in Counter(reason for reason, _, _ in sent).values())
    tally.lost = {reason for reason, until, at in sent if at >= until}


def test_the_count_notices_a_letter_that_comes_twice_or_too_late(clock_now: datetime) -> None:
    """The negative control."""
    tally, post = Tally("F9 control"), Post(clock_now)
    post.given = [("a", clock_now), ("b", clock_now + timedelta(days=2))]
    until = clock_now + timedelta(days=1)
    count(tally, {"a": ("rosa day 3", until), "b": ("rosa day 3", until)}, post)
    assert (tally.doubled, tally.lost) == (1, {"rosa day 3"})
