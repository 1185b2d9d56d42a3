"""The newest prompt that has come due is the last of all that have, whatever the clocks do."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

import pytest

from webapp.domain.schedule import QuietHours, Timetable, latest_due, windows_between
from webapp.library.shelf import Library

DAY_0 = date(2026, 3, 6)  # two days before clocks change in the United States
ZONES = ("UTC", "America/New_York", "Europe/Madrid", "Asia/Kathmandu", "Pacific/Apia")
TIMES = (time(0), time(2, 30), time(9), time(23, 59))
NIGHT = QuietHours(time(21), time(8))


@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize("at", TIMES)
@pytest.mark.parametrize("quiet", [None, NIGHT])
def test_it_is_the_last_window_that_has_come_due(
    library: Library, zone: str, at: time, quiet: QuietHours | None
) -> None:
    start = datetime(2026, 3, 4, tzinfo=UTC)
    for pathway in library.pathways.values():
        timetable = Timetable(pathway, DAY_0, zone, at, quiet)
        every = windows_between(timetable, start, start + timedelta(days=72))
        for hours in range(0, 24 * 70, 31):
            now = start + timedelta(hours=hours)
            came = [one for one in every if one.due_at <= now]
            assert latest_due(timetable, now) == (came[-1] if came else None)
