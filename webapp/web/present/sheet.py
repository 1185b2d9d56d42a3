"""The sheet that a patient takes home, as its template prints it: when she is asked, whom to ring.

Nothing on it says why: no pathway, no procedure, no answer. Only whoever is asked by text message
reads what three numbers mean (docs/decisions/0012). May import: flask-babel, babel, journeys,
the domain.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise

from babel.dates import format_date, format_time, get_day_names
from flask_babel import get_locale  # type: ignore[import-untyped]
from flask_babel import gettext as _

from webapp.domain.pathway import AskingPhase
from webapp.domain.person import Channel, Clinic, OpeningHours
from webapp.domain.text_answers import HowToAnswer
from webapp.journeys import reading, texting
from webapp.journeys.caring import Chart
from webapp.journeys.house import House

_WEEK = 7
_FEWEST_IN_A_RUN = 4  # days; fewer are named one by one


@dataclass(frozen=True, slots=True)
class Sheet:
    """Everything that is printed, in the reader's language."""

    name: str
    days: tuple[str, ...]  # one line for each run of asked days
    time: str
    by: str  # the channel, as words
    reminds: bool
    hours: tuple[tuple[str, str], ...]  # days of the week, and when the clinic is there
    emergency_numbers: tuple[str, ...]
    by_text: HowToAnswer | None  # where she is asked by text message


def sheet_of(house: House, chart: Chart, today: date) -> Sheet:
    """The sheet of one patient."""
    patient = chart.patient
    phases = house.library.pathways[patient.pathway].asking
    visitor = reading.Visitor(lang=patient.language, today=today, clinic=chart.clinic)
    numbers = reading.whom_to_ring(house.library, visitor).emergency.numbers
    return Sheet(
        name=chart.contact.name if chart.contact else "",
        days=tuple(line for one in phases for line in _lines(one, patient.procedure_date)),
        time=str(format_time(patient.prompt_time, "short", locale=get_locale())),
        by=_channel(patient.channel),
        reminds=any(one.reminder_after_hours for one in phases),
        hours=opening_hours(chart.clinic),
        emergency_numbers=numbers,
        by_text=texting.how_to_answer(house, patient, patient.language),
    )


def _channel(channel: Channel) -> str:
    words = {
        Channel.EMAIL: _("by e-mail"),
        Channel.SMS: _("by text message"),
        Channel.PUSH: _("as a notice on your phone"),
    }
    return str(words[channel])


def _lines(phase: AskingPhase, start: date) -> Iterator[str]:
    """A phase in words: a steady run by its ends, a few days by their names."""
    days = [start + timedelta(days=pod) for pod in phase.days]
    steps = {(after - before).days for before, after in pairwise(days)}
    ends = {"first": _day(days[0]), "last": _day(days[-1])}
    if len(days) >= _FEWEST_IN_A_RUN and steps == {1}:
        yield str(_("Every day from %(first)s to %(last)s", **ends))
    elif len(days) >= _FEWEST_IN_A_RUN and steps == {_WEEK}:
        yield str(_("Every week from %(first)s to %(last)s", **ends))
    else:
        yield from map(_day, days)


def _day(day: date) -> str:
    return str(format_date(day, "full", locale=get_locale()))


def opening_hours(clinic: Clinic) -> tuple[tuple[str, str], ...]:
    """When the clinic is there: neighbouring days with the same hours in one line."""
    return tuple((_weekdays(run), _spell(run[0])) for run in _runs(clinic.hours))


def _runs(hours: Sequence[OpeningHours]) -> Iterator[list[OpeningHours]]:
    run: list[OpeningHours] = []
    for spell in sorted(hours, key=lambda one: (one.weekday, one.opens)):
        if run and not _continues(run[-1], spell):
            yield run
            run = []
        run.append(spell)
    if run:
        yield run


def _continues(before: OpeningHours, spell: OpeningHours) -> bool:
    same = (before.opens, before.closes) == (spell.opens, spell.closes)
    return same and spell.weekday == before.weekday + 1


def _weekdays(run: Sequence[OpeningHours]) -> str:
    names = get_day_names("wide", locale=get_locale())
    first, last = names[run[0].weekday], names[run[-1].weekday]
    return str(first if len(run) == 1 else _("%(first)s to %(last)s", first=first, last=last))


def _spell(spell: OpeningHours) -> str:
    opens, closes = (
        format_time(at, "short", locale=get_locale()) for at in (spell.opens, spell.closes)
    )
    return f"{opens} – {closes}"
