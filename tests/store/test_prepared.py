"""A prepared statement gives what SQLAlchemy would give, and fails as the store promises."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from sqlalchemy import bindparam, insert, select

from tests import willow
from webapp.store.engine import AlreadyThere, StoreUnavailable
from webapp.store.prepared import Prepared
from webapp.store.schema import CheckInRow, PromptRow, table_of

TABLE = table_of(CheckInRow)
HERE = CheckInRow.patient_id == bindparam("patient")
AT = datetime(2026, 11, 20, 23, 30, tzinfo=timezone(timedelta(hours=-8)))
ADD = Prepared(insert(TABLE), [column.key for column in TABLE.columns])
EVERY_COLUMN = select(*TABLE.columns).where(HERE)


@pytest.fixture
def row(house, clock_now):
    willow.open_clinic(house, clock_now)
    patient = willow.admit(house, willow.patient(clock_now.date()), clock_now)
    return {
        "id": "one",
        "patient_id": patient.id,
        "clinic_id": willow.WILLOW.id,
        "local_day": date(2026, 11, 20),
        "timezone": "America/Los_Angeles",
        "pod": 3,
        "version": 1,
        "submission_id": "sent-once",
        "fingerprint": "f" * 64,
        "nrs_avg": 2.5,
        "nrs_worst": None,
        "tablets": 0.5,
        "sleep_trouble": "a little",
        "wakes": 1.0,
        "effects": ["bruise", "علامة"],
        "temperature_c": None,
        "note": b"\x01\x00\xff",
        "said": [],
        "reply": b"-",
        "source": "api",
        "late": True,
        "answered_at": AT,
        "received_at": AT,
        "committed_at": AT,
    }


def test_every_kind_of_value_comes_back_as_sqlalchemy_gives_it(store, row):
    with store.begin() as tx:
        ADD.run(tx, row)
    with store.read() as tx:
        (ours,) = Prepared(EVERY_COLUMN).run(tx, {"patient": row["patient_id"]})
        theirs = tx.execute(EVERY_COLUMN, {"patient": row["patient_id"]}).one()
    assert list(ours) == list(theirs) == list(row.values())
    assert [type(value) for value in ours] == [type(value) for value in theirs]
    assert ours[-1].tzinfo is UTC or ours[-1].utcoffset() == timedelta(0)


def test_what_is_written_inside_a_transaction_goes_with_it(store, row):
    with pytest.raises(RuntimeError), store.begin() as tx:
        ADD.run(tx, row)
        raise RuntimeError("after the insert")
    with store.read() as tx:
        assert Prepared(EVERY_COLUMN).run(tx, {"patient": row["patient_id"]}) == []


def test_a_value_that_stands_in_the_statement_is_kept(store, row):
    third_day = Prepared(select(CheckInRow.id).where(HERE, CheckInRow.pod == 3))
    fourth_day = Prepared(select(CheckInRow.id).where(HERE, CheckInRow.pod == 4))
    with store.begin() as tx:
        ADD.run(tx, row)
        who = {"patient": row["patient_id"]}
        assert [list(found) for found in third_day.run(tx, who)] == [["one"]]
        assert fourth_day.run(tx, who) == []


def test_the_same_row_twice_is_already_there(store, row):
    with store.begin() as tx:
        ADD.run(tx, row)
    with pytest.raises(AlreadyThere), store.begin() as tx:
        ADD.run(tx, {**row, "id": "two", "submission_id": "sent-twice"})


def test_a_database_that_cannot_answer_is_unavailable(store, row):
    with store.engine.begin() as connection:
        connection.exec_driver_sql("ALTER TABLE prompt RENAME TO elsewhere")
    with pytest.raises(StoreUnavailable), store.read() as tx:
        Prepared(select(PromptRow.id)).run(tx, {})
