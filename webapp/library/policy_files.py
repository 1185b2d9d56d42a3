"""content/policy.yaml: how soon a flag is looked at, and what a new patient has by default.

May import: pydantic, the domain and this room.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from pydantic import Field

from webapp.domain.flag import Severity
from webapp.library.languages import LANGUAGES
from webapp.library.yaml_model import Strict, read_yaml


class HoursFile(Strict):
    """Hours from raising a flag to a human's look at it."""

    urgent: float = Field(gt=0)
    soon: float = Field(gt=0)
    watch: float = Field(gt=0)


class EnrolmentFile(Strict):
    """What a new patient has unless her row says otherwise."""

    language: str = Field(pattern=f"^({'|'.join(LANGUAGES)})$")
    prompt_time: str = Field(pattern=r"^([01]\d|2[0-3]):[0-5]\d$")
    mg_per_tablet: float = Field(gt=0)
    clinic: str = Field(min_length=1)
    country: str = Field(pattern=r"^[A-Z]{2}$")
    timezone: str = Field(min_length=1)


class PolicyFile(Strict):
    """content/policy.yaml."""

    reviewed_by: str | None
    response_hours: HoursFile
    silence_after_missed: int = Field(ge=1)
    enrolment: EnrolmentFile


@dataclass(frozen=True, slots=True)
class EnrolmentDefaults:
    """What a new patient has unless her row says otherwise."""

    language: str
    prompt_time: str  # local, HH:MM
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
    )
