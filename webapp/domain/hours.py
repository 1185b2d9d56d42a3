"""When a clinic is staffed: now, or next.

May import: the standard library (zoneinfo) and this room.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from webapp.domain.person import Clinic

_WEEK = 8  # days looked ahead: a clinic that opens once a week is found, whatever the weekday


def open_now(clinic: Clinic, now: datetime) -> bool:
    """Whether somebody of the clinic is there at `now`."""
    wall = now.astimezone(ZoneInfo(clinic.timezone))
    return any(
        spell.weekday == wall.weekday() and spell.opens <= wall.time() < spell.closes
        for spell in clinic.hours
    )


def next_open(clinic: Clinic, now: datetime) -> datetime | None:
    """When the clinic is next staffed after `now`, aware; None if it gives no hours."""
    zone = ZoneInfo(clinic.timezone)
    today = now.astimezone(zone).date()
    openings = (
        datetime.combine(day, spell.opens, zone)
        for ahead in range(_WEEK)
        for day in (today + timedelta(days=ahead),)
        for spell in clinic.hours
        if spell.weekday == day.weekday()
    )
    return min((moment for moment in openings if moment > now), default=None)
