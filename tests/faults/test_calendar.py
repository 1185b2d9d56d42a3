"""F8: a year of local days in every zone whose clocks change, asked by the real clock (2026, 2028).

The scheduler runs on a real database with a virtual watch; what it asked is judged by a calendar
and a wall clock that share no code with it. `make test` lives through the days around each change
of a few odd zones; THAW_TEST_CALENDAR=full lives through whole years everywhere. Each run prints
one line: seed, zones, due, missed, doubled, in_quiet_hours. A schedule that adds 24 hours fails.
"""

from __future__ import annotations

import os
import time as stopwatch
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from pathlib import Path
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests import tables, willow
from tests.conftest import MASTER_KEY
from webapp.domain import schedule
from webapp.domain.pathway import AskingPhase, Pathway
from webapp.domain.schedule import QuietHours, Timetable, quiet_end, window
from webapp.domain.zones import changing_zones, clock_changes
from webapp.journeys import prompting
from webapp.journeys.house import House
from webapp.library.shelf import Library
from webapp.store import patients
from webapp.store.engine import open_passing_store
from webapp.store.migrate import upgrade

DAY = timedelta(days=1)
YEARS = (2026, 2028)  # the second is a leap year
TIMES = (time(0), time(1, 30), time(2, 30), time(23, 59))
NIGHT = QuietHours(time(21), time(8))
NIGHTS = (None, NIGHT)
ODD = (
    "Australia/Lord_Howe",  # half an hour
    "Antarctica/Troll",  # two hours
    "Africa/Cairo",  # at midnight
    "Asia/Gaza",
    "Africa/Casablanca",  # back for Ramadan
    "America/Santiago",  # at midnight
    "America/St_Johns",  # half an hour off
    "Pacific/Apia",
    "Pacific/Kiritimati",
)
SEED = 8
FULL = os.environ.get("THAW_TEST_CALENDAR") == "full"


@dataclass(frozen=True)
class Asked:
    """One prompt as the database holds it, and how often it was written."""

    patient: str
    day: date
    at: datetime


@dataclass
class Found:
    """What a run came to."""

    due: int = 0
    missed: int = 0  # local days without a prompt in them
    doubled: int = 0
    in_quiet_hours: int = 0

    def add(self, other: Found) -> None:
        for name in vars(self):
            setattr(self, name, getattr(self, name) + getattr(other, name))

    @property
    def faults(self) -> int:
        return self.missed + self.doubled + self.in_quiet_hours


def say(zones: int, found: Found, began: float) -> None:
    print(
        f"calendar: seed={SEED} zones={zones} due={found.due} missed={found.missed} "
        f"doubled={found.doubled} in_quiet_hours={found.in_quiet_hours} "
        f"seconds={stopwatch.monotonic() - began:.1f}"
    )


def a_house(library: Library, folder: Path, days: int) -> House:
    """An empty house whose only pathway asks on each of `days` days."""
    url = f"sqlite:///{folder}/calendar.sqlite"
    upgrade(url)
    daily = (AskingPhase("grid", tuple(range(days)), open_hours=24, reminder_after_hours=6),)
    grid = replace(library.pathways["mastectomy"], id="grid", asking=daily)
    whole = replace(library, pathways={**library.pathways, "grid": grid})
    return House(whole, open_passing_store(url, MASTER_KEY), "https://thaw.invalid")


def live(house: House, zones: Iterable[str], start: date, days: int) -> Found:
    """Live `days` local days from `start` in each zone, at each awkward time, with and without a
    night; nobody is reminded who has answered, and everybody answers at once."""
    began = datetime.combine(start, time(), UTC) - 2 * DAY
    willow.open_clinic(house, began)
    people = {}
    for zone in zones:
        for at in TIMES:
            for night in NIGHTS:
                ends = (night.start, night.end) if night else (None, None)
                who = willow.patient(
                    start,
                    pathway="grid",
                    timezone=zone,
                    prompt_time=at,
                    quiet_from=ends[0],
                    quiet_until=ends[1],
                )
                people[who.id] = (willow.admit(house, who, began), night)
    settled = began
    while (moment := next_moment_of_a_prompt(house)) is not None:
        while prompting.queue_due(house, moment):
            pass
        if moment - settled > DAY / 8:  # before anybody would be reminded, or her day closed
            tables.execute(house.store, "UPDATE prompt SET state = 'answered' WHERE state = 'due'")
            settled = moment
    expected = [start + n * DAY for n in range(days)]
    found = Found()
    asked = asked_of(house)
    for who, night in people.values():
        found.add(judged(asked.get(who.id, []), expected, ZoneInfo(who.timezone), night))
    return found


def next_moment_of_a_prompt(house: House) -> datetime | None:
    """When the clock next asks somebody; what waits in the outbox stays there."""
    with house.store.read() as tx:
        return patients.earliest_due(tx)


def asked_of(house: House) -> dict[str, list[Asked]]:
    """Each message that asks, by patient: the day it is about, and when it may go out."""
    with house.store.engine.connect() as connection:
        rows = connection.exec_driver_sql(
            "SELECT patient_id, local_day, try_at FROM message WHERE purpose = 'check-in'"
        ).all()
    found: dict[str, list[Asked]] = {}
    for patient, day, at in rows:
        instant = datetime.fromisoformat(at).replace(tzinfo=UTC)
        found.setdefault(patient, []).append(Asked(patient, date.fromisoformat(day), instant))
    return found


def judged(
    asked: list[Asked], expected: list[date], zone: ZoneInfo, night: QuietHours | None
) -> Found:
    """Compare with a calendar: each local day once, in that day, and never in the night."""
    walls = [(one.day, one.at.astimezone(zone)) for one in asked]
    right = Counter(day for day, wall in walls if wall.date() == day)
    return Found(
        due=len(expected),
        missed=sum(day not in right for day in expected),
        doubled=len(asked) - len({one.day for one in asked}),
        in_quiet_hours=sum(night is not None and is_night(wall.time()) for _, wall in walls),
    )


def is_night(wall: time) -> bool:
    return wall >= NIGHT.start or wall < NIGHT.end


def around_changes(zone: str) -> list[date]:
    """Two days before each change of a zone's clocks in both years; a leap day; else any day."""
    changes = [change[0] for year in YEARS for change in clock_changes(zone, year)[1:]]
    return [(one - 2 * DAY).date() for one in changes] or [date(2028, 2, 27)]


@pytest.mark.parametrize("zone", ODD)
def test_the_days_around_each_odd_change_are_asked_once(
    library: Library, tmp_path: Path, zone: str
) -> None:
    began, found = stopwatch.monotonic(), Found()
    for number, start in enumerate(around_changes(zone)):
        folder = tmp_path / str(number)
        folder.mkdir()
        house = a_house(library, folder, 4)
        found.add(live(house, [zone], start, 4))
        house.store.close()
    say(1, found, began)
    assert found.due >= 32
    assert found.faults == 0


def test_a_schedule_that_adds_a_day_of_24_hours_fails_here(
    library: Library, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The negative control: the first prompt is right, and the others follow it by the hour."""
    real = schedule._prompt_instant

    def naive(timetable: Timetable, day: date) -> datetime:
        first = timetable.procedure_date
        return real(timetable, first) + (day - first)

    monkeypatch.setattr(schedule, "_prompt_instant", naive)
    found = live(a_house(library, tmp_path, 4), ["America/Santiago"], date(2026, 4, 3), 4)
    assert found.missed > 0  # the gate before the outbox keeps even this one out of the night


def year_of(zone: str, year: int, at: time, night: QuietHours | None) -> Found:
    """One year by the schedule alone, reminders too: what the clock is told to do."""
    here, first = ZoneInfo(zone), date(year, 1, 1)
    days = [first + n * DAY for n in range((date(year + 1, 1, 1) - first).days)]
    timetable = Timetable(DAILY, first, zone, at, night)
    windows = [window(timetable, day) for day in days]
    asked = [Asked("", one.local_day, one.due_at) for one in windows]
    found = judged(asked, days, here, night)
    reminders = [one.reminder_at.astimezone(here) for one in windows if one.reminder_at]
    found.in_quiet_hours += sum(night is not None and is_night(one.time()) for one in reminders)
    gaps = {later.due_at - one.due_at for one, later in pairwise(windows)}
    assert timedelta(hours=21) <= min(gaps) <= max(gaps) <= timedelta(hours=27), (zone, at, night)
    return found


DAYS = (AskingPhase("grid", tuple(range(400)), open_hours=24, reminder_after_hours=6),)
DAILY = Pathway("grid", 1, "draft", "mastectomy", {"en": "Grid"}, False, DAYS, 24)


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    zone=st.sampled_from(sorted(available_timezones())),
    year=st.sampled_from(YEARS),
    at=st.one_of(st.sampled_from(TIMES), st.times()),
    night=st.sampled_from(NIGHTS),
)
def test_a_year_of_any_zone_is_scheduled_once_a_day(
    zone: str, year: int, at: time, night: QuietHours | None
) -> None:
    found = year_of(zone, year, at, night)
    assert found.due in (365, 366)
    assert found.faults == 0


@pytest.mark.skipif(not FULL, reason="set THAW_TEST_CALENDAR=full: whole years, some minutes")
@pytest.mark.parametrize("year", YEARS)
def test_whole_years_in_every_zone_are_scheduled_once_a_day(year: int) -> None:
    began, found = stopwatch.monotonic(), Found()
    zones = [name for name in sorted(available_timezones()) if len(clock_changes(name, year)) > 1]
    for zone in zones:
        for at in TIMES:
            for night in NIGHTS:
                found.add(year_of(zone, year, at, night))
    say(len(zones), found, began)
    assert found.faults == 0


@pytest.mark.skipif(not FULL, reason="set THAW_TEST_CALENDAR=full: whole years, many minutes")
@pytest.mark.parametrize("year", YEARS)
def test_whole_years_are_asked_once_a_day_by_the_clock(
    library: Library, tmp_path: Path, year: int
) -> None:
    began, days = stopwatch.monotonic(), 366 if year % 4 == 0 else 365
    zones = changing_zones(year)
    found = live(a_house(library, tmp_path, days), zones, date(year, 1, 1), days)
    say(len(zones), found, began)
    assert found.due == len(zones) * len(TIMES) * len(NIGHTS) * days
    assert found.faults == 0


def test_a_prompt_that_waits_out_the_night_never_goes_back_in_time() -> None:
    """The end of the night comes twice where clocks go back over it: never an earlier instant."""
    late = datetime(2026, 11, 1, 9, 15, tzinfo=UTC)  # 01:15 for the second time in Los Angeles
    until = quiet_end(late, "America/Los_Angeles", QuietHours(time(0), time(1, 30)))
    assert until == datetime(2026, 11, 1, 9, 30, tzinfo=UTC)
