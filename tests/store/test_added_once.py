"""What may exist once is added once, and whoever adds it is told whether it was new."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.factories import place
from webapp.journeys import prompting
from webapp.store import messages, prompts, readings
from webapp.store.readings import PageRead


@pytest.fixture
def harbor(house, clock_now):
    return place(house, clock_now)


@pytest.fixture
def asked(harbor):
    """A patient who has just been prompted."""
    patient = harbor.enrol(days_ago=1)
    prompting.tick(harbor.house, harbor.now)
    return patient


def test_a_due_patient_is_prompted_by_one_message(harbor, asked):
    prompting.tick(harbor.house, harbor.now)
    with harbor.house.store.read() as tx:
        sent = messages.of_patient(tx, harbor.clinic.id, asked)
    assert [one.purpose for one in sent] == ["check-in"]


def test_a_prompt_of_a_day_is_new_once(harbor, asked):
    with harbor.house.store.begin() as tx:
        (first,) = prompts.of_patient(tx, asked)
        other_day = replace(first, id="other", local_day=first.local_day.replace(year=2030))
        assert prompts.add(tx, other_day) is True
        assert prompts.add(tx, replace(other_day, id="again")) is False


def test_a_message_is_queued_once_for_its_reason_and_the_rest_are_counted(harbor, asked):
    with harbor.house.store.begin() as tx:
        (known,) = messages.of_patient(tx, harbor.clinic.id, asked)
        new = [replace(known, id=reason, dedupe=reason) for reason in ("one", "two")]
        assert messages.queue(tx, (known, *new)) == 2


def test_a_page_is_marked_as_read_once(harbor, asked):
    page = PageRead("numbness", "numbness@en#1", harbor.now)
    with harbor.house.store.begin() as tx:
        assert readings.add(tx, asked, page) is True
        assert readings.add(tx, asked, page) is False
        assert readings.of_patient(tx, asked) == (page,)
