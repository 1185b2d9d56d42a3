"""Whoever alters, removes, reorders or cuts the trail is found out, down to the row."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from tests import tables, willow
from webapp.journeys import governing
from webapp.journeys.house import House
from webapp.store import audits
from webapp.store.audits import Action
from webapp.store.engine import Store

ROWS = 6
HERE = "WHERE clinic_id = 'willow' AND number"


@pytest.fixture
def trail(house: House, clock_now: datetime) -> Store:
    """A clinic with six audit rows, one of them about a patient, and another clinic's beside it."""
    willow.open_clinic(house, clock_now, willow.BIRCH)
    willow.open_clinic(house, clock_now)
    who = willow.admit(house, willow.patient(clock_now.date()), clock_now)
    with house.store.begin() as tx:
        for number in range(2, ROWS + 1):
            about = who.id if number == 3 else None
            audits.record(tx, _action(clock_now, number, about))
    return house.store


def _action(now: datetime, number: int, about: str | None) -> Action:
    values = {"old": None, "new": {"pain": number}}
    return Action(
        willow.WILLOW.id, "staff:sam", "note.add", f"n:{number}", "page", now, about, values
    )


def fault(store: Store, clinic: str = "willow") -> str | None:
    with store.read() as tx:
        return audits.fault_in_chain(tx, clinic)


def test_an_untouched_trail_is_whole(trail: Store) -> None:
    assert fault(trail) is None
    assert fault(trail, "birch") is None


@pytest.mark.parametrize("number", range(1, ROWS + 1))
@pytest.mark.parametrize(
    "change",
    [
        "actor = 'staff:eve'",
        "action = 'nothing'",
        "subject = 'n:9'",
        "channel = 'clock'",
        "patient_id = 'somebody'",
        "at = '2020-01-01 00:00:00.000000+00'",
        "hash = 'abc'",
    ],
)
def test_any_altered_row_is_named(trail: Store, number: int, change: str) -> None:
    if trail.engine.dialect.name == "sqlite":
        change = change.replace("+00", "")
    tables.past_the_guards(trail, "audit", f"UPDATE audit SET {change} {HERE} = :n", n=number)
    assert fault(trail) == f"row {number} was altered"
    assert fault(trail, "birch") is None


def test_a_sealed_value_swapped_for_another_is_named(trail: Store) -> None:
    swap = f"UPDATE audit SET sealed_values = (SELECT sealed_values FROM audit {HERE} = 2) {HERE}=4"
    tables.past_the_guards(trail, "audit", swap)
    assert fault(trail) == "row 4 was altered"


@pytest.mark.parametrize("number", range(1, ROWS))
def test_a_removed_row_is_named(trail: Store, number: int) -> None:
    tables.past_the_guards(trail, "audit", f"DELETE FROM audit {HERE} = :n", n=number)
    assert fault(trail) == f"row {number} is missing"


def test_two_rows_that_change_places_are_named(trail: Store) -> None:
    for old, new in ((3, 99), (4, 3), (99, 4)):
        move = f"UPDATE audit SET number = {new} {HERE} = {old}"
        tables.past_the_guards(trail, "audit", move)
    assert fault(trail) == "row 3 was altered"


@pytest.mark.parametrize("kept", range(ROWS))
def test_a_cut_tail_is_named(trail: Store, kept: int) -> None:
    tables.past_the_guards(trail, "audit", f"DELETE FROM audit {HERE} > :n", n=kept)
    said = fault(trail) or ""
    assert f"ends at row {kept}" in said and f"row {ROWS}" in said


def test_a_cut_tail_with_a_forged_head_is_named(trail: Store) -> None:
    tables.past_the_guards(trail, "audit", f"DELETE FROM audit {HERE} > 2")
    forge = f"UPDATE audit_head SET number = 2, hash = (SELECT hash FROM audit {HERE} = 2)"
    tables.execute(trail, f"{forge} WHERE clinic_id = 'willow'")
    assert fault(trail) == "its head was altered"


def test_a_head_that_is_gone_is_named(trail: Store) -> None:
    tables.execute(trail, "DELETE FROM audit_head WHERE clinic_id = 'willow'")
    assert fault(trail) == "its head is missing"


def test_a_head_noted_earlier_betrays_a_trail_that_was_rolled_back(
    trail: Store, house: House, clock_now: datetime
) -> None:
    """An old copy of the whole database verifies by itself; the noted head does not."""
    noted = [line.replace(f"={ROWS}:", f"={ROWS + 1}:") for line in governing.heads(house)]
    faults = {one.clinic: one.fault for one in governing.verify_trails(house, noted)}
    assert "is not the one that was noted" in str(faults["Willow Clinic"])
    assert all(one.fault is None for one in governing.verify_trails(house, governing.heads(house)))


@pytest.mark.parametrize("table", ["audit", "check_in", "flag_event"])
@pytest.mark.parametrize(
    "statement", [lambda t, c: f"UPDATE {t} SET {c} = {c}", lambda t, c: f"DELETE FROM {t}"]
)
def test_the_database_itself_refuses_to_change_what_was_recorded(
    trail: Store, table: str, statement: Callable[[str, str], str]
) -> None:
    if table != "audit" and trail.engine.dialect.name == "sqlite":
        pytest.skip("a row trigger of SQLite speaks when there is a row; see the journeys' tests")
    column = {"audit": "actor", "check_in": "source", "flag_event": "kind"}[table]
    with pytest.raises(DBAPIError, match="append-only"), trail.engine.begin() as connection:
        connection.execute(text(statement(table, column)))
    assert fault(trail) is None


def test_values_about_a_patient_are_read_back_under_her_key_and_gone_without_it(
    trail: Store,
) -> None:
    who = next(row[0] for row in tables.rows(trail)["patient_secret"])
    assert _values(trail, who) == {"old": None, "new": {"pain": 3}}
    tables.execute(trail, "UPDATE patient_secret SET wrapped_key = NULL")
    assert _values(trail, who) is None
    assert fault(trail) is None, "erasing a patient must not break the trail"


def _values(store: Store, who: str) -> object:
    with store.read() as tx:
        (line,) = audits.lines_of_patient(tx, willow.WILLOW.id, who)
    return line.values
