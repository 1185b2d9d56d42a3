"""A patient's own record as her page prints it: three charts, and her words by day.

May import: flask-babel, journeys, charts, chart, sleep_chart, numbers.
"""

from __future__ import annotations

from dataclasses import dataclass

from flask_babel import gettext as _  # type: ignore[import-untyped]

from webapp.journeys.keeping_diary import Diary, DiaryDay
from webapp.web.present.chart import Chart, Day, Series, Words
from webapp.web.present.charts import bar_chart, line_chart
from webapp.web.present.numbers import long_day
from webapp.web.present.sleep_chart import Night, sleep_chart


@dataclass(frozen=True, slots=True)
class DiaryPage:
    """Everything that is printed."""

    charts: tuple[Chart, ...]
    notes: tuple[tuple[str, str], ...]  # the day, and what she wrote, newest first
    answered: int
    asked: int


def diary_page(diary: Diary, *, rtl: bool) -> DiaryPage:
    """The page of one record; no charts before the first answer."""
    days = diary.days
    answered = sum(day.answers is not None for day in days)
    notes = ((long_day(one.local_day), one.answers.note) for one in reversed(days) if one.answers)
    return DiaryPage(
        charts=(_pain(days, rtl), _tablets(days, rtl), _sleep(days, rtl)) if answered else (),
        notes=tuple((day, note) for day, note in notes if note),
        answered=answered,
        asked=len(days),
    )


def _pain(days: tuple[DiaryDay, ...], rtl: bool) -> Chart:
    average, worst = (
        Series(label, tuple(_day(one, item) for one in days))
        for label, item in ((_("average"), "nrs_avg"), (_("worst"), "nrs_worst"))
    )
    words = Words("pain", _("My pain, 0 to 10"), _days_since(), _about(), rtl)
    return line_chart((average, worst), words)


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
