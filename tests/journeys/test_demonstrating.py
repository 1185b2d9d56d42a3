"""A recovery that is lived through for the demo leaves the clock nothing to find missing."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.factories import place
from webapp.domain.checkin import Setup
from webapp.domain.person import Origin
from webapp.domain.synthetic import Recovery
from webapp.journeys import demonstrating, prompting, reconciling
from webapp.journeys.demonstrating import Life
from webapp.store import patients


@pytest.fixture
def harbor(house, clock_now):
    return place(house, clock_now)


def live(harbor, days_since):
    """Somebody who never answered."""
    recovery = Recovery(
        "late", "Synthetic", "mastectomy", "en", Setup("mastectomy"), days_since, {}
    )
    life = Life(harbor.clinic, recovery, Origin.SYNTHETIC)
    return demonstrating.live_through(harbor.house, life, harbor.now)


@pytest.mark.parametrize("days_since", [3, 15, 22, 23, 30, 43])
def test_a_day_that_still_takes_answers_is_asked_by_the_next_pass(harbor, days_since):
    live(harbor, days_since)
    prompting.queue_due(harbor.house, harbor.now)
    for later in (timedelta(), timedelta(hours=1), timedelta(days=1)):
        with harbor.house.store.read() as tx:
            assert reconciling.missing(harbor.house, tx, harbor.clinic, harbor.now + later) == ()
        prompting.queue_due(harbor.house, harbor.now + later)


def test_reconciling_would_see_a_day_that_nobody_asked(harbor):
    patient = live(harbor, 22)
    with harbor.house.store.begin() as tx:
        patients.set_next_due(tx, patient, None)
    with harbor.house.store.read() as tx:
        assert len(reconciling.missing(harbor.house, tx, harbor.clinic, harbor.now)) == 1
