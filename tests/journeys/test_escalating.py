"""The ladder's promises: paged at once, up while nobody takes it, quiet only by acknowledging."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from tests.factories import URGENT, Place, place
from webapp.domain.enrolment import RowRefused
from webapp.domain.ladder import OPERATOR
from webapp.domain.person import Channel
from webapp.domain.review import Outcome
from webapp.journeys import escalating, laddering, reviewing
from webapp.journeys.house import House, Operator
from webapp.store import messages, staff

MINUTE = timedelta(minutes=1)


@pytest.fixture
def harbor(house: House, clock_now: datetime) -> Place:
    """A clinic without hours, so it is always away: everybody, then 30 min, then the operator."""
    return place(replace(house, operator=Operator("op@example.org", "+15550100")), clock_now)


@pytest.fixture
def flag(harbor: Place) -> str:
    harbor.report(harbor.enrol(), **URGENT)
    return reviewing.inbox(harbor.desk).lines[0].flag.id


def paged(here: Place, flag: str) -> list[tuple[str, int]]:
    """Who was paged, and how many minutes after the flag."""
    line = reviewing.line_of(here.desk, flag)
    return [
        (page.person.name if page.person else OPERATOR, round((page.at - here.now) / MINUTE))
        for page in line.owned.pages
    ]


def climb(here: Place, *minutes: int) -> None:
    for minute in minutes:
        escalating.climb(here.house, here.now + minute * MINUTE)


def test_a_flag_pages_the_first_step_at_once_and_the_operator_when_nobody_takes_it(
    harbor: Place, flag: str
) -> None:
    first = [("Ada Lindqvist", 0), ("Sam Okafor", 0)]
    assert sorted(paged(harbor, flag)) == first
    climb(harbor, 29)
    assert sorted(paged(harbor, flag)) == first
    climb(harbor, 30, 30, 59)  # the leads' step: nobody here is one, so it is the operator's
    assert paged(harbor, flag)[2:] == [(OPERATOR, 30)]
    climb(harbor, 60, 119, 120, 180)
    assert paged(harbor, flag)[3:] == [(OPERATOR, at) for at in (60, 120, 180)]


def test_acknowledging_is_quiet_until_the_time_to_handle_it_is_over(
    harbor: Place, flag: str
) -> None:
    before = len(paged(harbor, flag))
    reviewing.acknowledge(harbor.desk_of(harbor.sam, harbor.now + 5 * MINUTE), flag)
    climb(harbor, 30, 60, 244)
    assert len(paged(harbor, flag)) == before
    climb(harbor, 245)
    assert paged(harbor, flag)[before:] == [("Sam Okafor", 245)]
    assert [one.name for one in reviewing.line_of(harbor.desk, flag).owned.people] == ["Sam Okafor"]


def test_a_closed_flag_pages_nobody(harbor: Place, flag: str) -> None:
    reviewing.close(harbor.desk, flag, outcome=Outcome.PHONED)
    before = paged(harbor, flag)
    climb(harbor, 30, 600, 6000)
    assert paged(harbor, flag) == before


def test_a_flag_of_somebody_who_left_is_the_operators(harbor: Place, flag: str) -> None:
    reviewing.acknowledge(harbor.desk, flag)
    with harbor.house.store.begin() as tx:
        staff.set_active(tx, harbor.clinic.id, harbor.sam.id, False)
    assert reviewing.line_of(harbor.desk, flag).owned.people == ()  # whoever runs this site
    climb(harbor, 240)
    assert paged(harbor, flag)[-1] == (OPERATOR, 240)


def test_several_flags_at_once_are_one_message_to_each_person(harbor: Place) -> None:
    for _ in range(3):
        harbor.report(harbor.enrol(), **URGENT)
    climb(harbor, 30)
    with harbor.house.store.begin() as tx:
        later = harbor.now + 31 * MINUTE
        waiting = messages.claim(tx, "t", later, until=later, limit=99)
    to_operator = [one for one in waiting if one.staff_id is None and one.patient_id is None]
    assert len(to_operator) == 1
    assert all(one.try_at < harbor.now for one in to_operator), "a page goes before all others"


def test_a_clinic_sets_its_own_steps_and_faults_are_named(harbor: Place, flag: str) -> None:
    form = laddering.open_form(harbor.desk)
    assert not form.is_own
    typed = {**form.fields, "away_1_who": str(harbor.ada.id), "away_2_who": str(harbor.sam.id),
             "away_2_wait": "10", "named": str(harbor.ada.id)}  # fmt: skip
    laddering.change(harbor.desk, typed)
    assert laddering.open_form(harbor.desk).is_own
    assert laddering.open_form(harbor.desk).fields == typed
    climb(harbor, 30)
    assert paged(harbor, flag)[-1] == ("Sam Okafor", 30)  # it goes on by the new steps
    with pytest.raises(RowRefused) as refused:
        laddering.change(harbor.desk, {**typed, "away_1_who": "stranger", "repeat": "soon"})
    assert {one.field for one in refused.value.faults} == {"away_1_who", "repeat"}


def test_a_text_message_goes_too_where_there_are_any(harbor: Place) -> None:
    house = replace(harbor.house, channels=frozenset({Channel.EMAIL, Channel.SMS}))
    with house.store.begin() as tx:
        staff.set_mobile(tx, harbor.sam.id, "+15550101")
    there = replace(harbor, house=house)
    there.report(there.enrol(), **URGENT)
    flag = reviewing.inbox(there.desk).lines[0].flag.id
    told = [
        (page.person.name if page.person else "", page.channel)
        for page in reviewing.line_of(there.desk, flag).owned.pages
    ]
    assert sorted(told) == [
        ("Ada Lindqvist", Channel.EMAIL),
        ("Sam Okafor", Channel.EMAIL),
        ("Sam Okafor", Channel.SMS),
    ]
