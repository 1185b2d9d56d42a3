"""SQLite survives power cuts and writers at once; a fault of either database has two names."""

from __future__ import annotations

import fcntl
import stat
import subprocess
import sys
import threading
import time
from datetime import datetime
from pathlib import Path

import pytest
from sqlalchemy import text

from tests import tables, willow
from tests.conftest import MASTER_KEY
from tests.databases import Databases
from webapp.journeys.house import House
from webapp.store import clinics, turn_keeping
from webapp.store.engine import (
    AlreadyThere,
    Store,
    StoreUnavailable,
    open_store,
    sqlite_module,
    wal_is_safe,
)

PROCESSES, TURNS = 4, 25
COUNT_UP = """
import sys
from sqlalchemy import text
from webapp.store.engine import open_store
store = open_store(sys.argv[1], b"k" * 32)
for turn in range(int(sys.argv[2])):
    with store.begin() as tx:
        seen = tx.execute(
            text("SELECT tries FROM throttle WHERE bucket = 'b' FOR UPDATE" if "post" in sys.argv[1]
                 else "SELECT tries FROM throttle WHERE bucket = 'b'")
        ).scalar_one()
        tx.execute(text("UPDATE throttle SET tries = :n WHERE bucket = 'b'"), {"n": seen + 1})
"""


@pytest.fixture
def sqlite_store(tmp_path: Path) -> Store:
    return open_store(f"sqlite:///{tmp_path}/thaw.db", MASTER_KEY)


def pragma(store: Store, name: str) -> object:
    with store.read() as tx:
        return tx.execute(text(f"PRAGMA {name}")).scalar_one()


def test_each_sqlite_commit_is_synced_before_the_reply(sqlite_store: Store) -> None:
    if wal_is_safe(sqlite_module().sqlite_version_info):
        assert (pragma(sqlite_store, "journal_mode"), pragma(sqlite_store, "synchronous")) == (
            "wal",
            2,  # FULL
        )
    else:
        assert (pragma(sqlite_store, "journal_mode"), pragma(sqlite_store, "synchronous")) == (
            "delete",
            3,  # EXTRA
        )


@pytest.mark.parametrize(
    ("setting", "value"),
    [("foreign_keys", 1), ("busy_timeout", 5000), ("secure_delete", 1), ("page_size", 16384)],
)
def test_sqlite_is_opened_with_care(sqlite_store: Store, setting: str, value: int) -> None:
    assert pragma(sqlite_store, setting) == value


def test_a_commit_waits_for_the_log_on_a_server_that_is_set_not_to(_postgresql: Databases) -> None:
    """The server of these tests runs with synchronous_commit=off."""
    with _postgresql.migrated() as url:
        store = open_store(url, MASTER_KEY)
        with store.read() as tx:
            assert tx.execute(text("SHOW synchronous_commit")).scalar_one() == "on"
        store.close()


def test_only_the_owner_may_read_the_database_file(sqlite_store: Store, tmp_path: Path) -> None:
    pragma(sqlite_store, "user_version")
    assert stat.S_IMODE((tmp_path / "thaw.db").stat().st_mode) == 0o600


@pytest.mark.parametrize(
    ("version", "safe"),
    [
        ((3, 40, 1), False),
        ((3, 44, 5), False),
        ((3, 44, 6), True),
        ((3, 45, 0), False),
        ((3, 50, 6), False),
        ((3, 50, 7), True),
        ((3, 51, 0), False),
        ((3, 51, 2), False),
        ((3, 51, 3), True),
        ((3, 52, 0), True),
        ((4, 0, 0), True),
    ],
)
def test_wal_is_only_trusted_where_its_reset_was_mended(
    version: tuple[int, ...], safe: bool
) -> None:
    assert wal_is_safe(version) is safe


def test_reading_and_then_writing_from_many_processes_loses_nothing(
    store: Store, database_url: str
) -> None:
    tables.execute(store, "INSERT INTO throttle (bucket, \"window\", tries) VALUES ('b', 0, 0)")
    command = [sys.executable, "-c", COUNT_UP, database_url, str(TURNS)]
    started = [subprocess.Popen(command, stderr=subprocess.PIPE) for _ in range(PROCESSES)]
    said = [one.communicate(timeout=60)[1].decode() for one in started]
    assert [one.returncode for one in started] == [0] * PROCESSES, said
    assert tables.rows(store)["throttle"][0][2] == PROCESSES * TURNS


def test_a_reader_on_sqlite_does_not_wait_for_a_writer(sqlite_store: Store) -> None:
    with sqlite_store.begin() as writer:
        writer.execute(text("CREATE TABLE half_way (n INTEGER)"))
        with sqlite_store.read() as reader:
            found = reader.execute(text("SELECT count(*) FROM sqlite_master")).scalar_one()
    assert found == 0


def test_whoever_waits_to_write_is_not_overtaken_for_ever(sqlite_store: Store) -> None:
    """Somebody writes without a pause; who comes once is let in after a turn or two.

    With SQLite's own waiting she was passed by dozens of turns, and now and then refused.
    """
    turns, enough = [], threading.Event()

    def write_without_a_pause() -> None:
        while not enough.is_set():
            with sqlite_store.begin():
                turns.append(None)
                time.sleep(0.01)

    other = threading.Thread(target=write_without_a_pause)
    other.start()
    try:
        passed_by = [turns_until_let_in(sqlite_store, turns) for _ in range(10)]
    finally:
        enough.set()
        other.join()
    assert max(passed_by) <= 3, passed_by


def turns_until_let_in(store: Store, turns: list[None]) -> int:
    time.sleep(0.015)
    before = len(turns)
    with store.begin():
        return len(turns) - before


def test_a_door_that_nobody_opens_holds_nobody_up_for_ever(
    sqlite_store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(turn_keeping, "LOOKS", 20)
    with (tmp_path / "thaw.db-turn").open("wb") as door:
        fcntl.flock(door, fcntl.LOCK_EX)
        with sqlite_store.begin() as tx:
            tx.execute(text("CREATE TABLE written (n INTEGER)"))


def test_where_no_door_can_be_made_the_database_still_takes_writes(
    sqlite_store: Store, tmp_path: Path
) -> None:
    (tmp_path / "thaw.db-turn").mkdir()
    with sqlite_store.begin() as tx:
        tx.execute(text("CREATE TABLE written (n INTEGER)"))


def test_a_duplicate_and_a_missing_database_have_different_names(
    house: House, clock_now: datetime
) -> None:
    willow.open_clinic(house, clock_now)
    with pytest.raises(AlreadyThere), house.store.begin() as tx:
        clinics.add(tx, willow.WILLOW, clock_now)
    nowhere = open_store("postgresql+psycopg://thaw@127.0.0.1:1/thaw", MASTER_KEY)
    with pytest.raises(StoreUnavailable), nowhere.read() as tx:
        tx.execute(text("SELECT 1"))


def test_a_block_that_fails_leaves_nothing(house: House, clock_now: datetime) -> None:
    with pytest.raises(ZeroDivisionError), house.store.begin() as tx:
        clinics.add(tx, willow.WILLOW, clock_now)
        1 / 0  # noqa: B018
    assert tables.count(house.store, "clinic") == 0
