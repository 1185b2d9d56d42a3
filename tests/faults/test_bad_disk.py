"""F4 and F5: syncs that fail, writes that fail, a full disk, a disk that is only read.

Nothing acknowledged is missing; what is refused is refused with 503 and when to come back; the
same check-in sent again is stored once; when the disk is well again, so is the site, by itself.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.faults.machine import Machine
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
from webapp.journeys.house import House
from webapp.library.shelf import Library

SEED = 2026
REFUSALS = size(8, 200)
SECONDS_TO_RECOVER = 5


@dataclass
class Fault:
    """How the machine is hurt, and by what its report of it is known."""

    name: str
    hurt: dict[str, int]
    is_total: bool  # nothing at all can be stored meanwhile

    def __str__(self) -> str:
        return self.name


EIO = Fault("F4 EIO on fsync, one in four", {"sync_error_permille": 250}, is_total=False)
ENOSPC = Fault("F4 ENOSPC on writes, one in twenty", {"no_space_permille": 50}, is_total=False)
FULL = Fault("F5 disk full", {"full": 1}, is_total=True)
READ_ONLY = Fault("F5 disk read-only", {"read_only": 1}, is_total=True)


@pytest.mark.parametrize("fault", [EIO, ENOSPC, FULL, READ_ONLY], ids=str)
def test_nothing_acknowledged_is_missing_and_the_site_recovers_by_itself(
    hurting_nursery: Nursery, library: Library, tmp_path: Path, fault: Fault
) -> None:
    site = Site(hurting_nursery, tmp_path)
    site.machine = Machine(tmp_path, site.config.data_dir, SEED)
    house = open_rooms(library, site.config)
    patients, tally = Patients(site.port, admit(house, 4, size(4, 30))), Tally(fault.name)
    site.start(workers=2, clocks=1)
    try:
        wait_until(lambda: is_alive(site.port, "/readyz"), 20, "ready")
        with patients:
            patients.wait_for(20)
            ready = hurt_until_refused(site, patients, fault)
            before, healed = len(patients.acked), time.monotonic()
            patients.wait_for(before + 20)
            seconds = time.monotonic() - healed
            wait_until(lambda: is_alive(site.port, "/readyz"), SECONDS_TO_RECOVER, "ready again")
    finally:
        site.kill()
    finish(tally, patients, house)
    faults = f"calls that failed {site.machine.faults}"
    tally.line(faults, f"back in {seconds:.1f} s", f"seed {SEED}")
    assert site.machine.faults > 0, "the machine was not hurt"
    assert ready == (503 if fault.is_total else ready)
    assert seconds <= SECONDS_TO_RECOVER


def hurt_until_refused(site: Site, patients: Patients, fault: Fault) -> int | None:
    """Hurt the machine until enough was refused, then heal it; what /readyz said meanwhile."""
    assert site.machine is not None
    site.machine.set(**fault.hurt)
    wait_until(lambda: patients.refused >= REFUSALS or bool(patients.wrong), 60, "refusals")
    ready = get(site.port, "/readyz")
    site.machine.set(**dict.fromkeys(fault.hurt, 0))
    return ready


def finish(tally: Tally, patients: Patients, house: House) -> None:
    """Count, and hold every promise of these rigs."""
    rows, sound = stored(house), is_sound(house)
    house.store.close()
    held = set(rows)
    tally.acked, tally.stored, tally.refused = len(patients.acked), len(rows), patients.refused
    tally.lost = {one for one, report in patients.acked.items() if (one, report) not in held}
    tally.doubled = len(rows) - len({submission for submission, _ in rows})
    assert patients.wrong == []
    assert patients.unpolite == 0, "a refusal did not say when to come back"
    assert (tally.lost, tally.doubled, sound) == (set(), 0, "ok")


def test_the_count_notices_an_acknowledged_check_in_that_a_bad_disk_swallowed(
    hurting_nursery: Nursery, library: Library, tmp_path: Path
) -> None:
    """The negative control: one that was acknowledged is taken away behind the site's back."""
    site = Site(hurting_nursery, tmp_path)
    house = open_rooms(library, site.config)
    patients = Patients(site.port, admit(house, 1, 1), acked={"never-stored": "1"})
    with pytest.raises(AssertionError):
        finish(Tally("F4 control"), patients, house)
