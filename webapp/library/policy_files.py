"""content/policy.yaml: how soon a flag is looked at, who is paged, what a new patient has.

May import: pydantic, the domain and this room.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import time, timedelta
from pathlib import Path

from pydantic import Field, field_validator

from webapp.domain.alarm import AlarmLines
from webapp.domain.flag import Severity
from webapp.domain.ladder import GROUPS, OPERATOR, Hours, Ladder, Rung
from webapp.library.languages import LANGUAGES
from webapp.library.yaml_model import Strict, read_yaml

_TIME = r"^([01]\d|2[0-3]):[0-5]\d$"


class HoursFile(Strict):
    """Hours from raising a flag to a human's look at it."""

    urgent: float = Field(gt=0)
    soon: float = Field(gt=0)
    watch: float = Field(gt=0)


class EnrolmentFile(Strict):
    """What a new patient has unless her row says otherwise."""

    language: str = Field(pattern=f"^({'|'.join(LANGUAGES)})$")
    prompt_time: str = Field(pattern=_TIME)
    quiet_from: str = Field(pattern=_TIME)
    quiet_until: str = Field(pattern=_TIME)
    mg_per_tablet: float = Field(gt=0)
    clinic: str = Field(min_length=1)
    country: str = Field(pattern=r"^[A-Z]{2}$")
    timezone: str = Field(min_length=1)


class RungFile(Strict):
    """One step of the ladder."""

    who: str = Field(pattern=f"^({'|'.join(GROUPS)})$")
    wait_minutes: int = Field(ge=0)


class EscalationFile(Strict):
    """Who is paged about an urgent flag until somebody takes it."""

    staffed: tuple[RungFile, ...] = Field(min_length=1)
    away: tuple[RungFile, ...] = Field(min_length=1)
    repeat_minutes: int = Field(gt=0)
    handle_minutes: int = Field(gt=0)

    @field_validator("staffed", "away")
    @classmethod
    def _ends_with_the_operator(cls, rungs: tuple[RungFile, ...]) -> tuple[RungFile, ...]:
        if [rung.who for rung in rungs].index(OPERATOR) != len(rungs) - 1:
            raise ValueError(f"the last step, and only that, must be {OPERATOR}; write it there")
        return rungs


class AlarmsFile(Strict):
    """When somebody is told that sending does not work."""

    clock_silent_minutes: int = Field(gt=0)
    unsent_minutes: int = Field(gt=0)
    untaken_minutes: int = Field(gt=0)
    channel_looked_back_minutes: int = Field(gt=0)
    channel_least_failures: int = Field(gt=0)
    bounce_least: int = Field(gt=0)
    bounce_percent: int = Field(gt=0, le=100)
    note_at: str = Field(pattern=r"^([01]\d|2[0-3]):[0-5]\d$")


class PolicyFile(Strict):
    """content/policy.yaml."""

    reviewed_by: str | None
    response_hours: HoursFile
    silence_after_missed: int = Field(ge=1)
    enrolment: EnrolmentFile
    escalation: EscalationFile
    alarms: AlarmsFile


@dataclass(frozen=True, slots=True)
class EnrolmentDefaults:
    """What a new patient has unless her row says otherwise."""

    language: str
    prompt_time: str  # local, HH:MM
    quiet_from: str  # local, HH:MM; the same as `quiet_until` is no quiet hours
    quiet_until: str
    mg_per_tablet: float
    clinic: str  # the name of a first clinic that is made by its first patient
    country: str  # ISO 3166-1 alpha-2
    timezone: str


@dataclass(frozen=True, slots=True)
class Policy:
    """What a clinic usually wants."""

    response_times: Mapping[Severity, timedelta]
    silence_after: int  # missed prompts in a row that put a patient on the silent list
    enrolment: EnrolmentDefaults
    ladder: Ladder  # of a clinic that has set none of its own
    alarms: AlarmLines


def load_policy(content: Path) -> Policy:
    """The policy of content/policy.yaml. Raises LibraryError."""
    read = read_yaml(content / "policy.yaml", PolicyFile)
    usual = read.enrolment
    return Policy(
        response_times={
            Severity(name): timedelta(hours=hours) for name, hours in read.response_hours
        },
        silence_after=read.silence_after_missed,
        enrolment=EnrolmentDefaults(**usual.model_dump()),
        ladder=_ladder(read.escalation),
        alarms=_alarm_lines(read.alarms),
    )


def _ladder(read: EscalationFile) -> Ladder:
    lists = {Hours.STAFFED: read.staffed, Hours.AWAY: read.away}
    rungs = {
        hours: tuple(Rung(one.who, timedelta(minutes=one.wait_minutes)) for one in listed)
        for hours, listed in lists.items()
    }
    repeat, handle = read.repeat_minutes, read.handle_minutes
    return Ladder(rungs, timedelta(minutes=repeat), timedelta(minutes=handle))


def _alarm_lines(read: AlarmsFile) -> AlarmLines:
    return AlarmLines(
        clock_silent=timedelta(minutes=read.clock_silent_minutes),
        unsent=timedelta(minutes=read.unsent_minutes),
        untaken=timedelta(minutes=read.untaken_minutes),
        channel_looked_back=timedelta(minutes=read.channel_looked_back_minutes),
        channel_least_failures=read.channel_least_failures,
        bounce_least=read.bounce_least,
        bounce_share=read.bounce_percent / 100,
        note_at=time.fromisoformat(read.note_at),
    )
