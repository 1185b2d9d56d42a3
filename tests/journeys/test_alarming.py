"""Alarms and the morning note: once per episode, once when over, figures and never a name."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from tests.factories import CALM, URGENT, Place, place
from webapp.domain.alarm import AlarmKind
from webapp.journeys import alarming, ledger, noting, prompting, reconciling, reviewing
from webapp.journeys.house import House
from webapp.journeys.telling_staff import letter_to_staff
from webapp.store import alarms, audits, messages
from webapp.store.messages import OutgoingMessage

MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)


@pytest.fixture
def harbor(house: House, clock_now: datetime) -> Place:
    return place(house, clock_now)


def waiting(here: Place, purpose: str) -> list[OutgoingMessage]:
    with here.house.store.begin() as tx:
        later = here.now + DAY / 2
        found = messages.claim(tx, "t", later, until=later + DAY, limit=99)
    return [one for one in found if one.purpose == purpose]


def kinds(here: Place) -> set[AlarmKind]:
    with here.house.store.read() as tx:
        return {one.kind for one in alarms.going_on(tx, here.clinic.id)}


def text_of(here: Place, message: OutgoingMessage) -> str:
    with here.house.store.begin() as tx:
        letter = letter_to_staff(here.house, tx, message)
    assert letter is not None
    return f"{letter.to} {letter.subject} {letter.text} {letter.sms}"


def test_a_flag_that_nobody_takes_is_told_once_and_once_when_it_is_over(harbor: Place) -> None:
    harbor.report(harbor.enrol("Rosa Canary"), **URGENT)
    flag = reviewing.inbox(harbor.desk).lines[0].flag.id
    alarming.look(harbor.house, harbor.now + 14 * MINUTE)
    assert AlarmKind.UNTAKEN not in kinds(harbor)
    for minute in (16, 17, 18):
        alarming.look(harbor.house, harbor.now + minute * MINUTE)
    assert AlarmKind.UNTAKEN in kinds(harbor)
    reviewing.acknowledge(harbor.desk, flag)
    for minute in (19, 20):
        alarming.look(harbor.house, harbor.now + minute * MINUTE)
    assert AlarmKind.UNTAKEN not in kinds(harbor)
    with harbor.house.store.read() as tx:
        count = "SELECT count(*) FROM message WHERE purpose IN ('alarm', 'alarm-over')"
        told = tx.connection.exec_driver_sql(count).scalar_one()
        lately = alarms.lately(tx, harbor.clinic.id, harbor.now)
    untaken = [one for one in lately if one.kind is AlarmKind.UNTAKEN]
    assert len(untaken) == 1 and untaken[0].over_at is not None
    assert told == 2 * len(lately) - len(kinds(harbor))


def test_the_note_counts_yesterday_names_nobody_and_comes_once(harbor: Place) -> None:
    harbor = Place(harbor.house, harbor.clinic, harbor.sam, harbor.ada, harbor.now)
    patient = harbor.enrol("Rosa Canary", days_ago=3)
    prompting.tick(harbor.house, harbor.now - DAY)
    harbor.report(patient, days_ago=1, **CALM)
    assert noting.write_notes(harbor.house, harbor.now.replace(hour=7, minute=59)) == 0
    assert noting.write_notes(harbor.house, harbor.now) == 1
    assert noting.write_notes(harbor.house, harbor.now + MINUTE) == 0
    (note,) = waiting(harbor, "day-note")
    said = text_of(harbor, note)
    assert "Due: 1" in said and "Answered: 1" in said and "Missed: 0" in said
    assert "If one day it does not come, that is the alarm" in said
    assert said.startswith(harbor.ada.email), "the first by name, where nobody is named"
    with harbor.house.store.read() as tx:
        day = (harbor.now - DAY).date()
        kept = alarms.note_of(tx, harbor.clinic.id, day)
        assert kept and str(kept["head"]).partition(":")[0].isdigit()
        assert audits.fault_in_chain(tx, harbor.clinic.id) is None
    assert str(kept["head"]) in said
    assert "Rosa" not in said and str(patient) not in said


def test_who_was_not_asked_yesterday_is_found_and_asked_while_she_can_be(harbor: Place) -> None:
    patient = harbor.enrol("Rosa", days_ago=5, prompt_time="23:30")
    prompting.tick(harbor.house, harbor.now - 2 * DAY)
    with harbor.house.store.begin() as tx:  # a bug, or a hand in the table
        tx.connection.exec_driver_sql("UPDATE patient SET next_due_at = NULL")
        tx.connection.exec_driver_sql("UPDATE patient SET enrolled_at = '2020-01-01 00:00:00'")
        found = reconciling.missing(harbor.house, tx, harbor.clinic, harbor.now)
    assert [one.patient.id for one in found] == [patient]
    alarming.look(harbor.house, harbor.now)
    assert AlarmKind.ROWS_MISSING in kinds(harbor)
    assert [one.patient.id for one in ledger.delivery(harbor.desk).unreached] == [patient]
    assert reconciling.repair(harbor.house, harbor.now) == 1
    prompting.tick(harbor.house, harbor.now)
    alarming.look(harbor.house, harbor.now + MINUTE)
    assert AlarmKind.ROWS_MISSING not in kinds(harbor)


def test_a_paused_patient_is_not_missing(harbor: Place) -> None:
    harbor.enrol("Rosa", days_ago=5)
    with harbor.house.store.begin() as tx:
        tx.connection.exec_driver_sql("UPDATE patient SET status = 'paused'")
        assert reconciling.missing(harbor.house, tx, harbor.clinic, harbor.now) == ()
