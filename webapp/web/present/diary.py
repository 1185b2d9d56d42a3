"""A patient's own record as her page prints it: three charts, and her words by day.

May import: flask-babel, the domain, journeys, and the charts and times of this room.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from flask_babel import gettext as _  # type: ignore[import-untyped]

from webapp.domain.cohort import Measure, PublishedCohort, PublishedPoint
from webapp.journeys.keeping_diary import Diary, DiaryDay
from webapp.web.present.beside import beside_of
from webapp.web.present.chart import Chart, Day, Series, Words
from webapp.web.present.charts import bar_chart, line_chart
from webapp.web.present.clinic_time import moment
from webapp.web.present.numbers import long_day
from webapp.web.present.sleep_chart import Night, sleep_chart


@dataclass(frozen=True, slots=True)
class Beholder:
    """Who looks: in which language, at which moment, and what lies beside her own record."""

    lang: str
    rtl: bool
    now: datetime
    usual: tuple[PublishedCohort, ...] = ()  # what papers printed, in words for patients


@dataclass(frozen=True, slots=True)
class DiaryPage:
    """Everything that is printed."""

    charts: tuple[Chart, ...]
    usual: tuple[str, ...]  # what the marks beside her pain are, in sentences
    notes: tuple[tuple[str, str], ...]  # the day, and what she wrote, newest first
    answered: int
    asked: int
    seen: str  # when her team looked after her last answer; "" if nobody has yet


def diary_page(diary: Diary, beholder: Beholder) -> DiaryPage:
    """The page of one record; no charts before the first answer."""
    days, rtl, zone = diary.days, beholder.rtl, diary.patient.timezone
    answered = sum(day.answers is not None for day in days)
    notes = ((long_day(one.local_day), one.answers.note) for one in reversed(days) if one.answers)
    charts = (_pain(days, beholder), _tablets(days, rtl), _sleep(days, rtl))
    return DiaryPage(
        charts=charts if answered else (),
        usual=usual_words(beholder.usual, beholder.lang) if answered else (),
        notes=tuple((day, note) for day, note in notes if note),
        answered=answered,
        asked=len(days),
        seen=moment(diary.seen_at, zone, beholder.now) if diary.seen_at else "",
    )


def usual_words(
    cohorts: Sequence[PublishedCohort], lang: str, pod: int | None = None
) -> tuple[str, ...]:
    """What papers printed, in sentences; of one day only if `pod` says which."""
    shown = [
        one
        for one in cohorts
        if pod is None or any(point.pod == pod and point.value is not None for point in _nrs(one))
    ]
    return tuple(one.for_patients.get(lang, one.for_patients["en"]) for one in shown)


def _nrs(cohort: PublishedCohort) -> tuple[PublishedPoint, ...]:
    return cohort.points(Measure.NRS_AVG)


def _pain(days: tuple[DiaryDay, ...], beholder: Beholder) -> Chart:
    average, worst = (
        Series(label, tuple(_day(one, item) for one in days))
        for label, item in ((_("average"), "nrs_avg"), (_("worst"), "nrs_worst"))
    )
    words = Words("pain", _("My pain, 0 to 10"), _days_since(), _about(), beholder.rtl)
    groups = beside_of(beholder.usual, Measure.NRS_AVG, beholder.lang)
    return line_chart((average, worst), words, groups=groups)


def _tablets(days: tuple[DiaryDay, ...], rtl: bool) -> Chart:
    row = Series(_("tablets"), tuple(_day(one, "tablets") for one in days))
    return bar_chart(row, Words("tablets", _("My tablets"), _days_since(), _about(), rtl))


def _sleep(days: tuple[DiaryDay, ...], rtl: bool) -> Chart:
    nights = [
        Night(one.pod, one.answers.sleep_trouble, one.answers.wakes)
        if one.answers
        else Night(one.pod, None)
        for one in days
    ]
    return sleep_chart(nights, Words("sleep", _("My sleep"), _days_since(), _about(), rtl))


def _day(one: DiaryDay, item: str) -> Day:
    return Day(one.pod, None if one.answers is None else getattr(one.answers, item))


def _days_since() -> str:
    return str(_("days since the procedure"))


def _about() -> str:
    return str(_("A cross marks a day without an answer."))
