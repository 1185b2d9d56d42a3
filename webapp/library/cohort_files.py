"""content/cohorts/: what papers printed, the published patients, and how the demo's are invented.

May import: pydantic, the domain and this room.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic import Field, field_validator, model_validator

from webapp.domain.checkin import Answers, Setup, SleepTrouble
from webapp.domain.cohort import (
    Measure,
    PublishedCohort,
    PublishedPoint,
    PublishedSeries,
    PublishedTotal,
    Statistic,
)
from webapp.domain.synthetic import Cohorts, Drawing, Recovery, Script
from webapp.library.languages import Words
from webapp.library.yaml_model import Strict, read_yaml

_PUBLISHED = ("case-report", "historic-controls", "trial-2022")


class PointFile(Strict):
    """A printed number with its quartiles."""

    value: float
    low: float | None = None
    high: float | None = None


class SeriesFile(Strict):
    """A measure by day, and the days for which the text gives nothing."""

    measure: Measure
    statistic: Statistic
    facts: tuple[str, ...] = Field(min_length=1)
    given: dict[int, PointFile]
    not_in_text: tuple[int, ...] = ()

    @model_validator(mode="after")
    def _a_day_is_given_or_not(self) -> SeriesFile:
        if both := set(self.given) & set(self.not_in_text):
            raise ValueError(f"day {min(both)} is given and said not to be; take one out")
        return self

    def series(self) -> PublishedSeries:
        """The series, silences included, in order of day."""
        points = [PublishedPoint(pod, **point.model_dump()) for pod, point in self.given.items()]
        points += [PublishedPoint(pod, None) for pod in self.not_in_text]
        ordered = tuple(sorted(points, key=lambda point: point.pod))
        return PublishedSeries(self.measure, self.statistic, ordered, self.facts)


class TotalFile(PointFile):
    """A printed number for a run of days."""

    measure: Measure
    statistic: Statistic
    first: int = Field(alias="from")
    last: int = Field(alias="to")
    facts: tuple[str, ...] = Field(min_length=1)

    def total(self) -> PublishedTotal:
        """The total, dated to its last day."""
        point = PublishedPoint(self.last, self.value, self.low, self.high)
        return PublishedTotal(
            self.measure, self.statistic, self.first, self.last, point, self.facts
        )


class CohortFile(Strict):
    """A published group."""

    id: str
    n: int | None
    names: Words
    notes: Words
    facts: tuple[str, ...] = Field(min_length=1)
    series: tuple[SeriesFile, ...]
    totals: tuple[TotalFile, ...] = ()
    for_patients: Words | None = None  # in their words: how many people, and the range

    def cohort(self) -> PublishedCohort:
        """The group as the domain knows it."""
        return PublishedCohort(
            id=self.id,
            n=self.n,
            names=self.names.by_language(),
            notes=self.notes.by_language(),
            facts=self.facts,
            series=tuple(each.series() for each in self.series),
            totals=tuple(each.total() for each in self.totals),
            for_patients=self.for_patients.by_language() if self.for_patients else {},
        )


class SetupFile(Strict):
    """What the rules need to know of a person."""

    pathway: str
    mg_per_tablet: float = 5.0
    label_max: float | None = None
    pump_on: bool = False
    baseline_nrs: float | None = None

    def setup(self) -> Setup:
        """The same as the domain knows it."""
        return Setup(**self.model_dump())


class AnswersFile(Strict):
    """The written part of a day's answers, or a missed day."""

    missed: bool = False
    nrs_avg: float | None = None
    nrs_worst: float | None = None
    tablets: float | None = None
    sleep_trouble: SleepTrouble | None = None
    wakes: float | None = None
    effects: tuple[str, ...] | None = None
    temperature_c: float | None = None
    note: str = ""

    @model_validator(mode="after")
    def _missed_or_answered(self) -> AnswersFile:
        if self.missed and len(self.model_fields_set) > 1:
            raise ValueError("a missed day has no answers; take one out")
        return self

    def written(self) -> Mapping[str, Any] | None:
        """Only what the file says; None for a missed day."""
        if self.missed:
            return None
        return {name: getattr(self, name) for name in self.model_fields_set - {"missed"}}


class PatientsFile(Strict):
    """The published patients, who all answered the same."""

    pathway: str
    language: str
    days_since_procedure: int
    setup: SetupFile
    names: tuple[str, ...]
    days: tuple[int, ...]
    answers: AnswersFile

    def recoveries(self, group: str) -> tuple[Recovery, ...]:
        """One recovery for each name."""
        answers = Answers(**(self.answers.written() or {}))
        return tuple(
            Recovery(
                id=f"{group}-{number}",
                name=name,
                pathway=self.pathway,
                language=self.language,
                setup=self.setup.setup(),
                days_since_procedure=self.days_since_procedure,
                days=dict.fromkeys(self.days, answers),
            )
            for number, name in enumerate(self.names, start=1)
        )


class PublishedFile(Strict):
    """content/cohorts/<paper>.yaml."""

    cohorts: tuple[CohortFile, ...] = Field(min_length=1)
    patients: PatientsFile | None = None


class IntSpan(Strict):
    """From a number to a number."""

    first: int = Field(alias="from")
    last: int = Field(alias="to")


class ShareSpan(Strict):
    """From a share to a share."""

    first: float = Field(alias="from", ge=0, le=1)
    last: float = Field(alias="to", ge=0, le=1)


class DrawingFile(Strict):
    """How ordinary people are drawn."""

    count: int = Field(ge=1)
    pathway: str
    setup: SetupFile
    days_since_procedure: IntSpan
    languages: dict[str, float]
    answering: ShareSpan
    usual_pain: dict[float, float]
    day_to_day: dict[float, float]
    worst_above_average: dict[float, float]
    calmer_after_day: int
    takes_tablets: float = Field(ge=0, le=1)
    tablet_days: int
    tablet_day_share: float = Field(ge=0, le=1)
    tablets: dict[float, float]
    poor_sleep_share: float = Field(ge=0, le=1)
    wakes: dict[float, float]
    ticks: dict[str, float]

    def drawing(self) -> Drawing:
        """The same as the domain knows it."""
        plain = {name: getattr(self, name) for name in type(self).model_fields}
        plain["setup"] = self.setup.setup()
        for name in ("days_since_procedure", "answering"):
            plain[name] = (plain[name].first, plain[name].last)
        return Drawing(**plain)


class ScriptFile(Strict):
    """A person who goes wrong."""

    id: str
    shows: tuple[str, ...] = Field(min_length=1)
    days_since_procedure: int = Field(ge=1)
    pathway: str | None = None
    setup: SetupFile | None = None
    language: str = "en"
    days: dict[int, AnswersFile] = Field(min_length=1)

    @model_validator(mode="after")
    def _no_day_ahead(self) -> ScriptFile:
        if max(self.days) > self.days_since_procedure:
            raise ValueError(f"day {max(self.days)} is still ahead; raise days_since_procedure")
        return self

    def script(self, usual: DrawingFile) -> Script:
        """The script, with what it does not say taken from the ordinary people."""
        return Script(
            id=self.id,
            pathway=self.pathway or usual.pathway,
            setup=(self.setup or usual.setup).setup(),
            language=self.language,
            days_since_procedure=self.days_since_procedure,
            days={pod: answers.written() for pod, answers in self.days.items()},
            shows=self.shows,
        )


class SyntheticFile(Strict):
    """content/cohorts/synthetic.yaml."""

    name: str
    drawn: DrawingFile
    scripted: tuple[ScriptFile, ...]

    @field_validator("name")
    @classmethod
    def _says_that_she_is_invented(cls, name: str) -> str:
        if "{number" not in name or "ynthetic" not in name:
            raise ValueError("an invented person's name must say Synthetic and hold {number}")
        return name


def load_cohorts(content: Path) -> Cohorts:
    """Everything in content/cohorts. Raises LibraryError with file, line and remedy."""
    folder = content / "cohorts"
    papers = {name: read_yaml(folder / f"{name}.yaml", PublishedFile) for name in _PUBLISHED}
    invented = read_yaml(folder / "synthetic.yaml", SyntheticFile)
    return Cohorts(
        published={each.id: each.cohort() for paper in papers.values() for each in paper.cohorts},
        case_report=tuple(
            recovery
            for name, paper in papers.items()
            if paper.patients
            for recovery in paper.patients.recoveries(name)
        ),
        name=invented.name,
        drawing=invented.drawn.drawing(),
        scripts=tuple(each.script(invented.drawn) for each in invented.scripted),
    )
