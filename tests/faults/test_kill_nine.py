"""F1: kill -9 of the web server and of the clocks, over and over, while patients send.

What was acknowledged is stored, once. This cannot prove that a commit is on the disk (only that
no reply comes before the commit): test_power_cut.py does.
"""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path
from statistics import median

import pytest

from tests.databases import Databases
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
from webapp.library.shelf import Library

KILLS = int(os.environ.get("THAW_TEST_KILLS", "0")) or size(3, 200)
ACKED = size(60, 10_000)
CLIENTS, SEED = 6, 2026
RESTARTS = size(2, 20)


def test_every_acknowledged_check_in_is_stored_once_whenever_everything_is_killed(
    nursery_of_thaw: Nursery, databases: Databases, library: Library, tmp_path: Path
) -> None:
    with databases.migrated() as url:
        site = Site(nursery_of_thaw, tmp_path, url)
        house = open_rooms(library, site.config)
        tally, chance = Tally(f"F1 kill -9, {house.store.engine.dialect.name}"), random.Random(SEED)
        patients = Patients(site.port, admit(house, CLIENTS, size(4, 40)))
        try:
            with patients:
                kill_again_and_again(site, patients, chance)
            back = seconds_until_back(site, patients.tokens[0][0])
        finally:
            site.kill()
        rows = stored(house)
        count(tally, patients, rows)
        sound = is_sound(house)
        house.store.close()
    tally.line(
        f"kills {KILLS}",
        f"replays {patients.replays}",
        f"seed {SEED}",
        f"back in {median(back):.1f} s, slowest of {RESTARTS} {max(back):.1f} s",
    )
    assert patients.wrong == [], site.log()
    assert tally.acked >= ACKED, site.log()
    assert (tally.lost, tally.doubled, sound) == (set(), 0, "ok")


def kill_again_and_again(site: Site, patients: Patients, chance: random.Random) -> None:
    """Kill all at random moments; each life of the site acknowledges its share before it ends."""
    for number in range(1, KILLS + 1):
        site.start(workers=2, clocks=1)
        patients.wait_for(ACKED * number // KILLS)
        chance_to_be_in_the_middle = chance.uniform(0, 0.1)
        patients._stop.wait(chance_to_be_in_the_middle)
        site.kill()


def seconds_until_back(site: Site, token: str) -> list[float]:
    """How long `thaw serve`, all of it killed and started as an operator would, takes to answer."""
    site.start(workers=0, clocks=1)  # whose beat /readyz asks for
    took = []
    for _ in range(RESTARTS):
        begun = time.monotonic()
        command = [sys.executable, "-m", "webapp.commands", "serve"]
        environ = {**os.environ, **site.environ, "PYTHONWARNINGS": "default"}
        with (site.folder / "log").open("ab") as log:
            master = subprocess.Popen(
                command, env=environ, stdout=log, stderr=log, start_new_session=True
            )
        try:
            wait_until(lambda: is_back(site.port, token), 60, "the site is back")
            took.append(time.monotonic() - begun)
        finally:
            os.killpg(master.pid, signal.SIGKILL)
            master.wait()
    return took


def is_back(port: int, token: str) -> bool:
    """Whether the site is alive and ready, and a patient's link leads to her check-in."""
    alive = is_alive(port) and is_alive(port, "/readyz")
    return alive and get(port, f"/en/check-in/{token}") == 303


def count(tally: Tally, patients: Patients, rows: list[tuple[str, str]]) -> None:
    """What was acknowledged and is not there as it was acknowledged, and what is there twice."""
    held, ids = set(rows), [submission for submission, _ in rows]
    tally.acked, tally.stored, tally.refused = len(patients.acked), len(rows), patients.refused
    tally.lost = {one for one, report in patients.acked.items() if (one, report) not in held}
    tally.doubled = len(ids) - len(set(ids))


def test_the_count_notices_a_check_in_that_is_lost_and_one_that_is_doubled() -> None:
    """The negative control: the same count over rows of which one is missing, and one twice."""
    patients = Patients(0, [], acked={"a": "1", "b": "2"})
    tally = Tally("F1 control")
    count(tally, patients, [("a", "1"), ("a", "3")])
    tally.line()
    assert (tally.lost, tally.doubled) == ({"b"}, 1)


@pytest.mark.parametrize("row", [("a", "9")])
def test_the_count_notices_an_answer_that_names_another_report(row: tuple[str, str]) -> None:
    tally = Tally("F1 control")
    count(tally, Patients(0, [], acked={"a": "1"}), [row])
    assert tally.lost == {"a"}
