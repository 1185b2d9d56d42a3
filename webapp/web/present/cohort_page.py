"""A cohort beside the published ones, as its page prints it.

May import: the domain, journeys, flask-babel, chart, cohort_chart, numbers.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from flask_babel import gettext  # type: ignore[import-untyped]

from webapp.domain.cohort import (
    DaySummary,
    Measure,
    PublishedCohort,
    PublishedPoint,
    Spread,
    Statistic,
)
from webapp.domain.fact import Fact
from webapp.domain.person import Origin
from webapp.journeys.comparing import Comparison, Total
from webapp.web.present.chart import Chart, Table, Words
from webapp.web.present.cohort_chart import CohortDay, Labels, Published, cohort_chart
from webapp.web.present.numbers import decimal

HUNDRED = 100  # percent


@dataclass(frozen=True, slots=True)
class Figure:
    """What one figure shows: a measure of ours by one statistic, beside a paper's."""

    name: str
    title: str
    measure: Measure
    statistic: Statistic
    of: Callable[[DaySummary], Spread]
    least_top: float


@dataclass(frozen=True, slots=True)
class CohortShown:
    """The whole page."""

    choices: tuple[tuple[str, str, int, bool], ...]  # origin, words, people, here
    title: str
    people: int
    charts: tuple[Chart, ...]
    days: Table
    totals: Table | None
    notes: tuple[tuple[str, str], ...]  # of each paper: its name, why it is no fair comparison
    facts: tuple[Fact, ...]


def cohort_page(found: Comparison, language: str, *, rtl: bool) -> CohortShown:
    """Everything that the cohort page prints."""
    words = cohort_words()
    figures = _figures(found.origin)
    return CohortShown(
        choices=tuple(
            (kind.value, words[kind], found.people[kind], kind is found.origin) for kind in words
        ),
        title=words[found.origin],
        people=found.people[found.origin],
        charts=tuple(_chart(one, found, language, rtl=rtl) for one in figures),
        days=_days(found, figures, language),
        totals=_totals(found, language),
        notes=tuple((_name(one, language), _in(one.notes, language)) for one in found.published),
        facts=found.facts,
    )


def cohort_words() -> dict[Origin, str]:
    """The cohorts that can be chosen."""
    return {
        Origin.CASE_REPORT: gettext("Case report"),
        Origin.SYNTHETIC: gettext("Invented people"),
        Origin.ENROLLED: gettext("Our own patients"),
    }


def _figures(origin: Origin) -> tuple[Figure, ...]:
    """The case report prints means of pain (its Figure 2); the trial prints medians."""
    report = origin is Origin.CASE_REPORT
    pain = gettext("Mean average pain (NRS), as in Figure 2")
    tablets = gettext("Median oxycodone tablets in 24 hours, as in Figure 3")
    return (
        Figure(
            "pain",
            pain if report else gettext("Median average pain (NRS)"),
            Measure.NRS_AVG,
            Statistic.MEAN if report else Statistic.MEDIAN,
            lambda day: day.nrs_avg,
            10,
        ),
        Figure(
            "tablets",
            tablets if report else gettext("Median oxycodone tablets in 24 hours"),
            Measure.TABLETS,
            Statistic.MEDIAN,
            lambda day: day.tablets,
            4,
        ),
        Figure(
            "sleep",
            gettext("People with trouble sleeping from pain, percent"),
            Measure.SLEEP_TROUBLE,
            Statistic.PERCENT,
            lambda day: day.sleep_trouble,
            HUNDRED,
        ),
    )


def _chart(figure: Figure, found: Comparison, language: str, *, rtl: bool) -> Chart:
    beside = found.published[0]
    words = Words(
        figure.name, figure.title, gettext("Postoperative day"), _in(beside.notes, language), rtl
    )
    published = [Published(one.pod, one.value) for one in beside.points(figure.measure)]
    days = [_cohort_day(figure, day) for day in found.days]
    labels = Labels(cohort_words()[found.origin], _printed_head(beside, figure, language))
    return cohort_chart(days, published, words, labels, least_top=figure.least_top)


def _cohort_day(figure: Figure, day: DaySummary) -> CohortDay:
    spread = figure.of(day)
    if figure.statistic is Statistic.MEDIAN:
        return CohortDay(day.pod, spread.median, spread.q1, spread.q3, spread.n)
    return CohortDay(day.pod, spread.mean, n=spread.n)


def _days(found: Comparison, figures: tuple[Figure, ...], language: str) -> Table:
    """Every day in numbers: how many answered, ours, and what each paper printed of it."""
    columns = [column for figure in figures for column in _columns(figure, found, language)]
    printed_pods = {
        point.pod
        for cohort in found.published
        for figure in figures
        for point in cohort.points(figure.measure)
    }
    ours = {day.pod: day for day in found.days}
    rows = tuple(
        (
            decimal(pod),
            _answering(ours.get(pod)),
            *(column.cell(pod, ours.get(pod)) for column in columns),
        )
        for pod in sorted(ours.keys() | printed_pods)
    )
    head = (gettext("Day"), gettext("Answered"), *(column.head for column in columns))
    return Table(head, rows)


@dataclass(frozen=True, slots=True)
class Column:
    """A column of the day table: its head, and its cell for a day and what we know of it."""

    head: str
    cell: Callable[[int, DaySummary | None], str]


def _columns(figure: Figure, found: Comparison, language: str) -> Iterator[Column]:
    """Ours, then one for each paper that printed this measure."""
    yield Column(figure.title, lambda pod, day: _own(figure, day))
    for cohort in found.published:
        if points := {one.pod: one for one in cohort.points(figure.measure)}:
            yield Column(_printed_head(cohort, figure, language), _printed_cell(points))


def _printed_cell(
    points: Mapping[int, PublishedPoint],
) -> Callable[[int, DaySummary | None], str]:
    return lambda pod, day: printed(points.get(pod))


def _printed_head(beside: PublishedCohort, figure: Figure, language: str) -> str:
    """The paper's group, with how its number was made: it may not be made as ours."""
    made = [one.statistic for one in beside.series if one.measure is figure.measure]
    name = _name(beside, language)
    return f"{name} ({statistic_words()[made[0]]})" if made else name


def statistic_words() -> dict[Statistic, str]:
    """How a number was made, in a word."""
    return {
        Statistic.MEAN: gettext("mean"),
        Statistic.MEDIAN: gettext("median"),
        Statistic.PERCENT: gettext("percent"),
    }


def _answering(day: DaySummary | None) -> str:
    if day is None:
        return str(gettext("nobody asked"))
    return str(gettext("%(given)s of %(due)s due", given=day.answered, due=day.due))


def _own(figure: Figure, day: DaySummary | None) -> str:
    if day is None:
        return ""
    spread = figure.of(day)
    if spread.withheld:
        return str(gettext("too few answers (%(n)s)", n=spread.n))
    if figure.statistic is Statistic.MEDIAN:
        return _with_range(spread.median, spread.q1, spread.q3)
    mean = spread.mean or 0.0
    return decimal(round(mean) if figure.statistic is Statistic.PERCENT else mean)


def printed(point: PublishedPoint | None) -> str:
    """What a paper printed for a day; "" where nothing is known of that day."""
    if point is None:
        return ""
    if point.value is None:
        return str(gettext("not in the text"))
    return _with_range(point.value, point.low, point.high)


def _with_range(middle: float | None, low: float | None, high: float | None) -> str:
    if middle is None:
        return ""
    return decimal(middle) if low is None or high is None else _ranged(middle, low, high)


def _ranged(middle: float, low: float, high: float) -> str:
    return f"{decimal(middle)} ({decimal(low)}–{decimal(high)})"


def _totals(found: Comparison, language: str) -> Table | None:
    """Oxycodone of a run of days, ours and each paper's; None where no paper printed one."""
    if not found.totals:
        return None
    names = [_name(one, language) for one in found.published]
    head = (gettext("Days"), cohort_words()[found.origin], gettext("People"), *names)
    return Table(head, tuple(_total_row(one, found) for one in found.totals))


def _total_row(total: Total, found: Comparison) -> tuple[str, ...]:
    own = total.milligrams
    words = gettext("too few people") if own.withheld else _with_range(own.median, own.q1, own.q3)
    return (
        f"{total.first_pod}–{total.last_pod}",
        words,
        decimal(own.n),
        *(_printed_total(cohort, total) for cohort in found.published),
    )


def _printed_total(cohort: PublishedCohort, total: Total) -> str:
    run = (total.first_pod, total.last_pod)
    fitting = [one for one in cohort.totals if (one.first_pod, one.last_pod) == run]
    return printed(fitting[0].point if fitting else None)


def _name(cohort: PublishedCohort, language: str) -> str:
    return _in(cohort.names, language)


def _in(words: Mapping[str, str], language: str) -> str:
    return words.get(language, words["en"])
