"""The ladder that an urgent flag climbs until somebody takes it: who is paged, and when next.

May import: the standard library, hours and person. Nothing here reads a clock or a table.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from webapp.domain.hours import next_open, open_now
from webapp.domain.person import Clinic, ClinicId, Role, Staff, StaffId

EVERYBODY, LEADS, OPERATOR = "everybody", "administrators", "operator"
GROUPS = (EVERYBODY, LEADS, OPERATOR)
_TAKER, _BEFORE_TAKER = 0, -1  # the steps below the first rung: whoever took the flag
PAGED_IN_TIME = timedelta(seconds=60)  # a page that goes later than this counts as late


class Hours(StrEnum):
    """Whether somebody of the clinic is there."""

    STAFFED = "staffed"
    AWAY = "away"


@dataclass(frozen=True, slots=True)
class Rung:
    """One step: who is paged, and how long after the step before (the first: after the flag)."""

    who: str  # a staff id, or one of `GROUPS`
    wait: timedelta


@dataclass(frozen=True, slots=True)
class Ladder:
    """What a clinic set. Each list of rungs ends with the operator."""

    rungs: Mapping[Hours, tuple[Rung, ...]]
    repeat: timedelta  # how often the top is paged until somebody takes the flag
    handle: timedelta  # how long whoever took a flag has before it pages again


@dataclass(frozen=True, slots=True)
class Standing:
    """Where one flag stands. `owner` is never empty: somebody answers for it at all times."""

    flag_id: str
    clinic_id: ClinicId
    owner: str  # a staff id, or one of `GROUPS`
    taken: bool = False
    step: int = 0  # the rung paged last; 0 before the first
    round: int = 1  # grows each time that the top is paged again, or the flag is taken
    next_at: datetime | None = None  # None once the flag is closed


@dataclass(frozen=True, slots=True)
class Call:
    """A step of the ladder to be carried out now: whom to page, and where the flag stands then."""

    who: str
    after: Standing


def hours_at(clinic: Clinic, now: datetime) -> Hours:
    """Whether the clinic is staffed at `now`."""
    return Hours.STAFFED if open_now(clinic, now) else Hours.AWAY


def on_the_ladder(ladder: Ladder, clinic: Clinic, flag_id: str, now: datetime) -> Standing:
    """A flag at the foot of the ladder; its first rung may be due at once."""
    first = _rungs(ladder, hours_at(clinic, now))[0]
    standing = Standing(flag_id, clinic.id, first.who)
    return replace(standing, next_at=_next_at(ladder, clinic, standing, now))


def climbed(ladder: Ladder, clinic: Clinic, standing: Standing, now: datetime) -> Call:
    """The next step of a flag that is due."""
    rungs = _rungs(ladder, hours_at(clinic, now))
    top = len(rungs)
    if standing.step < top:
        after = replace(standing, step=standing.step + 1)
    else:
        after = replace(standing, step=top, round=standing.round + 1)
    who = standing.owner if after.step == _TAKER else rungs[after.step - 1].who
    if not after.taken:
        after = replace(after, owner=who)
    return Call(who, replace(after, next_at=_next_at(ladder, clinic, after, now)))


def taken_by(ladder: Ladder, standing: Standing, person: StaffId, now: datetime) -> Standing:
    """A flag that somebody took: hers, and quiet until the time to handle it is over."""
    return replace(
        standing,
        owner=person,
        taken=True,
        step=_BEFORE_TAKER,
        round=standing.round + 1,
        next_at=now + ladder.handle,
    )


def _next_at(ladder: Ladder, clinic: Clinic, standing: Standing, now: datetime) -> datetime:
    """When the step after this one is due.

    A wait that began out of hours is cut short when the clinic opens: from then on the waits of
    staffed hours hold.
    """
    hours = hours_at(clinic, now)
    at = now + _wait(ladder, hours, standing)
    opens = next_open(clinic, now) if hours is Hours.AWAY else None
    return at if opens is None else min(at, opens + _wait(ladder, Hours.STAFFED, standing))


def _wait(ladder: Ladder, hours: Hours, standing: Standing) -> timedelta:
    if standing.taken:
        return ladder.handle
    rungs = _rungs(ladder, hours)
    return rungs[standing.step].wait if standing.step < len(rungs) else ladder.repeat


def _rungs(ladder: Ladder, hours: Hours) -> tuple[Rung, ...]:
    """The rungs of these hours. A list that does not end with the operator is given one."""
    rungs = ladder.rungs.get(hours, ())
    if rungs and rungs[-1].who == OPERATOR:
        return rungs
    return (*rungs, Rung(OPERATOR, ladder.repeat if rungs else timedelta()))


def recipients(who: str, people: Sequence[Staff]) -> tuple[Staff, ...]:
    """The active people of a clinic behind a rung; nobody means the operator, who always is."""
    active = [person for person in people if person.active]
    if who == EVERYBODY:
        return tuple(active)
    if who == LEADS:
        return tuple(person for person in active if person.role is Role.ADMINISTRATOR)
    return tuple(person for person in active if person.id == who)


def owners(standing: Standing, people: Sequence[Staff]) -> tuple[Staff, ...]:
    """Who answers for a flag now; nobody of the clinic means the operator does."""
    return recipients(standing.owner, people)
