"""Simulated patients: who they are, when they answer, what they do about our messages.

The same seed gives the same people. May import: the standard library and this room.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from enum import StrEnum

from webapp.domain.checkin import Answers
from webapp.domain.schedule import QuietHours, Timetable, local_day, windows_between
from webapp.domain.synthetic import Cohorts, Recovery, synthetic_recoveries

# Whole hours and those at which clocks change, are quiet, or call it another day.
_TIMES = (time(0), time(1, 30), time(2, 30), time(7), time(9), time(12), time(18), time(23, 59))
_NIGHTS = (
    (time(21), time(8)),
    (time(21), time(8)),
    (time(22, 30), time(6, 30)),
    (time(0), time(0)),
)
_SCRIPTED = 4  # every so many of the people goes wrong in a way that the rules know
_WAITS_FOR_THE_REMINDER = 0.25
_DAY = timedelta(days=1)


class Act(StrEnum):
    """What a simulated patient does about our messages."""

    MOVE = "move"  # she travels, and her time zone changes
    PAUSE = "pause"
    STOP = "stop"
    LATER = "later"  # she asks to be asked later, once


@dataclass(frozen=True, slots=True)
class Person:
    """One simulated patient."""

    number: int
    recovery: Recovery
    timezone: str
    prompt_time: time
    quiet: QuietHours
    before: int  # days between her procedure and the start
    acts: tuple[tuple[int, Act], ...]  # on which day of the simulation she does what
    moves_to: str


def people(
    cohorts: Cohorts, count: int, days: int, zones: Sequence[str], seed: int
) -> list[Person]:
    """`count` people for `days` days, spread over `zones`."""
    scripted = min(count // _SCRIPTED, len(cohorts.scripts))
    longest = (days + 1, days + 1)
    drawn = replace(
        cohorts,
        drawing=replace(cohorts.drawing, days_since_procedure=longest),
        scripts=tuple(
            replace(one, days_since_procedure=days + 1) for one in cohorts.scripts[:scripted]
        ),
    )
    recoveries = synthetic_recoveries(drawn, seed=seed, count=count - scripted)
    chances = (random.Random(f"{seed}:{number}") for number in range(count))  # noqa: S311
    return [
        _person(number, one, days, zones, chance)
        for number, (one, chance) in enumerate(zip(recoveries, chances, strict=True))
    ]


def _person(
    number: int, recovery: Recovery, days: int, zones: Sequence[str], chance: random.Random
) -> Person:
    doing = {3: Act.MOVE, 5: Act.PAUSE, 7: Act.LATER, 9: Act.STOP}.get(number % 10)
    acts = ((chance.randint(1, max(days - 1, 1)), doing),) if doing else ()
    return Person(
        number=number,
        recovery=recovery,
        timezone=chance.choice(zones),
        prompt_time=chance.choice(_TIMES),
        quiet=QuietHours(*chance.choice(_NIGHTS)),
        before=chance.randint(0, 2),
        acts=acts,
        moves_to=chance.choice(zones),
    )


@dataclass(frozen=True, slots=True)
class Reply:
    """Whether, what and how long after a message she answers."""

    answers: Answers
    after: timedelta
    to_reminder: bool  # she answers only once she is reminded


def reply_of(person: Person, seed: int, pod: int) -> Reply | None:
    """What she does about one day; None if she leaves it unanswered."""
    answers = person.recovery.days.get(pod)
    if answers is None:
        return None
    chance = random.Random(f"{seed}:{person.number}:{pod}")  # noqa: S311
    waits = chance.random() < _WAITS_FOR_THE_REMINDER
    return Reply(answers, timedelta(minutes=chance.randint(1, 180)), waits)


@dataclass(frozen=True, slots=True)
class Spell:
    """From when on she is asked by which timetable; None is not at all."""

    since: datetime
    timetable: Timetable | None


@dataclass
class Owed:
    """On which local days a patient must be asked, told by her own acts and by nothing stored."""

    spells: list[Spell] = field(default_factory=list)

    def days(self, end: datetime) -> tuple[set[date], set[date]]:
        """Days owed to her up to `end`; and those about an act of hers, which may go either way."""
        owed: set[date] = set()
        either: set[date] = set()
        ends = [one.since for one in self.spells[1:]] + [end]
        for spell, until in zip(self.spells, ends, strict=True):
            if spell.timetable is None:
                continue
            found = windows_between(spell.timetable, spell.since, until)
            owed |= {one.local_day for one in found}
            for edge in (spell.since, until):
                here = local_day(edge, spell.timetable.timezone)
                either |= {here - _DAY, here, here + _DAY} if edge != end else set()
        return owed - either, either


def is_quiet(wall: time, quiet: QuietHours) -> bool:
    """Whether a wall clock's time is quiet, told without the code that is simulated."""
    minute = wall.hour * 60 + wall.minute
    first, last = (one.hour * 60 + one.minute for one in (quiet.start, quiet.end))
    return first != last and (minute - first) % 1440 < (last - first) % 1440
