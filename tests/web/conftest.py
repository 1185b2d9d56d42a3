"""What the tests of a patient's pages share: noon, when clocks stand still, and Rosa on day 3.

May import: pytest, time_machine and tests.willow.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

import pytest
import time_machine

from tests import willow
from webapp.domain.person import Patient
from webapp.journeys.house import House


@pytest.fixture
def at_noon(clock_now: datetime) -> Iterator[time_machine.Traveller]:
    """It stays noon until the test moves on."""
    with time_machine.travel(clock_now, tick=False) as traveller:
        yield traveller


@pytest.fixture
def rosa(house: House, clock_now: datetime) -> Patient:
    """A patient of the Willow clinic on postoperative day 3."""
    willow.open_clinic(house, clock_now, willow.WILLOW, willow.SAM)
    return willow.patient_on_day(house, 3, clock_now)


@pytest.fixture
def token(house: House, rosa: Patient, clock_now: datetime) -> str:
    """The token of Rosa's link for today."""
    return willow.link_of(house, rosa, clock_now)
