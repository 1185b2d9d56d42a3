"""Charts by postoperative day, drawn on the server as SVG, each with the same as a table.

A day asked and not answered is a visible gap with a cross, never a zero and never joined over; a
zero is a mark of its own. Marks differ by shape as well as colour, so paper tells the same. May
import: beside, chart, frame, numbers.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby, pairwise

from markupsafe import Markup

from webapp.web.present import beside
from webapp.web.present.beside import Beside
from webapp.web.present.chart import (
    Chart,
    Day,
    Key,
    Series,
    Table,
    Words,
    asked_days,
    cross,
    finished,
    key_mark,
    missing_key,
)
from webapp.web.present.frame import Frame, axes, element, nice_top, second_scale, steps_to, text
from webapp.web.present.numbers import answer, decimal


def line_chart(
    series: Sequence[Series], words: Words, *, top: float = 10, groups: Sequence[Beside] = ()
) -> Chart:
    """One or two lines by postoperative day, such as average and worst NRS (0 to `top`).

    `groups` are what papers printed, drawn beside them.
    """
    pods = [day.pod for row in series for day in row.days]
    pods += [point.pod for group in groups for point in group.points]
    frame = Frame(asked_days(pods), top=top, rtl=words.rtl)
    body = [axes(frame, words.x_label, steps_to(top)), _gaps(frame, series[0].days)]
    body += [_line(frame, row.days, _rank(at)) for at, row in enumerate(series)]
    body.append(beside.drawn(frame, groups))
    return Chart(
        title=words.title,
        svg=finished(frame, words, body),
        table=_table(words.x_label, series, groups),
        keys=(*_line_keys(series), *beside.keys(groups)),
    )


def bar_chart(row: Series, words: Words, *, mme_per_tablet: float | None = None) -> Chart:
    """Tablets a day as bars; `mme_per_tablet` adds the lines in MME on the far side (F110)."""
    top = nice_top([day.value for day in row.days if day.value is not None], least=4)
    end = 34 if mme_per_tablet else 14
    frame = Frame(asked_days([day.pod for day in row.days]), top=top, end=end, rtl=words.rtl)
    body = [axes(frame, words.x_label, steps_to(top)), _gaps(frame, row.days)]
    body += [_bar(frame, day.pod, day.value) for day in row.days if day.value is not None]
    if mme_per_tablet:
        body.append(second_scale(frame, steps_to(top), lambda at: at * mme_per_tablet))
        body.append(
            text(frame.turned(frame.width - 2), frame.floor + 17, "MME", frame.anchor("end"))
        )
    return Chart(
        title=words.title,
        svg=finished(frame, words, body),
        table=_tablet_table(words.x_label, row, mme_per_tablet),
        keys=(missing_key(),) if _any_missing(row.days) else (),
    )


def sparkline(row: Series, *, top: float = 10, rtl: bool = False) -> Markup:
    """A line the size of a word for a list, broken where days are missing; its name says all."""
    pods = asked_days([day.pod for day in row.days])
    frame = Frame(pods, top=top, height=70, width=150, rtl=rtl)
    said = ", ".join(answer(day.value) for day in row.days)
    return element(
        "svg",
        _stretches(frame, row.days, "") + _lone_dots(frame, row.days),
        viewBox="30 8 110 26" if not rtl else "10 8 110 26",
        role="img",
        aria_label=f"{row.label}: {said}",
        class_="spark",
    )


def runs(days: Sequence[Day]) -> Iterator[list[Day]]:
    """The stretches of answered days between two missing ones."""
    for answered, stretch in groupby(days, key=lambda day: day.value is not None):
        if answered:
            yield list(stretch)


def _rank(at: int) -> str:
    return "" if at == 0 else " second"


def _line(frame: Frame, days: Sequence[Day], rank: str) -> Markup:
    dots = [
        _dot(frame.x(day.pod), frame.y(day.value), rank) for day in days if day.value is not None
    ]
    return _stretches(frame, days, rank) + Markup("").join(dots)


def _stretches(frame: Frame, days: Sequence[Day], rank: str) -> Markup:
    parts = []
    for stretch in runs(days):
        places = [f"{frame.x(day.pod)} {frame.y(day.value or 0)}" for day in stretch]
        parts.append(element("path", d="M" + "L".join(places), class_=f"c-line{rank}"))
    return Markup("").join(parts)


def _lone_dots(frame: Frame, days: Sequence[Day]) -> Markup:
    """A dot for a day between two missing ones, and for the last."""
    ends = [stretch[-1] for stretch in runs(days) if len(stretch) == 1 or stretch[-1] is days[-1]]
    return Markup("").join(
        element("circle", cx=frame.x(day.pod), cy=frame.y(day.value or 0), r=2.5, class_="c-bar")
        for day in ends
    )


def _dot(x: float, y: float, rank: str) -> Markup:
    if rank:
        return element("rect", x=x - 3.5, y=y - 3.5, width=7, height=7, class_=f"c-dot{rank}")
    return element("circle", cx=x, cy=y, r=4.5, class_="c-dot")


def _bar(frame: Frame, pod: int, value: float) -> Markup:
    x, wide = frame.x(pod), _bar_width(frame)
    if value == 0:
        return element("path", d=f"M{x - wide / 2} {frame.floor - 1.5}h{wide}", class_="c-zero")
    y = frame.y(value)
    return element(
        "rect", x=x - wide / 2, y=y, width=wide, height=round(frame.floor - y, 1), class_="c-bar"
    )


def _bar_width(frame: Frame) -> float:
    places = sorted(frame.x(pod) for pod in frame.pods)
    gaps = [after - before for before, after in pairwise(places)]
    return round(min([14.0, *(gap * 0.7 for gap in gaps)]), 1)


def _gaps(frame: Frame, days: Sequence[Day]) -> Markup:
    return Markup("").join(_gap(frame, day.pod) for day in days if day.value is None)


def _gap(frame: Frame, pod: int) -> Markup:
    x = frame.x(pod)
    return element("path", d=f"M{x} 12V{frame.floor - 16}", class_="c-missing") + cross(
        x, frame.floor - 9
    )


def _any_missing(days: Sequence[Day]) -> bool:
    return any(day.value is None for day in days)


def _line_keys(series: Sequence[Series]) -> tuple[Key, ...]:
    rows = (
        [] if len(series) == 1 else [_series_key(row, _rank(at)) for at, row in enumerate(series)]
    )
    return (*rows, missing_key()) if _any_missing(series[0].days) else tuple(rows)


def _series_key(row: Series, rank: str) -> Key:
    stroke = element("path", d="M0 8H32", class_=f"c-line{rank}")
    return Key(key_mark(stroke + _dot(16, 8, rank)), row.label)


def _table(x_label: str, series: Sequence[Series], groups: Sequence[Beside] = ()) -> Table:
    by_pod = [{day.pod: day.value for day in row.days} for row in series]
    own = {day.pod for row in series for day in row.days}
    pods = sorted(own | {point.pod for group in groups for point in group.points})
    rows = tuple(
        (
            decimal(pod),
            *(answer(row.get(pod)) if pod in own else "" for row in by_pod),
            *(beside.cell(group, pod) for group in groups),
        )
        for pod in pods
    )
    head = (x_label, *(row.label for row in series), *(group.label for group in groups))
    return Table(head, rows)


def _tablet_table(x_label: str, row: Series, per_tablet: float | None) -> Table:
    if per_tablet is None:
        return _table(x_label, [row])
    rows = tuple(
        (
            decimal(day.pod),
            answer(day.value),
            answer(None if day.value is None else day.value * per_tablet),
        )
        for day in row.days
    )
    return Table((x_label, row.label, "MME"), rows)


def times(value: float | None, factor: float) -> float | None:
    """A known number in another unit; the unknown stays unknown."""
    return None if value is None else value * factor
