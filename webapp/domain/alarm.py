"""When somebody has to be told that sending does not work: what was counted, and the lines.

May import: the standard library and person. It watches outcomes, not processes: what should have
gone out and did not, what should be somebody's and is nobody's.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from enum import StrEnum


class AlarmKind(StrEnum):
    """What can be wrong, the most harmful first."""

    CLOCK_STOPPED = "clock-stopped"  # it did nothing for a while; nothing was asked or sent
    CLOCK_WRONG = "clock-wrong"  # this machine's time is behind what is already on record
    CLOCK_FAILING = "clock-failing"  # a part of its pass ends in a fault each time
    UNSENT = "unsent"  # what is due has no final state
    UNTAKEN = "untaken"  # urgent flags that nobody has acknowledged
    ROWS_MISSING = "rows-missing"  # who should have been asked was not
    CHANNEL_DOWN = "channel-down"  # everything sent by a channel fails
    BOUNCES = "bounces"  # more and more addresses are refused


@dataclass(frozen=True, slots=True)
class AlarmLines:
    """From where on something is an alarm (content/policy.yaml)."""

    clock_silent: timedelta
    unsent: timedelta
    untaken: timedelta
    channel_looked_back: timedelta
    channel_least_failures: int
    bounce_least: int
    bounce_share: float  # 0-1 of what ended in the day
    note_at: time  # local to the clinic


@dataclass(frozen=True, slots=True)
class Tried:
    """What became of what was tried over one channel in a while."""

    sent: int = 0  # since the first of the failures
    failed: int = 0  # for good or for now


@dataclass(frozen=True, slots=True)
class Outcomes:
    """What one clinic's tables say at one moment."""

    oldest_unsent: datetime | None = None  # when it should have gone out
    oldest_untaken: datetime | None = None  # when the oldest open urgent flag was raised
    untaken: int = 0
    missing: int = 0  # days on which somebody should have been asked and was not
    tried: Mapping[str, Tried] = field(default_factory=dict)  # by channel, in the last minutes
    ended_in_a_day: int = 0
    refused_in_a_day: int = 0
    refused_in_the_week_before: int = 0


@dataclass(frozen=True, slots=True)
class Alarm:
    """Something that is wrong. `about` tells two of a kind apart: the channel, say."""

    kind: AlarmKind
    about: str = ""
    figures: Mapping[str, int | str] = field(default_factory=dict)  # counts and times, no names


def alarms_in(outcomes: Outcomes, lines: AlarmLines, now: datetime) -> Iterator[Alarm]:
    """Everything that is wrong now by these lines."""
    if _older(outcomes.oldest_unsent, lines.unsent, now):
        yield Alarm(AlarmKind.UNSENT, figures=_since(outcomes.oldest_unsent))
    if _older(outcomes.oldest_untaken, lines.untaken, now):
        count: dict[str, int | str] = {"count": outcomes.untaken}
        yield Alarm(AlarmKind.UNTAKEN, figures=count | _since(outcomes.oldest_untaken))
    if outcomes.missing:
        yield Alarm(AlarmKind.ROWS_MISSING, figures={"count": outcomes.missing})
    for channel, tried in sorted(outcomes.tried.items()):
        if not tried.sent and tried.failed >= lines.channel_least_failures:
            yield Alarm(AlarmKind.CHANNEL_DOWN, channel, {"count": tried.failed})
    if _bounces_rise(outcomes, lines):
        yield Alarm(AlarmKind.BOUNCES, figures={"count": outcomes.refused_in_a_day})


def _older(since: datetime | None, limit: timedelta, now: datetime) -> bool:
    return since is not None and now - since > limit


def _since(at: datetime | None) -> dict[str, int | str]:
    return {} if at is None else {"since": at.isoformat(timespec="seconds")}


def _bounces_rise(outcomes: Outcomes, lines: AlarmLines) -> bool:
    """Many in a day, a real share of what ended, and more than the week before had in a day."""
    refused = outcomes.refused_in_a_day
    usual = outcomes.refused_in_the_week_before / 7
    many = refused >= lines.bounce_least
    return many and refused >= lines.bounce_share * outcomes.ended_in_a_day and refused > 2 * usual
