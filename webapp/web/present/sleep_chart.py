"""Sleep by postoperative day: one mark a night, different by shape. May import: flask-babel, the
domain, chart, frame, numbers.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from flask_babel import gettext  # type: ignore[import-untyped]
from markupsafe import Markup

from webapp.domain.checkin import SleepTrouble
from webapp.web.present.chart import (
    Chart,
    Key,
    Table,
    Words,
    asked_days,
    cross,
    finished,
    key_mark,
    missing_key,
)
from webapp.web.present.frame import Frame, axes, element, text
from webapp.web.present.numbers import answer, decimal


@dataclass(frozen=True, slots=True)
class Night:
    """One asked day's sleep; None is "no answer"."""

    pod: int
    trouble: SleepTrouble | None
    wakes: float | None = None


def sleep_chart(nights: Sequence[Night], words: Words) -> Chart:
    """One mark a night: empty for none, half for a little, full for a lot; wakes beneath."""
    frame = Frame(asked_days([night.pod for night in nights]), top=1, height=104, rtl=words.rtl)
    marks = [_night(frame, night) for night in nights]
    labels = [text(frame.x(night.pod), 48, _wakes(night)) for night in nights]
    days = axes(frame, words.x_label, ())
    return Chart(
        title=words.title,
        svg=finished(frame, words, [days, *marks, *labels]),
        table=_sleep_table(words.x_label, nights),
        keys=_sleep_keys(),
    )


def _night(frame: Frame, night: Night) -> Markup:
    x, y = frame.x(night.pod), 22
    if night.trouble is None:
        return cross(x, y)
    full = " full" if night.trouble is SleepTrouble.A_LOT else ""
    ring = element("circle", cx=x, cy=y, r=6, class_=f"c-sleep{full}")
    if night.trouble is SleepTrouble.A_LITTLE:
        return ring + element("path", d=f"M{x - 6} {y}a6 6 0 0 0 12 0z", class_="c-half")
    return ring


def _wakes(night: Night) -> str:
    return "" if not night.wakes else f"{decimal(night.wakes)}×"


def _sleep_keys() -> tuple[Key, ...]:
    frame = Frame((0,), top=1, width=16, end=-30)
    keys = [
        Key(key_mark(_at_key(trouble, frame)), label) for trouble, label in sleep_words().items()
    ]
    return (*keys, missing_key())


def _at_key(trouble: SleepTrouble, frame: Frame) -> Markup:
    x = frame.x(0)
    return element("g", _night(frame, Night(0, trouble)), transform=f"translate({16 - x} -14)")


def sleep_words() -> dict[SleepTrouble, str]:
    """The three answers about sleep, in the reader's language."""
    return {
        SleepTrouble.NONE: gettext("slept well"),
        SleepTrouble.A_LITTLE: gettext("a little trouble"),
        SleepTrouble.A_LOT: gettext("a lot of trouble"),
    }


def _sleep_table(x_label: str, nights: Sequence[Night]) -> Table:
    words = sleep_words()
    rows = tuple(
        (
            decimal(night.pod),
            gettext("no answer") if night.trouble is None else words[night.trouble],
            answer(night.wakes),
        )
        for night in nights
    )
    return Table((x_label, gettext("Sleep"), gettext("Woken by pain")), rows)
