"""The list of patients as its page prints it.

May import: the domain, journeys, flask-babel, clinic_time, inbox, recovery_words.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from flask_babel import gettext  # type: ignore[import-untyped]

from webapp.journeys.recovering import RosterLine
from webapp.web.present.clinic_time import full_day, short_day
from webapp.web.present.inbox import View, origin_words, who
from webapp.web.present.recovery_words import status_words


@dataclass(frozen=True, slots=True)
class RosterRow:
    """One patient in the list."""

    id: str
    who: str
    origin: str
    pathway: str
    pod: int
    procedure: str
    last: str
    open_flags: int
    status: str


def roster_page(found: Iterable[RosterLine], view: View) -> tuple[RosterRow, ...]:
    """Everybody in the list, in its order."""
    return tuple(_row(line, view) for line in found)


def _row(line: RosterLine, view: View) -> RosterRow:
    last = line.last_answered
    return RosterRow(
        id=line.patient.id,
        who=who(line.contact),
        origin=origin_words(line.patient.origin),
        pathway=line.pathway.name(view.language),
        pod=line.pod,
        procedure=full_day(line.patient.procedure_date),
        last=gettext("never") if last is None else short_day(last),
        open_flags=line.open_flags,
        status=status_words()[line.patient.status],
    )
