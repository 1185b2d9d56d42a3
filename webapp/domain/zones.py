"""Time zones whose clocks change, one name for each way of changing.

For simulations and tests: a year of America/New_York need not be lived twice as America/Toronto.
May import: the standard library (zoneinfo).
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

_STEP = timedelta(days=7)  # no zone changes twice in a week
_MINUTE = timedelta(minutes=1)
Changes = tuple[tuple[datetime, timedelta], ...]  # when, and the offset from then on


@cache
def changing_zones(year: int) -> tuple[str, ...]:
    """The IANA zones that change their clocks in a year, each way of changing once, by name."""
    ways: dict[Changes, str] = {}
    for name in sorted(available_timezones()):
        changes = clock_changes(name, year)
        if len(changes) > 1:
            ways.setdefault(changes, name)
    return tuple(sorted(ways.values()))


def clock_changes(zone: str, year: int) -> Changes:
    """The offset at the start of a year (UTC), and each change in it, to the minute."""
    here, at = ZoneInfo(zone), datetime(year, 1, 1, tzinfo=UTC)
    found = [(at, _offset(at, here))]
    while at.year == year:
        if _offset(at + _STEP, here) != found[-1][1]:
            change = _first_after(at, at + _STEP, here)
            found.append((change, _offset(change, here)))
        at += _STEP
    return tuple(found)


def _first_after(before: datetime, after: datetime, zone: ZoneInfo) -> datetime:
    """The minute at which the offset changes between the two."""
    old = _offset(before, zone)
    while after - before > _MINUTE:
        middle = before + timedelta(minutes=(after - before) // _MINUTE // 2)
        before, after = (middle, after) if _offset(middle, zone) == old else (before, middle)
    return after


def _offset(at: datetime, zone: ZoneInfo) -> timedelta:
    return at.astimezone(zone).utcoffset() or timedelta()
