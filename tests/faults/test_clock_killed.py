"""F7: kill -9 of the clocks while they send. Nobody is missed, and nobody is written to twice.

The mail server has no memory of keys, so what a killed clock was giving away stays in doubt: at
most a letter for each of its lanes, shown as in doubt, and never sent again.
"""

from __future__ import annotations

import random
import time
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.databases import Databases
from tests.faults.due import admit_due, messages_of
from tests.faults.nursery import Nursery, kill
from tests.faults.post_office import PostOffice, post_office
from tests.faults.site import Site, open_rooms, wait_until
from tests.faults.tally import Tally, size
from webapp.assemble import bookcase_of, senders_of
from webapp.journeys import prompting, sending
from webapp.journeys.house import House
from webapp.library.shelf import Library

KILLS, LETTERS, CLOCKS, SEED = size(3, 200), size(120, 6000), size(2, 3), 2026
LIFE = 0.5  # seconds, at most


def test_nobody_is_missed_and_nobody_is_written_to_twice_when_clocks_are_killed(
    nursery_of_thaw: Nursery, databases: Databases, library: Library, tmp_path: Path
) -> None:
    with databases.migrated() as url, post_office(tmp_path) as office:
        site = Site(nursery_of_thaw, tmp_path, url, smtp_url=office.url)
        house, now = open_rooms(library, site.config), datetime.now(UTC)
        tally = Tally(f"F7 clocks killed, {house.store.engine.dialect.name}")
        admit_due(house, LETTERS, now)
        try:
            kills = kill_clocks(site, house)
        finally:
            site.kill()
        finish(site, house, datetime.now(UTC) + sending.CLAIM_FOR)
        states, taken = messages_of(house), office.taken()
        house.store.close()
    in_doubt = count(tally, states, taken)
    tally.line(f"kills {kills}", f"in doubt {in_doubt}", f"seed {SEED}")
    assert tally.stored == LETTERS
    assert (tally.lost, tally.doubled) == (set(), 0), site.log()
    assert in_doubt <= kills * sending.LANES


def kill_clocks(site: Site, house: House) -> int:
    """Kill one clock after the other at random moments, for as long as there is work."""
    chance, kills = random.Random(SEED), 0
    site.running = [site.start_one("clock") for _ in range(CLOCKS)]
    wait_until(lambda: "sending" in messages_of(house).values(), 30, "a letter in a clock's hand")
    while kills < KILLS and {"queued", "sending"} & set(messages_of(house).values()):
        kill(site.running.pop(chance.randrange(CLOCKS)))
        kills += 1
        site.running.append(site.start_one("clock"))
        time.sleep(chance.uniform(0, LIFE))
    return kills


def finish(site: Site, house: House, later: datetime) -> None:
    """What the next clock does, pass after pass, once the claims of the dead have run out."""
    books = bookcase_of(site.config)
    worker = sending.Worker("the last", senders_of(site.config), lambda: later, books)
    prompting.tick(house, later)
    for _ in range(size(5, 100)):  # each looks up a batch of what is in doubt
        sending.settle_doubts(house, worker)
    sending.send_waiting(house, worker)


def count(tally: Tally, states: dict[str, str], taken: Counter[str]) -> int:
    """Lost: said to be sent and not there, or neither sent nor in doubt. How many are in doubt."""
    tally.acked = sum(state == "sent" for state in states.values())
    tally.stored = len(states)
    tally.lost = {
        one for one, state in states.items() if state != "unsure" and one not in taken
    } | {one for one, state in states.items() if state not in ("sent", "unsure")}
    tally.doubled = sum(times - 1 for times in taken.values())
    return sum(state == "unsure" for state in states.values())


@pytest.mark.parametrize(
    ("states", "taken", "lost", "doubled"),
    [
        ({"a": "sent"}, ["a", "a"], set(), 1),
        ({"a": "sent"}, [], {"a"}, 0),
        ({"a": "sending"}, ["a"], {"a"}, 0),
        ({"a": "unsure"}, [], set(), 0),
    ],
)
def test_the_count_notices_a_letter_that_is_missed_or_comes_twice(
    states: dict[str, str], taken: list[str], lost: set[str], doubled: int
) -> None:
    tally = Tally("F7 control")
    count(tally, states, Counter(taken))
    assert (tally.lost, tally.doubled) == (lost, doubled)


def test_a_sender_that_took_abandoned_letters_for_unsent_would_write_twice(
    nursery_of_thaw: Nursery, library: Library, tmp_path: Path
) -> None:
    """The negative control: what was begun is put back instead of doubted, and comes twice."""
    with post_office(tmp_path) as office:
        site = Site(nursery_of_thaw, tmp_path, smtp_url=office.url)
        house, now = open_rooms(library, site.config), datetime.now(UTC)
        admit_due(house, 20, now)
        finish(site, house, now)
        put_back(house)
        finish(site, house, now)
        house.store.close()
        taken = office_after(office, 40)
    assert count(Tally("F7 control"), {}, taken) == 0
    assert sum(times - 1 for times in taken.values()) == 20


def put_back(house: House) -> None:
    from sqlalchemy import text

    with house.store.begin() as tx:
        tx.execute(text("UPDATE message SET state = 'queued'"))


def office_after(office: PostOffice, many: int) -> Counter[str]:
    wait_until(lambda: office.taken().total() >= many, 10, f"{many} letters")
    return office.taken()
