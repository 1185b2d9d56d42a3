"""Reconciling: who should have been asked, compared with who was. The difference must be 0.

May import: domain, store and this room. It costs what was due yesterday, not what is enrolled.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from webapp.domain.pathway import due_days
from webapp.domain.person import Clinic, Patient
from webapp.domain.schedule import Window, is_due_on
from webapp.journeys import prompting
from webapp.journeys.house import House
from webapp.store import clinics, outcomes, patients
from webapp.store.engine import Transaction

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class NotAsked:
    """A patient and a day on which she should have been asked and was not."""

    patient: Patient
    window: Window


def missing(house: House, tx: Transaction, clinic: Clinic, now: datetime) -> tuple[NotAsked, ...]:
    """Who of a clinic was not asked about the last day that is over everywhere on earth but here.

    A patient who was enrolled, paused, resumed or changed about that time is left out: what she
    was owed then cannot be told from what she is owed now.
    """
    day = (now.astimezone(UTC) - _DAY).date()
    procedures = {
        name: tuple(_before(day, pod) for pod in due_days(pathway))
        for name, pathway in house.library.pathways.items()
    }
    began = datetime.combine(day, time(), UTC) - _DAY
    suspects = outcomes.not_asked(tx, clinic.id, day, procedures, enrolled_before=began)
    found = (NotAsked(one, prompting.window_of(house, one, day)) for one in suspects)
    return tuple(one for one in found if _is_missing(house, tx, one, now))


def _before(day: date, pod: int) -> date:
    return day - timedelta(days=pod)


def _is_missing(house: House, tx: Transaction, one: NotAsked, now: datetime) -> bool:
    late = one.window.due_at + house.library.alarms.unsent
    timetable = prompting.timetable_for(house, one.patient)
    if now < late or not is_due_on(timetable, one.window.local_day):
        return False
    return not outcomes.changed_since(tx, one.patient, one.window.opens_at - _DAY)


def repair(house: House, now: datetime) -> int:
    """Let the clock look at once at everybody who was not asked and still can be; how many."""
    with house.store.read() as tx:
        found = [
            one
            for clinic in clinics.every(tx)
            for one in missing(house, tx, clinic, now)
            if now < one.window.answers_close_at
        ]
    if found:
        with house.store.begin() as tx:
            for one in found:
                patients.set_next_due(tx, one.patient.id, now)
    return len(found)
