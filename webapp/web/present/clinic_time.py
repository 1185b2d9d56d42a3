"""Moments and spans as a clinic's clock shows them. May import: flask-babel, babel."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_skeleton, format_time, format_timedelta
from flask_babel import get_locale, gettext  # type: ignore[import-untyped]

_ALWAYS_NEXT_UNIT_AT = 1.5  # 90 min become 2 h, so that one unit is enough


def moment(at: datetime, zone: str, now: datetime) -> str:
    """A time of today as its time alone; any other with its day."""
    here, clock = ZoneInfo(zone), clock_time(at, zone)
    day = at.astimezone(here).date()
    return clock if day == now.astimezone(here).date() else f"{short_day(day)} {clock}"


def clock_time(at: datetime, zone: str) -> str:
    """A moment as its time alone, in this zone."""
    return str(format_time(at, "short", tzinfo=ZoneInfo(zone), locale=get_locale()))


def time_of_day(at: time) -> str:
    """A time that belongs to no day and no zone."""
    return str(format_time(at, "short", locale=get_locale()))


def short_day(day: date) -> str:
    """A day of the last months: its month and number."""
    return str(format_skeleton("MMMd", day, locale=get_locale()))


def full_day(day: date) -> str:
    """A day with its year."""
    return str(format_date(day, "medium", locale=get_locale()))


def time_left(act_by: datetime, now: datetime) -> str:
    """How long until a target, or how late it is."""
    span = format_timedelta(
        abs(act_by - now),
        threshold=_ALWAYS_NEXT_UNIT_AT,
        granularity="minute",
        format="short",
        locale=get_locale(),
    )
    if act_by < now - timedelta(seconds=30):
        return str(gettext("%(time)s late", time=span))
    return str(gettext("in %(time)s", time=span))
