"""The cohort chart: our middle value and spread by day, beside the numbers that a paper printed.

A day for which the paper's text gives no number is marked "not in the text", never guessed. May
import: flask-babel, frame, charts, numbers.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from flask_babel import gettext  # type: ignore[import-untyped]
from markupsafe import Markup

from webapp.web.present.chart import (
    Chart,
    Day,
    Key,
    Table,
    Words,
    asked_days,
    finished,
    key_mark,
)
from webapp.web.present.charts import runs
from webapp.web.present.frame import Frame, axes, element, nice_top, steps_to, text
from webapp.web.present.numbers import answer, decimal


@dataclass(frozen=True, slots=True)
class CohortDay:
    """One postoperative day of many people; None is "nobody answered"."""

    pod: int
    middle: float | None  # mean or median, as the label says
    low: float | None = None  # first quartile
    high: float | None = None  # third quartile
    n: int = 0  # people who answered


@dataclass(frozen=True, slots=True)
class Published:
    """A number of a paper for one day; None is "the text gives none"."""

    pod: int
    value: float | None


@dataclass(frozen=True, slots=True)
class Labels:
    """How the two sides are named in the key and the table."""

    ours: str
    published: str


def cohort_chart(
    days: Sequence[CohortDay],
    published: Sequence[Published],
    words: Words,
    labels: Labels,
    *,
    least_top: float = 10,
) -> Chart:
    """Ours as line and band, the paper's as diamonds, its silences as question marks."""
    pods = asked_days([*(day.pod for day in days), *(point.pod for point in published)])
    top = nice_top(_values(days, published), least_top)
    frame = Frame(pods, top=top, rtl=words.rtl)
    parts = [axes(frame, words.x_label, steps_to(top)), _band(frame, days), _middle(frame, days)]
    parts += [_published(frame, point) for point in published]
    return Chart(
        title=words.title,
        svg=finished(frame, words, parts),
        table=_table(days, published, words, labels),
        keys=_keys(labels, published, has_band=any(day.low is not None for day in days)),
    )


def _values(days: Sequence[CohortDay], published: Sequence[Published]) -> list[float]:
    found = [day.high if day.high is not None else day.middle for day in days]
    return [value for value in [*found, *(point.value for point in published)] if value is not None]


def _band(frame: Frame, days: Sequence[CohortDay]) -> Markup:
    there = [day for day in days if day.low is not None and day.high is not None]
    if len(there) < 2:
        return Markup("")
    over = [f"{frame.x(day.pod)} {frame.y(day.high or 0)}" for day in there]
    under = [f"{frame.x(day.pod)} {frame.y(day.low or 0)}" for day in reversed(there)]
    return element("path", d="M" + "L".join(over + under) + "Z", class_="c-band")


def _middle(frame: Frame, days: Sequence[CohortDay]) -> Markup:
    line = [
        element("path", d="M" + "L".join(_place(frame, day) for day in stretch), class_="c-line")
        for stretch in runs([Day(day.pod, day.middle) for day in days])
    ]
    dots = [
        element("circle", cx=frame.x(day.pod), cy=frame.y(day.middle), r=4, class_="c-dot")
        for day in days
        if day.middle is not None
    ]
    return Markup("").join(line + dots)


def _place(frame: Frame, day: Day) -> str:
    return f"{frame.x(day.pod)} {frame.y(day.value or 0)}"


def _published(frame: Frame, point: Published) -> Markup:
    x = frame.x(point.pod)
    if point.value is None:
        return text(x, 10, "?", class_="c-silent")
    return diamond(x, frame.y(point.value))


def diamond(x: float, y: float) -> Markup:
    """The mark of a published number."""
    return element("path", d=f"M{x} {y - 6}l6 6l-6 6l-6 -6z", class_="c-published")


def _keys(labels: Labels, published: Sequence[Published], *, has_band: bool) -> tuple[Key, ...]:
    dot = element("path", d="M0 8H32", class_="c-line") + element(
        "circle", cx=16, cy=8, r=4, class_="c-dot"
    )
    keys = [Key(key_mark(dot), labels.ours)]
    if has_band:
        band = element("rect", x=2, y=2, width=28, height=12, class_="c-band")
        keys.append(Key(key_mark(band), gettext("the middle half of people")))
    if any(point.value is not None for point in published):
        keys.append(Key(key_mark(diamond(16, 8)), labels.published))
    if any(point.value is None for point in published):
        keys.append(Key(key_mark(text(16, 12, "?", class_="c-silent")), _silence(labels)))
    return tuple(keys)


def _silence(labels: Labels) -> str:
    return str(gettext("%(series)s: not in the text", series=labels.published))


def _table(
    days: Sequence[CohortDay], published: Sequence[Published], words: Words, labels: Labels
) -> Table:
    theirs = {point.pod: point for point in published}
    ours = {day.pod: day for day in days}
    rows = tuple(
        (decimal(pod), *_ours(ours.get(pod)), _theirs(theirs.get(pod)))
        for pod in sorted(ours.keys() | theirs.keys())
    )
    head = (words.x_label, labels.ours, gettext("Middle half"), gettext("People"), labels.published)
    return Table(head, rows)


def _ours(day: CohortDay | None) -> tuple[str, str, str]:
    if day is None:
        return ("", "", "")
    spread = "" if day.low is None else f"{answer(day.low)} – {answer(day.high)}"
    return answer(day.middle), spread, decimal(day.n)


def _theirs(point: Published | None) -> str:
    if point is None:
        return ""
    return gettext("not in the text") if point.value is None else decimal(point.value)
