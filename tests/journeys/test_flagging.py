"""What was found reaches staff: urgent at once and each time, the same again folded in."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from tests import willow
from webapp.domain.checkin import Answers
from webapp.domain.flag import Severity
from webapp.domain.person import Patient, Role, Staff, StaffId
from webapp.domain.review import EventKind, Flag, FlagState
from webapp.journeys import checking_in, prompting
from webapp.journeys.house import House
from webapp.store import flags, messages

BREATHLESS = willow.answers(effects=("breathless",))
GONE = Staff(StaffId("gone"), willow.WILLOW.id, "g@willow.example", "G", Role.CLINICIAN, False)


@pytest.fixture
def rosa(house: House, clock_now: datetime) -> Patient:
    willow.open_clinic(house, clock_now, willow.WILLOW, willow.SAM, willow.ADA, GONE)
    willow.open_clinic(house, clock_now, willow.BIRCH)
    return willow.patient_on_day(house, 2, clock_now)


def report(house: House, who: Patient, at: datetime, answers: Answers) -> None:
    token = willow.link_of(house, who, at)
    checking_in.submit(house, token, willow.submission(at, answers), now=at)


def flags_of(house: House, who: Patient) -> list[Flag]:
    with house.store.read() as tx:
        return list(flags.of_patient(tx, who.clinic_id, who.id))


def told(house: House, now: datetime) -> list[str]:
    """Who of the staff has a message waiting."""
    with house.store.begin() as tx:
        taken = messages.claim(tx, "test", now, until=now, limit=100)
    return sorted(str(one.staff_id) for one in taken if one.purpose == "staff-flag")


def test_an_urgent_flag_reaches_every_active_member_of_its_clinic_once(
    house: House, rosa: Patient, clock_now: datetime
) -> None:
    report(house, rosa, clock_now, BREATHLESS)
    report(house, rosa, clock_now + timedelta(minutes=1), BREATHLESS)
    assert told(house, clock_now + timedelta(hours=1)) == ["ada", "sam"]


def test_what_is_not_urgent_sends_nobody_a_message(
    house: House, rosa: Patient, clock_now: datetime
) -> None:
    report(house, rosa, clock_now, willow.answers(effects=("nausea-vomiting",)))
    assert told(house, clock_now + timedelta(hours=1)) == []


def test_a_flag_says_which_rule_which_numbers_and_what_she_was_told(
    house: House, rosa: Patient, clock_now: datetime
) -> None:
    report(house, rosa, clock_now, willow.answers(nrs_avg=8, nrs_worst=9))
    flag = next(one for one in flags_of(house, rosa) if one.severity is Severity.URGENT)
    assert flag.rule == "R10-severe-or-sudden-pain"
    assert "8" in flag.because and flag.numbers["nrs_avg"] == 8
    assert flag.told.startswith(f"{flag.advice}@en#")
    assert flag.act_by > flag.opened_at


def test_the_same_unchanged_finding_folds_into_the_open_flag(
    house: House, rosa: Patient, clock_now: datetime
) -> None:
    for days in range(3):
        at = clock_now + timedelta(days=days)
        report(house, rosa, at, willow.answers(nrs_avg=5, nrs_worst=6, sleep_trouble=None))
    soon = [one for one in flags_of(house, rosa) if one.severity is not Severity.URGENT]
    rules = [one.rule for one in soon]
    assert soon and len(rules) == len(set(rules)), f"a flag was raised twice: {rules}"
    with house.store.read() as tx:
        happened = flags.events(tx, rosa.clinic_id, rosa.id)
    assert any(event.kind is EventKind.SEEN_AGAIN for flag in soon for event in happened[flag.id])


def test_an_urgent_finding_of_another_day_is_never_folded_away(
    house: House, rosa: Patient, clock_now: datetime
) -> None:
    for days in range(2):
        report(house, rosa, clock_now + timedelta(days=days), BREATHLESS)
    urgent = [one for one in flags_of(house, rosa) if one.rule.startswith("R01")]
    assert len(urgent) == 2
    assert all(one.state is FlagState.OPEN for one in urgent)


def test_a_finding_after_its_flag_was_closed_is_a_flag_of_its_own(
    house: House, rosa: Patient, clock_now: datetime
) -> None:
    sick = willow.answers(nrs_avg=5, nrs_worst=6)
    for days in range(2):
        report(house, rosa, clock_now + timedelta(days=days), sick)
    first = flags_of(house, rosa)
    with house.store.begin() as tx:
        for flag in first:
            number = flags.next_number(tx, flag.id)
            closed = flags.FlagEvent(flag.id, number, EventKind.CLOSED, clock_now)
            flags.append(tx, flag, closed, FlagState.CLOSED)
    report(house, rosa, clock_now + timedelta(days=2), sick)
    again = [one for one in flags_of(house, rosa) if one.state is FlagState.OPEN]
    assert {one.rule for one in again} & {one.rule for one in first}


def test_two_missed_days_in_the_first_week_are_flagged_once_and_shown_to_staff(
    house: House, rosa: Patient, clock_now: datetime
) -> None:
    for hours in range(0, 24 * 4, 6):
        prompting.tick(house, clock_now + timedelta(hours=hours))
    silent = [one for one in flags_of(house, rosa) if one.rule.startswith("R27")]
    assert len(silent) == 1
    assert silent[0].raised_by.startswith("missed:")


def test_the_gravest_advice_comes_first_and_each_topic_once(
    house: House, rosa: Patient, clock_now: datetime
) -> None:
    bad = willow.answers(nrs_avg=8, effects=("breathless", "chills", "nausea-vomiting"))
    token = willow.link_of(house, rosa, clock_now)
    sent = willow.submission(clock_now, bad)
    advice = checking_in.submit(house, token, sent, now=clock_now).body["advice"]
    ranks = [Severity(one["severity"]).rank for one in advice]
    assert ranks == sorted(ranks) and ranks[0] == 0
    topics = [one["topic"] for one in advice]
    assert len(topics) == len(set(topics)) > 1
    assert all(one["text"] for one in advice)
