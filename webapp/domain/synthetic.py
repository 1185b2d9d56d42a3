"""Recoveries for the demo: the published patients, and people invented to resemble a trial.

Every number comes from content/cohorts/; the same seed gives the same people. May import: the
standard library, checkin, cohort.
"""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TypeVar

from webapp.domain.checkin import Answers, Setup, SleepTrouble
from webapp.domain.cohort import PublishedCohort

Days = Mapping[int, Answers | None]  # by postoperative day; None is missed
Weights = Mapping[float, float]
Drawn = TypeVar("Drawn")


@dataclass(frozen=True, slots=True)
class Recovery:
    """One person's whole story, ready to be lived through."""

    id: str
    name: str
    pathway: str
    language: str
    setup: Setup
    days_since_procedure: int
    days: Days
    shows: tuple[str, ...] = ()  # rules that must hold on some day


@dataclass(frozen=True, slots=True)
class Drawing:
    """How ordinary people are drawn. Weights are relative, shares are from 0 to 1."""

    count: int
    pathway: str
    setup: Setup
    days_since_procedure: tuple[int, int]
    languages: Mapping[str, float]
    answering: tuple[float, float]  # the share of days that a person answers
    usual_pain: Weights
    day_to_day: Weights
    worst_above_average: Weights
    calmer_after_day: int
    takes_tablets: float
    tablet_days: int
    tablet_day_share: float
    tablets: Weights
    poor_sleep_share: float
    wakes: Weights
    ticks: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Script:
    """A person who goes wrong: the days that are written; the others are drawn."""

    id: str
    pathway: str
    setup: Setup
    language: str
    days_since_procedure: int
    days: Mapping[int, Mapping[str, object] | None]  # fields of `Answers`; None is missed
    shows: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Cohorts:
    """Everything in content/cohorts/."""

    published: Mapping[str, PublishedCohort]
    case_report: tuple[Recovery, ...]
    name: str  # of an invented person, with {number}
    drawing: Drawing
    scripts: tuple[Script, ...]


@dataclass(frozen=True, slots=True)
class _Temper:
    """What stays the same of one invented person."""

    answers_share: float
    usual_pain: float
    takes_tablets: bool


def case_report_recoveries(cohorts: Cohorts) -> tuple[Recovery, ...]:
    """The three published patients (F2, F9-F12)."""
    return cohorts.case_report


def synthetic_recoveries(
    cohorts: Cohorts, *, seed: int, count: int | None = None
) -> tuple[Recovery, ...]:
    """Invented people: first `count` ordinary ones, then one for each way of going wrong."""
    ordinary = cohorts.drawing.count if count is None else count
    chance = random.Random(seed)  # noqa: S311 - people for a demo, not secrets
    drawn = [_draw_person(cohorts, number, chance) for number in range(1, ordinary + 1)]
    scripted = [
        _play(cohorts, script, number, chance)
        for number, script in enumerate(cohorts.scripts, start=ordinary + 1)
    ]
    return (*drawn, *scripted)


def _draw_person(cohorts: Cohorts, number: int, chance: random.Random) -> Recovery:
    how = cohorts.drawing
    since = chance.randint(*how.days_since_procedure)
    return Recovery(
        id=f"synthetic-{number:02d}",
        name=cohorts.name.format(number=number),
        pathway=how.pathway,
        language=_pick(how.languages, chance),
        setup=how.setup,
        days_since_procedure=since,
        days=_draw_days(how, since, chance),
    )


def _play(cohorts: Cohorts, script: Script, number: int, chance: random.Random) -> Recovery:
    since = script.days_since_procedure
    days = dict(_draw_days(cohorts.drawing, since, chance))
    for pod, written in script.days.items():
        drawn = days.get(pod) or Answers(wakes=0, sleep_trouble=SleepTrouble.NONE, effects=())
        days[pod] = None if written is None else replace(drawn, **written)  # type: ignore[arg-type]
    return Recovery(
        id=f"synthetic-{number:02d}",
        name=cohorts.name.format(number=number),
        pathway=script.pathway,
        language=script.language,
        setup=script.setup,
        days_since_procedure=since,
        days=days,
        shows=script.shows,
    )


def _draw_days(how: Drawing, since: int, chance: random.Random) -> Days:
    temper = _Temper(
        answers_share=chance.uniform(*how.answering),
        usual_pain=_pick(how.usual_pain, chance),
        takes_tablets=chance.random() < how.takes_tablets,
    )
    return {
        pod: _draw_answers(how, temper, pod, chance)
        if chance.random() < temper.answers_share
        else None
        for pod in range(1, since + 1)
    }


def _draw_answers(how: Drawing, temper: _Temper, pod: int, chance: random.Random) -> Answers:
    average = temper.usual_pain + _pick(how.day_to_day, chance) - (pod > how.calmer_after_day)
    average = max(0.0, average)
    worst = average + _pick(how.worst_above_average, chance)
    takes = temper.takes_tablets and pod <= how.tablet_days and worst > 0
    poor_night = average >= 1 and chance.random() < how.poor_sleep_share
    return Answers(
        nrs_avg=average,
        nrs_worst=worst,
        tablets=_pick(how.tablets, chance)
        if takes and chance.random() < how.tablet_day_share
        else 0,
        sleep_trouble=SleepTrouble.A_LITTLE if poor_night else SleepTrouble.NONE,
        wakes=_pick(how.wakes, chance) if poor_night else 0,
        effects=tuple(tick for tick, share in how.ticks.items() if chance.random() < share),
    )


def _pick(weights: Mapping[Drawn, float], chance: random.Random) -> Drawn:
    return chance.choices(list(weights), list(weights.values()))[0]
