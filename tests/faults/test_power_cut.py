"""F2 and F3: the power goes while patients send, and only what was synced is still there.

The shim keeps a journal of every write and sync below the data folder, and of what each client
was told, in one order. A cut is a place in that journal: the disk of that moment is laid out
again from the synced bytes alone, opened, and asked for each check-in acknowledged before it.
What this does not model: torn sectors, disks that lie about a sync, and lost directory entries.
"""

from __future__ import annotations

import random
import shutil
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tests.faults.machine import Disk, Machine, Record, records
from tests.faults.nursery import Nursery
from tests.faults.site import Patients, Site, admit, check_in, is_sound, open_rooms, post, stored
from tests.faults.tally import Tally, size
from webapp.library.shelf import Library

CUTS, SEED = size(3, 20), 2026
ACKED_BETWEEN = size(40, 500)
MOMENTS = size(4, 10)  # in each life of the site: so many more cuts, looked at afterwards
CLIENTS = 6


@dataclass
class Rig:
    """A site on a machine whose power goes."""

    site: Site
    machine: Machine
    library: Library
    chance: random.Random
    tally: Tally
    acked: dict[str, str] = field(default_factory=dict)  # by every patient, over all cuts
    broken: list[str] = field(default_factory=list)

    @property
    def data(self) -> Path:
        """The folder whose disk loses what was not synced."""
        return self.site.folder / "data"


def rig_of(nursery: Nursery, library: Library, folder: Path, weaken: str = "") -> Rig:
    site = Site(nursery, folder, weaken=weaken)
    site.machine = Machine(folder, site.config.data_dir, SEED)
    chance = random.Random(SEED)
    return Rig(site, site.machine, library, chance, Tally(f"F2 power cut {weaken or 'FULL'}"))


def live_and_cut(rig: Rig, patients: Patients, disk: Disk) -> None:
    """One life of the site, from its start on what the disk held to the next cut."""
    rig.machine.journal.unlink(missing_ok=True)
    rig.machine.set(journal_on=1)
    rig.site.start(workers=2)
    patients.wait_for(len(patients.acked) + ACKED_BETWEEN)
    rig.site.kill()
    rig.machine.set(journal_on=0)
    happened = list(records(rig.machine.journal))
    moments = [*sorted(rig.chance.sample(range(len(happened)), MOMENTS)), len(happened)]
    at = 0
    for moment in moments:
        for one in happened[at:moment]:
            disk.take(one)
            if one.kind == "A":
                rig.acked[one.data.decode()] = ""
        at = moment
        look(rig, disk)
    shutil.rmtree(rig.data)  # the last of them is the one that the site lives on from
    disk.cut()
    disk.lay_out(rig.data, rig.data)


def look(rig: Rig, disk: Disk) -> None:
    """What a start after a cut at this moment would find."""
    for chance in (None, rig.chance):
        image = Disk({path: bytearray(held) for path, held in disk.files.items()})
        image.pending.update({path: list(waits) for path, waits in disk.pending.items()})
        image.cut(chance)
        place = rig.site.folder / "image"
        shutil.rmtree(place, ignore_errors=True)
        image.lay_out(rig.data, place)
        examine(rig, place)


def examine(rig: Rig, place: Path) -> None:
    site = Site(rig.site.nursery, place.parent / "copy")
    site.folder.mkdir(exist_ok=True)
    shutil.rmtree(site.folder / "data", ignore_errors=True)
    place.rename(site.folder / "data")
    try:
        house = open_rooms(rig.library, site.config)
        rows, sound = stored(house), is_sound(house)
        house.store.close()
    except Exception as fault:
        rows, sound = [], f"cannot be opened: {type(fault).__name__} {fault}"[:200]
    held = {submission for submission, _ in rows}
    rig.tally.lost |= rig.acked.keys() - held
    rig.tally.doubled += len(rows) - len(held)
    rig.tally.stored = len(rows)
    if sound != "ok":
        rig.broken.append(sound)


def run(rig: Rig, cuts: int) -> None:
    """So many lives, each on what the cut before left."""
    house = open_rooms(rig.library, rig.site.config)
    tokens = admit(house, CLIENTS, size(4, 30))
    house.store.close()
    disk = Disk()
    disk.read_in(rig.data)
    try:
        with Patients(rig.site.port, tokens, on_ack=rig.machine.note) as patients:
            for _ in range(cuts):
                live_and_cut(rig, patients, disk)
    finally:
        rig.site.kill()
    rig.tally.acked, rig.tally.refused = len(rig.acked), patients.refused
    looks = cuts * (MOMENTS + 1) * 2
    rig.tally.line(f"cuts {cuts}", f"disks looked at {looks}", f"broken {len(rig.broken)}")
    assert patients.wrong == [], rig.site.log()


def test_every_acknowledged_check_in_is_on_the_disk_when_the_power_goes(
    hurting_nursery: Nursery, library: Library, tmp_path: Path
) -> None:
    rig = rig_of(hurting_nursery, library, tmp_path)
    run(rig, CUTS)
    assert (rig.tally.lost, rig.tally.doubled, rig.broken) == (set(), 0, [])
    assert rig.tally.acked >= CUTS * ACKED_BETWEEN


@pytest.mark.parametrize("weaken", ["NORMAL", "OFF"])
def test_the_rig_sees_what_a_database_that_syncs_less_would_lose(
    hurting_nursery: Nursery, library: Library, tmp_path: Path, weaken: str
) -> None:
    """The negative controls: the same rig, the same code, one setting of SQLite weaker."""
    rig = rig_of(hurting_nursery, library, tmp_path, weaken)
    run(rig, 1)
    assert rig.tally.lost or rig.broken


def test_each_201_comes_after_a_sync_of_its_own_and_each_commit_syncs_once(
    hurting_nursery: Nursery, library: Library, tmp_path: Path
) -> None:
    """F3, one patient at a time: between one reply and the next lies what the next one wrote."""
    rig, replies = rig_of(hurting_nursery, library, tmp_path), size(50, 1000)
    rig.tally.rig = "F3 sync before reply"
    house = open_rooms(library, rig.site.config)
    tokens = admit(house, 1, 20)[0]
    rig.site.start(workers=1)
    try:
        warm_up(rig.site, tokens)
        rig.machine.set(journal_on=1)
        for number in range(replies):
            assert post(rig.site.port, check_in(tokens[number % 20], number)).status == 201
        rig.machine.set(journal_on=0)
    finally:
        rig.site.kill()
    rig.tally.acked, rig.tally.stored = replies, len(stored(house)) - len(tokens)
    house.store.close()
    unsynced, syncs = syncs_before_replies(list(records(rig.machine.journal)))
    rig.tally.line(f"replies without a sync {unsynced}", f"syncs to a reply {syncs}")
    assert unsynced == 0
    assert syncs.most_common(1)[0][0] == 1
    assert syncs.total() == replies
    assert sum(count * times for count, times in syncs.items()) <= 1.1 * replies + 5  # checkpoints


def warm_up(site: Site, tokens: list[str]) -> None:
    """Let every thread of the server open its connection before anything is counted."""
    for token in tokens:
        while post(site.port, check_in(token, 0)).status != 201:
            pass


def syncs_before_replies(happened: list[Record]) -> tuple[int, Counter[int]]:
    """How many 201s lacked a finished sync after the last write, and syncs counted for each."""
    unsynced, dirty, since, syncs = 0, False, 0, Counter[int]()
    for one in happened:
        if one.kind == "W":
            dirty = True
        elif one.kind == "E":
            dirty, since = False, since + 1
        elif one.kind == "S" and one.data.startswith(b"HTTP/1.1 201"):
            unsynced += dirty or since == 0
            syncs[since] += 1
            since = 0
    return unsynced, syncs


def test_the_trace_notices_a_reply_that_comes_before_its_sync() -> None:
    """F3's negative control."""
    write, sync = Record("W", 1, "a", b"", 0), Record("E", 1, "a", b"", 0)
    reply = Record("S", 1, "", b"HTTP/1.1 201", 0)
    assert syncs_before_replies([write, sync, reply, write, reply, sync])[0] == 1
