"""A cohort: many recoveries on one page, by postoperative day, beside what papers printed.

May import: the standard library, checkin. What nobody answered is missing, never zero; a summary of
very few people is withheld, because it would tell about one of them.
"""

from __future__ import annotations

import statistics
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from webapp.domain.checkin import Answers, Report, SleepTrouble

FEWEST = 3  # the published case report is the smallest group that is shown


class Measure(StrEnum):
    """What is summarised."""

    NRS_AVG = "nrs_avg"
    NRS_WORST = "nrs_worst"
    TABLETS = "tablets"
    SLEEP_TROUBLE = "sleep_trouble"  # percent of people with any trouble sleeping from pain
    OXYCODONE_MG = "oxycodone_mg"  # a published total only


class Statistic(StrEnum):
    """How a published number was made."""

    MEAN = "mean"
    MEDIAN = "median"
    PERCENT = "percent"


@dataclass(frozen=True, slots=True)
class Spread:
    """What `n` people answered; the numbers are None if too few answered."""

    n: int
    mean: float | None = None
    median: float | None = None
    q1: float | None = None
    q3: float | None = None

    @property
    def withheld(self) -> bool:
        """Whether the numbers are held back because too few people answered."""
        return self.mean is None


@dataclass(frozen=True, slots=True)
class DaySummary:
    """One postoperative day of a cohort."""

    pod: int
    due: int  # people who were asked
    answered: int  # people who sent a check-in
    nrs_avg: Spread
    nrs_worst: Spread
    tablets: Spread
    sleep_trouble: Spread  # `mean` is the percentage; the quartiles mean nothing


@dataclass(frozen=True, slots=True)
class PublishedPoint:
    """A number that a paper printed for one day; `value` None is "not in the text"."""

    pod: int
    value: float | None
    low: float | None = None  # first quartile
    high: float | None = None  # third quartile


@dataclass(frozen=True, slots=True)
class PublishedSeries:
    """One measure of a published group, by day."""

    measure: Measure
    statistic: Statistic
    points: tuple[PublishedPoint, ...]  # in order of day
    facts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PublishedTotal:
    """One number that a paper printed for a run of days."""

    measure: Measure
    statistic: Statistic
    first_pod: int
    last_pod: int
    point: PublishedPoint
    facts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PublishedCohort:
    """A group of people in a paper."""

    id: str
    n: int | None  # None: not printed
    names: Mapping[str, str]
    notes: Mapping[str, str]  # why it is not to be read as a fair comparison
    facts: tuple[str, ...]
    series: tuple[PublishedSeries, ...]
    totals: tuple[PublishedTotal, ...] = ()
    for_patients: Mapping[str, str] = field(default_factory=dict)  # what a patient may be shown

    def points(self, measure: Measure) -> tuple[PublishedPoint, ...]:
        """What was printed of a measure; nothing if the paper has no such series."""
        return next((each.points for each in self.series if each.measure is measure), ())


def summarise(
    recoveries: Iterable[Sequence[Report]], *, fewest: int = FEWEST
) -> tuple[DaySummary, ...]:
    """A cohort by postoperative day, in order; days on which nobody was asked are left out."""
    by_pod: defaultdict[int, list[Report]] = defaultdict(list)
    for reports in recoveries:
        for report in reports:
            by_pod[report.pod].append(report)
    return tuple(_day(pod, by_pod[pod], fewest) for pod in sorted(by_pod))


def spread(values: Sequence[float], *, fewest: int = FEWEST) -> Spread:
    """Mean, median and quartiles (between the values, as spreadsheets count them)."""
    if len(values) < max(fewest, 1):
        return Spread(len(values))
    q1, median, q3 = (
        statistics.quantiles(values, n=4, method="inclusive")
        if len(values) > 1
        else [values[0]] * 3
    )
    return Spread(len(values), statistics.fmean(values), median, q1, q3)


def slept_badly(answers: Answers) -> float | None:
    """100 for any trouble sleeping because of pain, 0 for none, None if that is not known."""
    if answers.sleep_trouble is None:
        return None
    return 0.0 if answers.sleep_trouble is SleepTrouble.NONE else 100.0


def _day(pod: int, reports: Sequence[Report], fewest: int) -> DaySummary:
    given = [report.answers for report in reports if not report.missed]

    def of(values: Iterable[float | None]) -> Spread:
        return spread([value for value in values if value is not None], fewest=fewest)

    return DaySummary(
        pod=pod,
        due=len(reports),
        answered=len(given),
        nrs_avg=of(answers.nrs_avg for answers in given),
        nrs_worst=of(answers.nrs_worst for answers in given),
        tablets=of(answers.tablets for answers in given),
        sleep_trouble=of(map(slept_badly, given)),
    )
