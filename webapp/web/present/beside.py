"""What papers printed for a day, drawn beside a patient's own line: a mark and its middle half.

Each group has a shape of its own, so that black-and-white paper tells them apart. May import:
flask-babel, the domain, chart, frame, numbers.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from flask_babel import gettext, ngettext  # type: ignore[import-untyped]
from markupsafe import Markup

from webapp.domain.cohort import Measure, PublishedCohort, PublishedPoint
from webapp.web.present.chart import Key, key_mark
from webapp.web.present.frame import Frame, element
from webapp.web.present.numbers import decimal

STEP = 6  # units between one group and the next, so that two marks of a day do not cover each other


@dataclass(frozen=True, slots=True)
class Beside:
    """One published group, as far as its text gives numbers of a measure."""

    label: str  # with how many people there were
    points: tuple[PublishedPoint, ...]


def beside_of(
    cohorts: Sequence[PublishedCohort], measure: Measure, lang: str
) -> tuple[Beside, ...]:
    """The groups that a text gives numbers of; its silences are left out, never guessed."""
    found = ((one, tuple(p for p in one.points(measure) if p.value is not None)) for one in cohorts)
    return tuple(Beside(_label(one, lang), points) for one, points in found if points)


def _label(cohort: PublishedCohort, lang: str) -> str:
    name = cohort.names.get(lang, cohort.names["en"])
    if cohort.n is None:
        return str(gettext("%(group)s (number of people not printed)", group=name))
    return str(
        ngettext("%(group)s (%(num)s person)", "%(group)s (%(num)s people)", cohort.n, group=name)
    )


def drawn(frame: Frame, groups: Sequence[Beside]) -> Markup:
    """Every mark with its middle half as an upright line."""
    return Markup("").join(
        _mark(frame, point, at) for at, group in enumerate(groups) for point in group.points
    )


def keys(groups: Sequence[Beside]) -> tuple[Key, ...]:
    """How each group looks."""
    return tuple(
        Key(key_mark(_span(16, 1, 15) + _shape(16, 8, at)), group.label)
        for at, group in enumerate(groups)
    )


def cell(group: Beside, pod: int) -> str:
    """The number of a day with its middle half in words; "" where the text gives none."""
    point = next((one for one in group.points if one.pod == pod), None)
    if point is None or point.value is None:
        return ""
    if point.low is None or point.high is None:
        return decimal(point.value)
    return str(
        gettext(
            "%(middle)s (half of them %(low)s to %(high)s)",
            middle=decimal(point.value),
            low=decimal(point.low),
            high=decimal(point.high),
        )
    )


def _mark(frame: Frame, point: PublishedPoint, at: int) -> Markup:
    aside = STEP * (at + 1)
    x = round(frame.x(point.pod) + (-aside if frame.rtl else aside), 1)
    shape = _shape(x, frame.y(point.value or 0), at)
    if point.low is None or point.high is None:
        return shape
    return _span(x, frame.y(point.high), frame.y(point.low)) + shape


def _span(x: float, high: float, low: float) -> Markup:
    return element("path", d=f"M{x} {high}V{low}M{x - 3} {high}h6M{x - 3} {low}h6", class_="c-span")


def _shape(x: float, y: float, at: int) -> Markup:
    """A diamond, a triangle, one on its tip; a square is her own worst. Then they begin again."""
    paths = (
        f"M{x} {y - 5}l5 5l-5 5l-5 -5z",
        f"M{x} {y - 6}l5 9h-10z",
        f"M{x} {y + 6}l5 -9h-10z",
    )
    return element("path", d=paths[at % len(paths)], class_="c-beside")
