"""What a patient chooses about our messages: when, how and in which words she is asked.

May import: the standard library (zoneinfo) and this room. None of it is about her health: it may
be shown to whoever holds a link of hers.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, fields, replace
from datetime import datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo, available_timezones

from webapp.domain.enrolment import Fault, RowRefused, read_time
from webapp.domain.person import Channel, Patient
from webapp.domain.schedule import QuietHours, Window, quiet_end

_TIMES = ("prompt_time", "quiet_from", "quiet_until")
_HOUR = timedelta(hours=1)
_SOONEST = timedelta(minutes=30)  # sooner than that is now
MOST_MESSAGES_A_DAY = 6  # about one local day, to one patient (reliability.md, 1b)


@dataclass(frozen=True, slots=True)
class Preferences:
    """How one patient is asked. Equal ends of the quiet hours, or none, mean no quiet hours."""

    timezone: str
    prompt_time: time
    quiet_from: time | None
    quiet_until: time | None
    language: str
    channel: Channel


class NoticeKind(StrEnum):
    """What a clinic must read about reaching a patient."""

    STOPPED = "stopped"  # she wants no more messages
    NOT_ME = "not-me"  # somebody else has the address that we write to
    UNREACHABLE = "unreachable"  # what we send there comes back


def preferences_of(patient: Patient) -> Preferences:
    """How a patient is asked now."""
    return Preferences(*(getattr(patient, field.name) for field in fields(Preferences)))


def with_preferences(patient: Patient, wanted: Preferences) -> Patient:
    """The patient as she wants to be asked."""
    return replace(patient, **{field.name: getattr(wanted, field.name) for field in fields(wanted)})


def read_preferences(
    row: Mapping[str, str], before: Preferences, languages: Collection[str]
) -> Preferences:
    """The preferences that somebody typed. Raises `RowRefused` with every fault in them.

    Quiet hours that are left empty are none.
    """
    times = {name: read_time(row.get(name, "")) for name in _TIMES}
    may_be_empty = {"quiet_from", "quiet_until"} if not _quiet_typed(row) else set()
    wrong = [name for name, read in times.items() if read is None and name not in may_be_empty]
    faults = [Fault(name, "not-a-time", "is not a time of day; write 09:00") for name in wrong]
    if row.get("timezone", "") not in available_timezones():
        faults.append(Fault("timezone", "not-a-timezone", "write it as America/Los_Angeles"))
    if row.get("language", "") not in languages:
        faults.append(Fault("language", "unknown", "is not a language of this site"))
    if row.get("channel", "") not in set(Channel):
        faults.append(Fault("channel", "unknown", "use email, sms or push"))
    if faults:
        raise RowRefused(tuple(faults))
    return Preferences(
        timezone=row["timezone"],
        prompt_time=times["prompt_time"] or before.prompt_time,
        quiet_from=times["quiet_from"],
        quiet_until=times["quiet_until"],
        language=row["language"],
        channel=Channel(row["channel"]),
    )


def _quiet_typed(row: Mapping[str, str]) -> bool:
    return bool(row.get("quiet_from", "").strip() or row.get("quiet_until", "").strip())


def later_times(opened: Window, quiet: QuietHours | None, now: datetime) -> tuple[datetime, ...]:
    """The full hours of a day, still ahead and not quiet, at which she can be asked instead."""
    zone = ZoneInfo(opened.timezone)
    first = (now + _SOONEST).astimezone(zone).replace(minute=0, second=0, microsecond=0)
    hours = (first.timestamp() + _HOUR.total_seconds() * ahead for ahead in range(26))
    walls = (datetime.fromtimestamp(hour, zone) for hour in hours)
    return tuple(
        wall
        for wall in walls
        if wall >= now + _SOONEST
        and wall.date() == opened.local_day
        and wall < opened.answers_close_at
        and quiet_end(wall, opened.timezone, quiet) == wall
    )
