"""F10: many at once. Workers race for one id, writers for a file, clocks for the same patients."""

from __future__ import annotations

import threading
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

from tests.databases import Databases
from tests.faults.due import admit_due, messages_of, prompts_of, sent_of
from tests.faults.nursery import Nursery
from tests.faults.post_office import post_office
from tests.faults.site import Site, admit, check_in, is_alive, open_rooms, post, stored, wait_until
from tests.faults.tally import FULL, Tally, size
from webapp.library.shelf import Library

IDS, WRITES = size(25, 1000), size(25, 2000)
CLIENTS, WORKERS, CLOCKS = 8, 4, 4
DUE = size(200, 100_000)
LOOK_EVERY = 2.0 if FULL else 0.05  # seconds
SECONDS_FOR_ALL = size(120, 3000)


def test_the_same_submission_sent_by_eight_at_once_is_stored_once(
    nursery_of_thaw: Nursery, databases: Databases, library: Library, tmp_path: Path
) -> None:
    with databases.migrated() as url:
        site = Site(nursery_of_thaw, tmp_path, url)
        house = open_rooms(library, site.config)
        tally = Tally(f"F10 same id, {house.store.engine.dialect.name}")
        tokens = admit(house, 1, IDS)[0]
        same = [check_in(token, 0) for token in tokens]
        said = Counter(reply for replies in at_once(site, [same] * CLIENTS) for reply in replies)
        rows = stored(house)
        house.store.close()
    tally.acked, tally.stored = said[201] + said[200], len(rows)
    tally.refused, tally.doubled = said[503], len(rows) - IDS
    tally.line(f"replies {dict(said)}")
    assert said == {201: IDS, 200: IDS * (CLIENTS - 1)}, site.log()
    assert tally.doubled == 0


def test_eight_writers_at_once_are_all_served(
    nursery_of_thaw: Nursery, library: Library, tmp_path: Path
) -> None:
    """On SQLite: nobody is shown that the file is locked, and nobody's row is lost."""
    site = Site(nursery_of_thaw, tmp_path)
    house, tally = open_rooms(library, site.config), Tally("F10 eight writers, sqlite")
    of_each = admit(house, CLIENTS, size(5, 40))
    work = [[check_in(own[n % len(own)], n) for n in range(WRITES)] for own in of_each]
    said = Counter(reply for replies in at_once(site, work) for reply in replies)
    rows = stored(house)
    house.store.close()
    tally.acked, tally.stored, tally.refused = said[201], len(rows), said[503]
    tally.doubled = len(rows) - CLIENTS * WRITES
    tally.line(f"replies {dict(said)}")
    assert said == {201: CLIENTS * WRITES}, site.log()
    assert tally.doubled == 0


def test_the_count_of_rows_notices_clients_that_do_not_send_the_same_id(
    nursery_of_thaw: Nursery, library: Library, tmp_path: Path
) -> None:
    """The negative control: the same race with an id for each client makes a row for each."""
    site = Site(nursery_of_thaw, tmp_path)
    house = open_rooms(library, site.config)
    token = admit(house, 1, 1)[0][0]
    at_once(site, [[check_in(token, 0)] for _ in range(CLIENTS)])
    rows = stored(house)
    house.store.close()
    assert len(rows) == CLIENTS


def at_once(site: Site, work: list[list[dict[str, object]]]) -> list[list[int | None]]:
    """Each client sends its share as fast as it can; the statuses that each was given."""
    said: list[list[int | None]] = [[] for _ in work]
    gate = threading.Barrier(len(work))

    def one(share: list[dict[str, object]], heard: list[int | None]) -> None:
        gate.wait()
        heard.extend(post(site.port, sent, timeout=30).status for sent in share)

    site.start(workers=WORKERS)
    try:
        wait_until(lambda: is_alive(site.port), 30, "alive")
        pairs = zip(work, said, strict=True)
        threads = [threading.Thread(target=one, args=pair) for pair in pairs]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    finally:
        site.kill()
    return said


def test_four_clocks_racing_for_the_same_patients_write_to_each_once(
    nursery_of_thaw: Nursery, databases: Databases, library: Library, tmp_path: Path
) -> None:
    with databases.migrated() as url, post_office(tmp_path) as office:
        site = Site(nursery_of_thaw, tmp_path, url, smtp_url=office.url)
        house = open_rooms(library, site.config)
        tally = Tally(f"F10 four clocks, {house.store.engine.dialect.name}")
        admit_due(house, DUE, datetime.now(UTC))
        tally.began = Tally("").began
        site.start(workers=0, clocks=CLOCKS)
        try:
            wait_until(
                lambda: sent_of(house) >= DUE, SECONDS_FOR_ALL, f"{DUE} letters", every=LOOK_EVERY
            )
        finally:
            site.kill()
        states, asked = messages_of(house), prompts_of(house)
        # Staff get letters too: of an alarm, say, that a loaded machine was late.
        taken = Counter({one: many for one, many in office.taken().items() if one in states})
        house.store.close()
    tally.acked, tally.stored = Counter(states.values())["sent"], len(taken)
    tally.lost = states.keys() - taken.keys()
    tally.doubled = sum(times - 1 for times in (*taken.values(), *asked.values()))
    tally.line(f"clocks {CLOCKS}")
    assert (tally.stored, tally.lost, tally.doubled) == (DUE, set(), 0), site.log()
