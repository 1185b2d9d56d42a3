"""F6: replies are lost, connections reset, requests cut in two, and every report is stored once."""

from __future__ import annotations

import threading
from pathlib import Path
from uuid import uuid4

from tests.faults.bad_line import bad_line
from tests.faults.nursery import Nursery
from tests.faults.site import Site, admit, check_in, is_alive, open_rooms, post, stored, wait_until
from tests.faults.tally import Tally, size
from webapp.journeys.house import House
from webapp.library.shelf import Library

REPORTS, CLIENTS, SEED = size(64, 2000), 8, 2026
PATIENCE = 3.0  # seconds that a phone waits for a reply


def send_all(port: int, tokens: list[str], tally: Tally, *, same_id: bool) -> None:
    """Each client sends its share, and each report again until it is acknowledged."""

    def one_client(own: list[str], share: int) -> None:
        for number in range(share):
            sent = check_in(own[number % len(own)], number)
            while (status := post(port, sent, timeout=PATIENCE).status) not in (200, 201):
                tally.refused += status is not None
                if not same_id:
                    sent["submission_id"] = str(uuid4())
            tally.acked += 1

    shares = [(tokens[client::CLIENTS], REPORTS // CLIENTS) for client in range(CLIENTS)]
    threads = [threading.Thread(target=one_client, args=share) for share in shares]
    for one in threads:
        one.start()
    for one in threads:
        one.join()


def run(site: Site, house: House, tally: Tally, *, same_id: bool) -> None:
    tokens = [token for own in admit(house, CLIENTS, size(2, 20)) for token in own]
    site.start(workers=2)
    try:
        wait_until(lambda: is_alive(site.port), 20, "alive")
        with bad_line(site.port, SEED) as line:
            send_all(line.port, tokens, tally, same_id=same_id)
    finally:
        site.kill()
    rows = stored(house)
    house.store.close()
    tally.stored, tally.doubled = len(rows), len(rows) - REPORTS
    wrong = sum(line.met.values()) - line.met["pass"]
    tally.line(f"tries {sum(line.met.values())}, of which {wrong} went wrong", f"seed {SEED}")


def test_a_line_that_loses_replies_makes_no_report_twice(
    nursery_of_thaw: Nursery, library: Library, tmp_path: Path
) -> None:
    site, tally = Site(nursery_of_thaw, tmp_path), Tally("F6 bad line")
    run(site, open_rooms(library, site.config), tally, same_id=True)
    assert (tally.acked, tally.stored, tally.doubled) == (REPORTS, REPORTS, 0), site.log()


def test_a_phone_that_makes_a_new_id_for_each_try_would_store_more_than_once(
    nursery_of_thaw: Nursery, library: Library, tmp_path: Path
) -> None:
    """The negative control: without the same id the line makes rows that nobody reported."""
    site, tally = Site(nursery_of_thaw, tmp_path), Tally("F6 control, new ids")
    run(site, open_rooms(library, site.config), tally, same_id=False)
    assert tally.doubled > 0
