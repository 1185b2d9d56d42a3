"""F11c: kill -9 of PostgreSQL and all its processes, over and over, while patients send.

What was acknowledged is stored, once; meanwhile everybody is refused with 503 and when to come
back, and her page keeps what she typed; when the server is started again, so is the site, by
itself. Only the fail-over to a second server (F11) is not here.
"""

from __future__ import annotations

import random
import time
from pathlib import Path

from tests.faults.her_page import HerPage
from tests.faults.nursery import Nursery
from tests.faults.site import (
    Patients,
    Site,
    admit,
    get,
    is_alive,
    is_sound,
    open_rooms,
    stored,
    wait_until,
)
from tests.faults.tally import Tally, size
from tests.postgres import Server, own_server
from webapp.journeys.house import House
from webapp.library.shelf import Library

KILLS, ACKED, CLIENTS, SEED = size(2, 100), size(40, 5000), 4, 2026
REFUSED_BETWEEN = 4  # so many are refused before the server is started again
SECONDS_TO_RECOVER = 5
LAZY = ("wal_writer_delay=10s", "autovacuum=off")  # who does not wait for the log loses much


def test_every_acknowledged_check_in_outlives_the_kills_of_its_database(
    nursery_of_thaw: Nursery, library: Library, tmp_path: Path
) -> None:
    tally = Tally("F11c PostgreSQL killed")
    with own_server(*LAZY) as server:
        site = site_on(server, nursery_of_thaw, tmp_path)
        house = open_rooms(library, site.config)
        *tokens, hers = admit(house, CLIENTS + 1, size(4, 40))
        page = HerPage(site.port, hers[0])
        site.start(workers=2, clocks=1)
        try:
            wait_until(lambda: is_alive(site.port, "/readyz"), 30, "ready")
            page.open()
            with Patients(site.port, tokens) as patients:
                slowest = kill_again_and_again(server, patients, page)
            wait_until(lambda: page.send()[0] == 200, SECONDS_TO_RECOVER, "her page goes through")
        finally:
            site.kill()
        sound = count(tally, patients, house)
        house.store.close()
    tally.line(f"kills {KILLS}", f"slowest back in {slowest:.1f} s", f"seed {SEED}")
    assert patients.wrong == [], site.log()
    assert patients.unpolite == 0, "a refusal did not say when to come back"
    assert (tally.lost, tally.doubled, sound) == (set(), 0, "ok")
    assert tally.acked >= ACKED and tally.stored > tally.acked  # hers too
    assert slowest <= SECONDS_TO_RECOVER


def site_on(server: Server, nursery: Nursery, folder: Path, weaken: str = "") -> Site:
    return Site(
        nursery, folder, server.address.replace("postgresql:", "postgresql+psycopg:"), weaken=weaken
    )


def kill_again_and_again(server: Server, patients: Patients, page: HerPage) -> float:
    """Kill at random moments; the seconds that the slowest recovery took, once it was started."""
    chance, slowest = random.Random(SEED), 0.0
    for number in range(1, KILLS + 1):
        patients.wait_for(ACKED * number // KILLS)
        time.sleep(chance.uniform(0, 0.1))
        server.kill()
        refused = patients.refused
        status, words = page.send()
        assert (status, page.is_kept_in(words)) == (503, True)
        assert (get(page.port, "/readyz"), get(page.port, "/healthz")) == (503, 200)
        wait_until(lambda: patients.refused >= refused + REFUSED_BETWEEN, 30, "refusals")  # noqa: B023
        server.start()
        acked, began = len(patients.acked), time.monotonic()
        patients.wait_for(acked + 1)
        slowest = max(slowest, time.monotonic() - began)
    return slowest


def count(tally: Tally, patients: Patients, house: House) -> str:
    """What was acknowledged and is not there, or is there twice; what the database says."""
    rows = stored(house)
    held = set(rows)
    tally.acked, tally.stored, tally.refused = len(patients.acked), len(rows), patients.refused
    tally.lost = {one for one, report in patients.acked.items() if (one, report) not in held}
    tally.doubled = len(rows) - len({submission for submission, _ in rows})
    return is_sound(house)


def test_the_rig_sees_what_a_commit_that_waits_for_no_log_would_lose(
    nursery_of_thaw: Nursery, library: Library, tmp_path: Path
) -> None:
    """The negative control: the same rig, the same code, one setting of PostgreSQL weaker."""
    tally = Tally("F11c synchronous_commit=off")
    with own_server(*LAZY) as server:
        site = site_on(server, nursery_of_thaw, tmp_path, "LAZY")
        house = open_rooms(library, site.config)
        tokens = admit(house, CLIENTS, size(4, 40))
        site.start(workers=2)
        try:
            with Patients(site.port, tokens) as patients:
                patients.wait_for(20)
                server.kill()
                site.kill()
        finally:
            site.kill()
        server.start()
        count(tally, patients, house)
        house.store.close()
    tally.line()
    assert tally.lost
