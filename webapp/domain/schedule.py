"""When a patient's days begin, are due, and close: local days turned into instants.

What it is for: the one place that knows about daylight saving. A wall-clock time that does not
exist is due right after the gap, one that comes twice is due the first time, and a local day has
one prompt whatever the clocks do. May import: the standard library (zoneinfo), person, pathway.

Every datetime here is aware; every instant given out is in UTC.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from functools import lru_cache
from itertools import islice, takewhile
from zoneinfo import ZoneInfo

from webapp.domain.pathway import Pathway, due_days, due_days_after, next_due_pod, phase_of
from webapp.domain.person import Patient

OFF_DAY_HOURS = 24  # how long a day that the pathway does not ask takes a first answer
_MINUTE = timedelta(minutes=1)
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class QuietHours:
    """A nightly range of local time without prompts; it may run over midnight."""

    start: time  # the first quiet moment
    end: time  # the first moment that is no longer quiet

    def hold(self, wall: datetime) -> bool:
        """Whether a local wall-clock moment is quiet. Equal ends mean no quiet hours."""
        if self.start <= self.end:
            return self.start <= wall.time() < self.end
        return not self.end <= wall.time() < self.start


@dataclass(frozen=True, slots=True)
class Timetable:
    """Everything that decides when one patient is asked."""

    pathway: Pathway
    procedure_date: date  # postoperative day 0, local
    timezone: str  # IANA name
    prompt_time: time  # local
    quiet: QuietHours | None = None

    def pod(self, local_day: date) -> int:
        """The postoperative day of a local day."""
        return (local_day - self.procedure_date).days


class DayState(StrEnum):
    """What may be done with a check-in day at one moment."""

    NOT_YET = "not-yet"
    OPEN = "open"  # a first answer is taken, and may be changed
    CHANGES_ONLY = "changes-only"  # too late for a first answer; one that was sent may be changed
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class Window:
    """One local day of one patient: when it is asked, and until when it is answered."""

    local_day: date
    pod: int
    timezone: str
    opens_at: datetime  # the first moment of the local day
    due_at: datetime  # when the prompt goes out
    reminder_at: datetime | None  # when those who have not answered are reminded, once
    answers_close_at: datetime  # no first answer from here on; silence becomes a missed day
    changes_close_at: datetime  # no change from here on

    def state(self, now: datetime) -> DayState:
        """What may be done with this day at `now`."""
        if now < self.opens_at:
            return DayState.NOT_YET
        if now < self.answers_close_at:
            return DayState.OPEN
        return DayState.CHANGES_ONLY if now < self.changes_close_at else DayState.CLOSED


def timetable_of(patient: Patient, pathway: Pathway) -> Timetable:
    """The timetable of an enrolled patient."""
    when = patient.procedure_date, patient.timezone, patient.prompt_time
    return Timetable(pathway, *when, quiet_of(patient))


def quiet_of(patient: Patient) -> QuietHours | None:
    """The quiet hours that are stored for a patient; None if there are none."""
    if patient.quiet_from is None or patient.quiet_until is None:
        return None
    return QuietHours(patient.quiet_from, patient.quiet_until)


def quiet_end(instant: datetime, timezone: str, quiet: QuietHours | None) -> datetime:
    """The same instant, or, if it is a quiet one for her, the first that is not: never earlier."""
    return _after_quiet(instant, quiet, ZoneInfo(timezone))


def local_day(now: datetime, timezone: str) -> date:
    """The calendar day that it is for a person in `timezone` at the instant `now`."""
    return now.astimezone(ZoneInfo(timezone)).date()


def day_exists(day: date, timezone: str) -> bool:
    """Whether the local calendar has this day: Samoa had no 30 December 2011."""
    return local_day(_after_gap(datetime.combine(day, time()), ZoneInfo(timezone)), timezone) == day


def is_due_on(timetable: Timetable, day: date) -> bool:
    """Whether the patient is asked on this local day."""
    asked = phase_of(timetable.pathway, timetable.pod(day)) is not None
    return asked and day_exists(day, timetable.timezone)


def window(timetable: Timetable, day: date) -> Window:
    """The window of any local day, asked by the pathway or not."""
    phase = phase_of(timetable.pathway, timetable.pod(day))
    due_at = _prompt_instant(timetable, day)
    following = _next_prompt(timetable, day)
    open_hours = phase.open_hours if phase else OFF_DAY_HOURS
    reminder_after = phase.reminder_after_hours if phase else None
    closes = _earlier(due_at + timedelta(hours=open_hours), following)
    last_changes = timedelta(hours=timetable.pathway.last_day_changes_hours)
    return Window(
        local_day=day,
        pod=timetable.pod(day),
        timezone=timetable.timezone,
        opens_at=_after_gap(datetime.combine(day, time()), ZoneInfo(timetable.timezone)),
        due_at=due_at,
        reminder_at=_reminder(timetable, due_at, closes, reminder_after),
        answers_close_at=closes,
        changes_close_at=following or closes + last_changes,
    )


def today(timetable: Timetable, now: datetime) -> Window:
    """The window of the local day that it is for this patient at `now`."""
    return window(timetable, local_day(now, timetable.timezone))


def current_window(timetable: Timetable, now: datetime) -> Window:
    """The asked day that takes a first answer now, the newest of two; else the day that it is."""
    day = local_day(now, timetable.timezone)
    open_ones = [window(timetable, one) for one in _last_asked(timetable, day)]
    ready = [one for one in open_ones if one.state(now) is DayState.OPEN]
    return ready[-1] if ready else window(timetable, day)


def _last_asked(timetable: Timetable, day: date) -> tuple[date, ...]:
    """The last two asked days up to `day`, in order."""
    pods = [pod for pod in due_days(timetable.pathway) if pod <= timetable.pod(day)]
    days = (timetable.procedure_date + pod * _DAY for pod in reversed(pods))
    there = (each for each in days if day_exists(each, timetable.timezone))
    return tuple(islice(there, 2))[::-1]


def windows_between(timetable: Timetable, start: datetime, end: datetime) -> tuple[Window, ...]:
    """The windows whose prompt falls in [start, end), in order of time."""
    # A prompt can stand on the day after its own where quiet hours leave no other place.
    first = local_day(start, timetable.timezone) - 2 * _DAY
    last = local_day(end, timetable.timezone) + _DAY
    days = takewhile(lambda day: day <= last, due_dates(timetable, first))
    due = (day for day in days if start <= _prompt_instant(timetable, day) < end)
    return tuple(window(timetable, day) for day in due)


def latest_due(timetable: Timetable, now: datetime) -> Window | None:
    """The window of the newest prompt that has come due by `now`; None before the first."""
    last = timetable.pod(local_day(now, timetable.timezone) + _DAY)
    asked = [pod for pod in due_days(timetable.pathway) if pod <= last]
    days = (timetable.procedure_date + pod * _DAY for pod in reversed(asked))
    there = (day for day in days if day_exists(day, timetable.timezone))
    came = (day for day in there if _prompt_instant(timetable, day) <= now)
    return next((window(timetable, day) for day in came), None)


def next_due(timetable: Timetable, after: datetime) -> Window | None:
    """The first window whose prompt comes later than `after`; None once all have been."""
    first = local_day(after, timetable.timezone) - 2 * _DAY
    days = due_dates(timetable, first)
    following = (day for day in days if _prompt_instant(timetable, day) > after)
    return next((window(timetable, day) for day in following), None)


def due_dates(timetable: Timetable, first: date | None = None) -> Iterator[date]:
    """The local days from `first` on (from the start if None) on which she is asked, in order."""
    asked: Iterable[int] = due_days(timetable.pathway)
    if first is not None:
        asked = due_days_after(timetable.pathway, timetable.pod(first) - 1)
    days = (timetable.procedure_date + pod * _DAY for pod in asked)
    return (day for day in days if day_exists(day, timetable.timezone))


def _next_prompt(timetable: Timetable, day: date) -> datetime | None:
    """When the next asked day after `day` is prompted; None if there is none."""
    pod = next_due_pod(timetable.pathway, timetable.pod(day))
    if pod is None:
        return None
    following = timetable.procedure_date + pod * _DAY
    if day_exists(following, timetable.timezone):
        return _prompt_instant(timetable, following)
    return _next_prompt(timetable, following)


def _prompt_instant(timetable: Timetable, day: date) -> datetime:
    """The instant of the prompt: in its own local day wherever the clocks allow it."""
    zone = ZoneInfo(timetable.timezone)
    wanted = datetime.combine(day, timetable.prompt_time)
    due = _after_quiet(_after_gap(wanted, zone), timetable.quiet, zone)
    if due.astimezone(zone).date() <= day:
        return due
    earlier = _before_obstacle(wanted, timetable.quiet, zone)
    return earlier if earlier.astimezone(zone).date() == day else due


def _before_obstacle(wanted: datetime, quiet: QuietHours | None, zone: ZoneInfo) -> datetime:
    """The last minute before the gap or the quiet hours that swallow the rest of the day."""
    due = _after_gap(wanted, zone)
    if due.astimezone(zone).replace(tzinfo=None) != wanted:
        due -= _MINUTE
    wall = due.astimezone(zone)
    if quiet is None or not quiet.hold(wall):
        return due
    return _after_gap(datetime.combine(wall.date(), quiet.start), zone) - _MINUTE


def _after_quiet(instant: datetime, quiet: QuietHours | None, zone: ZoneInfo) -> datetime:
    """The same instant, or the end of the quiet hours that it falls into."""
    if quiet is None:
        return instant
    wall = instant.astimezone(zone)
    if not quiet.hold(wall):
        return instant
    ends_on = wall.date() + (_DAY if quiet.end <= wall.time() else timedelta())
    ends = datetime.combine(ends_on, quiet.end)
    first = _after_gap(ends, zone)
    # The end comes twice in the hour that does: an instant after the first waits for the second.
    return first if first > instant else ends.replace(tzinfo=zone, fold=1).astimezone(UTC)


def _reminder(
    timetable: Timetable, due_at: datetime, closes: datetime, after_hours: int | None
) -> datetime | None:
    """When to remind; None where none is wanted or the day would be closed by then."""
    if after_hours is None:
        return None
    zone = ZoneInfo(timetable.timezone)
    at = _after_quiet(due_at + timedelta(hours=after_hours), timetable.quiet, zone)
    return at if at < closes else None


@lru_cache(maxsize=4096)  # the patients of a clinic share their days, and mostly their times
def _after_gap(wall: datetime, zone: ZoneInfo) -> datetime:
    """The instant of a local wall-clock moment: the first of two, or the first after a gap."""
    instant = wall.replace(tzinfo=zone, fold=0).astimezone(UTC)
    if instant.astimezone(zone).replace(tzinfo=None) == wall:
        return instant
    return _change_between(wall.replace(tzinfo=zone, fold=1).astimezone(UTC), instant, zone)


def _change_between(before: datetime, after: datetime, zone: ZoneInfo) -> datetime:
    """The instant, to the second, at which the clocks of `zone` change between the two."""
    before, after = before.replace(microsecond=0), after.replace(microsecond=0)
    old = before.astimezone(zone).utcoffset()
    while after - before > timedelta(seconds=1):
        middle = (before + (after - before) / 2).replace(microsecond=0)
        if middle.astimezone(zone).utcoffset() == old:
            before = middle
        else:
            after = middle
    return after


def _earlier(first: datetime, second: datetime | None) -> datetime:
    return first if second is None else min(first, second)
